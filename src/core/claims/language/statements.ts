/** What a rule does: issue or add a claim as it is, a new one, or what an attribute store has. */
import type { FreshPart, PropertyRef, RuleAction } from '../rule.js';
import type { Cursor } from './cursor.js';
import { readExpression, readProperty } from './expressions.js';
import type { Labels } from './labels.js';
import { didYouMean } from './spelling.js';
import type { Token } from './tokens.js';

const COPY = 'issue(claim = c)';
const FRESH = 'issue(Type = "…", Value = "…")';
const STORE = 'issue(store = "…", types = ("…"), query = "…", param = c.Value)';

/** Everything after =>, the semicolon left out. Throws RuleTextError. */
export function readStatement(cursor: Cursor, labels: Labels): RuleAction {
  const word = cursor.peek();
  if (word.kind !== 'word') throw cursor.unexpected('issue or add', `write => ${COPY};`);
  if (!cursor.seesWord(['issue', 'add'])) {
    throw cursor.source.mistake(
      word.offset,
      `unknown word ${word.text} where issue or add was expected: write => ${COPY}${didYouMean(word.text, ['issue', 'add'])}`,
    );
  }
  const issue = cursor.take().text.toLowerCase() === 'issue';
  cursor.takeSymbol('(', COPY);
  const action = readAction(cursor, labels, { issue, word });
  if (!cursor.sees(')')) throw notClosed(cursor, action);
  cursor.take();
  return action;
}

function readAction(cursor: Cursor, labels: Labels, about: { readonly issue: boolean; readonly word: Token }): RuleAction {
  const { issue } = about;
  if (cursor.seesWord(['claim'])) return { kind: 'copy', issue, label: readCopied(cursor, labels) };
  if (cursor.seesWord(['store'])) return { kind: 'store', issue, ...readStoreQuestion(cursor, labels) };
  if (cursor.seesWord(['types', 'query', 'param'])) throw cursor.unexpected('store', `what a store is asked comes in this order: ${STORE}`);
  return { kind: 'fresh', issue, parts: readParts(cursor, labels, about.word) };
}

function readCopied(cursor: Cursor, labels: Labels): string {
  cursor.take();
  cursor.takeSymbol('=', COPY);
  if (cursor.peek().kind !== 'word') throw cursor.unexpected('a label', `write ${COPY}, with the label of a condition c:[…]`);
  return labels.use(cursor.take());
}

function readParts(cursor: Cursor, labels: Labels, word: Token): readonly FreshPart[] {
  if (cursor.sees(')')) throw cursor.unexpected('a claim', `write ${COPY}, or ${FRESH}`);
  const parts: FreshPart[] = [];
  do {
    const { offset, text } = cursor.peek();
    const property = readProperty(cursor, parts.length === 0 ? ['claim', 'store'] : []);
    const key = keyOf(property);
    if (parts.some((part) => keyOf(part.property) === key)) {
      const which = property.name === 'properties' ? `Properties["${property.key}"]` : text;
      throw cursor.source.mistake(offset, `${which} is given twice in one claim: take one of the two out`);
    }
    if (cursor.sees('==')) throw cursor.unexpected('=', 'a value is given by a single =');
    cursor.takeSymbol('=', FRESH);
    parts.push({ property, value: readExpression(cursor, labels) });
  } while (cursor.took(','));
  if (parts.every((part) => part.property.name !== 'type')) {
    throw cursor.source.mistake(word.offset, `the new claim has no Type: write ${word.text}(Type = "…", …)`);
  }
  return parts;
}

function keyOf(property: PropertyRef): string {
  return property.name === 'properties' ? `[${property.key}` : property.name;
}

type StoreQuestion = Omit<Extract<RuleAction, { readonly kind: 'store' }>, 'kind' | 'issue'>;

function readStoreQuestion(cursor: Cursor, labels: Labels): StoreQuestion {
  takeKey(cursor, 'store');
  const store = cursor.takeString('the name of a store', STORE).text;
  cursor.takeSymbol(',', STORE);
  takeKey(cursor, 'types');
  const types = readTypes(cursor);
  cursor.takeSymbol(',', STORE);
  takeKey(cursor, 'query');
  const query = readExpression(cursor, labels);
  const params = [];
  while (cursor.took(',')) {
    takeKey(cursor, 'param');
    params.push(readExpression(cursor, labels));
  }
  return { store, types, query, params };
}

function takeKey(cursor: Cursor, key: string): void {
  cursor.takeWord(key, STORE);
  cursor.takeSymbol('=', STORE);
}

function readTypes(cursor: Cursor): readonly string[] {
  cursor.takeSymbol('(', 'types = ("…", "…"), in parentheses even for one');
  if (cursor.sees(')')) throw cursor.unexpected('a claim type', 'types names at least one, one for each value that the query gives: types = ("…")');
  const types: string[] = [];
  do types.push(cursor.takeString('a claim type', 'types = ("…", "…")').text);
  while (cursor.took(','));
  if (!cursor.sees(')')) throw cursor.unexpected(', or )', 'write types = ("…", "…")');
  cursor.take();
  return types;
}

function notClosed(cursor: Cursor, action: RuleAction): Error {
  if (action.kind === 'copy') {
    const fix = cursor.sees(',') ? 'claim = c copies the whole claim and takes nothing beside it; to change a part of it, name each: ' : 'write ';
    return cursor.unexpected(')', `${fix}${cursor.sees(',') ? 'issue(Type = c.Type, Value = …)' : COPY}`);
  }
  const { kind } = cursor.peek();
  if (kind === 'word' || kind === 'string') return cursor.unexpected('+, a comma or )', 'texts are joined by +, parts by a comma');
  return cursor.unexpected(', or )', `write ${action.kind === 'store' ? STORE : FRESH}`);
}
