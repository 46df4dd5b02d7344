/** What would mend a claim that is missing, or let somebody in: as a command, and only where it is certain. */
import { describeCondition } from '../core/claims/mappings/describe.js';
import type { RuleOutcome } from '../core/claims/explanation.js';
import { ruleLabel } from '../core/claims/explanation/rule-label.js';
import { attributeAsked } from '../core/claims/explanation/rule-targets.js';
import type { ClaimTest, RuleCondition } from '../core/claims/rule.js';
import { CLAIM } from '../core/model/claim.js';
import type { ClaimSource } from '../core/model/claim-mapping.js';
import type { Condition } from '../core/model/condition.js';
import { attributeOf, type Person } from '../core/model/person.js';
import { shellWord } from '../core/shell-word.js';
import type { Preview } from './preview.js';

/** Stands for a value that only the administrator knows. */
const VALUE = 'VALUE';

/** The settings of a person that become claims, by claim type and by the LDAP name that a store is asked for. */
const SETTINGS = [
  { setting: 'email', type: CLAIM.email, ldap: 'mail' },
  { setting: 'given-name', type: CLAIM.givenName, ldap: 'givenname' },
  { setting: 'surname', type: CLAIM.surname, ldap: 'sn' },
  { setting: 'display-name', type: CLAIM.displayName, ldap: 'displayname' },
] as const;

/** @param type the claim that is missing */
export function adviceFor(preview: Preview, outcome: RuleOutcome, type: string): string | undefined {
  const { subject, trace } = preview;
  // Rules that decide which claims of the directory count stand between it and this rule.
  if (subject === undefined || trace.evaluations.some(({ set }) => set === 'acceptance')) return undefined;
  const { person } = subject;
  if (outcome.matched) return outcome.outputs.some((made) => made.type === type) ? undefined : forNothing(outcome, type, person);
  const { failed, rule } = outcome;
  if (failed?.nearest?.difference !== undefined) return `write "${failed.nearest.what}" in ${ruleLabel(rule, outcome.position)}, or change the directory`;
  const condition = rule.conditions.find((each) => (each.kind === 'own' ? describeCondition(each.condition) : each.source) === failed?.condition);
  return condition === undefined ? undefined : forCondition(condition, person);
}

/** What a refusal can be mended by: the person, or the settings of the application; empty for what is neither. */
export function adviceForRefusal({ refusal, subject, record, relyingParty }: Preview): readonly string[] {
  const check = refusal?.check?.id;
  const [group] = relyingParty.groups;
  const application = shellWord(record.metadata.entityId);
  if (check === 'user.allowed') return subject === undefined || group === undefined ? [] : [withGroup(subject.person, group)];
  if (check === 'user.source')
    return subject === undefined ? [] : [applicationSetting(application, 'sources', [...(relyingParty.identitySources ?? []), subject.person.directory])];
  if (check === 'user.authn-context') return [`signet rp set ${application} allowed-authn-contexts=`];
  if (check === 'user.policy') return [`signet rp policy ${application} --file FILE`];
  return check === 'user.authorized' ? [`signet rp rules ${application} FILE --set authorization`] : [];
}

/** A setting that may be given several times. */
function applicationSetting(application: string, key: string, values: readonly string[]): string {
  return ['signet rp set', application, ...values.map((value) => shellWord(`${key}=${value}`))].join(' ');
}

function forCondition(condition: RuleCondition, person: Person): string | undefined {
  if (condition.kind === 'own') return forOwn(condition.condition, person);
  if (condition.kind === 'aggregate' && condition.form !== 'exists') return undefined;
  const type = only(condition.tests, 'type');
  const value = only(condition.tests, 'value');
  const others = condition.tests.filter(({ property }) => property.name !== 'type' && property.name !== 'value');
  const plain = condition.tests.every(({ operator }) => operator === '==') && condition.tests.length - others.length <= (value === undefined ? 1 : 2);
  const issuer = others.every((test) => (test.property.name === 'issuer' || test.property.name === 'originalissuer') && test.value === person.authority);
  return type === undefined || !plain || !issuer ? undefined : forClaim(type, value, person);
}

function only(tests: readonly ClaimTest[], name: 'type' | 'value'): string | undefined {
  return tests.find(({ property, operator }) => property.name === name && operator === '==')?.value;
}

function forOwn(condition: Condition, person: Person): string | undefined {
  if ('group' in condition) return withGroup(person, condition.group[0] ?? VALUE);
  if ('claim' in condition) return condition.matches === undefined ? forClaim(condition.claim, condition.is?.[0], person) : undefined;
  if ('attribute' in condition) return condition.matches === undefined ? forAttribute(condition.attribute, condition.is?.[0], person) : undefined;
  return undefined;
}

/** A rule that matched and made nothing of a type. */
function forNothing({ rule: { action }, inputs }: RuleOutcome, type: string, person: Person): string | undefined {
  if (action.kind === 'send') return inputs.length === 0 ? forSources(action.mapping.from, person) : undefined;
  // Asked about this person, and for attributes that are listed in the text.
  const own = inputs.some((claim) => claim.type === CLAIM.windowsAccountName && claim.value === person.accountName);
  if (action.kind !== 'store' || action.store.toLowerCase() !== 'active directory' || action.query.kind !== 'text' || !own) return undefined;
  const attribute = attributeAsked(action, type);
  return !action.query.value.startsWith(';') || attribute === undefined ? undefined : forAttribute(attribute, undefined, person);
}

function forSources(sources: readonly ClaimSource[], person: Person): string | undefined {
  for (const source of sources) {
    const found =
      'attribute' in source ? forAttribute(source.attribute, undefined, person) : 'claim' in source ? forClaim(source.claim, undefined, person) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Nothing that is there is replaced by what a rule would like to see: it may be right, and the rule wrong. */
function forClaim(type: string, value: string | undefined, person: Person): string | undefined {
  if (type === CLAIM.group) return withGroup(person, value ?? VALUE);
  const known = SETTINGS.find((setting) => setting.type === type);
  if (known !== undefined) return forAttribute(known.ldap, value, person);
  // A free attribute is a claim under its own name.
  return /^[\w-]+$/u.test(type) ? forAttribute(type, value, person) : undefined;
}

/** Attributes that the directory makes of something else. */
const MADE = /^(?:objectsid|objectguid|memberof|tokengroups.*|distinguishedname|samaccountname|userprincipalname|primarygroupid|cn|name|proxyaddresses)$/u;

function forAttribute(name: string, value = VALUE, person: Person): string | undefined {
  const lower = name.toLowerCase();
  if (attributeOf(person, name).length > 0 || MADE.test(lower)) return undefined;
  const key = SETTINGS.find(({ ldap }) => ldap === lower)?.setting ?? `attr.${name}`;
  return setting(person, [`${key}=${value}`]);
}

/** All of the groups: what is set replaces what was there. */
function withGroup(person: Person, group: string): string {
  return setting(person, [...person.groups.map(({ name }) => name), group].map((name) => `group=${name}`)); // prettier-ignore
}

function setting({ userName }: Person, assignments: readonly string[]): string {
  return ['signet user set', shellWord(userName), ...assignments.map(shellWord)].join(' ');
}
