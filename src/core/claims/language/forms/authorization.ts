/** "Permit Access to All Users" and "Permit or Deny Users Based on an Incoming Claim". */
import { CLAIM } from '../../../model/claim.js';
import type { Rule } from '../../rule.js';
import type { AuthorizationForm, PermitAllForm } from './form.js';
import { readClaim, readCondition } from './read.js';
import { writeFilter } from './values.js';
import { writeRule, writeString } from './write.js';

/** The values of what the console's rules issue; nothing looks at them. */
const VALUE = { permit: 'PermitUsersWithClaim', deny: 'DenyUsersWithClaim' } as const;

export function readPermitAll(rule: Rule): PermitAllForm | undefined {
  const fits = rule.conditions.length === 0 && decision(rule)?.type === CLAIM.permit && decision(rule)?.value === 'true';
  return fits ? { template: 'AllowAllAuthzRule', name: rule.name } : undefined;
}

/** Throws SignetError invalid_input, as the other does. */
export function writePermitAll({ template, name }: PermitAllForm): string {
  return writeRule(template, name, '', `issue(Type = "${CLAIM.permit}", Value = "true")`);
}

export function readAuthorization(rule: Rule): AuthorizationForm | undefined {
  const condition = readCondition(rule);
  const made = decision(rule);
  const effect = (['permit', 'deny'] as const).find((one) => made?.type === CLAIM[one] && made.value === VALUE[one]);
  if (condition?.only === undefined || condition.issuer !== undefined || effect === undefined) return undefined;
  return { template: 'Authorization', name: rule.name, type: condition.type, only: condition.only, effect };
}

export function writeAuthorization({ template, name, type, only, effect }: AuthorizationForm): string {
  const condition = `c:[Type == ${writeString('the claim type', type)}${writeFilter(only)}]`;
  return writeRule(template, name, condition, `issue(Type = "${CLAIM[effect]}", Value = "${VALUE[effect]}")`);
}

function decision(rule: Rule): { readonly type: string; readonly value: string } | undefined {
  const claim = readClaim(rule);
  return claim?.value.kind !== 'text' || claim.inherits || claim.format !== undefined ? undefined : { type: claim.type, value: claim.value.value };
}
