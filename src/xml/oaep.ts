/**
 * RSA-OAEP with digest and mask function chosen apart (RFC 8017 7.1.1; XML Encryption 1.1 5.5.2). Node's own OAEP uses one
 * hash for both, while rsa-oaep-mgf1p is always MGF1 with SHA-1 whatever its digest is.
 */
import { constants, createHash, type KeyObject, publicEncrypt, randomBytes } from 'node:crypto';

export type OaepHash = 'sha1' | 'sha256' | 'sha384' | 'sha512';

/** The wrapped key. Throws a RangeError when the key is too small for the digest. */
export function wrapKey(plain: Buffer, key: KeyObject, hashes: { readonly digest: OaepHash; readonly mask: OaepHash }): Buffer {
  if (hashes.digest === hashes.mask) return publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: hashes.digest }, plain);
  const size = Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
  return publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, encode(plain, size, hashes));
}

/** EME-OAEP encoding with an empty label: 00, masked seed, masked data block. */
function encode(plain: Buffer, size: number, hashes: { readonly digest: OaepHash; readonly mask: OaepHash }): Buffer {
  const labelHash = createHash(hashes.digest).digest();
  const fill = size - plain.length - 2 * labelHash.length - 2;
  if (fill < 0) throw new RangeError('the RSA key is too small for this digest');
  const block = Buffer.concat([labelHash, Buffer.alloc(fill), Buffer.of(1), plain]);
  const seed = randomBytes(labelHash.length);
  const maskedBlock = xor(block, maskOf(seed, block.length, hashes.mask));
  const maskedSeed = xor(seed, maskOf(maskedBlock, seed.length, hashes.mask));
  return Buffer.concat([Buffer.of(0), maskedSeed, maskedBlock]);
}

/** MGF1 (RFC 8017 B.2.1). */
function maskOf(seed: Buffer, length: number, hash: OaepHash): Buffer {
  const blocks: Buffer[] = [];
  for (let made = 0, counter = 0; made < length; counter += 1) {
    const number = Buffer.alloc(4);
    number.writeUInt32BE(counter);
    const block = createHash(hash).update(seed).update(number).digest();
    blocks.push(block);
    made += block.length;
  }
  return Buffer.concat(blocks).subarray(0, length);
}

function xor(left: Buffer, right: Buffer): Buffer {
  return Buffer.from(left.map((byte, at) => byte ^ (right[at] ?? 0)));
}
