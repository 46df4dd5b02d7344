/** From issued claims to what a token carries: names and formats of attributes, the subject's name, the issuer. */
import type { ReleasedAttribute, ReleasedClaims } from '../issuance/token-draft.js';
import { CLAIM, CLAIM_PROPERTY, type Claim } from '../model/claim.js';
import type { ReleasedClaim } from './explanation.js';
import { nameFormatOf } from './standard-claims.js';
import { sharedValueType } from './value-types.js';

export interface Shaped {
  readonly released: ReleasedClaims;
  readonly record: readonly ReleasedClaim[];
}

/** Types of which one claim counts. */
const SINGLE: readonly string[] = [CLAIM.nameIdentifier, CLAIM.issuerId];

/** Types that are no attributes: a token says them elsewhere, from what really happened (threats I10). */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  [CLAIM.authenticationMethod, 'is carried by the authentication statement, as it happened'],
  [CLAIM.authenticationInstant, 'is carried by the authentication statement, as it happened'],
  [CLAIM.permit, 'decides in authorization rules only'],
  [CLAIM.deny, 'decides in authorization rules only'],
]);

/** What becomes of claims that are in the token, though not as attributes. */
export const IN_TOKEN = { subject: 'names the subject', issuer: 'is the issuer of the token' } as const;

/**
 * Attributes in the order in which their types were first issued, each value once. The first name identifier claim names
 * the subject, the first issuerid claim replaces the token's issuer.
 * @param further what becomes of more of these two: attributes, as with rules of AD FS, or nothing
 */
export function shapeClaims(issued: readonly Claim[], further: 'attributes' | 'nothing'): Shaped {
  const name = issued.find(({ type }) => type === CLAIM.nameIdentifier);
  const issuer = issued.find(({ type }) => type === CLAIM.issuerId);
  const byType = new Map<string, Claim[]>();
  for (const claim of issued) {
    if (claim === name || claim === issuer || (further === 'nothing' && SINGLE.includes(claim.type))) continue;
    const same = byType.get(claim.type);
    if (same === undefined) byType.set(claim.type, [claim]);
    else same.push(claim);
  }
  const groups = [...byType.values()];
  return {
    released: {
      attributes: groups.filter((claims) => elsewhere(claims) === undefined).map(attributeOf),
      ...(name === undefined ? {} : { name: nameOf(name) }),
      ...(issuer === undefined ? {} : { issuer: issuer.value }),
    },
    record: [
      ...(name === undefined ? [] : [{ name: name.type, claims: [name], otherwise: IN_TOKEN.subject }]),
      ...(issuer === undefined ? [] : [{ name: issuer.type, claims: [issuer], otherwise: IN_TOKEN.issuer }]),
      ...groups.map((claims) => ({ name: claims[0]?.type ?? '', claims, otherwise: elsewhere(claims) })),
    ],
  };
}

function elsewhere([first]: readonly Claim[]): string | undefined {
  if (first === undefined) return undefined;
  // A rule may put a type together, and get nothing: an attribute without a name is none.
  return first.type.trim() === '' ? 'was left out: it has no type' : ELSEWHERE.get(first.type);
}

function attributeOf(claims: readonly Claim[]): ReleasedAttribute {
  const property = (key: string): string | undefined => claims.find(({ properties = {} }) => (properties[key] ?? '') !== '')?.properties?.[key];
  const type = claims[0]?.type ?? '';
  const friendlyName = property(CLAIM_PROPERTY.friendlyName);
  const valueType = sharedValueType(claims);
  return {
    name: type,
    nameFormat: property(CLAIM_PROPERTY.attributeName) ?? nameFormatOf(type),
    ...(friendlyName === undefined ? {} : { friendlyName }),
    values: [...new Set(claims.map(({ value }) => value))],
    ...(valueType === undefined ? {} : { valueType }),
  };
}

function nameOf({ value, properties = {} }: Claim): NonNullable<ReleasedClaims['name']> {
  const format = properties[CLAIM_PROPERTY.format];
  const nameQualifier = properties[CLAIM_PROPERTY.nameQualifier];
  const spNameQualifier = properties[CLAIM_PROPERTY.spNameQualifier];
  return {
    value,
    ...(format === undefined || format === '' ? {} : { format }),
    ...(nameQualifier === undefined || nameQualifier === '' ? {} : { nameQualifier }),
    ...(spNameQualifier === undefined || spNameQualifier === '' ? {} : { spNameQualifier }),
  };
}
