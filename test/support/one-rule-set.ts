/** One set of transform rules for every protocol and counterpart, and what each of them must read of it about maria. */
import { CLAIM, CLAIM_PROPERTY } from '../../src/core/model/claim.js';

const BASIC = 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic';

/** What the rules name the person by. */
export const ONE_NAME = {
  value: 'maria@localhost',
  format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
  nameQualifier: 'http://old.example/adfs/services/trust',
  spNameQualifier: 'urn:example:federation',
} as const;

/** What AD FS's console writes, and what people write by hand: a store, several values, a typed one, text that needs escaping, a name with everything. */
export const ONE_RULE_SET = `@RuleTemplate = "LdapClaims"
@RuleName = "Mail and name"
c:[Type == "${CLAIM.windowsAccountName}", Issuer == "AD AUTHORITY"]
 => issue(store = "Active Directory", types = ("${CLAIM.email}", "${CLAIM.name}"), query = ";mail,displayName;{0}", param = c.Value);
@RuleName = "Sales"
EXISTS([Type == "${CLAIM.group}", Value =~ "^(?i)sales$"]) => issue(Type = "${CLAIM.role}", Value = "seller");
c:[Type == "${CLAIM.upn}"] => issue(Type = "urn:e2e:domain", Value = RegExReplace(c.Value, "^[^@]+@", ""));
@RuleName = "Teams"
c:[Type == "${CLAIM.group}"] => issue(Type = "http://claims.example/teams", Value = c.Value);
=> issue(Type = "http://claims.example/level", Value = "42", ValueType = "http://www.w3.org/2001/XMLSchema#integer");
=> issue(Type = "measure", Value = "Größe & <Maß>", Properties["${CLAIM_PROPERTY.attributeName}"] = "${BASIC}");
c:[Type == "${CLAIM.upn}"] => issue(Type = "${CLAIM.nameIdentifier}", Value = c.Value, Properties["${CLAIM_PROPERTY.format}"] = "${ONE_NAME.format}",
  Properties["${CLAIM_PROPERTY.nameQualifier}"] = "${ONE_NAME.nameQualifier}", Properties["${CLAIM_PROPERTY.spNameQualifier}"] = "${ONE_NAME.spNameQualifier}");
`;

/** In the order in which they leave. */
export const ONE_SET_OF_CLAIMS: readonly { readonly name: string; readonly values: readonly string[] }[] = [
  { name: CLAIM.email, values: ['maria@example.com'] },
  { name: CLAIM.name, values: ['Maria Silva'] },
  { name: CLAIM.role, values: ['seller'] },
  { name: 'urn:e2e:domain', values: ['localhost'] },
  { name: 'http://claims.example/teams', values: ['Sales', 'Everyone'] },
  { name: 'http://claims.example/level', values: ['42'] },
  { name: 'measure', values: ['Größe & <Maß>'] },
];
