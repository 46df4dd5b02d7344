/** Readers of the values an administrator types: each throws a sentence with the key, the value and what to give instead. */
import { SignetError } from '../core/errors.js';

/** One KEY=VALUE as typed. */
export interface Assignment {
  readonly key: string;
  readonly value: string;
}

const SHOWN = 100;
const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Splits KEY=VALUE at its first equals sign. Throws invalid_input without one. */
export function readAssignment(text: string): Assignment {
  const at = text.indexOf('=');
  if (at < 1) throw new SignetError('invalid_input', `"${show(text)}" is not KEY=VALUE.`);
  return { key: text.slice(0, at), value: text.slice(at + 1) };
}

/** The error of a value that cannot be used. @param fix completes the sentence: 'use true or false'; a command at its end stays as it is to be typed */
export function wrongValue(key: string, value: string, fix: string): SignetError {
  return new SignetError('invalid_input', `${key} is "${show(value)}"; ${fix}${fix.includes(': signet ') ? '' : '.'}`);
}

/** One of the given words. */
export function readChoice<T extends string>(key: string, value: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value.trim().toLowerCase());
  if (found === undefined) throw wrongValue(key, value, `use ${listed(choices)}`);
  return found;
}

export function readFlag(key: string, value: string): boolean {
  return readChoice(key, value, ['true', 'false']) === 'true';
}

/** Seconds, from a number or from 90s, 5m, 8h, 2d, within bounds. */
export function readSeconds(key: string, value: string, bounds: { readonly from: number; readonly to: number }): number {
  const [, digits = '', unit = 's'] = /^(\d{1,9})([smhd])?$/u.exec(value.trim()) ?? [];
  const seconds = digits === '' ? Number.NaN : Number(digits) * (UNIT_SECONDS[unit] ?? 1);
  if (!(seconds >= bounds.from && seconds <= bounds.to)) {
    throw wrongValue(key, value, `give seconds (300) or a duration (5m, 2h), from ${showSeconds(bounds.from)} to ${showSeconds(bounds.to)}`);
  }
  return seconds;
}

/** 300 -> 5m. */
export function showSeconds(seconds: number): string {
  const unit = ['d', 'h', 'm'].find((name) => seconds > 0 && seconds % (UNIT_SECONDS[name] ?? 1) === 0) ?? 's';
  return `${String(seconds / (UNIT_SECONDS[unit] ?? 1))}${unit}`;
}

/** Text of one line for people to read: no control or invisible characters (threats M08). */
export function readLine(key: string, value: string, limit: number): string {
  const text = value.trim().normalize('NFC');
  if (text === '') throw wrongValue(key, value, 'give some text');
  if (/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(text)) throw wrongValue(key, value, 'remove line breaks and invisible characters');
  if (Array.from(text).length > limit) throw wrongValue(key, value, `use at most ${String(limit)} characters`);
  return text;
}

/** An identifier: no white space, at most 1024 characters (SAML Core 8.3.6). */
export function readIdentifier(key: string, value: string): string {
  const text = value.trim();
  if (text === '' || text.length > 1024 || /[\s\p{Cc}\p{Cf}]/u.test(text)) {
    throw wrongValue(key, value, 'give an identifier such as https://app.example/saml, without white space and of at most 1024 characters');
  }
  return text;
}

/** Names separated by commas; a comma inside a name is written \, */
export function readNames(key: string, values: readonly string[]): readonly string[] {
  const names = values.flatMap((value) => value.split(/(?<!\\),/u)).map((name) => name.replaceAll(String.raw`\,`, ','));
  return [...new Set(names.filter((name) => name.trim() !== '').map((name) => readLine(key, name, 256)))];
}

/** a, b or c */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
}

/** A value as it may stand in a sentence: one line, not too long. */
export function show(value: string): string {
  const line = value.replaceAll(/[\p{Cc}\p{Cf}]/gu, '?');
  return line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line;
}
