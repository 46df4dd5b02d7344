/** Claims: typed statements about a subject, with who made them. */

/** A statement about a subject. `type` is a URI as relying parties see it. */
export interface Claim {
  readonly type: string;
  readonly value: string;
  /** XML Schema type URI of the value. */
  readonly valueType: string;
  /** Who says so to us: a directory's authority name or a partner's entity id. */
  readonly issuer: string;
  /** Who said so first. */
  readonly originalIssuer: string;
  /** NameID format, attribute name format, friendly name and the like. */
  readonly properties?: Readonly<Record<string, string>>;
}

/** The claim type URIs that Signet's own sources fill. */
export const CLAIM = {
  name: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name',
  nameIdentifier: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier',
  email: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress',
  givenName: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname',
  surname: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname',
  displayName: 'http://schemas.microsoft.com/identity/claims/displayname',
  upn: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn',
  group: 'http://schemas.xmlsoap.org/claims/Group',
  role: 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role',
  windowsAccountName: 'http://schemas.microsoft.com/ws/2008/06/identity/claims/windowsaccountname',
  primarySid: 'http://schemas.microsoft.com/ws/2008/06/identity/claims/primarysid',
  primaryGroupSid: 'http://schemas.microsoft.com/ws/2008/06/identity/claims/primarygroupsid',
  groupSid: 'http://schemas.microsoft.com/ws/2008/06/identity/claims/groupsid',
  immutableId: 'http://schemas.microsoft.com/LiveID/Federation/2008/05/ImmutableID',
  issuerId: 'http://schemas.microsoft.com/ws/2008/06/identity/claims/issuerid',
} as const;

export const XS_STRING = 'http://www.w3.org/2001/XMLSchema#string';

/** The authority name under which our own tables speak. */
export const LOCAL_AUTHORITY = 'LOCAL AUTHORITY';

/** Makes a string claim of one authority. */
export function makeClaim(type: string, value: string, issuer: string): Claim {
  return { type, value, valueType: XS_STRING, issuer, originalIssuer: issuer };
}

/** The first value of a claim type in a set, or undefined. */
export function firstValue(claims: readonly Claim[], type: string): string | undefined {
  return claims.find((claim) => claim.type === type)?.value;
}
