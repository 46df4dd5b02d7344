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
  denyOnlySid: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/denyonlysid',
  privatePersonalIdentifier: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/privatepersonalidentifier',
  authenticationMethod: 'http://schemas.microsoft.com/ws/2008/06/identity/claims/authenticationmethod',
  authenticationInstant: 'http://schemas.microsoft.com/ws/2008/06/identity/claims/authenticationinstant',
  authnMethodsReferences: 'http://schemas.microsoft.com/claims/authnmethodsreferences',
  insideCorporateNetwork: 'http://schemas.microsoft.com/ws/2012/01/insidecorporatenetwork',
  forwardedClientIp: 'http://schemas.microsoft.com/2012/01/requestcontext/claims/x-ms-forwarded-client-ip',
  clientIp: 'http://schemas.microsoft.com/2012/01/requestcontext/claims/x-ms-client-ip',
  proxy: 'http://schemas.microsoft.com/2012/01/requestcontext/claims/x-ms-proxy',
  clientApplication: 'http://schemas.microsoft.com/2012/01/requestcontext/claims/x-ms-client-application',
  clientUserAgent: 'http://schemas.microsoft.com/2012/01/requestcontext/claims/x-ms-client-user-agent',
  endpointPath: 'http://schemas.microsoft.com/2012/01/requestcontext/claims/x-ms-endpoint-absolute-path',
  permanentSession: 'http://schemas.microsoft.com/2014/03/psso',
  passwordExpirationTime: 'http://schemas.microsoft.com/ws/2012/01/passwordexpirationtime',
  isRegisteredUser: 'http://schemas.microsoft.com/2012/01/devicecontext/claims/isregistereduser',
  /** Authorization: any of it and none of the other lets somebody in. */
  permit: 'http://schemas.microsoft.com/authorization/claims/permit',
  deny: 'http://schemas.microsoft.com/authorization/claims/deny',
} as const;

const PROPERTY_BASE = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claimproperties/';

/** Properties of claims that decide how they leave. */
export const CLAIM_PROPERTY = {
  /** Of the name identifier: NameID Format and qualifiers. */
  format: `${PROPERTY_BASE}format`,
  nameQualifier: `${PROPERTY_BASE}namequalifier`,
  spNameQualifier: `${PROPERTY_BASE}spnamequalifier`,
  /** NameFormat of the attribute. */
  attributeName: `${PROPERTY_BASE}attributename`,
  /** FriendlyName of the attribute: our own, AD FS has none. */
  friendlyName: 'urn:signet:claimproperty:friendlyname',
} as const;

/** The value of an authenticationmethod or authnmethodsreferences claim that means several factors. */
export const MULTIPLE_AUTHENTICATION = 'http://schemas.microsoft.com/claims/multipleauthn';

export const XS_STRING = 'http://www.w3.org/2001/XMLSchema#string';

/** The issuer of what this service itself says: request context, claims that rules make. */
export const LOCAL_AUTHORITY = 'LOCAL AUTHORITY';
/** The issuer of what a directory of ours says, unless set otherwise: rules of AD FS test for it. */
export const AD_AUTHORITY = 'AD AUTHORITY';

/** Makes a string claim of one authority. */
export function makeClaim(type: string, value: string, issuer: string): Claim {
  return { type, value, valueType: XS_STRING, issuer, originalIssuer: issuer };
}

/** The first value of a claim type in a set, or undefined. */
export function firstValue(claims: readonly Claim[], type: string): string | undefined {
  return claims.find((claim) => claim.type === type)?.value;
}
