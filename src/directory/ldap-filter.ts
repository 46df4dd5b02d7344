/**
 * LDAP filters (RFC 4515) as rules write them, read into a tree. Parameters of a rule ({0}, {1}, …) stay places in the tree and
 * are filled in after it was read: no value, whatever it holds, can change what a filter asks (threats U11).
 */
import { isUtf8 } from 'node:buffer';

/** Text, and parameters by their number. */
export type FilterValue = readonly (string | number)[];

export type LdapFilter = { /** Where it starts in the text, from 0. */ readonly at: number } & (
  | { readonly kind: 'and' | 'or'; readonly parts: readonly LdapFilter[] }
  | { readonly kind: 'not'; readonly part: LdapFilter }
  | { readonly kind: 'present'; readonly attribute: string }
  /** Attribute in lower case; `rule` of an extensible match, by its number. */
  | { readonly kind: 'equals'; readonly attribute: string; readonly value: FilterValue; readonly rule?: string }
  | { readonly kind: 'from' | 'to'; readonly attribute: string; readonly value: FilterValue }
  /** At least one of them: what it starts with, what follows in this order, what it ends with; empty ones say nothing. */
  | { readonly kind: 'substrings'; readonly attribute: string; readonly pieces: readonly FilterValue[] }
);

/** A text that is no filter. The message is a sentence part with its place, from 1. */
export class FilterError extends Error {
  override readonly name = 'FilterError';
  readonly offset: number;

  constructor(offset: number, expected: string) {
    super(`character ${String(offset + 1)} of the filter: ${expected}`);
    this.offset = offset;
  }
}

const LONGEST = 8192;
const DEEPEST = 32;
const ITEM = /(?<attribute>[A-Za-z][A-Za-z0-9-]*)(?::(?<rule>[0-9.]+):=|(?<operator>[<>~]?=))/uy;
/** The matching rules of Active Directory: through any number of groups; all, or any, of these bits. */
export const RULE = { chain: '1.2.840.113556.1.4.1941', allBits: '1.2.840.113556.1.4.803', anyBit: '1.2.840.113556.1.4.804' } as const;

/** Reads a filter; a single comparison may go without its brackets. Throws FilterError. */
export function parseFilter(text: string): LdapFilter {
  if (text.length > LONGEST) throw new FilterError(LONGEST, `it is longer than ${String(LONGEST)} characters`);
  const reader = { text, at: 0 };
  skipSpace(reader);
  const filter = text.charAt(reader.at) === '(' ? bracketed(reader, 1) : item(reader);
  skipSpace(reader);
  if (reader.at < text.length) throw new FilterError(reader.at, 'the filter is complete before it');
  return filter;
}

interface Reader {
  readonly text: string;
  at: number;
}

function skipSpace(reader: Reader): void {
  while (/\s/u.test(reader.text.charAt(reader.at))) reader.at += 1;
}

function expectCharacter(reader: Reader, character: string): void {
  if (reader.text.charAt(reader.at) !== character) throw new FilterError(reader.at, `"${character}" is expected`);
  reader.at += 1;
}

function bracketed(reader: Reader, depth: number): LdapFilter {
  if (depth > DEEPEST) throw new FilterError(reader.at, `more than ${String(DEEPEST)} brackets are open`);
  const { at } = reader;
  expectCharacter(reader, '(');
  skipSpace(reader);
  const sign = reader.text.charAt(reader.at);
  if (!'&|!'.includes(sign) || sign === '') {
    const only = item(reader);
    expectCharacter(reader, ')');
    return only;
  }
  reader.at += 1;
  const parts = several(reader, depth);
  const [first, second] = parts;
  if (first === undefined) throw new FilterError(reader.at, '"(" is expected');
  if (sign === '!' && second !== undefined) throw new FilterError(second.at, '"!" takes one comparison');
  expectCharacter(reader, ')');
  return sign === '!' ? { at, kind: 'not', part: first } : { at, kind: sign === '&' ? 'and' : 'or', parts };
}

function several(reader: Reader, depth: number): readonly LdapFilter[] {
  const parts: LdapFilter[] = [];
  for (;;) {
    skipSpace(reader);
    if (reader.text.charAt(reader.at) !== '(') return parts;
    parts.push(bracketed(reader, depth + 1));
  }
}

function item(reader: Reader): LdapFilter {
  const { at } = reader;
  ITEM.lastIndex = at;
  const found = ITEM.exec(reader.text)?.groups;
  const attribute = found?.['attribute']?.toLowerCase();
  if (attribute === undefined) throw new FilterError(at, 'an attribute, a comparison and a value are expected, such as (mail=ada@corp.example)');
  reader.at = ITEM.lastIndex;
  const start = reader.at;
  const pieces = values(reader);
  const [value = [], ...more] = pieces;
  const rule = found?.['rule'];
  const operator = found?.['operator'];
  if (operator === '=' && more.length > 0)
    return pieces.every((piece) => piece.length === 0) ? { at, kind: 'present', attribute } : { at, kind: 'substrings', attribute, pieces };
  if (more.length > 0) throw new FilterError(start, '"*" can be used with "=" only');
  if (operator === '>=' || operator === '<=') return { at, kind: operator === '>=' ? 'from' : 'to', attribute, value };
  if (rule !== undefined && !Object.values<string>(RULE).includes(rule)) throw new FilterError(at, `the matching rule ${rule} is not known here`);
  return { at, kind: 'equals', attribute, value, ...(rule === undefined ? {} : { rule }) };
}

/** What stands up to the next bracket, split at its stars. */
function values(reader: Reader): readonly FilterValue[] {
  const end = /[()]|$/u;
  const rest = reader.text.slice(reader.at);
  const length = rest.search(end);
  if (rest.charAt(length) === '(') throw new FilterError(reader.at + length, 'in a value, "(" is written \\28');
  const start = reader.at;
  reader.at += length;
  let at = start;
  return rest
    .slice(0, length)
    .split('*')
    .map((piece) => {
      const value = readValue(piece, at);
      at += piece.length + 1;
      return value;
    });
}

function readValue(text: string, at: number): FilterValue {
  const wrong = /\\(?![0-9A-Fa-f]{2})/u.exec(text);
  if (wrong !== null) throw new FilterError(at + wrong.index, 'behind "\\" two digits of a number to base 16 are expected; "\\" itself is written \\5c');
  return text
    .split(/(\{\d{1,3}\})/u)
    .filter((part) => part !== '')
    .map((part) => (/^\{\d/u.test(part) ? Number(part.slice(1, -1)) : decode(part)));
}

/** Bytes that are no text are compared in base64, as binary attributes are kept. */
function decode(text: string): string {
  if (!text.includes('\\')) return text;
  const bytes = Buffer.concat(
    text.split(/(\\[0-9A-Fa-f]{2})/u).map((part) => (part.startsWith('\\') ? Buffer.from(part.slice(1), 'hex') : Buffer.from(part, 'utf8'))),
  );
  return isUtf8(bytes) ? bytes.toString('utf8') : bytes.toString('base64');
}

/** A value with its parameters; one that was not given is empty. */
export function fillValue(value: FilterValue, params: readonly string[]): string {
  return value.map((part) => (typeof part === 'number' ? (params[part] ?? '') : part)).join('');
}
