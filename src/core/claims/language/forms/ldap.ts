/** "Send LDAP Attributes as Claims". */
import { SignetError } from '../../../errors.js';
import { AD_AUTHORITY, CLAIM } from '../../../model/claim.js';
import type { Rule } from '../../rule.js';
import type { LdapForm } from './form.js';
import { isPart, readCondition } from './read.js';
import { writeRule, writeString } from './write.js';

const STORE = 'Active Directory';
/** Letters of attribute names, and those of tokenGroups(domainQualifiedName); commas and semicolons separate them. */
const ATTRIBUTE = /^[\p{L}\p{N}_.()-]+$/u;

export function readLdap(rule: Rule): LdapForm | undefined {
  const { action, name } = rule;
  const condition = readCondition(rule);
  if (condition?.type !== CLAIM.windowsAccountName || condition.issuer !== AD_AUTHORITY || condition.only !== undefined) return undefined;
  if (action.kind !== 'store' || !action.issue || action.store.toLowerCase() !== STORE.toLowerCase()) return undefined;
  const [param, ...more] = action.params;
  if (!isPart(param, 'value') || more.length > 0 || action.query.kind !== 'text') return undefined;
  const names = /^;([^;]*);\{0\}$/u.exec(action.query.value)?.[1]?.split(',') ?? [];
  if (names.length !== action.types.length || !names.every((attribute) => ATTRIBUTE.test(attribute))) return undefined;
  return { template: 'LdapClaims', name, attributes: names.map((attribute, index) => ({ attribute, type: action.types[index] ?? '' })) };
}

/** Throws SignetError invalid_input. */
export function writeLdap({ template, name, attributes }: LdapForm): string {
  if (attributes.length === 0) throw new SignetError('invalid_input', 'the form names no attribute: give one at least');
  const wrong = attributes.find(({ attribute }) => !ATTRIBUTE.test(attribute));
  if (wrong !== undefined) throw new SignetError('invalid_input', `the attribute "${wrong.attribute}" cannot be one: give its LDAP name`);
  const types = attributes.map(({ type }) => writeString('the claim type', type)).join(', ');
  const query = `;${attributes.map(({ attribute }) => attribute).join(',')};{0}`;
  return writeRule(
    template,
    name,
    `c:[Type == "${CLAIM.windowsAccountName}", Issuer == "${AD_AUTHORITY}"]`,
    `issue(store = "${STORE}", types = (${types}), query = "${query}", param = c.Value)`,
  );
}
