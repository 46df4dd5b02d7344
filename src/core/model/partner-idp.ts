/**
 * Partner identity providers (claims provider trusts of AD FS) as they are kept: one setting for all of them. People cannot
 * sign in through partners yet; what is known of them waits here.
 */

/** The name of that setting. */
export const PARTNERS_SETTING = 'partner-idps';

export interface PartnerEndpoint {
  /** What it is for: single-sign-on, logout, artifact-resolution, wsfed. */
  readonly use: 'single-sign-on' | 'logout' | 'artifact-resolution' | 'wsfed';
  readonly binding: string;
  readonly url: string;
  readonly responseUrl?: string;
  readonly index?: number;
  readonly isDefault?: boolean;
}

export interface PartnerIdp {
  /** Its entity ID: unique among partners. */
  readonly identifier: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly notes?: string;
  /** Acceptance rules in AD FS's language, exactly as they were given; empty lets no claim pass. */
  readonly acceptance: string;
  /** base64 DER, of keys that sign its tokens. */
  readonly certificates: readonly string[];
  /** base64 DER, of the key that messages to it are encrypted with. */
  readonly encryptionCertificate?: string;
  readonly endpoints: readonly PartnerEndpoint[];
  /** Whose addresses end so belongs to it (home realm discovery). */
  readonly domains: readonly string[];
  readonly metadataUrl?: string;
  readonly protocols: readonly ('saml' | 'wsfed')[];
  /** What requests to it say, and what is expected of its answers. */
  readonly requests: {
    readonly signed: boolean;
    readonly signatureAlgorithm?: string;
    readonly nameIdFormat?: string;
    readonly encryptedNameId: boolean;
    readonly allowCreate: boolean;
    readonly binding?: string;
    /** How the answer is asked for: by index, by address, or not at all. */
    readonly parameters?: string;
    readonly index?: number;
  };
  /** Whether it can ask for a second factor. */
  readonly secondFactor: boolean;
  /** The claim type that a person is known by. */
  readonly anchorClaim?: string;
}

/** Reads the setting. Throws a plain error where it was not written by us. */
export function readPartners(text: string | undefined): readonly PartnerIdp[] {
  const value: unknown = text === undefined ? [] : JSON.parse(text);
  if (!Array.isArray(value) || !value.every(isPartner)) throw new Error(`the stored setting ${PARTNERS_SETTING} is not readable`);
  return value;
}

/** As it is kept: by identifier. */
export function writePartners(partners: readonly PartnerIdp[]): string {
  return JSON.stringify([...partners].sort((one, other) => (one.identifier < other.identifier ? -1 : 1)));
}

function isPartner(value: unknown): value is PartnerIdp {
  const has = (name: string): unknown => (typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined);
  const texts = ['identifier', 'name', 'acceptance'].every((name) => typeof has(name) === 'string');
  return texts && ['certificates', 'endpoints', 'domains'].every((name) => Array.isArray(has(name)));
}
