/** The place in a pattern while it is read, and the options that hold there. */
import type { CharSet } from './char-set.js';
import { ignoringCase } from './named-sets.js';
import { PatternError } from './pattern.js';

/** Inline options: (?i) (?m) (?n) (?s) (?x). */
export interface Options {
  readonly i: boolean;
  readonly m: boolean;
  readonly n: boolean;
  readonly s: boolean;
  readonly x: boolean;
}

export interface Reader {
  readonly source: string;
  at: number;
  options: Options;
}

/** The character `ahead` of the place, as text; empty at the end. */
export function peek(reader: Reader, ahead = 0): string {
  return reader.source.charAt(reader.at + ahead);
}

/** Steps over a text that stands here; false when another one does. */
export function take(reader: Reader, text: string): boolean {
  if (!reader.source.startsWith(text, reader.at)) return false;
  reader.at += text.length;
  return true;
}

/** Steps over what the expression (sticky) matches here; undefined when it does not. */
export function takeMatch(reader: Reader, expression: RegExp): RegExpExecArray | undefined {
  expression.lastIndex = reader.at;
  const found = expression.exec(reader.source);
  if (found === null) return undefined;
  reader.at += found[0].length;
  return found;
}

/** A set under the options that hold here. */
export function underOptions(reader: Reader, set: CharSet): CharSet {
  return reader.options.i ? ignoringCase(set) : set;
}

export function fail(message: string, offset: number): never {
  throw new PatternError(message, offset);
}
