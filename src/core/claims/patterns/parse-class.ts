/** [Classes] of characters: ranges, negation, named classes and subtraction, [a-z-[aeiou]]. */
import { type CharSet, invert, NOTHING, setOf, union, without } from './char-set.js';
import { parseCharEscape, parseClassEscape } from './parse-escape.js';
import { fail, peek, type Reader, take, takeMatch, underOptions } from './reader.js';

const HYPHEN: CharSet = [0x2d, 0x2d];
const POSIX = /:\w+:\]/y;

/** A class whose opening bracket was just read. */
export function parseClass(reader: Reader): CharSet {
  const offset = reader.at - 1;
  const negated = take(reader, '^');
  const sets: CharSet[] = [];
  let subtracted: CharSet = NOTHING;
  for (let first = true; first || !take(reader, ']'); first = false) {
    if (peek(reader) === '') fail('the class is not closed; add ]', offset);
    if (!first && take(reader, '-[')) {
      subtracted = parseClass(reader);
      if (peek(reader) !== '' && peek(reader) !== ']') fail('a subtraction ends its class; move it before the closing ]', reader.at);
      continue;
    }
    sets.push(parseMember(reader));
  }
  const all = underOptions(reader, union(...sets));
  return without(negated ? invert(all) : all, subtracted);
}

/** One character, a range, or a named class. */
function parseMember(reader: Reader): CharSet {
  const offset = reader.at;
  const named = parseNamed(reader);
  if (named !== undefined) return named;
  // An escaped hyphen is itself, and starts no range.
  if (take(reader, '\\-')) return HYPHEN;
  const first = parseOne(reader);
  const isRange = peek(reader) === '-' && peek(reader, 1) !== ']' && peek(reader, 1) !== '' && peek(reader, 1) !== '[';
  if (!isRange) return [first, first];
  reader.at += 1;
  if (parseNamed(reader) !== undefined) fail('a class such as \\d cannot end a range; put the - at the end of the brackets', offset);
  const last = parseOne(reader);
  if (last < first) fail('the range runs backwards; put the lower character first', offset);
  return setOf([[first, last]]);
}

function parseNamed(reader: Reader): CharSet | undefined {
  if (peek(reader) !== '\\') return undefined;
  reader.at += 1;
  const set = parseClassEscape(reader);
  if (set === undefined) reader.at -= 1;
  return set;
}

function parseOne(reader: Reader): number {
  const offset = reader.at;
  if (take(reader, '\\')) return parseCharEscape(reader);
  if (take(reader, '[') && takeMatch(reader, POSIX) !== undefined) fail('POSIX classes such as [:alpha:] mean nothing in .NET; write \\p{L}', offset);
  reader.at = offset + 1;
  return reader.source.charCodeAt(offset);
}
