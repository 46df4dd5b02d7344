/** Public keys of configured certificates, parsed once: parsing costs six times a verification. */
import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { createBoundedMap } from '../core/bounded-map.js';
import { SignetError } from '../core/errors.js';

const MOST_KEPT = 20_000;
const kept = createBoundedMap<string, KeyObject>(MOST_KEPT);

/**
 * The key in a certificate; everything else in it decides nothing.
 * @param certificate base64 DER
 * Throws invalid_input when it is not readable.
 */
export function publicKeyOf(certificate: string): KeyObject {
  const known = kept.get(certificate);
  if (known !== undefined) return known;
  const key = parse(certificate);
  kept.set(certificate, key);
  return key;
}

function parse(certificate: string): KeyObject {
  try {
    const { publicKey } = new X509Certificate(Buffer.from(certificate, 'base64'));
    // A key of its own, so that the certificate it came from can go.
    return createPublicKey(publicKey.export({ type: 'spki', format: 'pem' }));
  } catch (error) {
    throw new SignetError('invalid_input', 'a configured certificate is not readable', { cause: error });
  }
}
