/** What a backslash means in a .NET pattern, inside and outside of [classes]. */
import { type CharSet, invert } from './char-set.js';
import { category, DIGIT, SPACE, WORD } from './named-sets.js';
import { fail, peek, type Reader, take, takeMatch } from './reader.js';

const CONTROLS: Readonly<Record<string, number>> = { a: 0x07, b: 0x08, t: 0x09, n: 0x0a, v: 0x0b, f: 0x0c, r: 0x0d, e: 0x1b };
const CLASSES: Readonly<Record<string, () => CharSet>> = { d: DIGIT, w: WORD, s: SPACE };

const OCTAL = /[0-7]{1,3}/y;
const HEX = /x([\dA-Fa-f]{2})|u([\dA-Fa-f]{4})/y;
const CONTROL = /c([@-_a-z])/y;
const PROPERTY = /\{([\w-]+)\}/y;

/** A class after the backslash, such as \d or \P{Lu}; undefined when something else stands here. */
export function parseClassEscape(reader: Reader): CharSet | undefined {
  const letter = peek(reader);
  const named = CLASSES[letter.toLowerCase()];
  if (named !== undefined) {
    reader.at += 1;
    return letter === letter.toLowerCase() ? named() : invert(named());
  }
  if (letter !== 'p' && letter !== 'P') return undefined;
  const offset = reader.at - 1;
  reader.at += 1;
  const name = takeMatch(reader, PROPERTY)?.[1];
  if (name === undefined) fail(`\\${letter} needs a category in braces, such as \\${letter}{L}`, offset);
  if (/^Is/u.test(name)) fail(`named blocks such as ${name} are not supported; write the range, such as \\u0370-\\u03FF`, offset);
  const set = category(name, reader.options.i);
  if (set === undefined) fail(`there is no category ${name}; use one such as L, Lu, Nd or P`, offset);
  return letter === 'p' ? set : invert(set);
}

/** The one character that is meant after the backslash, as its UTF-16 unit. */
export function parseCharEscape(reader: Reader): number {
  const offset = reader.at - 1;
  const octal = takeMatch(reader, OCTAL)?.[0];
  if (octal !== undefined) return Number.parseInt(octal, 8) & 0xff;
  const hex = takeMatch(reader, HEX);
  if (hex !== undefined) return Number.parseInt(hex[1] ?? hex[2] ?? '', 16);
  const control = takeMatch(reader, CONTROL)?.[1];
  if (control !== undefined) return control.toUpperCase().charCodeAt(0) - 0x40;
  const letter = peek(reader);
  if (letter === '') fail('the pattern ends with a backslash; write \\\\ for a backslash', offset);
  if (take(reader, 'x')) fail('\\x needs two hexadecimal digits, as in \\x41', offset);
  if (take(reader, 'u')) fail('\\u needs four hexadecimal digits, as in \\u0041', offset);
  if (take(reader, 'c')) fail('\\c needs a letter, as in \\cA', offset);
  reader.at += 1;
  const known = CONTROLS[letter];
  if (known !== undefined) return known;
  if (/[\p{L}\p{Mn}\p{Nd}\p{Pc}]/u.test(letter)) fail(`\\${letter} means nothing in .NET; write ${letter} for the character itself`, offset);
  return letter.charCodeAt(0);
}
