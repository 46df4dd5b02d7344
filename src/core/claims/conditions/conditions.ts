/** Conditions of Signet's own, checked: a condition that does not hold says what it wants, what there is, and what came closest. */
import { inRange } from '../../network-ranges.js';
import type { Condition, ValueTest } from '../../model/condition.js';
import { attributeOf } from '../../model/person.js';
import { describeCondition, describeExpected } from '../mappings/describe.js';
import type { ClaimSet, FailedCondition, NearestMiss, RuleFacts } from '../explanation.js';
import { nearestOf } from '../explanation/nearest-miss.js';
import { type Charge, PATTERN_COST } from '../evaluation/patience.js';
import { compilePattern } from '../patterns/compile.js';
import { hasSecondFactor } from './second-factor.js';
import { describeInstant, inWindow } from './time-windows.js';

/** What was found where a condition looks; the words are made only for one that does not hold. */
interface Finding {
  readonly holds: boolean;
  readonly seen: () => Seen;
}

/** What there is, whether the condition holds or not. */
type Seen = Omit<FailedCondition, 'condition' | 'expected'>;

/**
 * Undefined when the condition holds. Group names, claim types and values are compared exactly, attribute names without
 * regard to letter case. Throws PatternError when a pattern of it cannot be used: those are refused before they are stored;
 * and what `charge` throws.
 */
export function checkCondition(condition: Condition, claims: ClaimSet, facts: RuleFacts, charge: Charge): FailedCondition | undefined {
  const { holds, seen } = look(condition, claims, facts, charge);
  return holds ? undefined : { condition: describeCondition(condition), expected: describeExpected(condition), ...seen() };
}

function look(condition: Condition, claims: ClaimSet, facts: RuleFacts, charge: Charge): Finding {
  if ('everyone' in condition) return { holds: true, seen: () => plain('everyone') };
  if ('not' in condition) {
    const { holds, seen } = look(condition.not, claims, facts, charge);
    return { holds: !holds, seen };
  }
  if ('group' in condition) return lookAtGroups(condition.group, facts);
  if ('claim' in condition) return lookAtClaims(condition, claims, charge);
  if ('attribute' in condition) return lookAtAttribute(condition, facts, charge);
  if ('network' in condition) return lookAtNetwork(condition.network, facts);
  if ('time' in condition) {
    const { time } = condition;
    return { holds: inWindow(time, facts.context.at), seen: () => plain(describeInstant(facts.context.at, time.zone)) };
  }
  if ('device' in condition) return { holds: false, seen: () => plain('Signet knows no devices') };
  const { methods } = facts.authentication;
  const holds = 'method' in condition ? methods.some((method) => condition.method.includes(method)) : hasSecondFactor(methods);
  return { holds, seen: () => plain(`a sign-in by ${methods.join(', ')}`) };
}

function lookAtGroups(wanted: readonly string[], { person }: RuleFacts): Finding {
  const names = person.groups.map(({ name }) => name);
  return lookAtValues(names, (name) => wanted.includes(name), wanted);
}

function lookAtClaims(condition: Extract<Condition, { readonly claim: string }>, claims: ClaimSet, charge: Charge): Finding {
  const found = claims.ofType(condition.claim);
  if (found.length > 0) return lookAtValues(found.map(({ value }) => value), testOf(condition, charge), condition.is); // prettier-ignore
  return nothing(() => nearestOf([condition.claim], [...new Set(claims.all.map(({ type }) => type))]));
}

function lookAtAttribute(condition: Extract<Condition, { readonly attribute: string }>, { person }: RuleFacts, charge: Charge): Finding {
  const values = attributeOf(person, condition.attribute);
  if (values.length > 0) return lookAtValues(values, testOf(condition, charge), condition.is);
  return nothing(() => nearestOf([condition.attribute.toLowerCase()], [...person.attributes.keys()]));
}

/** @param wanted what nearly fits is looked for among these */
function lookAtValues(values: readonly string[], fits: (value: string) => boolean, wanted: readonly string[] = []): Finding {
  const fitting = values.find(fits);
  const seen = (): Seen => {
    const nearest = fitting === undefined ? nearestOf(wanted, values) : undefined;
    const others = new Set(values).size - 1;
    return { observed: fitting ?? nearest?.what ?? values[0], nearest, ...(others > 0 ? { others } : {}) };
  };
  return { holds: fitting !== undefined, seen };
}

function testOf({ is, matches }: ValueTest, charge: Charge): (value: string) => boolean {
  const pattern = matches === undefined ? undefined : compilePattern(matches);
  return (value) => {
    if (is !== undefined && !is.includes(value)) return false;
    if (pattern === undefined) return true;
    charge(PATTERN_COST + pattern.cost(value));
    return pattern.test(value);
  };
}

function lookAtNetwork(wanted: 'intranet' | 'extranet' | readonly string[], { context }: RuleFacts): Finding {
  const { clientAddress, insideCorporateNetwork } = context;
  const from = clientAddress ?? 'an unknown address';
  if (typeof wanted !== 'string') return { holds: clientAddress !== undefined && inRange(clientAddress, wanted), seen: () => plain(from) };
  const network = insideCorporateNetwork ? 'intranet' : 'extranet';
  return { holds: network === wanted, seen: () => plain(`the ${network}, ${from}`) };
}

/** There is no such claim or attribute; its name may be nearly right. */
function nothing(nearest: () => NearestMiss | undefined): Finding {
  return { holds: false, seen: () => ({ observed: undefined, nearest: nearest(), plain: true }) };
}

/** What is no value of the person. */
function plain(observed: string): Seen {
  return { observed, nearest: undefined, plain: true, words: true };
}
