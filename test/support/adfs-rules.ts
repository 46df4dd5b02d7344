/** Rule sets as they stand in AD FS, with its line ends and in the forms its console writes. */

const WS = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims';
const MS = 'http://schemas.microsoft.com/ws/2008/06/identity/claims';
const FORMAT = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claimproperties/format';
const ACCOUNT = `c:[Type == "${MS}/windowsaccountname", Issuer == "AD AUTHORITY"]`;
const NAME_ID = `${WS}/nameidentifier`;

/** Rules one after the other, each with the empty line that AD FS leaves behind it. */
export function ruleSet(...rules: readonly string[]): string {
  return rules.map((rule) => `${rule.replaceAll('\n', '\r\n')}\r\n\r\n`).join('');
}

/** Send LDAP Attributes as Claims. */
export function ldapClaims(name: string, attributes: Readonly<Record<string, string>>): string {
  const types = Object.keys(attributes).map((type) => `"${type}"`);
  const query = `;${Object.values(attributes).join(',')};{0}`;
  return `@RuleTemplate = "LdapClaims"
@RuleName = "${name}"
${ACCOUNT}
 => issue(store = "Active Directory", types = (${types.join(', ')}), query = "${query}", param = c.Value);`;
}

/** Pass Through an Incoming Claim. */
export function passThrough(name: string, type: string): string {
  return `@RuleTemplate = "PassThroughClaims"
@RuleName = "${name}"
c:[Type == "${type}"]
 => issue(claim = c);`;
}

/** Transform an Incoming Claim into a name identifier of a format. */
export function toNameId(name: string, type: string, format: string): string {
  return `@RuleTemplate = "MapClaims"
@RuleName = "${name}"
c:[Type == "${type}"]
 => issue(Type = "${NAME_ID}", Issuer = c.Issuer, OriginalIssuer = c.OriginalIssuer, Value = c.Value, ValueType = c.ValueType, Properties["${FORMAT}"] = "${format}");`;
}

const PERSISTENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent';
const TRANSIENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient';
const EMAIL = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress';
const UNSPECIFIED = 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified';
const MAIL = `${WS}/emailaddress`;
const UPN = `${WS}/upn`;

export const PERMIT_ALL = ruleSet(`@RuleTemplate = "AllowAllAuthzRule"
 => issue(Type = "http://schemas.microsoft.com/authorization/claims/permit", Value = "true");`);

export const PERMIT_GROUP = ruleSet(`@RuleTemplate = "Authorization"
@RuleName = "Staff only"
c:[Type == "${MS}/groupsid", Value =~ "^(?i)S-1-5-21-1-2-3-1105$"]
 => issue(Type = "http://schemas.microsoft.com/authorization/claims/permit", Value = "PermitUsersWithClaim");`);

export const mailAsNameId = ruleSet(ldapClaims('Mail address', { [MAIL]: 'mail' }), toNameId('Mail address as name', MAIL, EMAIL));
export const accountAsNameId = ruleSet(ldapClaims('Account name as name', { [NAME_ID]: 'sAMAccountName' }));
export const upnAsNameId = ruleSet(toNameId('Principal name as name', UPN, UNSPECIFIED));

/** As in the sample of AWS that went round for years: the second rule rewrites groups that the first does not let through. */
export const aws = ruleSet(
  toNameId('Account as persistent name', `${MS}/windowsaccountname`, PERSISTENT),
  ldapClaims('Session name', { 'https://aws.amazon.com/SAML/Attributes/RoleSessionName': 'sAMAccountName' }),
  `@RuleName = "Groups"
${ACCOUNT}
 => add(store = "Active Directory", types = ("http://corp.example/groups"), query = ";tokenGroups;{0}", param = c.Value);`,
  `@RuleName = "Roles"
c:[Type == "http://corp.example/groups", Value =~ "(?i)^CL-AWS-(\\d{12})"]
 => issue(Type = "https://aws.amazon.com/SAML/Attributes/Role", Value = RegExReplace(c.Value, "CLD-AWS-(\\d{12})-", "arn:aws:iam::$1:saml-provider/ADFS,arn:aws:iam::$1:role/"));`,
  `@RuleName = "Session length"
 => issue(Type = "https://aws.amazon.com/SAML/Attributes/SessionDuration", Value = "43200");`,
);

export const slack = ruleSet(
  ldapClaims('Profile', { 'User.Email': 'mail', 'User.Username': 'sAMAccountName', first_name: 'givenName', last_name: 'sn' }),
  `@RuleName = "Name for Slack"
${ACCOUNT}
 => issue(Type = "${NAME_ID}", Value = c.Value, Properties["${FORMAT}"] = "${PERSISTENT}", Properties["http://schemas.xmlsoap.org/ws/2005/05/identity/claimproperties/namequalifier"] = "corp.slack.com", Properties["http://schemas.xmlsoap.org/ws/2005/05/identity/claimproperties/spnamequalifier"] = "https://slack.com");`,
);

export const google = ruleSet(
  ldapClaims('Mail address', { [MAIL]: 'mail' }),
  `@RuleName = "Mail address in lower case domain"
c:[Type == "${MAIL}", Value =~ "(?i)@corp\\.example$"]
 => issue(Type = "${NAME_ID}", Value = RegExReplace(c.Value, "(?i)@corp\\.example$", "@corp.example"), Properties["${FORMAT}"] = "${EMAIL}");`,
);

export const box = ruleSet(
  ldapClaims('Profile and groups', {
    [MAIL]: 'mail',
    [`${WS}/name`]: 'sAMAccountName',
    [UPN]: 'userPrincipalName',
    'http://schemas.xmlsoap.org/claims/Group': 'tokenGroups(longDomainQualifiedName)',
  }),
);

export const blackboard = ruleSet(
  ldapClaims('Profile', { [NAME_ID]: 'sAMAccountName', [`${WS}/surname`]: 'sn', [MAIL]: 'mail', [`${WS}/givenname`]: 'givenName' }),
  `@RuleName = "Transient name"
c:[Type == "${NAME_ID}", Properties["${FORMAT}"] == "${UNSPECIFIED}"]
 => issue(Type = "${NAME_ID}", Value = c.Value, Properties["${FORMAT}"] = "${TRANSIENT}");`,
);

export const cornerstone = ruleSet(
  ldapClaims('Employee number', { 'http://corp.example/employee': 'employeeID' }),
  toNameId('Employee number as name', 'http://corp.example/employee', TRANSIENT),
);

export const templafy = ruleSet(
  passThrough('Principal name', UPN),
  passThrough('Given name', `${WS}/givenname`),
  toNameId('Mail address as name', MAIL, UNSPECIFIED),
  `@RuleName = "Country"
c1:[Type == "http://corp.example/domain"]
 && c2:[Type == "${MS}/windowsaccountname"]
 => issue(store = "Active Directory", types = ("${WS}/country"), query = ";c;{0}", param = c1.Value + "\\" + c2.Value);`,
);

export const zoom = ruleSet(
  passThrough('Display name', `${WS}/name`),
  passThrough('Mail address', MAIL),
  `@RuleName = "Roles of employees"
c1:[Type == "http://corp.example/usertype", Value == "Internal"]
 && c2:[Type == "${MS}/windowsaccountname"]
 => issue(store = "Active Directory", types = ("${MS}/role"), query = ";tokenGroups(domainQualifiedName);{0}", param = c2.Value);`,
);

export const zscaler = ruleSet(
  ldapClaims('Profile', { [NAME_ID]: 'userPrincipalName', displayName: 'displayName', department: 'department', memberOf: 'tokenGroups' }),
);

export const sharePoint = ruleSet(
  ldapClaims('Mail address and groups', { [MAIL]: 'mail', [`${MS}/role`]: 'tokenGroups(fullDomainQualifiedName)' }),
  passThrough('Principal name', UPN),
);

export const dynamics = ruleSet(
  passThrough('Principal name', UPN),
  passThrough('Primary SID', `${MS}/primarysid`),
  `@RuleTemplate = "MapClaims"
@RuleName = "Account name as name"
c:[Type == "${MS}/windowsaccountname"]
 => issue(Type = "${WS}/name", Issuer = c.Issuer, OriginalIssuer = c.OriginalIssuer, Value = c.Value, ValueType = c.ValueType);`,
);

/** What the wizard of Entra Connect writes for two domains, shortened to what a person's token needs. */
export const microsoft365 = ruleSet(
  `@RuleName = "Issue UPN"
c:[Type == "${MS}/windowsaccountname"]
 => issue(store = "Active Directory", types = ("http://schemas.xmlsoap.org/claims/UPN"), query = "samAccountName={0};userPrincipalName;{1}", param = regexreplace(c.Value, "(?<domain>[^\\\\]+)\\\\(?<user>.+)", "\${user}"), param = c.Value);`,
  `@RuleName = "Look up the two GUIDs"
c:[Type == "${MS}/windowsaccountname"]
 => add(store = "Active Directory", types = ("http://schemas.microsoft.com/ws/2016/02/identity/claims/objectguid", "http://schemas.microsoft.com/ws/2016/02/identity/claims/msdsconsistencyguid"), query = "samAccountName={0};objectGUID,mS-DS-ConsistencyGuid;{1}", param = regexreplace(c.Value, "(?<domain>[^\\\\]+)\\\\(?<user>.+)", "\${user}"), param = c.Value);`,
  `@RuleName = "Note that there is no ms-DS-ConsistencyGuid"
NOT EXISTS([Type == "http://schemas.microsoft.com/ws/2016/02/identity/claims/msdsconsistencyguid"])
 => add(Type = "urn:federation:tmp/idflag", Value = "useguid");`,
  `@RuleName = "ms-DS-ConsistencyGuid as ImmutableID"
c:[Type == "http://schemas.microsoft.com/ws/2016/02/identity/claims/msdsconsistencyguid"]
 => issue(Type = "http://schemas.microsoft.com/LiveID/Federation/2008/05/ImmutableID", Value = c.Value);`,
  `@RuleName = "objectGUID as ImmutableID otherwise"
c1:[Type == "urn:federation:tmp/idflag", Value =~ "useguid"]
 && c2:[Type == "http://schemas.microsoft.com/ws/2016/02/identity/claims/objectguid"]
 => issue(Type = "http://schemas.microsoft.com/LiveID/Federation/2008/05/ImmutableID", Value = c2.Value);`,
  `@RuleName = "Issue nameidentifier"
c:[Type == "http://schemas.microsoft.com/LiveID/Federation/2008/05/ImmutableID"]
 => issue(Type = "${NAME_ID}", Value = c.Value, Properties["${FORMAT}"] = "${UNSPECIFIED}");`,
  `@RuleName = "Account type of computers"
c:[Type == "${MS}/groupsid", Value =~ "-515$", Issuer =~ "^(AD AUTHORITY|SELF AUTHORITY|LOCAL AUTHORITY)$"]
 => issue(Type = "http://schemas.microsoft.com/ws/2012/01/accounttype", Value = "DJ");`,
  `@RuleName = "Account type of people"
NOT EXISTS([Type == "http://schemas.microsoft.com/ws/2012/01/accounttype", Value == "DJ"])
 => add(Type = "http://schemas.microsoft.com/ws/2012/01/accounttype", Value = "User");`,
  `@RuleName = "Issuer by domain"
c1:[Type == "http://schemas.xmlsoap.org/claims/UPN"]
 && c2:[Type == "http://schemas.microsoft.com/ws/2012/01/accounttype", Value == "User"]
 => issue(Type = "${MS}/issuerid", Value = regexreplace(c1.Value, "(?i)(^([^@]+)@)(?<domain>(corp\\.example|sales\\.example))$", "http://\${domain}/adfs/services/trust/"));`,
  passThrough('Inside the network', 'http://schemas.microsoft.com/ws/2012/01/insidecorporatenetwork'),
  `@RuleName = "Password expiry"
c1:[Type == "http://schemas.microsoft.com/ws/2012/01/passwordexpirationtime"]
 => issue(store = "_PasswordExpiryStore", types = ("http://schemas.microsoft.com/ws/2012/01/passwordexpirationtime", "http://schemas.microsoft.com/ws/2012/01/passwordexpirationdays", "http://schemas.microsoft.com/ws/2012/01/passwordchangeurl"), query = "{0};", param = c1.Value);`,
  passThrough('Methods of signing in', 'http://schemas.microsoft.com/claims/authnmethodsreferences'),
);

/** Shapes that no wizard of Microsoft knows, one for each set. */
export const unknownShapes = {
  transform: ruleSet(
    `@RuleName = "A made-up name for everybody in two groups at least"
COUNT([Type == "${MS}/groupsid"]) >= 2 && c1:[Type == "${UPN}"] && c2:[Type == "${MS}/windowsaccountname", Value =~ "^CORP\\\\"]
 => issue(Type = "http://corp.example/badge", Value = RegExReplace(c2.Value, "^.*\\\\", "") + "/" + c1.Value, ValueType = "http://www.w3.org/2001/XMLSchema#string");`,
    toNameId('Principal name as name', UPN, UNSPECIFIED),
  ),
  authorization: ruleSet(`@RuleName = "Not from the guest network, unless by a group"
NOT EXISTS([Type == "http://schemas.microsoft.com/2012/01/requestcontext/claims/x-ms-forwarded-client-ip", Value =~ "^10\\.9\\."])
 => issue(Type = "http://schemas.microsoft.com/authorization/claims/permit", Value = "true");`),
  delegation: ruleSet(`@RuleName = "The portal may act for others"
c:[Type == "${MS}/primarysid", Value == "S-1-5-21-1-2-3-2001"]
 => issue(Type = "http://schemas.microsoft.com/authorization/claims/permit", Value = "true");`),
  impersonation: ruleSet(`@RuleName = "The service account may"
c:[Type == "${MS}/windowsaccountname", Value =~ "^(?i)CORP\\\\svc-.+$"]
 => issue(Type = "http://schemas.microsoft.com/authorization/claims/permit", Value = "true");`),
  additional: ruleSet(`@RuleName = "A second factor at night"
c:[Type == "http://schemas.microsoft.com/2012/01/requestcontext/claims/x-ms-client-user-agent", Value =~ "(?i)headless"]
 => issue(Type = "${MS}/authenticationmethod", Value = "http://schemas.microsoft.com/claims/multipleauthn");`),
} as const;

export const acceptance = ruleSet(
  `@RuleName = "Mail addresses of the partner only"
c:[Type == "${MAIL}", Value =~ "^.+@partner\\.example$"]
 => issue(claim = c);`,
  `@RuleName = "Group of the partner as role"
c:[Type == "http://schemas.xmlsoap.org/claims/Group", Value == "Buyers"]
 => issue(Type = "${MS}/role", Value = "Partner buyer", Issuer = c.Issuer, OriginalIssuer = c.OriginalIssuer, ValueType = c.ValueType);`,
  passThrough('Name', NAME_ID),
);
