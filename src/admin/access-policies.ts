/** Access policies as people write them: in JSON, or by the name of a built-in one. */
import { checkAccessPolicy } from '../core/claims/conditions/check-conditions.js';
import { SignetError } from '../core/errors.js';
import { BUILT_IN_POLICIES } from '../core/issuance/policies.js';
import type { AccessPolicy } from '../core/model/condition.js';
import { keyOf, POLICY_SCHEMA } from './claim-schema.js';
import { readJson } from './json-text.js';
import { listed, show } from './setting-values.js';

/** What a built-in policy is given for an application. */
export interface PolicyParameters {
  /** By exact name; of policies for specific groups. */
  readonly groups?: readonly string[];
}

/**
 * A policy from JSON: {"rules": [{"when": […], "except": […]}]}. Throws invalid_input with a sentence that names the place of
 * a mistake in the JSON by line and column, else the rule, the key, and the fix.
 */
export function readAccessPolicy(text: string): AccessPolicy {
  const read = POLICY_SCHEMA.safeParse(readJson(text));
  if (!read.success) {
    const [{ path, message } = { path: [], message: 'it has another shape' }] = read.error.issues;
    throw new SignetError('invalid_input', wrongShape(path, message));
  }
  return checked(read.data);
}

/** What readAccessPolicy reads: keys always in the same order, two spaces deep, a line end at the end. */
export function writeAccessPolicy(policy: AccessPolicy): string {
  return `${JSON.stringify(POLICY_SCHEMA.parse(policy), null, 2)}\n`;
}

/** The built-in policy of that name, whatever its letter case. Throws invalid_input: for an unknown name with the names there are. */
export function policyByName(name: string, { groups = [] }: PolicyParameters = {}): AccessPolicy {
  const wanted = name.trim().toLowerCase();
  const policy = BUILT_IN_POLICIES.find((candidate) => candidate.name.toLowerCase() === wanted);
  if (policy === undefined) {
    const names = BUILT_IN_POLICIES.map((known) => `"${known.name}"`);
    throw new SignetError('invalid_input', `There is no access policy "${show(name)}"; there is ${listed(names)}.`);
  }
  if (policy.takesGroups && groups.length === 0) throw new SignetError('invalid_input', `The access policy "${policy.name}" is for groups; name at least one.`);
  if (!policy.takesGroups && groups.length > 0) throw new SignetError('invalid_input', `The access policy "${policy.name}" takes no groups; leave them out.`);
  return checked({ name: policy.name, rules: policy.rules(groups) });
}

function checked(policy: AccessPolicy): AccessPolicy {
  const problem = checkAccessPolicy(policy);
  if (problem !== undefined) throw new SignetError('invalid_input', problem);
  return policy;
}

function wrongShape(path: readonly PropertyKey[], message: string): string {
  const [first, position, ...more] = path;
  const inRule = first === 'rules' && typeof position === 'number';
  const key = keyOf(inRule ? more : path);
  return `${inRule ? `Rule ${String(position + 1)} of the` : 'The'} access policy cannot be used: ${key === '' ? '' : `key ${key}: `}${message}.`;
}
