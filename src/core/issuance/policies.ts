/** Access policies: who may use an application and when, and the policies that AD FS 2016 and later bring (adfs.md 9). */
import { checkCondition } from '../claims/conditions/conditions.js';
import { describeCondition, describeExpected } from '../claims/mappings/describe.js';
import type { ClaimSet, FailedCondition, RuleFacts } from '../claims/explanation.js';
import { type Charge } from '../claims/evaluation/patience.js';
import { PatternError } from '../claims/patterns/pattern.js';
import { RULE_LIMITS } from '../claims/evaluation/rule-work.js';
import { MULTIPLE_FACTORS } from '../claims/conditions/second-factor.js';
import type { AccessPolicy, AccessRule, Condition } from '../model/condition.js';

export interface PolicyVerdict {
  readonly permitted: boolean;
  /** Not permitted as it is, but with a second factor it would be. */
  readonly needsSecondFactor: boolean;
  /** Where not permitted: of each rule the first condition that does not hold, or the exception that does, in the words of "not". */
  readonly failed: readonly FailedCondition[];
}

/** Permitted when any rule holds: all its conditions, and none of its exceptions. A policy without rules permits nobody. */
export function evaluateAccessPolicy(policy: AccessPolicy, claims: ClaimSet, facts: RuleFacts): PolicyVerdict {
  const failed = failuresOf(policy, claims, facts);
  if (failed === undefined) return { permitted: true, needsSecondFactor: false, failed: [] };
  const { authentication } = facts;
  const stronger = { ...facts, authentication: { ...authentication, methods: [...authentication.methods, MULTIPLE_FACTORS] } };
  return { permitted: false, needsSecondFactor: failuresOf(policy, claims, stronger) === undefined, failed };
}

/** Undefined when a rule holds. */
function failuresOf({ rules }: AccessPolicy, claims: ClaimSet, facts: RuleFacts): readonly FailedCondition[] | undefined {
  const failed: FailedCondition[] = [];
  const charge = chargeUpTo(RULE_LIMITS.steps);
  for (const { when, except = [] } of rules) {
    const failure = firstFailure([...when, ...except.map((not): Condition => ({ not }))], claims, facts, charge);
    if (failure === undefined) return undefined;
    failed.push(failure);
  }
  return failed;
}

function firstFailure(conditions: readonly Condition[], claims: ClaimSet, facts: RuleFacts, charge: Charge): FailedCondition | undefined {
  for (const condition of conditions) {
    const failure = check(condition, claims, facts, charge);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

/** A condition of which nobody can tell whether it holds does not, and neither does its opposite. */
function check(condition: Condition, ...about: [ClaimSet, RuleFacts, Charge]): FailedCondition | undefined {
  try {
    return checkCondition(condition, ...about);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    return {
      condition: describeCondition(condition),
      expected: describeExpected(condition),
      observed: error.message,
      nearest: undefined,
      plain: true,
      words: true,
    };
  }
}

function chargeUpTo(most: number): Charge {
  let left = most;
  return (steps) => {
    left -= steps;
    if (left < 0) throw new PatternError('there are too many values for its patterns', 0);
  };
}

/** A policy by its name in AD FS. */
export interface BuiltInPolicy {
  readonly name: string;
  /** Whether it is for groups that are named when it is given to an application. */
  readonly takesGroups: boolean;
  readonly rules: (groups: readonly string[]) => readonly AccessRule[];
}

const EVERYONE: AccessRule = { when: [{ everyone: true }] };
const SECOND_FACTOR: AccessRule = { when: [{ secondFactor: true }] };

/**
 * The built-in policies of AD FS. Signet knows no devices: none is an authenticated one, and there is no registration of
 * devices that a policy could let through.
 */
export const BUILT_IN_POLICIES: readonly BuiltInPolicy[] = [
  { name: 'Permit everyone', takesGroups: false, rules: () => [EVERYONE] },
  { name: 'Permit everyone and require MFA', takesGroups: false, rules: () => [SECOND_FACTOR] },
  {
    name: 'Permit everyone and require MFA for specific group',
    takesGroups: true,
    rules: (group) => [{ when: [{ group }, { secondFactor: true }] }, { ...EVERYONE, except: [{ group }] }],
  },
  {
    name: 'Permit everyone and require MFA from extranet access',
    takesGroups: false,
    rules: () => [{ when: [{ network: 'intranet' }] }, { when: [{ network: 'extranet' }, { secondFactor: true }] }],
  },
  {
    name: 'Permit everyone and require MFA from unauthenticated devices',
    takesGroups: false,
    rules: () => [{ when: [{ device: 'registered' }] }, SECOND_FACTOR],
  },
  { name: 'Permit everyone and require MFA, allow automatic device registration', takesGroups: false, rules: () => [SECOND_FACTOR] },
  { name: 'Permit everyone for intranet access', takesGroups: false, rules: () => [{ when: [{ network: 'intranet' }] }] },
  { name: 'Permit specific group', takesGroups: true, rules: (group) => [{ when: [{ group }] }] },
];

/** 'Permit specific group: in the group Finance', 'from the intranet; or with a second factor, except in the group Guests' */
export function describePolicy({ name, rules }: AccessPolicy): string {
  const words = rules.length === 0 ? 'nobody' : rules.map(describeRule).join('; or ');
  return name === undefined ? words : `${name}: ${words}`;
}

function describeRule({ when, except = [] }: AccessRule): string {
  const exceptions = except.length === 0 ? '' : `, except ${except.map(describeCondition).join(' or ')}`;
  return `${when.map(describeCondition).join(' and ')}${exceptions}`;
}
