/** Texts that a rule puts together: "a" + c.Value + RegExReplace(c.Value, "…", "…"). */
import { compilePattern } from '../patterns/compile.js';
import { PatternError, type Pattern } from '../patterns/pattern.js';
import type { Expression, PropertyName, PropertyRef } from '../rule.js';
import type { Cursor } from './cursor.js';
import type { Labels } from './labels.js';
import { didYouMean } from './spelling.js';
import type { Token } from './tokens.js';

const PROPERTIES: readonly string[] = ['type', 'value', 'valuetype', 'issuer', 'originalissuer'] satisfies readonly PropertyName[];
const PROPERTY_WORDS = ['Type', 'Value', 'ValueType', 'Issuer', 'OriginalIssuer', 'Properties'];
/** How deep RegExReplace may stand in RegExReplace. */
const DEEPEST = 20;
const CALL = 'RegExReplace(c.Value, "pattern", "replacement")';

/**
 * A part of a claim: Value, Properties["…"].
 * @param also what else may have been meant here by a word that is none
 */
export function readProperty(cursor: Cursor, also: readonly string[] = []): PropertyRef {
  const token = cursor.peek();
  if (token.kind !== 'word') throw cursor.unexpected('a part of a claim', 'write Type, Value, ValueType, Issuer, OriginalIssuer or Properties["…"]');
  const word = token.text.toLowerCase();
  if (isPropertyName(word)) {
    cursor.take();
    return { name: word };
  }
  if (word !== 'properties') {
    const known = 'a claim has Type, Value, ValueType, Issuer, OriginalIssuer and Properties["…"]';
    throw cursor.source.mistake(token.offset, `unknown property ${token.text}: ${known}${didYouMean(word, [...PROPERTY_WORDS, ...also])}`);
  }
  cursor.take();
  cursor.takeSymbol('[', 'Properties["…"]');
  const key = cursor.takeString('the name of the property', 'Properties["…"]').text;
  cursor.takeSymbol(']', 'Properties["…"]');
  return { name: 'properties', key };
}

/** @param depth in how many calls of RegExReplace it stands */
export function readExpression(cursor: Cursor, labels: Labels, depth = 0): Expression {
  const first = readTerm(cursor, labels, depth);
  const parts = [first];
  while (cursor.took('+')) parts.push(readTerm(cursor, labels, depth));
  return parts.length === 1 ? first : { kind: 'join', parts };
}

/** The regular expression in a string; a mistake in it gets its place in the text. */
export function compileString(cursor: Cursor, { text, offset }: Token): Pattern {
  try {
    return compilePattern(text);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw cursor.source.mistake(offset + 1 + error.offset, `the regular expression cannot be used: ${error.message}`);
  }
}

function readTerm(cursor: Cursor, labels: Labels, depth: number): Expression {
  const token = cursor.peek();
  if (token.kind === 'string') return { kind: 'text', value: cursor.take().text };
  if (token.kind !== 'word') throw cursor.unexpected('a value', 'write a string, c.Value, or RegExReplace(…)');
  if (cursor.sees('(', 1)) return readReplace(cursor, labels, depth);
  if (!cursor.sees('.', 1)) {
    cursor.take();
    throw cursor.unexpected('.', `write ${token.text}.Value for the value of the claim, or put a text between double quotes`);
  }
  const label = labels.use(cursor.take());
  cursor.take();
  return { kind: 'property', label, property: readProperty(cursor) };
}

function readReplace(cursor: Cursor, labels: Labels, depth: number): Expression {
  const { source } = cursor;
  const name = cursor.take();
  if (name.text.toLowerCase() !== 'regexreplace') {
    throw source.mistake(name.offset, `unknown function ${name.text}: the only one of this language is ${CALL}`);
  }
  if (depth >= DEEPEST) throw source.mistake(name.offset, `RegExReplace stands in RegExReplace more than ${String(DEEPEST)} times: make it in several rules`);
  cursor.takeSymbol('(', CALL);
  const input = readExpression(cursor, labels, depth + 1);
  cursor.takeSymbol(',', CALL);
  const token = cursor.peek();
  const pattern = readExpression(cursor, labels, depth + 1);
  const compiled = pattern.kind === 'text' ? compileString(cursor, token) : undefined;
  cursor.takeSymbol(',', CALL);
  const replacement = readExpression(cursor, labels, depth + 1);
  cursor.takeSymbol(')', CALL);
  return { kind: 'replace', input, pattern, compiled, replacement };
}

function isPropertyName(word: string): word is PropertyName {
  return PROPERTIES.includes(word);
}
