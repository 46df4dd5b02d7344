/** Short names of claim types, as AD FS's console and administrators call them. */
import { CLAIM } from '../../model/claim.js';
import { OFFERED_CLAIM_TYPES, OID } from '../standard-claims.js';

/** What applications cannot ask for, but rules test and send. */
const FURTHER: Readonly<Record<string, string>> = {
  [CLAIM.windowsAccountName]: 'Windows account name',
  [CLAIM.primarySid]: 'Primary SID',
  [CLAIM.primaryGroupSid]: 'Primary group SID',
  [CLAIM.denyOnlySid]: 'Deny only group SID',
  [CLAIM.privatePersonalIdentifier]: 'PPID',
  [CLAIM.immutableId]: 'ImmutableID',
  [CLAIM.issuerId]: 'Issuer of the token',
  [CLAIM.authenticationMethod]: 'Authentication Method',
  [CLAIM.authenticationInstant]: 'Authentication Instant',
  [CLAIM.authnMethodsReferences]: 'Authentication Methods References',
  [CLAIM.insideCorporateNetwork]: 'Inside Corporate Network',
  [CLAIM.forwardedClientIp]: 'Forwarded Client IP',
  [CLAIM.clientIp]: 'Client IP',
  [CLAIM.proxy]: 'Proxy',
  [CLAIM.clientApplication]: 'Client Application',
  [CLAIM.clientUserAgent]: 'Client User Agent',
  [CLAIM.endpointPath]: 'Endpoint Path',
  [CLAIM.permanentSession]: 'Persistent Single Sign-On',
  [CLAIM.isRegisteredUser]: 'Is Registered User',
  [CLAIM.passwordExpirationTime]: 'Password Expiration Time',
  [CLAIM.permit]: 'Permit',
  [CLAIM.deny]: 'Deny',
};

/** By URI; each name stands for one URI. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ...OFFERED_CLAIM_TYPES.map(({ uri, displayName }) => [uri, displayName] as const),
  ...Object.entries(FURTHER),
]);
/** SAML's own names, which nobody reads. */
const OID_NAMES: ReadonlyMap<string, string> = new Map(Object.entries(OID).map(([name, oid]) => [oid, name]));

/** 'E-Mail Address' for its URI, 'mail' for an OID; a type nobody named is its own name. */
export function displayNameOf(type: string): string {
  return NAMES.get(type) ?? OID_NAMES.get(type) ?? type;
}
