/** The text of a rule set, and places in it as people count them. */
import { RuleTextError } from '../rule.js';

export interface RuleSource {
  /** Without a byte order mark. */
  readonly text: string;
  /** Line and column from 1; CRLF, a lone CR and LF end a line. Columns are UTF-16 units. */
  placeOf(offset: number): Place;
  /** A mistake at an offset of the text. */
  mistake(offset: number, sentence: string): RuleTextError;
}

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** @param given as it came: a byte order mark at its start is no part of the text */
export function createSource(given: string): RuleSource {
  const text = given.startsWith('\uFEFF') ? given.slice(1) : given;
  const starts = [0, ...Array.from(text.matchAll(/\r\n|\r|\n/gu), (end) => end.index + end[0].length)];
  const placeOf = (offset: number): Place => {
    const line = lineOf(starts, offset);
    return { line, column: offset - (starts[line - 1] ?? 0) + 1 };
  };
  return { text, placeOf, mistake: (offset, sentence) => new RuleTextError(placeOf(offset), sentence) };
}

/** How many lines start at or before the offset, by halving. */
function lineOf(starts: readonly number[], offset: number): number {
  let [low, high] = [0, starts.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return low + 1;
}
