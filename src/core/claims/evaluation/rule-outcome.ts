/** What became of one rule, explained when somebody asks. */
import type { Claim } from '../../model/claim.js';
import { ofTestedType, seemsToPassAll } from './claim-tests.js';
import type { ClaimSet, FailedCondition, RuleOutcome } from '../explanation.js';
import { explainFailure } from './failed-condition.js';
import type { Patience } from './patience.js';
import type { Rule } from '../rule.js';

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

export interface OutcomeAbout {
  readonly rule: Rule;
  readonly position: number;
  readonly claims: ClaimSet;
  /** Of all outcomes of one evaluation. */
  readonly patience: Patience;
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
  private readonly patience: Patience;
  private readonly parts: OutcomeParts;
  private explained: FailedCondition | undefined;

  constructor(about: OutcomeAbout, parts: OutcomeParts) {
    this.rule = about.rule;
    this.position = about.position;
    this.matched = parts.failure === undefined;
    this.runs = parts.runs;
    this.outputs = parts.outputs;
    this.nothing = parts.nothing;
    this.claims = about.claims;
    this.patience = about.patience;
    this.parts = parts;
  }

  get inputs(): readonly Claim[] {
    if (!this.matched) return [];
    if (this.rule.conditions.length === 0) return this.parts.sources;
    const before = this.claims.all.slice(0, this.parts.size);
    const taken = new Set<Claim>();
    for (const condition of this.rule.conditions) {
      if (condition.kind === 'own' || (condition.kind === 'aggregate' && condition.form === 'not exists')) continue;
      for (const claim of ofTestedType(condition.tests, before)) if (seemsToPassAll(claim, condition.tests, this.patience)) taken.add(claim);
    }
    for (const claim of this.parts.sources) taken.add(claim);
    return [...taken];
  }

  get failed(): FailedCondition | undefined {
    const { failure, size } = this.parts;
    const condition = failure === undefined ? undefined : this.rule.conditions[failure.at];
    if (condition === undefined) return undefined;
    if (condition.kind === 'own') return failure?.own;
    return (this.explained ??= explainFailure(condition, this.claims.all.slice(0, size), this.patience));
  }
}

/** @param work.claims a set that only grows: inputs and what failed are read from it as it was when the rule ran */
export function createOutcome(work: OutcomeAbout, parts: OutcomeParts): RuleOutcome {
  return new Outcome(work, parts);
}
