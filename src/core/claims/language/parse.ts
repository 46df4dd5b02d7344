/** Rule sets in AD FS's claim rule language, read: the text becomes rules, or the first mistake with its place. */
import type { Rule } from '../rule.js';
import { readConditions } from './conditions.js';
import { createCursor, type Cursor } from './cursor.js';
import { createLabels } from './labels.js';
import { createSource } from './source.js';
import { readStatement } from './statements.js';

const LIMITS = { rules: 1000, length: 1024 * 1024 } as const;
const ANNOTATION = '@RuleName = "…"';

/**
 * The rules of a text, in order; none in an empty one. What each says is checked as far as it can be without knowing the
 * stores there are (check.ts). Throws RuleTextError.
 */
export function parseRules(text: string): readonly Rule[] {
  const source = createSource(text);
  if (source.text.length > LIMITS.length) throw source.mistake(LIMITS.length, 'the rule set is longer than 1 MiB: give a shorter one');
  const cursor = createCursor(source);
  const rules: Rule[] = [];
  while (cursor.peek().kind !== 'end') {
    if (rules.length === LIMITS.rules) throw source.mistake(cursor.peek().offset, `the rule set has more than ${String(LIMITS.rules)} rules: take some out`);
    rules.push(readRule(cursor));
  }
  return rules;
}

function readRule(cursor: Cursor): Rule {
  const { source } = cursor;
  const start = cursor.peek().offset;
  const annotations = readAnnotations(cursor);
  const labels = createLabels(cursor);
  if (cursor.sees(';')) throw cursor.unexpected('a rule', 'take this semicolon out; one stands at the end of each rule only');
  const conditions = readConditions(cursor, labels);
  if (!cursor.sees('=>')) throw noArrow(cursor);
  cursor.take();
  const action = readStatement(cursor, labels);
  if (!cursor.took(';')) throw notEnded(cursor);
  return {
    name: annotations.get('rulename'),
    origin: { kind: 'text', ...source.placeOf(start), source: source.text.slice(start, cursor.ended), template: annotations.get('ruletemplate') },
    conditions,
    action,
  };
}

/** By name in lower case; of two with one name the first counts. */
function readAnnotations(cursor: Cursor): ReadonlyMap<string, string> {
  const annotations = new Map<string, string>();
  while (cursor.took('@')) {
    if (cursor.peek().kind !== 'word') throw cursor.unexpected('the name of an annotation', `write ${ANNOTATION}`);
    const name = cursor.take().text.toLowerCase();
    cursor.takeSymbol('=', ANNOTATION);
    const value = cursor.takeString('a string', ANNOTATION).text;
    if (!annotations.has(name)) annotations.set(name, value);
  }
  return annotations;
}

function noArrow(cursor: Cursor): Error {
  const { kind, text } = cursor.peek();
  if (cursor.seesWord(['issue', 'add'])) return cursor.unexpected('=>', `write => ${text}(…)`);
  if (cursor.seesWord(['or'])) return cursor.unexpected('&& or =>', 'there is no "or" in this language; write one rule for each case');
  if (kind === 'word' || text === '[') return cursor.unexpected('&& or =>', 'join conditions by &&');
  return cursor.unexpected('&& or =>', 'write c:[Type == "…"] => issue(claim = c);');
}

function notEnded(cursor: Cursor): Error {
  const { kind, text } = cursor.peek();
  if (text === ')') return cursor.unexpected(';', 'take this parenthesis out; it was not opened');
  const what = kind === 'end' ? 'the text ends' : `${text} comes next`;
  return cursor.source.mistake(cursor.ended, `there is no semicolon at the end of the rule: add ; here, where ${what}`);
}
