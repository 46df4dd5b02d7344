/** What our own tables hold about a person, as claims. */
import { AD_AUTHORITY, CLAIM, type Claim, makeClaim } from '../core/model/claim.js';
import type { User } from '../core/model/user.js';

/** Free attributes that become a claim known by its type, by their names in lower case. A value is taken as it is: SIDs in their text form, the immutable ID in base64. */
const NAMED: ReadonlyMap<string, string> = new Map(
  Object.entries({
    upn: CLAIM.upn,
    userPrincipalName: CLAIM.upn,
    windowsAccountName: CLAIM.windowsAccountName,
    primarySid: CLAIM.primarySid,
    primaryGroupSid: CLAIM.primaryGroupSid,
    groupSid: CLAIM.groupSid,
    immutableId: CLAIM.immutableId,
  }).map(([name, type]) => [name.toLowerCase(), type]),
);

/** All claims of a person in a stable order; a value that is empty or missing makes none. */
export function claimsOf(user: User): readonly Claim[] {
  const pairs: readonly (readonly [type: string, value: string | undefined])[] = [
    [CLAIM.name, user.userName],
    [CLAIM.email, user.email],
    [CLAIM.givenName, user.givenName],
    [CLAIM.surname, user.surname],
    [CLAIM.displayName, user.displayName],
    ...user.groups.map((group) => [CLAIM.group, group] as const),
    ...Object.entries(user.attributes).flatMap(([name, values]) => typesOf(name).flatMap((type) => values.map((value) => [type, value] as const))),
  ];
  return pairs.flatMap(([type, value]) => (value === undefined || value === '' ? [] : [makeClaim(type, value, AD_AUTHORITY)]));
}

function typesOf(attribute: string): readonly string[] {
  const named = NAMED.get(attribute.toLowerCase());
  return named === undefined ? [] : [named];
}
