/** Ten transform rules as they come out of an AD FS: the templates of its console, patterns over groups, what somebody is not, where they are. */
import { CLAIM, CLAIM_PROPERTY } from '../../src/core/model/claim.js';

const group = `Type == "${CLAIM.group}"`;
const account = `c:[Type == "${CLAIM.windowsAccountName}", Issuer == "AD AUTHORITY"]`;
const whole = 'Issuer = c.Issuer, OriginalIssuer = c.OriginalIssuer, Value = c.Value, ValueType = c.ValueType';

function role(name: string, condition: string, value: string): string {
  return `@RuleName = "${name}"\nc:[${group}, ${condition}]\n => issue(Type = "${CLAIM.role}", Value = "${value}");`;
}

export const TEN_RULES = [
  `@RuleTemplate = "LdapClaims"\n@RuleName = "From the directory"\n${account}\n => issue(store = "Active Directory", types = ("${CLAIM.email}", "${CLAIM.givenName}", "${CLAIM.surname}"), query = ";mail,givenName,sn;{0}", param = c.Value);`,
  `@RuleTemplate = "MapClaims"\n@RuleName = "Name identifier"\nc:[Type == "${CLAIM.email}"]\n => issue(Type = "${CLAIM.nameIdentifier}", ${whole}, Properties["${CLAIM_PROPERTY.format}"] = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress");`,
  `@RuleName = "UPN"\nc:[Type == "${CLAIM.upn}"]\n => issue(claim = c);`,
  `@RuleName = "Account without its domain"\nc:[Type == "${CLAIM.windowsAccountName}"]\n => issue(Type = "urn:account", Value = RegExReplace(c.Value, "^[^\\\\]+\\\\", ""));`,
  role('Staff', 'Value == "Staff"', 'user'),
  role('Approvers', 'Value =~ "(?i)^expense approvers$"', 'approver'),
  role('Finance', 'Value =~ ".*finance.*"', 'finance'),
  `@RuleName = "Cost centre"\nc:[${group}, Value =~ "^.*-(.+)-.*$"]\n => issue(Type = "urn:cost-centre", Value = RegExReplace(c.Value, "^.*-(.+)-.*$", "$1"));`,
  `@RuleName = "Employees"\nNOT EXISTS([${group}, Value == "Contractors"])\n => issue(Type = "urn:contractor", Value = "false");`,
  `@RuleName = "Remote"\nc:[Type == "${CLAIM.insideCorporateNetwork}", Value == "false"]\n => issue(Type = "urn:location", Value = "remote");`,
].join('\n\n');
