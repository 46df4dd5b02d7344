/** One evaluation under way: what is shared by its rules, and the bounds it must stay within (threats M12). */
import type { Claim } from '../../model/claim.js';
import type { StoreRow } from '../attribute-store.js';
import { createClaimSet, equal, type GrowingClaimSet } from './claim-set.js';
import type { Patience } from './patience.js';
import type { Pattern } from '../patterns/pattern.js';
import { RuleFailure, type RuleFacts } from '../explanation.js';
import type { Rule, RuleSetName } from '../rule.js';

/** Bounds of one evaluation. */
export const RULE_LIMITS = {
  /** In a set. */
  rules: 1000,
  /** Of one rule. */
  runs: 10_000,
  /** Claims there are, those that came in included. */
  claims: 5000,
  /** Characters of a value, or of any other part of a claim. */
  text: 65_536,
  /** Different questions to attribute stores. */
  questions: 500,
  /** Comparisons of claims, and characters read by patterns and written into claims: bounds time and memory alike. */
  steps: 20_000_000,
  /** What patterns may cost while failures are explained. */
  patience: 5_000_000,
  /** Different patterns that are put together while rules run: compiling one can take tens of milliseconds. */
  patterns: 50,
} as const;

export interface RuleWork {
  readonly set: RuleSetName;
  readonly facts: RuleFacts;
  /** W of adfs.md 3: what rules see. */
  readonly claims: GrowingClaimSet;
  /** O: what they issued. */
  readonly issued: GrowingClaimSet;
  /** What stores answered, by question. */
  readonly answers: Map<string, readonly StoreRow[]>;
  /** Those that were put together, by their text. */
  readonly patterns: Map<string, Pattern>;
  readonly patience: Patience;
  /** The rule under way, and its place in the set, from 1. */
  rule: Rule;
  position: number;
  /** Left of RULE_LIMITS.steps. */
  steps: number;
}

/** Errors: RuleFailure for claims that are too many or too long. */
export function startWork(set: RuleSetName, first: Rule, claims: readonly Claim[], facts: RuleFacts): RuleWork {
  const work: RuleWork = {
    set,
    facts,
    claims: createClaimSet(claims),
    issued: createClaimSet([], equal),
    answers: new Map(),
    patterns: new Map(),
    patience: { steps: RULE_LIMITS.patience },
    rule: first,
    position: 1,
    steps: RULE_LIMITS.steps,
  };
  checkCount(work);
  if (claims.some(isTooLong)) throw limit(work, `a claim has more than ${String(RULE_LIMITS.text)} characters`);
  return work;
}

function isTooLong({ type, value, valueType, issuer, originalIssuer, properties }: Claim): boolean {
  const most = RULE_LIMITS.text;
  if (type.length > most || value.length > most || valueType.length > most || issuer.length > most || originalIssuer.length > most) return true;
  return properties !== undefined && Object.values(properties).some((text) => text.length > most);
}

/** Errors: RuleFailure for more claims than there may be. */
export function checkCount(work: RuleWork): void {
  if (work.claims.all.length > RULE_LIMITS.claims) throw limit(work, `there are more than ${String(RULE_LIMITS.claims)} claims`);
}

/** Counts what was done, or is about to be. Errors: RuleFailure when it is too much. */
export function spend(work: RuleWork, steps: number): void {
  work.steps -= steps;
  if (work.steps < 0) throw limit(work, 'the rules of the set have too much to compare; narrow the conditions of this one or of those before it');
}

/** Errors: RuleFailure for a text that no claim may carry. */
export function checkLength(work: RuleWork, text: string): string {
  if (text.length > RULE_LIMITS.text) throw limit(work, `it makes a text of more than ${String(RULE_LIMITS.text)} characters`);
  return text;
}

export function limit(work: RuleWork, message: string): RuleFailure {
  return new RuleFailure('limit', work, message);
}
