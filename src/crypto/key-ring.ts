/** The signing keys in force on this node: private keys opened once, states fresh within the bound of the change feed. */
import { SignetError } from '../core/errors.js';
import { asId, type Instant, type SigningKeyId } from '../core/model/ids.js';
import type { KeyAlgorithm, KeyState, SigningKey } from '../core/model/signing-key.js';
import type { ChangeFeed, KeyRing, Signer, SigningKeys } from '../core/ports.js';
import { makeKeyPair } from './certificate.js';
import { randomToken } from './random.js';
import type { SecretBox } from './secret-box.js';
import { createSigner } from './signer.js';

const YEARS = 10;
const YEAR_MS = 365.25 * 24 * 3600 * 1000;
const ORDER: readonly KeyState[] = ['active', 'next', 'retired'];

export interface KeyRingParts {
  readonly keys: SigningKeys;
  readonly box: SecretBox;
  readonly changes: ChangeFeed;
}

/** Keys are read again after each change of the configuration; a key is opened once and kept by its id. */
export function createKeyRing(parts: KeyRingParts): KeyRing {
  const signers = new Map<SigningKeyId, Signer>();
  let loading: Promise<readonly SigningKey[]> | undefined;
  parts.changes.onChange(() => {
    loading = undefined;
  });

  const load = async (): Promise<readonly SigningKey[]> => {
    await parts.changes.confirm();
    if (loading === undefined) {
      const started = parts.keys.list();
      loading = started;
      started.catch(() => {
        if (loading === started) loading = undefined;
      });
    }
    return loading;
  };

  const open = (key: SigningKey): Signer => {
    const known = signers.get(key.id);
    if (known !== undefined) return known;
    const signer = createSigner({ keyId: key.id, certificate: key.certificate, privateKey: parts.box.open(key.sealedPrivateKey, sealContext(key.id)) });
    signers.set(key.id, signer);
    return signer;
  };

  return {
    signerFor: async (pinned) => {
      const keys = await load();
      // A retired key signs for nobody, whatever is pinned; a pinned next key signs for the one it is pinned to.
      const chosen = keys.find((key) => key.id === pinned && key.state !== 'retired') ?? keys.find((key) => key.state === 'active');
      if (chosen === undefined) throw new SignetError('unavailable', 'there is no active signing key');
      return open(chosen);
    },
    published: async () => {
      const keys = await load();
      return ORDER.flatMap((state) => keys.filter((key) => key.state === state)).map((key) => ({
        keyId: key.id,
        state: key.state,
        certificate: key.certificate,
      }));
    },
  };
}

/** A new key in the given state, its private key sealed, with a certificate of ten years. */
export async function makeSigningKey(wish: {
  readonly algorithm: KeyAlgorithm;
  readonly commonName: string;
  readonly now: Instant;
  readonly state: KeyState;
  readonly box: SecretBox;
}): Promise<SigningKey> {
  const expiresAt = Math.floor((wish.now + YEARS * YEAR_MS) / 1000) * 1000;
  const { certificate, privateKey } = await makeKeyPair({
    algorithm: wish.algorithm,
    commonName: wish.commonName,
    notBefore: wish.now - 3_600_000,
    notAfter: expiresAt,
  });
  return sealSigningKey({ algorithm: wish.algorithm, certificate, privateKey, expiresAt }, wish);
}

/** A key pair as it is kept: under a new id, the private key sealed. */
export function sealSigningKey(
  pair: Pick<SigningKey, 'algorithm' | 'certificate' | 'chain' | 'expiresAt'> & { readonly privateKey: Buffer },
  wish: { readonly now: Instant; readonly state: KeyState; readonly box: SecretBox },
): SigningKey {
  const { privateKey, ...shown } = pair;
  const id: SigningKeyId = asId(randomToken(9));
  return {
    ...shown,
    id,
    version: 1,
    state: wish.state,
    sealedPrivateKey: wish.box.seal(privateKey, sealContext(id)),
    createdAt: wish.now,
    ...(wish.state === 'active' ? { activatedAt: wish.now } : {}),
  };
}

/** Binds a sealed key to its id, so that one row cannot stand in for another. */
export function sealContext(id: SigningKeyId): string {
  return `signing-key:${id}`;
}
