/** Signer over a private key held parsed in memory: parsing PEM for each signature would cost twice the signature. */
import { createPrivateKey, sign as signWith } from 'node:crypto';
import { SignetError } from '../core/errors.js';
import type { SigningKeyId } from '../core/model/ids.js';
import type { Signer } from '../core/ports.js';

/** @param privateKey PKCS#8 DER; wiped by the caller when it likes */
export function createSigner(parts: { readonly keyId: SigningKeyId; readonly certificate: string; readonly privateKey: Buffer }): Signer {
  const key = createPrivateKey({ key: parts.privateKey, format: 'der', type: 'pkcs8' });
  const type = key.asymmetricKeyType;
  if (type !== 'rsa' && type !== 'ec') throw new SignetError('invalid_input', `a signing key is of type ${String(type)}; expected RSA or EC`);
  // The option means nothing for RSA; for EC it asks for r and s at fixed width.
  const input = { key, dsaEncoding: 'ieee-p1363' as const };
  return {
    keyId: parts.keyId,
    type,
    certificate: parts.certificate,
    sign: (data, hash) =>
      new Promise((resolve, reject) => {
        signWith(hash, typeof data === 'string' ? Buffer.from(data) : data, input, (error, signature) => {
          if (error === null) resolve(signature);
          else reject(error);
        });
      }),
  };
}
