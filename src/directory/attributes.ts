/** What a directory of ours says about a person, as claims: those that exist before the first rule (AD FS's rules expect them). */
import { CLAIM, type Claim, makeClaim } from '../core/model/claim.js';
import { attributeOf, type Person } from '../core/model/person.js';

/**
 * All claims of a person in a stable order, issued by their directory; a value that is empty or missing makes none.
 * Account name, UPN and SIDs are there always: where nobody gave one, one was made that is theirs alone.
 */
export function claimsOf(person: Person): readonly Claim[] {
  const values = (name: string): readonly string[] => attributeOf(person, name);
  const upn = values('upn');
  const pairs: readonly (readonly [type: string, values: readonly string[]])[] = [
    [CLAIM.windowsAccountName, [person.accountName]],
    [CLAIM.upn, upn.length > 0 ? upn : values('userPrincipalName')],
    [CLAIM.name, [person.userName]],
    [CLAIM.primarySid, [person.sid]],
    [CLAIM.primaryGroupSid, [person.primaryGroupSid]],
    // Further groups that only another directory knows.
    [CLAIM.groupSid, [...person.groups.map(({ sid }) => sid), ...values('groupSid')]],
    [CLAIM.email, values('mail')],
    [CLAIM.givenName, values('givenName')],
    [CLAIM.surname, values('sn')],
    [CLAIM.displayName, values('displayName')],
    [CLAIM.group, person.groups.map(({ name }) => name)],
    [CLAIM.immutableId, values('immutableId')],
    // Rules that ask _PasswordExpiryStore start from this claim.
    [CLAIM.passwordExpirationTime, person.passwordExpiresAt === undefined ? [] : [new Date(person.passwordExpiresAt).toISOString()]],
  ];
  return pairs.flatMap(([type, all]) => [...new Set(all)].filter((value) => value !== '').map((value) => makeClaim(type, value, person.authority)));
}
