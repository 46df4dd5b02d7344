/** A rule set as an AD FS that was used for years has them: thirty rules, of which a person meets some. */
import { AD_AUTHORITY, CLAIM, type Claim, LOCAL_AUTHORITY, makeClaim } from '../../src/core/model/claim.js';
import { aPerson } from './builders.js';
import { memoryStores, type RunParts } from './run-rules.js';

const SID = 'S-1-5-21-1004336348-1177238915-682003330';
const group = `Type == "${CLAIM.groupSid}"`;
const account = `c:[Type == "${CLAIM.windowsAccountName}", Issuer == "AD AUTHORITY"]`;

function byGroup(name: string, rid: number, role: string): string {
  return `@RuleTemplate = "EmitGroupClaims"
@RuleName = "${name}"
c:[${group}, Value == "${SID}-${String(rid)}", Issuer == "AD AUTHORITY"]
 => issue(Type = "${CLAIM.role}", Value = "${role}", Issuer = c.Issuer, OriginalIssuer = c.OriginalIssuer, ValueType = c.ValueType);`;
}

function byPattern(name: string, pattern: string, type: string): string {
  return `@RuleName = "${name}"
c:[Type == "${CLAIM.group}", Value =~ "${pattern}"]
 => issue(Type = "${type}", Value = RegexReplace(c.Value, "${pattern}", "$1"));`;
}

export const THIRTY_RULES = [
  `@RuleName = "LDAP"\n${account} => issue(store = "Active Directory", types = ("${CLAIM.email}", "${CLAIM.displayName}", "urn:phone"), query = ";mail,displayName,telephoneNumber;{0}", param = c.Value);`,
  `@RuleName = "Name ID"\nc:[Type == "${CLAIM.email}"] => issue(Type = "${CLAIM.nameIdentifier}", Value = c.Value, Properties["http://schemas.xmlsoap.org/ws/2005/05/identity/claimproperties/format"] = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress");`,
  `@RuleName = "UPN"\nc:[Type == "${CLAIM.upn}"] => issue(claim = c);`,
  `@RuleName = "Account"\nc:[Type == "${CLAIM.windowsAccountName}"] => issue(Type = "urn:account", Value = RegexReplace(c.Value, "(?<domain>[^\\\\]+)\\\\(?<user>.+)", "\${user}"));`,
  `@RuleName = "Domain"\nc:[Type == "${CLAIM.upn}"] => add(Type = "urn:domain", Value = RegexReplace(c.Value, "^[^@]+@", ""));`,
  `@RuleName = "Company"\nc:[Type == "urn:domain", Value =~ "(?i)^corp\\.example$"] => issue(Type = "urn:company", Value = "Corp");`,
  `@RuleName = "Subsidiary"\nc:[Type == "urn:domain", Value =~ "(?i)^sub\\.example$"] => issue(Type = "urn:company", Value = "Sub");`,
  byGroup('Administrators', 512, 'admin'),
  byGroup('Users', 513, 'user'),
  byGroup('Finance', 2001, 'finance'),
  byGroup('Finance approvers', 2002, 'approver'),
  byGroup('Human resources', 1105, 'hr'),
  byGroup('Audit', 2004, 'audit'),
  byGroup('Support', 1107, 'support'),
  byGroup('Engineering', 1108, 'engineer'),
  byPattern('AWS roles', '^AWS-(.+)$', 'urn:aws:role'),
  byPattern('VPN profiles', '^VPN-(.+)$', 'urn:vpn'),
  byPattern('Projects', '(?i)^prj-(\\w+)$', 'urn:project'),
  byPattern('Cost centres', '^CC-(\\d{4})$', 'urn:cost-centre'),
  `@RuleName = "All groups"\nc:[Type == "${CLAIM.group}", Value =~ "^App-"] => issue(claim = c);`,
  `@RuleName = "Contractors"\nEXISTS([Type == "${CLAIM.group}", Value == "Contractors"]) => issue(Type = "urn:contractor", Value = "true");`,
  `@RuleName = "Employees"\nNOT EXISTS([Type == "${CLAIM.group}", Value == "Contractors"]) => issue(Type = "urn:contractor", Value = "false");`,
  `@RuleName = "Many groups"\nCOUNT([${group}]) >= 50 => issue(Type = "urn:many", Value = "true");`,
  `@RuleName = "Inside"\nc:[Type == "${CLAIM.insideCorporateNetwork}", Value == "true"] => issue(claim = c);`,
  `@RuleName = "Outside"\nc:[Type == "${CLAIM.insideCorporateNetwork}", Value == "false"] => issue(Type = "urn:location", Value = "remote");`,
  `@RuleName = "Manager"\nc:[Type == "${CLAIM.role}", Value =~ "^(approver|admin)$"] => issue(Type = "urn:manager", Value = "true");`,
  `@RuleName = "Display name"\nc:[Type == "${CLAIM.displayName}"] => issue(Type = "${CLAIM.name}", Value = c.Value);`,
  `@RuleName = "Immutable ID"\n${account} => issue(store = "Active Directory", types = ("${CLAIM.immutableId}"), query = ";objectGUID;{0}", param = c.Value);`,
  `@RuleName = "Partner"\nc:[Issuer == "https://partner.example", Type == "${CLAIM.email}"] => issue(claim = c);`,
  `@RuleName = "Country"\nc:[Type == "urn:country"] => issue(Type = "urn:c", Value = c.Value);`,
].join('\n\n');

const GROUPS = ['App-Wiki', 'App-Mail', 'VPN-Full', 'AWS-Reader', 'PRJ-Apollo', 'Everyone', 'Printers Berlin', 'Sport'];

/** Sixty claims of one person, and a directory that answers at once. */
export function aDirectoryPerson(): Required<Pick<RunParts, 'claims' | 'facts'>> {
  const local = (type: string, value: string): Claim => makeClaim(type, value, LOCAL_AUTHORITY);
  const own = (type: string, value: string): Claim => makeClaim(type, value, AD_AUTHORITY);
  const claims: readonly Claim[] = [
    own(CLAIM.windowsAccountName, 'CORP\\ada'),
    own(CLAIM.upn, 'ada@corp.example'),
    own(CLAIM.name, 'CORP\\ada'),
    own(CLAIM.primarySid, `${SID}-1601`),
    own(CLAIM.primaryGroupSid, `${SID}-513`),
    own(CLAIM.authenticationMethod, 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport'),
    own(CLAIM.authenticationInstant, '2026-11-24T09:00:00.000Z'),
    local(CLAIM.insideCorporateNetwork, 'false'),
    local(CLAIM.clientIp, '203.0.113.7'),
    local(CLAIM.forwardedClientIp, '203.0.113.7'),
    local(CLAIM.clientUserAgent, 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'),
    local(CLAIM.endpointPath, '/saml/sso'),
    own(CLAIM.groupSid, `${SID}-513`),
    ...Array.from({ length: 39 }, (_, at) => own(CLAIM.groupSid, `${SID}-${String(1100 + at)}`)),
    ...GROUPS.map((name) => own(CLAIM.group, name)),
  ];
  const { stores } = memoryStores({
    'Active Directory': ({ columns }) => Promise.resolve([columns === 3 ? ['ada@corp.example', 'Ada Lovelace', undefined] : ['7hH5tGkQ0kqMqk0Zs3mVtA==']]),
  });
  return { claims, facts: { stores, person: aPerson({}, { accountName: 'CORP\\ada' }) } };
}
