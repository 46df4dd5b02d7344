/** Tests on claims: which claims a selector takes. */
import type { Claim } from '../../model/claim.js';
import { occursIn, type Patience, PATTERN_COST } from './patience.js';
import type { ClaimTest, PropertyRef } from '../rule.js';
import { type RuleWork, spend } from './rule-work.js';

/** A part of a claim; undefined for a property that it does not have. */
export function partOf(claim: Claim, property: PropertyRef): string | undefined {
  switch (property.name) {
    case 'type':
      return claim.type;
    case 'value':
      return claim.value;
    case 'valuetype':
      return claim.valueType;
    case 'issuer':
      return claim.issuer;
    case 'originalissuer':
      return claim.originalIssuer;
    case 'properties':
      return claim.properties !== undefined && Object.hasOwn(claim.properties, property.key) ? claim.properties[property.key] : undefined;
  }
}

/** A property that is missing is different from every text, and no pattern occurs in it. */
export function passes(claim: Claim, { property, operator, value, pattern }: ClaimTest): boolean {
  const part = partOf(claim, property);
  switch (operator) {
    case '==':
      return part === value;
    case '!=':
      return part !== value;
    case '=~':
      return part !== undefined && pattern?.test(part) === true;
    case '!~':
      return part === undefined || pattern?.test(part) === false;
  }
}

/** The type that the claims must have to pass; undefined where the tests leave it open. */
export function typeOf(tests: readonly ClaimTest[]): string | undefined {
  return tests.find(isTypeTest)?.value;
}

export function isTypeTest({ property, operator }: ClaimTest): boolean {
  return property.name === 'type' && operator === '==';
}

/** Like `passes`; where patience is used up, or a text is too long for a pattern, the test counts as not passed. */
export function seemsToPass(claim: Claim, test: ClaimTest, patience: Patience): boolean {
  const { pattern, property, operator } = test;
  if (pattern === undefined) return passes(claim, test);
  const part = partOf(claim, property);
  if (part === undefined) return operator === '!~';
  const occurs = occursIn(pattern, part, patience);
  return occurs !== undefined && occurs === (operator === '=~');
}

/** All tests, those first that cost little. */
export function seemsToPassAll(claim: Claim, tests: readonly ClaimTest[], patience: Patience): boolean {
  return (
    tests.every((test) => test.pattern !== undefined || passes(claim, test)) &&
    tests.every((test) => test.pattern === undefined || seemsToPass(claim, test, patience))
  );
}

/** True when a claim passes all tests. */
function passesAll(claim: Claim, tests: readonly ClaimTest[]): boolean {
  for (const test of tests) if (!passes(claim, test)) return false;
  return true;
}

/** Those of some claims that may pass, by the type that the tests name, at most so many. */
export function ofTestedType(tests: readonly ClaimTest[], claims: readonly Claim[], most = Infinity): readonly Claim[] {
  const type = typeOf(tests);
  if (type === undefined) return claims.slice(0, most);
  const found: Claim[] = [];
  for (const claim of claims) if (claim.type === type && found.length < most) found.push(claim);
  return found;
}

/** In which order the tests of one condition are done: what can be looked up, then comparisons, then patterns, which cost most. */
interface Plan {
  /** Looked up; undefined where the tests leave it open. */
  readonly type: string | undefined;
  /** Looked up together with the type. */
  readonly value: string | undefined;
  readonly comparisons: readonly ClaimTest[];
  readonly patterns: readonly ClaimTest[];
}

/** Rules live as long as their application: the plan is made once for each condition. */
const plans = new WeakMap<readonly ClaimTest[], Plan>();

function planOf(tests: readonly ClaimTest[]): Plan {
  const known = plans.get(tests);
  if (known !== undefined) return known;
  const type = tests.find(isTypeTest);
  const value = type === undefined ? undefined : tests.find(({ property, operator }) => property.name === 'value' && operator === '==');
  const rest = tests.filter((test) => test !== type && test !== value);
  const isPattern = ({ pattern }: ClaimTest): boolean => pattern !== undefined;
  const plan: Plan = {
    type: type?.value,
    value: value?.value,
    comparisons: rest.filter((test) => !isPattern(test)),
    patterns: rest.filter(isPattern),
  };
  plans.set(tests, plan);
  return plan;
}

function candidatesOf({ type, value }: Plan, { claims }: RuleWork): readonly Claim[] {
  if (type === undefined) return claims.all;
  return value === undefined ? claims.ofType(type) : claims.ofTypeAndValue(type, value);
}

/** The claims that pass all tests, in their order. Errors: RuleFailure when the evaluation has done too much. */
export function matchesOf(tests: readonly ClaimTest[], work: RuleWork): readonly Claim[] {
  const plan = planOf(tests);
  const candidates = candidatesOf(plan, work);
  const { comparisons, patterns } = plan;
  spend(work, candidates.length * (1 + comparisons.length));
  if (comparisons.length === 0 && patterns.length === 0) return candidates;
  let found: Claim[] | undefined;
  for (const claim of candidates) {
    if (passesAll(claim, comparisons) && passesPatterns(claim, patterns, work)) (found ??= []).push(claim);
  }
  return found ?? NONE;
}

const NONE: readonly Claim[] = [];

/** How many claims pass all tests; counting ends at `enough`. Errors: as matchesOf. */
export function countMatches(tests: readonly ClaimTest[], work: RuleWork, enough: number): number {
  const plan = planOf(tests);
  const candidates = candidatesOf(plan, work);
  spend(work, candidates.length * (1 + plan.comparisons.length));
  let count = 0;
  for (const claim of candidates) {
    if (passesAll(claim, plan.comparisons) && passesPatterns(claim, plan.patterns, work) && (count += 1) >= enough) return count;
  }
  return count;
}

function passesPatterns(claim: Claim, patterns: readonly ClaimTest[], work: RuleWork): boolean {
  for (const test of patterns) {
    spend(work, PATTERN_COST + (test.pattern?.cost(partOf(claim, test.property) ?? '') ?? 0));
    if (!passes(claim, test)) return false;
  }
  return true;
}
