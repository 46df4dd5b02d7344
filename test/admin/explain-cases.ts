/** Rules of one application, one person, and what stands in the way of one claim: with what mends it. */
import { CLAIM } from '../../src/core/model/claim.js';
import type { ClaimMapping } from '../../src/core/model/claim-mapping.js';
import type { RelyingPartyOverrides } from '../../src/core/model/relying-party.js';
import type { User } from '../../src/core/model/user.js';

export interface ExplainCase {
  readonly title: string;
  readonly overrides: RelyingPartyOverrides;
  /** Beside what maria has: groups Sales and Finance-EU, an e-mail address, no attributes. */
  readonly user?: Partial<User>;
  readonly claim: string;
  /** In the sentence, or the chain behind it. */
  readonly cause: RegExp;
  /** Doing what it says. */
  /** What it says to set, where it is certain: `signet user set maria …`. */
  readonly advice?: string;
  readonly mend: { readonly user?: Partial<User>; readonly overrides?: RelyingPartyOverrides };
}

const ROLE = CLAIM.role;
const text = (transform: string): RelyingPartyOverrides => ({ rules: { transform } });
const data = (...claims: readonly ClaimMapping[]): RelyingPartyOverrides => ({ claims });
const sends = `=> issue(Type = "${ROLE}", Value = "yes");`;
const inGroup = (group: string): string => `c:[Type == "${CLAIM.group}", Value == "${group}"] ${sends}`;
const WAN = `c:[Type == "${CLAIM.windowsAccountName}", Issuer == "AD AUTHORITY"]`;
const ask = (attribute: string): string => `${WAN} => issue(store = "Active Directory", types = ("${ROLE}"), query = ";${attribute};{0}", param = c.Value);`;

export const EXPLAIN_CASES: readonly ExplainCase[] = [
  {
    title: 'not in the group of a rule',
    overrides: text(inGroup('Finance')),
    claim: 'role',
    cause: /"Finance".*"Finance-EU"/su,
    advice: 'group=Sales group=Finance-EU group=Finance',
    mend: { user: { groups: ['Finance'] } },
  },
  {
    title: 'a group that differs in letter case',
    overrides: text(inGroup('sales')),
    claim: 'role',
    cause: /"sales".*"Sales".*letter case/su,
    mend: { overrides: text(inGroup('Sales')) },
  },
  {
    title: 'a group with a blank too many',
    overrides: text(inGroup('Sales ')),
    claim: 'role',
    cause: /white space/u,
    mend: { user: { groups: ['Sales '] } },
  },
  {
    title: 'a group with a look-alike letter',
    overrides: text(inGroup('Ѕales')),
    claim: 'role',
    cause: /look-alike/u,
    mend: { user: { groups: ['Ѕales'] } },
  },
  {
    title: 'a pattern that does not fit',
    overrides: text(`c:[Type == "${CLAIM.email}", Value =~ "@corp\\.example$"] ${sends}`),
    claim: 'role',
    cause: /@corp\\\.example\$.*maria@example\.com/su,
    mend: { user: { email: 'maria@corp.example' } },
  },
  {
    title: 'a pattern that fits in another letter case only',
    overrides: text(`c:[Type == "${CLAIM.email}", Value =~ "@example\\.com$"] ${sends}`),
    user: { email: 'maria@Example.Com' },
    claim: 'role',
    cause: /maria@Example\.Com/u,
    mend: { overrides: text(`c:[Type == "${CLAIM.email}", Value =~ "(?i)@example\\.com$"] ${sends}`) },
  },
  {
    title: 'no claim of the type that a rule takes',
    overrides: text(`c:[Type == "${CLAIM.email}"] ${sends}`),
    user: { email: '' },
    claim: 'role',
    cause: /no E-Mail Address claim|no claim .*emailaddress/iu,
    advice: 'email=VALUE',
    mend: { user: { email: 'maria@example.com' } },
  },
  {
    title: 'a claim type with a slash too many',
    overrides: text(`c:[Type == "${CLAIM.email}/"] ${sends}`),
    claim: 'role',
    cause: /emailaddress\//u,
    mend: { overrides: text(`c:[Type == "${CLAIM.email}"] ${sends}`) },
  },
  {
    title: 'an issuer that is another',
    overrides: text(`c:[Type == "${CLAIM.upn}", Issuer == "LOCAL AUTHORITY"] ${sends}`),
    claim: 'role',
    cause: /LOCAL AUTHORITY.*AD AUTHORITY/su,
    mend: { overrides: text(`c:[Type == "${CLAIM.upn}", Issuer == "AD AUTHORITY"] ${sends}`) },
  },
  {
    title: 'EXISTS that finds nothing',
    overrides: text(`EXISTS([Type == "${CLAIM.group}", Value == "Audit"]) ${sends}`),
    claim: 'role',
    cause: /no Group claim .*Audit/su,
    advice: 'group=Sales group=Finance-EU group=Audit',
    mend: { user: { groups: ['Audit'] } },
  },
  {
    title: 'NOT EXISTS that finds something',
    overrides: text(`NOT EXISTS([Type == "${CLAIM.group}", Value == "Sales"]) ${sends}`),
    claim: 'role',
    cause: /no claim|not .*Sales|Sales/su,
    mend: { user: { groups: [] } },
  },
  {
    title: 'COUNT that is not reached',
    overrides: text(`COUNT([Type == "${CLAIM.group}"]) >= 3 ${sends}`),
    claim: 'role',
    cause: /3.*2/su,
    mend: { user: { groups: ['a', 'b', 'c'] } },
  },
  {
    title: 'the second of two selectors',
    overrides: text(`c:[Type == "${CLAIM.upn}"] && g:[Type == "${CLAIM.group}", Value == "Audit"] => issue(Type = "${ROLE}", Value = c.Value);`),
    claim: 'role',
    cause: /Audit/u,
    advice: 'group=Sales group=Finance-EU group=Audit',
    mend: { user: { groups: ['Audit'] } },
  },
  {
    title: 'a rule that an earlier one should have fed',
    overrides: text(`c:[Type == "${CLAIM.group}", Value == "Audit"] => add(Type = "urn:tmp", Value = "1");\nc:[Type == "urn:tmp"] ${sends}`),
    claim: 'role',
    cause: /urn:tmp.*Audit/su,
    advice: 'group=Sales group=Finance-EU group=Audit',
    mend: { user: { groups: ['Audit'] } },
  },
  {
    title: 'rules in the wrong order',
    overrides: text(`c:[Type == "urn:tmp"] ${sends}\n=> add(Type = "urn:tmp", Value = "1");`),
    claim: 'role',
    cause: /urn:tmp/u,
    mend: { overrides: text(`=> add(Type = "urn:tmp", Value = "1");\nc:[Type == "urn:tmp"] ${sends}`) },
  },
  {
    title: 'add where issue was meant',
    overrides: text(`=> add(Type = "${ROLE}", Value = "yes");`),
    claim: 'role',
    cause: /No rule .*(?:role|Role)|only .*(?:add|rules)/iu,
    mend: { overrides: text(`=> issue(Type = "${ROLE}", Value = "yes");`) },
  },
  {
    title: 'an attribute without a value, by the store',
    overrides: text(ask('telephoneNumber')),
    claim: 'role',
    cause: /Active Directory.*telephoneNumber|telephoneNumber.*Active Directory/su,
    advice: 'attr.telephoneNumber=VALUE',
    mend: { user: { attributes: { telephoneNumber: ['+351 1'] } } },
  },
  {
    title: 'an attribute that nobody has, by the store',
    overrides: text(ask('extensionAttribute7')),
    claim: 'role',
    cause: /extensionAttribute7/u,
    advice: 'attr.extensionAttribute7=VALUE',
    mend: { user: { attributes: { extensionAttribute7: ['x'] } } },
  },
  {
    title: 'a claim that no rule makes',
    overrides: text(inGroup('Sales')),
    claim: 'costcentre',
    cause: /No rule .*costcentre/su,
    mend: { overrides: text('=> issue(Type = "costcentre", Value = "1");') },
  },
  {
    title: 'an empty rule set',
    overrides: text(''),
    claim: 'role',
    cause: /No rule .*role/su,
    mend: { overrides: text(inGroup('Sales')) },
  },
  {
    title: 'a mapping whose attribute is empty',
    overrides: data({ claim: ROLE, from: [{ attribute: 'department' }] }),
    claim: 'role',
    cause: /department is empty/u,
    advice: 'attr.department=VALUE',
    mend: { user: { attributes: { department: ['Sales'] } } },
  },
  {
    title: 'a mapping whose claim has no value',
    overrides: data({ claim: ROLE, from: [{ claim: CLAIM.email }] }),
    user: { email: '' },
    claim: 'role',
    cause: /e-?mail/iu,
    advice: 'email=VALUE',
    mend: { user: { email: 'maria@example.com' } },
  },
  {
    title: 'a mapping for a group',
    overrides: data({ claim: ROLE, from: [{ constant: 'approver' }], onlyWhen: [{ group: ['Finance'] }] }),
    claim: 'role',
    cause: /Finance.*Finance-EU/su,
    advice: 'group=Sales group=Finance-EU group=Finance',
    mend: { user: { groups: ['Finance'] } },
  },
  {
    title: 'a mapping of groups that none fits',
    overrides: data({ claim: ROLE, from: [{ group: 'APP-*' }] }),
    claim: 'role',
    cause: /APP-\*/u,
    mend: { user: { groups: ['APP-Reader'] } },
  },
  {
    title: 'a map without the value',
    overrides: data({ claim: ROLE, from: [{ group: '*' }], change: [{ map: { Finance: 'approver' } }] }),
    claim: 'role',
    cause: /map/u,
    mend: { user: { groups: ['Finance'] } },
  },
  {
    title: 'a domain that is another',
    overrides: data({ claim: ROLE, from: [{ claim: CLAIM.email }], domains: ['corp.example'] }),
    claim: 'role',
    cause: /corp\.example/u,
    mend: { user: { email: 'maria@corp.example' } },
  },
  {
    title: 'a mapping for the intranet, from outside',
    overrides: data({ claim: ROLE, from: [{ constant: 'inside' }], onlyWhen: [{ network: ['10.0.0.0/8'] }] }),
    claim: 'role',
    cause: /10\.0\.0\.0\/8.*192\.0\.2\.1/su,
    mend: { overrides: data({ claim: ROLE, from: [{ constant: 'inside' }], onlyWhen: [{ network: ['192.0.2.0/24'] }] }) },
  },
  {
    title: 'a mapping for a second factor',
    overrides: data({ claim: ROLE, from: [{ constant: 'strong' }], onlyWhen: [{ secondFactor: true }] }),
    claim: 'role',
    cause: /second factor/u,
    mend: { overrides: data({ claim: ROLE, from: [{ constant: 'strong' }], onlyWhen: [{ method: ['pwd'] }] }) },
  },
  {
    title: 'a default claim without a value',
    overrides: {},
    user: { displayName: '' },
    claim: 'displayName',
    cause: /display ?name/iu,
    advice: 'display-name=VALUE',
    mend: { user: { displayName: 'Maria Silva' } },
  },
  {
    title: 'a group of the application that somebody is not in',
    overrides: { groups: ['Finance'] },
    claim: 'mail',
    cause: /in none of Finance; nearest: Finance-EU/u,
    advice: 'group=Sales group=Finance-EU group=Finance',
    mend: { user: { groups: ['Finance'] } },
  },
  {
    title: 'authorization rules that let nobody in',
    overrides: { rules: { authorization: '' } },
    claim: 'mail',
    cause: /empty, which lets nobody in/u,
    mend: { overrides: { rules: { authorization: `=> issue(Type = "${CLAIM.permit}", Value = "true");` } } },
  },
  {
    title: 'an access policy',
    overrides: { accessPolicy: { name: 'Office', rules: [{ when: [{ group: ['Audit'] }] }] } },
    claim: 'mail',
    cause: /Audit/u,
    mend: { user: { groups: ['Audit'] } },
  },
];
