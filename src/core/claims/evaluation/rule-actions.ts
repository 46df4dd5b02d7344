/** What the actions of rules make (adfs.md 3, 5). */
import { SignetError } from '../../errors.js';
import { type Claim, LOCAL_AUTHORITY, makeClaim, XS_STRING } from '../../model/claim.js';
import type { StoreQuestion, StoreRow } from '../attribute-store.js';
import { boundQuery } from './bound-query.js';
import { ChangeLimitError } from '../mappings/changes.js';
import { partOf } from './claim-tests.js';
import { RuleFailure } from '../explanation.js';
import { compilePattern } from '../patterns/compile.js';
import { type Pattern, PatternError } from '../patterns/pattern.js';
import type { Expression, FreshPart, RuleAction } from '../rule.js';
import { checkLength, limit, RULE_LIMITS, type RuleWork, spend } from './rule-work.js';

/** Its claims are as if the directory had made them; those of other stores are this service's word. */
const ACTIVE_DIRECTORY = 'active directory';
const NAMES_SHOWN = 5;

export type StoreAction = Extract<RuleAction, { kind: 'store' }>;

/** The claims of one run: by the label of the selector that took them. */
export type Taken = ReadonlyMap<string, Claim>;

/** One claim, made of parts. Errors: RuleFailure for a text that is too long or a pattern that cannot be used. */
export function makeFresh(parts: readonly FreshPart[], taken: Taken, work: RuleWork): Claim {
  const claim = { type: '', value: '', valueType: XS_STRING, issuer: LOCAL_AUTHORITY, originalIssuer: LOCAL_AUTHORITY };
  const properties: [string, string][] = [];
  for (const { property, value } of parts) {
    const text = textOf(value, taken, work);
    if (property.name === 'properties') properties.push([property.key, text]);
    else claim[KEYS[property.name]] = text;
  }
  return properties.length === 0 ? claim : { ...claim, properties: Object.fromEntries(properties) };
}

const KEYS = { type: 'type', value: 'value', valuetype: 'valueType', issuer: 'issuer', originalissuer: 'originalIssuer' } as const;

/** What an expression comes to. Errors: as makeFresh. */
function textOf(expression: Expression, taken: Taken, work: RuleWork): string {
  switch (expression.kind) {
    case 'text':
      return expression.value;
    case 'property':
      return partOf(claimOf(expression.label, taken), expression.property) ?? '';
    case 'join': {
      let text = '';
      for (const part of expression.parts) text = checkLength(work, text + textOf(part, taken, work));
      spend(work, text.length);
      return text;
    }
    case 'replace': {
      const input = textOf(expression.input, taken, work);
      const replacement = textOf(expression.replacement, taken, work);
      const pattern = expression.compiled ?? compile(textOf(expression.pattern, taken, work), work);
      spend(work, pattern.cost(input) + replacement.length);
      return naming(work, () => pattern.replace(input, replacement));
    }
  }
}

/** The claim that a label stands for; whoever makes rules sees to it that there is one. */
export function claimOf(label: string, taken: Taken): Claim {
  const claim = taken.get(label);
  if (claim === undefined) throw new Error(`no condition of the rule is labelled ${label}`);
  return claim;
}

function compile(source: string, work: RuleWork): Pattern {
  const known = work.patterns.get(source);
  if (known !== undefined) return known;
  if (work.patterns.size >= RULE_LIMITS.patterns) throw limit(work, `the rules of the set put together more than ${String(RULE_LIMITS.patterns)} patterns`);
  const pattern = naming(work, () => compilePattern(source));
  work.patterns.set(source, pattern);
  return pattern;
}

/** Runs what may meet a pattern that cannot be used, or make too much, and names the rule then. */
export function naming<T>(work: RuleWork, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw failureFrom(error, work);
  }
}

/** What to throw for something thrown: RuleFailure for a pattern that cannot be used or a change that makes too much, else the same. */
export function failureFrom(error: unknown, work: RuleWork): unknown {
  if (error instanceof ChangeLimitError) return new RuleFailure('limit', work, error.message, error);
  return error instanceof PatternError ? new RuleFailure('pattern', work, `a regular expression of it fails: ${error.message}`, error) : error;
}

/** What a store answered to one run. */
export interface Answer {
  readonly claims: readonly Claim[];
  /** Columns, from 0, without any value. */
  readonly absent: readonly number[];
}

/**
 * Asks a store, once for each question of an evaluation. Claims come column by column. Errors: RuleFailure naming the
 * store, when it is not there or does not answer; for limits, as makeFresh.
 */
export async function askStore(action: StoreAction, taken: Taken, work: RuleWork): Promise<Answer> {
  const { store, types } = action;
  const bound = boundQuery(action);
  const params = bound.params.map((param) => textOf(param, taken, work));
  const { person, relyingParty } = work.facts;
  const rows = await rowsOf(store, { query: bound.text, params, columns: types.length, about: { person, relyingParty } }, work);
  const issuer = store.toLowerCase() === ACTIVE_DIRECTORY ? person.authority : LOCAL_AUTHORITY;
  const columns = types.map((type, column) =>
    rows.flatMap((row) => {
      const value = row[column];
      if (value === undefined) return [];
      spend(work, value.length + 1);
      return makeClaim(type, checkLength(work, value), issuer);
    }),
  );
  return { claims: columns.flat(), absent: columns.flatMap((claims, column) => (claims.length === 0 ? column : [])) };
}

async function rowsOf(name: string, asked: StoreQuestion, work: RuleWork): Promise<readonly StoreRow[]> {
  const key = JSON.stringify([name.toLowerCase(), asked.columns, asked.query, ...asked.params]);
  const known = work.answers.get(key);
  if (known !== undefined) return known;
  if (work.answers.size >= RULE_LIMITS.questions) throw limit(work, `the rules of the set ask stores more than ${String(RULE_LIMITS.questions)} questions`);
  const store = work.facts.stores.find(name);
  if (store === undefined) throw new RuleFailure('store', work, `there is no attribute store "${name}"`);
  try {
    const rows = await store.ask(asked);
    work.answers.set(key, rows);
    return rows;
  } catch (error) {
    const reason = error instanceof SignetError ? error.message : 'it failed';
    throw new RuleFailure('store', work, `the store "${name}" gave no answer: ${reason}`, error);
  }
}

/** "the store "HR" has no value for mail": what a question left without a claim, by the names of attributes where the rule lists them (adfs.md 5). */
export function withoutValue({ store, types, query }: StoreAction, absent: readonly number[]): string {
  const listed = query.kind === 'text' ? (query.value.split(';')[1]?.split(',') ?? []) : [];
  const names = listed.length === types.length ? listed : types;
  const missing = absent.map((column) => names[column]?.trim() ?? '');
  const shown = missing.slice(0, NAMES_SHOWN);
  const more = missing.length - shown.length;
  return `the store "${store}" has no value for ${shown.join(', ')}${more === 0 ? '' : ` and ${String(more)} more`}`;
}
