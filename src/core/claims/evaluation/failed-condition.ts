/** Why a condition of a rule text did not hold: what it wants, what there is, and what came closest. */
import type { Claim } from '../../model/claim.js';
import { displayNameOf } from '../explanation/claim-names.js';
import { isTypeTest, ofTestedType, partOf, seemsToPass, seemsToPassAll, typeOf } from './claim-tests.js';
import type { FailedCondition, NearestMiss } from '../explanation.js';
import { almostPassing, nearestOf, overlookedIn } from '../explanation/nearest-miss.js';
import { occursIn, type Patience } from './patience.js';
import type { Aggregate, ClaimTest, Selector } from '../rule.js';

/** Claims that are looked at for what came closest. */
const COMPARED = 500;
/** Of types that are taken for one another: an s, a slash, and a few characters that cannot be seen. */
const LENGTHS_APART = 5;
const LITERAL_SHOWN = 80;

/**
 * @param claims those there were when the rule ran
 * @param patience what patterns may cost; without it the closest is looked for among fewer
 */
export function explainFailure(condition: Selector | Aggregate, claims: readonly Claim[], patience: Patience): FailedCondition {
  if (condition.kind === 'selector' || condition.form === 'exists') return nothingPasses(condition, claims, patience);
  return condition.form === 'not exists' ? somethingPasses(condition, claims, patience) : wrongCount(condition, claims, patience);
}

/** Names the claim that passes most tests, by the first test that it does not pass. */
function nothingPasses({ tests, source }: Selector | Aggregate, claims: readonly Claim[], patience: Patience): FailedCondition {
  const type = typeOf(tests);
  const candidates = ofTestedType(tests, claims, COMPARED);
  const noun = nounOf(tests);
  const best = closestTo(tests, candidates, patience);
  if (best === undefined) {
    const expected = `some ${noun} is there`;
    return { condition: source, expected, observed: undefined, nearest: type === undefined ? undefined : nearestType(type, claims), plain: true };
  }
  const { test, near } = best;
  const passed = tests.filter((other) => other !== test && !isTypeTest(other) && near.every((claim) => seemsToPass(claim, other, patience)));
  const parts = near.map((claim) => partOf(claim, test.property)).filter((part) => part !== undefined);
  const nearest = nearestPart(test, parts, patience);
  return {
    condition: source,
    expected: `some ${noun}${passed.length === 0 ? '' : ` that ${passed.map(predicate).join(' and ')}`} ${predicate(test)}`,
    observed: nearest?.what ?? parts[0],
    nearest,
    ...(parts.length > 1 ? { others: parts.length - 1 } : {}),
    ...(isPersonal(test) ? {} : { plain: true as const }),
  };
}

/** The claims that pass most tests and fail the same one first. */
function closestTo(
  tests: readonly ClaimTest[],
  candidates: readonly Claim[],
  patience: Patience,
): { readonly test: ClaimTest; readonly near: readonly Claim[] } | undefined {
  let best: { readonly test: ClaimTest; readonly near: Claim[]; readonly passed: number } | undefined;
  for (const claim of candidates) {
    let test: ClaimTest | undefined;
    let passed = 0;
    for (const each of tests) {
      if (seemsToPass(claim, each, patience)) passed += weightOf(each);
      else test ??= each;
    }
    if (test === undefined || (best !== undefined && passed < best.passed)) continue;
    if (best === undefined || passed > best.passed) best = { test, near: [claim], passed };
    else if (test === best.test) best.near.push(claim);
  }
  return best;
}

/** Of two claims that pass as many tests, the one with the right value is nearer. */
function weightOf({ property }: ClaimTest): number {
  return property.name === 'value' ? 1.5 : 1;
}

/** Types and issuers say nothing about the person, and there are few of them: each is what it is. */
function isPersonal({ property }: ClaimTest): boolean {
  return property.name === 'value' || property.name === 'properties';
}

function nearestPart(test: ClaimTest, parts: readonly string[], patience: Patience): NearestMiss | undefined {
  if (test.operator === '==') return isPersonal(test) ? nearestOf([test.value], parts) : overlookedIn(test.value, parts);
  const { pattern } = test;
  return test.operator === '=~' && pattern !== undefined ? almostPassing((text) => occursIn(pattern, text, patience) === true, parts) : undefined;
}

/** A claim type that is easily taken for the one wanted: http for https and a slash at the end count, too. */
function nearestType(wanted: string, claims: readonly Claim[]): NearestMiss | undefined {
  const types = [...new Set(claims.map(({ type }) => type))].filter((type) => Math.abs(type.length - wanted.length) <= LENGTHS_APART);
  const found = overlookedIn(wanted, types);
  if (found !== undefined) return found;
  const address = addressOf(wanted);
  const what = types.find((type) => addressOf(type) === address);
  return what === undefined ? undefined : { what, difference: undefined };
}

function addressOf(type: string): string {
  return type
    .toLowerCase()
    .replace(/^https:/u, 'http:')
    .replace(/\/+$/u, '');
}

function somethingPasses({ tests, source }: Aggregate, claims: readonly Claim[], patience: Patience): FailedCondition {
  const found = ofTestedType(tests, claims).filter((claim) => seemsToPassAll(claim, tests, patience));
  const others = found.length > 1 ? { others: found.length - 1 } : {};
  return { condition: source, expected: `no ${nounOf(tests)}${clauses(tests)}`, observed: found[0]?.value, nearest: undefined, ...others };
}

const COMPARED_WITH: Readonly<Record<Aggregate['comparison']['operator'], string>> = {
  '==': 'exactly',
  '!=': 'any number but',
  '<': 'fewer than',
  '<=': 'at most',
  '>': 'more than',
  '>=': 'at least',
};

function wrongCount({ tests, source, comparison }: Aggregate, claims: readonly Claim[], patience: Patience): FailedCondition {
  const expected = `${COMPARED_WITH[comparison.operator]} ${String(comparison.count)} times a ${nounOf(tests)}${clauses(tests)}`;
  const count = ofTestedType(tests, claims).filter((claim) => seemsToPassAll(claim, tests, patience)).length;
  return { condition: source, expected, observed: `${String(count)} of them`, nearest: undefined, plain: true, words: true };
}

function nounOf(tests: readonly ClaimTest[]): string {
  const type = typeOf(tests);
  return type === undefined ? 'claim' : `${displayNameOf(type)} claim`;
}

function clauses(tests: readonly ClaimTest[]): string {
  const rest = tests.filter((test) => !isTypeTest(test));
  return rest.length === 0 ? '' : ` that ${rest.map(predicate).join(' and ')}`;
}

const PART_NAMES = { type: 'Type', value: 'Value', valuetype: 'ValueType', issuer: 'Issuer', originalissuer: 'OriginalIssuer' } as const;

/** 'is "Finance"', 'matches "^Fin"', 'has another Issuer than "AD AUTHORITY"'. */
function predicate({ property, operator, value }: ClaimTest): string {
  const text = `"${value.length > LITERAL_SHOWN ? `${value.slice(0, LITERAL_SHOWN)}…` : value}"`;
  if (property.name === 'value') return `${VALUE_VERBS[operator]} ${text}`;
  const name = property.name === 'properties' ? `property ${property.key}` : PART_NAMES[property.name];
  switch (operator) {
    case '==':
      return `has the ${name} ${text}`;
    case '!=':
      return `has another ${name} than ${text}`;
    case '=~':
      return `has ${/^[IO]/u.test(name) ? 'an' : 'a'} ${name} that matches ${text}`;
    case '!~':
      return `has no ${name} that matches ${text}`;
  }
}

const VALUE_VERBS: Readonly<Record<ClaimTest['operator'], string>> = { '==': 'is', '!=': 'is other than', '=~': 'matches', '!~': 'fails to match' };
