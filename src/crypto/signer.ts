/** Signer over a private key held parsed in memory: parsing PEM for each signature would cost twice the signature. */
import { createPrivateKey, sign as signWith } from 'node:crypto';
import { SignetError } from '../core/errors.js';
import type { SigningKeyId } from '../core/model/ids.js';
import type { Signer } from '../core/ports.js';

/**
 * The largest RSA key that signs on the spot. A signature of RSA-2048 takes 0.3 ms, and handing it to another thread and
 * back costs a fifth of that again; RSA-3072 takes 2 ms and RSA-4096 5 ms, for which other requests must not wait.
 */
const ON_THE_SPOT_BITS = 2048;

/** @param privateKey PKCS#8 DER; wiped by the caller when it likes */
export function createSigner(parts: { readonly keyId: SigningKeyId; readonly certificate: string; readonly privateKey: Buffer }): Signer {
  const key = createPrivateKey({ key: parts.privateKey, format: 'der', type: 'pkcs8' });
  const type = key.asymmetricKeyType;
  if (type !== 'rsa' && type !== 'ec') throw new SignetError('invalid_input', `a signing key is of type ${String(type)}; expected RSA or EC`);
  // The option means nothing for RSA; for EC it asks for r and s at fixed width.
  const input = { key, dsaEncoding: 'ieee-p1363' as const };
  const elsewhere = type === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) > ON_THE_SPOT_BITS;
  return {
    keyId: parts.keyId,
    type,
    certificate: parts.certificate,
    sign: async (data, hash) => {
      const octets = typeof data === 'string' ? Buffer.from(data) : data;
      if (!elsewhere) return signWith(hash, octets, input);
      return new Promise((resolve, reject) => {
        signWith(hash, octets, input, (error, signature) => {
          if (error === null) resolve(signature);
          else reject(error);
        });
      });
    },
  };
}
