/** Conditions of Signet's own, checked: a condition that does not hold says what it wants, what there is, and what came closest. */
import { inRange } from '../network-ranges.js';
import type { Condition, ValueTest } from '../model/condition.js';
import { attributeOf } from '../model/person.js';
import { describeCondition, describeExpected, quoted, shorten, shortName } from './describe.js';
import type { ClaimSet, FailedCondition, NearestMiss, RuleFacts } from './explanation.js';
import { nearestOf } from './nearest-miss.js';
import { compilePattern } from './patterns/compile.js';
import { hasSecondFactor } from './second-factor.js';
import { describeInstant, inWindow } from './time-windows.js';

/** What was found where a condition looks; the words are made only for one that does not hold. */
interface Finding {
  readonly holds: boolean;
  /** What there is, whether it holds or not. */
  readonly observed: () => string;
  readonly nearest?: () => NearestMiss | undefined;
}

/**
 * Undefined when the condition holds. Group names, claim types and values are compared exactly, attribute names without
 * regard to letter case. Throws PatternError when a pattern of it cannot be used: those are refused before they are stored.
 */
export function checkCondition(condition: Condition, claims: ClaimSet, facts: RuleFacts): FailedCondition | undefined {
  const { holds, observed, nearest } = look(condition, claims, facts);
  if (holds) return undefined;
  return { condition: describeCondition(condition), expected: describeExpected(condition), observed: observed(), nearest: nearest?.() };
}

function look(condition: Condition, claims: ClaimSet, facts: RuleFacts): Finding {
  if ('everyone' in condition) return { holds: true, observed: () => 'everyone' };
  if ('not' in condition) {
    const { holds, observed } = look(condition.not, claims, facts);
    return { holds: !holds, observed };
  }
  if ('group' in condition) return lookAtGroups(condition.group, facts);
  if ('claim' in condition) return lookAtClaims(condition, claims);
  if ('attribute' in condition) return lookAtAttribute(condition, facts);
  if ('network' in condition) return lookAtNetwork(condition.network, facts);
  if ('time' in condition) {
    const { time } = condition;
    return { holds: inWindow(time, facts.context.at), observed: () => describeInstant(facts.context.at, time.zone) };
  }
  if ('device' in condition) return { holds: false, observed: () => 'Signet knows no devices' };
  const { methods } = facts.authentication;
  const holds = 'method' in condition ? methods.some((method) => condition.method.includes(method)) : hasSecondFactor(methods);
  return { holds, observed: () => `a sign-in by ${methods.join(', ')}` };
}

function lookAtGroups(wanted: readonly string[], { person }: RuleFacts): Finding {
  const names = person.groups.map(({ name }) => name);
  return {
    holds: names.some((name) => wanted.includes(name)),
    observed: () => (names.length === 0 ? 'in no group' : `in ${shorten(names).join(', ')}`),
    nearest: () => nearestOf(wanted, names),
  };
}

function lookAtClaims(condition: Extract<Condition, { readonly claim: string }>, claims: ClaimSet): Finding {
  const found = claims.ofType(condition.claim).map(({ value }) => value);
  if (found.length > 0) return lookAtValues(condition, found);
  return {
    holds: false,
    observed: () => `no claim ${shortName(condition.claim)}`,
    nearest: () => nearestOf([condition.claim], [...new Set(claims.all.map(({ type }) => type))]),
  };
}

function lookAtAttribute(condition: Extract<Condition, { readonly attribute: string }>, { person }: RuleFacts): Finding {
  const values = attributeOf(person, condition.attribute);
  if (values.length > 0) return lookAtValues(condition, values);
  return {
    holds: false,
    observed: () => `no attribute ${condition.attribute}`,
    nearest: () => nearestOf([condition.attribute.toLowerCase()], [...person.attributes.keys()]),
  };
}

function lookAtValues({ is, matches }: ValueTest, values: readonly string[]): Finding {
  const pattern = matches === undefined ? undefined : compilePattern(matches);
  return {
    holds: values.some((value) => (is === undefined || is.includes(value)) && (pattern === undefined || pattern.test(value))),
    observed: () => shorten(values.map(quoted)).join(', '),
    nearest: () => (is === undefined ? undefined : nearestOf(is, values)),
  };
}

function lookAtNetwork(wanted: 'intranet' | 'extranet' | readonly string[], { context }: RuleFacts): Finding {
  const { clientAddress, insideCorporateNetwork } = context;
  if (typeof wanted !== 'string') {
    return { holds: clientAddress !== undefined && inRange(clientAddress, wanted), observed: () => clientAddress ?? 'an unknown address' };
  }
  const network = insideCorporateNetwork ? 'intranet' : 'extranet';
  return { holds: network === wanted, observed: () => `the ${network}, ${clientAddress ?? 'an unknown address'}` };
}
