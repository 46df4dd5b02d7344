/** What became of one rule, explained when somebody asks. */
import type { Claim } from '../model/claim.js';
import { passesAll } from './claim-tests.js';
import type { ClaimSet, FailedCondition, RuleOutcome } from './explanation.js';
import { explainFailure } from './failed-condition.js';
import type { ClaimTest, Rule } from './rule.js';

/** Which condition did not hold, by its place; what one of Signet's own says about it. */
export interface Failure {
  readonly at: number;
  readonly own: FailedCondition | undefined;
}

export interface OutcomeParts {
  readonly rule: Rule;
  readonly position: number;
  readonly claims: ClaimSet;
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
  readonly #parts: OutcomeParts;

  constructor(parts: OutcomeParts) {
    this.#parts = parts;
  }

  get rule(): Rule {
    return this.#parts.rule;
  }
  get position(): number {
    return this.#parts.position;
  }
  get matched(): boolean {
    return this.#parts.failure === undefined;
  }
  get runs(): number {
    return this.#parts.runs;
  }
  get outputs(): readonly Claim[] {
    return this.#parts.outputs;
  }
  get nothing(): string | undefined {
    return this.#parts.nothing;
  }

  get inputs(): readonly Claim[] {
    const { rule, sources, claims, size, failure } = this.#parts;
    if (failure !== undefined) return [];
    const tests = rule.conditions.flatMap((condition): readonly (readonly ClaimTest[])[] =>
      condition.kind === 'own' || (condition.kind === 'aggregate' && condition.form === 'not exists') ? [] : [condition.tests],
    );
    const before = claims.all.slice(0, size);
    return [...new Set([...tests.flatMap((all) => before.filter((claim) => passesAll(claim, all))), ...sources])];
  }

  get failed(): FailedCondition | undefined {
    const { rule, claims, size, failure } = this.#parts;
    const condition = failure === undefined ? undefined : rule.conditions[failure.at];
    if (condition === undefined) return undefined;
    return condition.kind === 'own' ? failure?.own : explainFailure(condition, claims.all.slice(0, size));
  }
}

/** @param parts.claims a set that only grows: inputs and what failed are read from it as it was when the rule ran */
export function createOutcome(parts: OutcomeParts): RuleOutcome {
  return new Outcome(parts);
}
