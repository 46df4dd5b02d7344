/** What became of one rule, explained when somebody asks. */
import type { Claim } from '../model/claim.js';
import { ofTestedType, passesAll } from './claim-tests.js';
import type { ClaimSet, FailedCondition, RuleOutcome } from './explanation.js';
import { explainFailure } from './failed-condition.js';
import type { Rule } from './rule.js';

/** Which condition did not hold, by its place; what one of Signet's own says about it. */
export interface Failure {
  readonly at: number;
  readonly own: FailedCondition | undefined;
}

export interface OutcomeParts {
  /** How many of the claims there were when the rule ran; more may have come, and none goes. */
  readonly size: number;
  readonly failure: Failure | undefined;
  readonly runs: number;
  readonly outputs: readonly Claim[];
  /** What a mapping took. */
  readonly sources: readonly Claim[];
  readonly nothing: string | undefined;
}

/** A class, for its getters are on the prototype: an object with getters of its own takes 2 µs to make. */
class Outcome implements RuleOutcome {
  readonly rule: Rule;
  readonly position: number;
  readonly matched: boolean;
  readonly runs: number;
  readonly outputs: readonly Claim[];
  readonly nothing: string | undefined;
  private readonly claims: ClaimSet;
  private readonly parts: OutcomeParts;

  constructor(rule: Rule, position: number, claims: ClaimSet, parts: OutcomeParts) {
    this.rule = rule;
    this.position = position;
    this.matched = parts.failure === undefined;
    this.runs = parts.runs;
    this.outputs = parts.outputs;
    this.nothing = parts.nothing;
    this.claims = claims;
    this.parts = parts;
  }

  get inputs(): readonly Claim[] {
    if (!this.matched) return [];
    if (this.rule.conditions.length === 0) return this.parts.sources;
    const before = this.claims.all.slice(0, this.parts.size);
    const taken = new Set<Claim>();
    for (const condition of this.rule.conditions) {
      if (condition.kind === 'own' || (condition.kind === 'aggregate' && condition.form === 'not exists')) continue;
      for (const claim of ofTestedType(condition.tests, before)) if (passesAll(claim, condition.tests)) taken.add(claim);
    }
    for (const claim of this.parts.sources) taken.add(claim);
    return [...taken];
  }

  get failed(): FailedCondition | undefined {
    const { failure, size } = this.parts;
    const condition = failure === undefined ? undefined : this.rule.conditions[failure.at];
    if (condition === undefined) return undefined;
    return condition.kind === 'own' ? failure?.own : explainFailure(condition, this.claims.all.slice(0, size));
  }
}

/** @param work.claims a set that only grows: inputs and what failed are read from it as it was when the rule ran */
export function createOutcome(work: { readonly rule: Rule; readonly position: number; readonly claims: ClaimSet }, parts: OutcomeParts): RuleOutcome {
  return new Outcome(work.rule, work.position, work.claims, parts);
}
