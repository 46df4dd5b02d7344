/** The words, strings, numbers and symbols of AD FS's claim rule language, one after the other. */
import type { RuleSource } from './source.js';

export interface Token {
  readonly kind: 'word' | 'string' | 'number' | 'symbol' | 'end';
  /** Of a string what stands between the quotes: there is no escape character, so nothing in it means anything else. */
  readonly text: string;
  /** Where it starts, and where what follows starts. */
  readonly offset: number;
  readonly end: number;
}

const SPACE = /[ \t\r\n]*/uy;
const STRING = /"([^"\r\n]*)"/uy;
const WORD = /[\p{L}_][\p{L}\p{N}_]*/uy;
const NUMBER = /[0-9]+/uy;
const SYMBOL = /=>|&&|==|!=|=~|!~|<=|>=|[:;,.[\]()=+<>@]/uy;
const REST_OF_LINE = /[^\r\n]*/uy;
const COMMENT = /\/\/|\/\*|#|--|<!--/uy;
const CONTROL = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]/u;
/** What word processors make of quotes. */
const TYPOGRAPHIC = /[“”„‟«»″‘’‚‛′]/u;
const TYPOGRAPHIC_DOUBLE = /[“”„‟]/u;

/** The token at or after an offset. Throws RuleTextError where there is none. */
export function tokenAt(source: RuleSource, from: number): Token {
  const { text } = source;
  const offset = from + (at(SPACE, text, from)?.[0].length ?? 0);
  const token = (kind: Token['kind'], found: string, length: number): Token => ({ kind, text: found, offset, end: offset + length });
  if (offset >= text.length) return token('end', '', 0);
  const string = at(STRING, text, offset);
  if (string !== undefined) {
    checkString(source, offset + 1, string[1] ?? '');
    return token('string', string[1] ?? '', string[0].length);
  }
  if (text[offset] === '"') throw notEnded(source, offset);
  if (at(COMMENT, text, offset) !== undefined) throw source.mistake(offset, COMMENTS);
  const word = at(WORD, text, offset);
  if (word !== undefined) return token('word', word[0], word[0].length);
  const number = at(NUMBER, text, offset);
  if (number !== undefined) return token('number', number[0], number[0].length);
  const symbol = at(SYMBOL, text, offset);
  if (symbol !== undefined) return token('symbol', symbol[0], symbol[0].length);
  throw source.mistake(offset, unknownCharacter(text, offset));
}

/** Where a typographic double quote stands in a string that was meant to end there; undefined without one. */
export function typographicQuoteIn(token: Token): number | undefined {
  const index = token.text.search(TYPOGRAPHIC_DOUBLE);
  return token.kind === 'string' && index >= 0 ? token.offset + 1 + index : undefined;
}

/** What is wrong about a typographic quote, and the fix. */
export function typographic(character: string): string {
  return `found the typographic quote ${character} where a straight quote " was expected: replace the quotes that a word processor made by straight ones`;
}

const COMMENTS = 'found a comment, and this language has none: remove it, or say it in @RuleName = "…" before the rule';

function at(pattern: RegExp, text: string, offset: number): RegExpExecArray | undefined {
  pattern.lastIndex = offset;
  return pattern.exec(text) ?? undefined;
}

function checkString(source: RuleSource, start: number, text: string): void {
  const index = text.search(CONTROL);
  if (index >= 0) throw source.mistake(start + index, `found ${codeOf(text, index)} in a string, where it cannot be seen: remove it`);
}

function notEnded(source: RuleSource, offset: number): Error {
  const rest = at(REST_OF_LINE, source.text, offset)?.[0] ?? '';
  const quote = rest.search(TYPOGRAPHIC_DOUBLE);
  if (quote >= 0) return source.mistake(offset + quote, typographic(rest[quote] ?? ''));
  return source.mistake(offset, 'the string is not ended: its line ended before a closing quote; add " where the string ends, on the same line');
}

function unknownCharacter(text: string, offset: number): string {
  const character = String.fromCodePoint(text.codePointAt(offset) ?? 0);
  if (TYPOGRAPHIC.test(character)) return typographic(character);
  if (character === "'") return `found ' where a straight double quote " was expected: strings stand between double quotes`;
  if (character === '|') return 'found | where && was expected: there is no "or" in this language; write one rule for each case';
  if (character === '&') return 'found & where && was expected: conditions are joined by &&, texts by +';
  if (character === '{' || character === '}') return `found ${character} outside of a string: only conditions have brackets, and theirs are [ and ]`;
  if (/[\p{C}\p{Z}]/u.test(character)) return `found ${codeOf(text, offset)}, which is no white space here: replace it by an ordinary space, or remove it`;
  return `found ${character}, which means nothing outside of a string: remove it, or put the text between double quotes`;
}

function codeOf(text: string, offset: number): string {
  const code = text.codePointAt(offset) ?? 0;
  return `the invisible character U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}
