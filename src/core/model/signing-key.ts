/** Token-signing keys and their life: next, active, retired. */
import type { Instant, SigningKeyId } from './ids.js';

export type KeyAlgorithm = 'RSA-2048' | 'RSA-3072' | 'RSA-4096' | 'P-256' | 'P-384' | 'P-521';
export type KeyState = 'next' | 'active' | 'retired';

/** A key pair with its certificate. At most one key is active; next and retired ones are published as well. */
export interface SigningKey {
  readonly id: SigningKeyId;
  readonly version: number;
  readonly state: KeyState;
  readonly algorithm: KeyAlgorithm;
  /** The certificate as base64 DER, without line breaks: the form that XML wants. */
  readonly certificate: string;
  /** The certificates of those who issued it, from its own issuer up, in the same form; absent for one that is self-signed. */
  readonly chain?: readonly string[];
  /** The private key, PKCS#8 DER, sealed under the secret key. */
  readonly sealedPrivateKey: string;
  readonly createdAt: Instant;
  readonly activatedAt?: Instant;
  readonly retiredAt?: Instant;
  /** End of the certificate. */
  readonly expiresAt: Instant;
}
