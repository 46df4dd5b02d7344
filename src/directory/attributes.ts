/** What our own tables hold about a person, as claims. */
import { attributeClaimType } from '../core/issuance/name-identifier.js';
import { CLAIM, type Claim, LOCAL_AUTHORITY, makeClaim } from '../core/model/claim.js';
import type { User } from '../core/model/user.js';

/** Free attributes that have a claim type of their own. */
const NAMED: Readonly<Record<string, string>> = { upn: CLAIM.upn };

/** All claims of a person in a stable order; a value that is empty or missing makes none. */
export function claimsOf(user: User): readonly Claim[] {
  const pairs: readonly (readonly [type: string, value: string | undefined])[] = [
    [CLAIM.name, user.userName],
    [CLAIM.email, user.email],
    [CLAIM.givenName, user.givenName],
    [CLAIM.surname, user.surname],
    [CLAIM.displayName, user.displayName],
    ...user.groups.map((group) => [CLAIM.group, group] as const),
    ...Object.entries(user.attributes).flatMap(([name, values]) => values.map((value) => [typeOf(name), value] as const)),
  ];
  return pairs.flatMap(([type, value]) => (value === undefined || value === '' ? [] : [makeClaim(type, value, LOCAL_AUTHORITY)]));
}

function typeOf(attribute: string): string {
  return (Object.hasOwn(NAMED, attribute) ? NAMED[attribute] : undefined) ?? attributeClaimType(attribute);
}
