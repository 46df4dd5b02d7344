/** Tests on claims: which claims a selector takes. */
import type { Claim } from '../model/claim.js';
import type { ClaimSet } from './explanation.js';
import type { ClaimTest, PropertyRef } from './rule.js';
import { type RuleWork, spend } from './rule-work.js';

/** Steps that a pattern takes for a text of no length. */
const PATTERN_COST = 10;

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

/** True when a claim passes all tests. Comparisons come before patterns, which cost more. */
export function passesAll(claim: Claim, tests: readonly ClaimTest[]): boolean {
  for (const test of tests) if (test.pattern === undefined && !passes(claim, test)) return false;
  for (const test of tests) if (test.pattern !== undefined && !passes(claim, test)) return false;
  return true;
}

/** The claims that may pass: only those of the type, where the tests name one. */
export function candidatesOf(tests: readonly ClaimTest[], claims: ClaimSet): readonly Claim[] {
  const type = typeOf(tests);
  return type === undefined ? claims.all : claims.ofType(type);
}

/** The claims that pass all tests, in their order. Errors: RuleFailure when the evaluation has done too much. */
export function matchesOf(tests: readonly ClaimTest[], work: RuleWork): readonly Claim[] {
  const candidates = candidatesOf(tests, work.claims);
  if (tests.every(isTypeTest) && tests.length === 1) return candidates;
  const found: Claim[] = [];
  for (const claim of candidates) {
    spend(work, costOf(claim, tests));
    if (passesAll(claim, tests)) found.push(claim);
  }
  return found;
}

/** How many claims pass all tests; counting ends at `enough`. Errors: as matchesOf. */
export function countMatches(tests: readonly ClaimTest[], work: RuleWork, enough: number): number {
  let count = 0;
  for (const claim of candidatesOf(tests, work.claims)) {
    spend(work, costOf(claim, tests));
    if (passesAll(claim, tests) && (count += 1) >= enough) return count;
  }
  return count;
}

function costOf(claim: Claim, tests: readonly ClaimTest[]): number {
  let cost = 1;
  for (const { pattern, property } of tests) cost += pattern === undefined ? 1 : pattern.cost(partOf(claim, property)?.length ?? 0) + PATTERN_COST;
  return cost;
}
