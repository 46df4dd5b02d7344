/** The conditions of a rule: c:[Type == "…"], EXISTS([…]), NOT EXISTS([…]), COUNT([…]) >= 2. */
import type { Aggregate, ClaimTest, RuleCondition } from '../rule.js';
import type { Cursor } from './cursor.js';
import { compileString, readProperty } from './expressions.js';
import type { Labels } from './labels.js';
import { didYouMean } from './spelling.js';

const OPERATORS = ['==', '!=', '=~', '!~'] as const;
const COMPARISONS = ['==', '!=', '<', '<=', '>', '>='] as const;
const AGGREGATES = ['exists', 'not', 'count'];
/** One rule runs for every combination of the claims that its conditions take. */
const MOST = 20;

/** Everything before =>. Throws RuleTextError. */
export function readConditions(cursor: Cursor, labels: Labels): readonly RuleCondition[] {
  if (cursor.sees('=>')) return [];
  const conditions = [readCondition(cursor, labels)];
  while (cursor.took('&&')) {
    if (conditions.length === MOST)
      throw cursor.source.mistake(cursor.peek().offset, `the rule has more than ${String(MOST)} conditions: make several rules of it`);
    conditions.push(readCondition(cursor, labels));
  }
  return conditions;
}

function readCondition(cursor: Cursor, labels: Labels): RuleCondition {
  const token = cursor.peek();
  const start = token.offset;
  const labelled = token.kind === 'word' && cursor.sees(':', 1);
  if (labelled) {
    cursor.take();
    cursor.take();
  }
  const aggregate = cursor.seesWord(AGGREGATES);
  if (labelled) labels.add(token, aggregate ? 'aggregate' : 'selector');
  if (aggregate) return readAggregate(cursor, labels, start);
  if (!cursor.sees('[')) throw noCondition(cursor, labelled);
  const tests = readTests(cursor);
  return { kind: 'selector', label: labelled ? token.text : undefined, tests, source: cursor.source.text.slice(start, cursor.ended) };
}

function noCondition(cursor: Cursor, labelled: boolean): Error {
  const { kind, text, offset } = cursor.peek();
  if (labelled) return cursor.unexpected('[', 'a label stands before a condition in brackets, as in c:[Type == "…"]');
  if (kind !== 'word') return cursor.unexpected('a condition', 'write c:[Type == "…"]');
  if (cursor.sees('[', 1)) return cursor.source.mistake(offset, `there is no colon between the label ${text} and its condition: write ${text}:[…]`);
  if (cursor.seesWord(['issue', 'add'])) return cursor.source.mistake(offset, `there is no => before ${text}: write => ${text}(…)`);
  const fix = `a rule starts with @, with a condition such as c:[…] or EXISTS([…]), or with =>${didYouMean(text, ['exists', 'not', 'count', 'issue', 'add'])}`;
  return cursor.source.mistake(offset, `unknown word ${text}: ${fix}`);
}

function readTests(cursor: Cursor): readonly ClaimTest[] {
  cursor.takeSymbol('[', 'c:[Type == "…"]');
  if (cursor.took(']')) return [];
  const tests = [readTest(cursor)];
  while (cursor.took(',')) tests.push(readTest(cursor));
  if (!cursor.sees(']')) {
    const joined = cursor.sees('&&') || cursor.seesWord(['and']);
    throw cursor.unexpected(', or ]', joined ? 'tests of one condition are joined by a comma' : 'write c:[Type == "…", Value == "…"]');
  }
  cursor.take();
  return tests;
}

function readTest(cursor: Cursor): ClaimTest {
  const property = readProperty(cursor);
  const operator = OPERATORS.find((symbol) => cursor.sees(symbol));
  if (operator === undefined) {
    throw cursor.unexpected(
      '==, !=, =~ or !~',
      cursor.sees('=') ? 'a test compares by ==; a single = gives a value' : 'write Value == "…", or Value =~ "a regular expression"',
    );
  }
  cursor.take();
  if (cursor.peek().kind === 'word') {
    throw cursor.unexpected('a string', 'a test compares with a text between double quotes only, not with another claim');
  }
  const token = cursor.takeString('a string', 'Value == "…"');
  const pattern = operator === '=~' || operator === '!~' ? compileString(cursor, token) : undefined;
  return { property, operator, value: token.text, pattern };
}

function readAggregate(cursor: Cursor, labels: Labels, start: number): Aggregate {
  const not = cursor.seesWord(['not']);
  if (not) cursor.take();
  const count = !not && cursor.seesWord(['count']);
  const example = count ? 'COUNT([Type == "…"]) >= 2' : `${not ? 'NOT ' : ''}EXISTS([Type == "…"])`;
  cursor.takeWord(count ? 'count' : 'exists', example);
  cursor.takeSymbol('(', example);
  const token = cursor.peek();
  if (token.kind === 'word' && cursor.sees(':', 1)) {
    labels.add(cursor.take(), 'aggregate');
    cursor.take();
  }
  const tests = readTests(cursor);
  cursor.takeSymbol(')', example);
  const comparison = count ? readComparison(cursor, example) : ({ operator: not ? '==' : '>=', count: not ? 0 : 1 } as const);
  const form = count ? 'count' : not ? 'not exists' : 'exists';
  return { kind: 'aggregate', tests, comparison, form, source: cursor.source.text.slice(start, cursor.ended) };
}

function readComparison(cursor: Cursor, example: string): Aggregate['comparison'] {
  const operator = COMPARISONS.find((symbol) => cursor.sees(symbol));
  if (operator === undefined) throw cursor.unexpected('==, !=, <, <=, > or >=', `write ${example}`);
  cursor.take();
  if (cursor.peek().kind !== 'number') throw cursor.unexpected('a whole number', `write ${example}`);
  return { operator, count: Number(cursor.take().text) };
}
