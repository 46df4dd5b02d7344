/** The simple values of PowerShell's XML, and how it writes characters that XML cannot hold ([MS-PSRP] 2.2.5.1, 2.2.5.3.2). */
import { SignetError } from '../../core/errors.js';
import type { AdfsValue } from './export.js';

const TIME = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,3})\d*)?(Z|[+-]\d{2}:\d{2})?$/u;

/** By element name. */
const SIMPLE: Readonly<Record<string, (text: string) => AdfsValue>> = {
  S: decodeEscapes,
  C: (text) => String.fromCharCode(wholeNumber(text)),
  B: readFlag,
  BA: (text) => text.replaceAll(/\s/gu, ''),
  DT: (text) => {
    const time = readTime(text);
    if (time === undefined) throw notA('DT', 'a time');
    return time;
  },
  Nil: () => null,
  // A secret, which only the machine that wrote it can read.
  SS: () => null,
  By: wholeNumber,
  SB: wholeNumber,
  I16: wholeNumber,
  U16: wholeNumber,
  I32: wholeNumber,
  U32: wholeNumber,
  I64: wholeNumber,
  U64: wholeNumber,
  Sg: readNumber,
  Db: readNumber,
  D: readNumber,
  URI: decodeEscapes,
  G: decodeEscapes,
  TS: decodeEscapes,
  Version: decodeEscapes,
  XD: decodeEscapes,
  SBK: decodeEscapes,
};

export function isSimple(element: string): boolean {
  return Object.hasOwn(SIMPLE, element);
}

/** The value of an element that `isSimple` names. Throws invalid_input when its text is not of its kind. */
export function simpleValue(element: string, text: string): AdfsValue {
  return SIMPLE[element]?.(text) ?? null;
}

/** `_x000D_` is the UTF-16 unit of that number, and `_x005F_` an underscore that would look like the start of one. */
export function decodeEscapes(text: string): string {
  return text.replaceAll(/_x([0-9A-Fa-f]{4})_/gu, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}

/** Milliseconds since 1970; a time without zone is taken as UTC, which AD FS keeps its times in. Undefined for what is no time. */
export function readTime(text: string): number | undefined {
  const [, seconds, fraction = '', zone = 'Z'] = TIME.exec(text.trim()) ?? [];
  if (seconds === undefined) return undefined;
  const time = Date.parse(`${seconds}.${fraction.padEnd(3, '0')}${zone}`);
  return Number.isNaN(time) ? undefined : time;
}

function readFlag(text: string): boolean {
  const word = text.trim().toLowerCase();
  if (word !== 'true' && word !== 'false') throw notA('B', 'true or false');
  return word === 'true';
}

/** A number; one too large to be exact stays text. */
function wholeNumber(text: string): number {
  const number = /^-?\d{1,20}$/u.test(text.trim()) ? Number(text) : Number.NaN;
  if (Number.isNaN(number)) throw notA('a number element', 'a whole number');
  return number;
}

function readNumber(text: string): number | string {
  const number = Number(text.trim());
  return Number.isFinite(number) ? number : text.trim();
}

function notA(element: string, what: string): SignetError {
  return new SignetError('invalid_input', `an element ${element} holds a text that is not ${what}`);
}
