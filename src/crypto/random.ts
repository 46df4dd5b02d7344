/** Identifiers and references that must not be guessable. */
import { randomFillSync } from 'node:crypto';

/** One call into the system's generator serves many ids. */
const pool = Buffer.allocUnsafe(8192);
let used = pool.length;

function take(count: number): Buffer {
  if (used + count > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += count;
  return pool.subarray(used - count, used);
}

/** '_' and 160 random bits in hex: an xs:ID (SAML Core 1.3.4). */
export function randomId(): string {
  return `_${take(20).toString('hex')}`;
}

/** Random bytes as base64url, 128 bits unless told. */
export function randomToken(bytes = 16): string {
  return take(bytes).toString('base64url');
}

/** Without 0, O, 1, I, L and U, which are misread or misheard. */
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTVWXYZ';

/** SGN-XXXX-XXXX: what a person can read over the phone. */
export function randomReference(): string {
  let text = '';
  while (text.length < 8) {
    const byte = take(1)[0] ?? 0;
    if (byte < ALPHABET.length * 8) text += ALPHABET.charAt(byte % ALPHABET.length);
  }
  return `SGN-${text.slice(0, 4)}-${text.slice(4)}`;
}
