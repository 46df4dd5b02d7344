/** Who gets in: AccessControlPolicyName with its parameters, by its name where it is built in, else by what it says. */
import { checkAccessPolicy } from '../../core/claims/conditions/check-conditions.js';
import { SignetError } from '../../core/errors.js';
import { BUILT_IN_POLICIES, describePolicy } from '../../core/issuance/policies.js';
import type { AccessPolicy, Condition } from '../../core/model/condition.js';
import { show } from '../setting-values.js';
import type { ConvertContext } from './conversion.js';
import type { AdfsValue } from './export.js';
import { groupsIn, withGroups } from './policy-groups.js';
import { readPolicyMetadata, type ReadPolicy } from './policy-metadata.js';
import type { Report } from './report.js';
import { isObject, textsOf, type TrustReader, valueIn } from './trust-reader.js';

export interface Access {
  /** Undefined where the trust has no policy: then its authorization rules decide. */
  readonly policy: AccessPolicy | undefined;
  readonly fresh: boolean;
  /** Names and SIDs of groups in it. */
  readonly groups: readonly string[];
}

const NOBODY: Omit<ReadPolicy, 'policy'> = { fresh: false, omitted: [] };

/** Never lets in anybody whom AD FS would keep out: what cannot be said here is left out, with a finding. */
export function readAccess(trust: TrustReader, { intranet }: Pick<ConvertContext, 'intranet'>, report: Report): Access {
  const name = trust.text('AccessControlPolicyName');
  if (name === undefined) {
    trust.carry('AccessControlPolicyName', 'no policy: the authorization rules decide');
    trust.leave('AccessControlPolicyParameters', 'there is no policy that they are for');
    return { policy: undefined, fresh: false, groups: [] };
  }
  const read = readByName(name, trust) ?? readWritten(name, trust, report);
  const problem = checkAccessPolicy(read.policy);
  if (problem !== undefined) nothingLeft(name, problem, report);
  if (read.omitted.length > 0) noteOmitted(name, read, report);
  noteMeaning(read.policy, report);
  if (!intranet) noteNetwork(read.policy, report);
  trust.carry('AccessControlPolicyName', `access policy ${describePolicy(read.policy)}`);
  trust.carry('AccessControlPolicyParameters', 'part of the access policy');
  return { policy: read.policy, fresh: read.fresh, groups: groupsIn(read.policy.rules) };
}

function readByName(name: string, trust: TrustReader): ReadPolicy | undefined {
  const builtIn = BUILT_IN_POLICIES.find((known) => known.name.toLowerCase() === name.trim().toLowerCase());
  if (builtIn === undefined) return undefined;
  const groups = [...parametersOf(trust).values()].flat();
  if (builtIn.takesGroups && groups.length === 0) return undefined;
  return { ...NOBODY, policy: { name: builtIn.name, rules: builtIn.rules(groups).flatMap((rule) => withGroups(rule, groups)) } };
}

function readWritten(name: string, trust: TrustReader, report: Report): ReadPolicy {
  const given = trust.value('ResultantPolicy');
  const xml = given !== undefined && isObject(given) ? valueIn(given, 'Serialized') : given;
  try {
    if (typeof xml !== 'string' || !xml.trimStart().startsWith('<')) throw new SignetError('invalid_input', 'the export does not hold what it says');
    const read = readPolicyMetadata(xml, name, parametersOf(trust));
    trust.carry('ResultantPolicy', 'the access policy');
    return read;
  } catch (error) {
    if (!(error instanceof SignetError)) throw error;
    nothingLeft(name, error.message, report);
    return { ...NOBODY, policy: { name, rules: [] } };
  }
}

/** By the name of the parameter in lower case; a list without names is one parameter. */
function parametersOf(trust: TrustReader): ReadonlyMap<string, readonly string[]> {
  const given: AdfsValue | undefined = trust.value('AccessControlPolicyParameters');
  if (given === undefined || !isObject(given)) {
    const values = textsOf(given);
    return new Map(values.length === 0 ? [] : [['groupparameter', values]]);
  }
  return new Map(Object.entries(given).map(([key, value]) => [key.toLowerCase(), textsOf(value)]));
}

function nothingLeft(name: string, why: string, report: Report): void {
  report.add('AccessControlPolicyName', {
    id: 'adfs.policy-unreadable',
    level: 'stop',
    sentence: `The access control policy "${show(name)}" cannot be taken over: ${why}.`,
    why: 'Without it nobody could say who may use the application.',
    fix: 'Export with Export-Clixml, which keeps ResultantPolicy; or give the trust a built-in policy in AD FS, or authorization rules.',
  });
}

function noteOmitted(name: string, { policy, omitted }: ReadPolicy, report: Report): void {
  if (policy.rules.length === 0) {
    nothingLeft(name, omitted.join('; '), report);
    return;
  }
  report.add('AccessControlPolicyName', {
    id: 'adfs.policy-part',
    level: 'warn',
    sentence: `Of the access control policy "${show(name)}" not all was taken over: ${omitted.join('; ')}.`,
    why: 'Whom that rule would have let in does not get in here.',
    fix: `Look at what is left, and say the rest in conditions of Signet: ${describePolicy(policy)}`,
  });
}

/** Things that Signet does not have yet. */
function noteMeaning({ rules }: AccessPolicy, report: Report): void {
  const conditions = rules.flatMap(({ when, except = [] }) => [...when, ...except]);
  const has = (key: 'secondFactor' | 'device'): boolean => conditions.some((condition) => key in inner(condition));
  if (has('secondFactor')) {
    report.add('AccessControlPolicyName', {
      id: 'adfs.second-factor',
      level: 'tip',
      sentence: 'The policy asks for a second factor, and people sign in by password only in this version.',
      why: 'Whom it asks does not get in.',
      fix: 'Leave such applications with AD FS until there is one, or give them another policy: signet rp policy APP',
    });
  }
  if (has('device')) {
    report.add('AccessControlPolicyName', {
      id: 'adfs.device',
      level: 'tip',
      sentence: 'The policy looks at devices, and Signet knows none: none is a registered one.',
      why: 'Nobody gets in by their device; what the policy asks of others is asked of all.',
      fix: 'Look whether that is what is wanted.',
    });
  }
}

/** Whom a policy keeps out because they are inside gets in where nobody knows what inside is. */
function noteNetwork({ rules }: AccessPolicy, report: Report): void {
  const isIntranet = (condition: Condition): boolean => 'network' in condition && typeof condition.network === 'string';
  const held = rules.flatMap(({ when, except = [] }) => [...except, ...when.filter((condition) => 'not' in condition)]).map(inner);
  const all = rules.flatMap(({ when }) => when);
  const keepsOut = held.some(isIntranet);
  if (!keepsOut && !all.some(isIntranet)) return;
  report.add('AccessControlPolicyName', {
    id: 'adfs.network',
    level: keepsOut ? 'warn' : 'tip',
    sentence: 'The policy tells inside from outside, and Signet is not told which addresses are inside: everybody comes from outside.',
    why: keepsOut ? 'Whom the policy keeps out because they are inside gets in.' : 'Who may come from inside only does not get in.',
    fix: 'Set SIGNET_INTRANET to the ranges of the company, such as 10.0.0.0/8.',
  });
}

function inner(condition: Condition): Condition {
  return 'not' in condition ? condition.not : condition;
}
