/** The rules of the Wiki, as somebody who leaves AD FS brings them: the templates of its console, and a rule for one group. */
import { CLAIM } from '../core/model/claim.js';

export const WIKI_RULES = `@RuleTemplate = "LdapClaims"
@RuleName = "Mail and name from the directory"
c:[Type == "${CLAIM.windowsAccountName}", Issuer == "AD AUTHORITY"]
 => issue(store = "Active Directory", types = ("${CLAIM.email}", "${CLAIM.name}"), query = ";mail,displayName;{0}", param = c.Value);

@RuleTemplate = "MapClaims"
@RuleName = "Name identifier"
c:[Type == "${CLAIM.upn}"]
 => issue(Type = "${CLAIM.nameIdentifier}", Issuer = c.Issuer, OriginalIssuer = c.OriginalIssuer, Value = c.Value, ValueType = c.ValueType);

@RuleName = "Finance may approve"
c:[Type == "${CLAIM.group}", Value =~ "(?i)^finance$"]
 => issue(Type = "${CLAIM.role}", Value = "approver");

@RuleName = "Everybody reads"
 => issue(Type = "${CLAIM.role}", Value = "reader");
`;
