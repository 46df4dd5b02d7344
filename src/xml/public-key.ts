/** Public keys of configured certificates, parsed once: parsing costs six times a verification. */
import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { SignetError } from '../core/errors.js';

/** Certificates kept parsed, at least; twice as many at most. */
const KEEP = 10_000;

let young = new Map<string, KeyObject>();
let old = new Map<string, KeyObject>();

/**
 * The key in a certificate; everything else in it decides nothing.
 * @param certificate base64 DER
 * Throws invalid_input when it is not readable.
 */
export function publicKeyOf(certificate: string): KeyObject {
  const known = young.get(certificate);
  if (known !== undefined) return known;
  const key = old.get(certificate) ?? parse(certificate);
  if (young.size >= KEEP) {
    old = young;
    young = new Map();
  }
  young.set(certificate, key);
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
