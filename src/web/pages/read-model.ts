/** Reads the plain values of a PageReply: a presenter takes nothing on trust. */
import type { Instant } from '../../core/model/ids.js';
import { isWebAddress } from '../../core/model/reply-address.js';
import type { Base } from '../base.js';

type Model = Readonly<Record<string, unknown>>;

export function readText(model: Model, name: string): string | undefined {
  const value = model[name];
  return typeof value === 'string' ? value : undefined;
}

export function readInstant(model: Model, name: string): Instant | undefined {
  const value = model[name];
  return typeof value === 'number' ? value : undefined;
}

export function readTexts(model: Model, name: string): readonly string[] {
  const value = model[name];
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}

/** A group of values under one name. */
export function readRecord(model: Model, name: string): Model | undefined {
  const value = model[name];
  return isRecord(value) ? value : undefined;
}

/** A list of such groups. */
export function readRecords(model: Model, name: string): readonly Model[] {
  const value: unknown = model[name];
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** Texts by name: the fields of a form. */
export function readTextMap(model: Model, name: string): Readonly<Record<string, string>> {
  const entries = Object.entries(readRecord(model, name) ?? {});
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** An address for a link, a form or a frame: absolute with http or https, or a path of ours with the base in front (threats I02). */
export function readAddress(model: Model, name: string, base: Base): string | undefined {
  const value = readText(model, name) ?? '';
  if (isWebAddress(value)) return value;
  return /^\/(?![/\\])/u.test(value) ? base.link(value) : undefined;
}

function isRecord(value: unknown): value is Model {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
