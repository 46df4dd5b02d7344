/** Signature and digest algorithms by URI: maps, not objects, since `constructor` is no algorithm. SHA-1 is not among them. */
import type { SignatureHash } from '../core/ports.js';
import { ALG } from './names.js';

export interface SignatureMethod {
  readonly type: 'rsa' | 'ec';
  readonly hash: SignatureHash;
}

/** What we sign with, and verify. */
export const SIGNATURE_METHODS: ReadonlyMap<string, SignatureMethod> = new Map<string, SignatureMethod>([
  [ALG.rsaSha256, { type: 'rsa', hash: 'sha256' }],
  [ALG.rsaSha384, { type: 'rsa', hash: 'sha384' }],
  [ALG.rsaSha512, { type: 'rsa', hash: 'sha512' }],
  [ALG.ecdsaSha256, { type: 'ec', hash: 'sha256' }],
  [ALG.ecdsaSha384, { type: 'ec', hash: 'sha384' }],
  [ALG.ecdsaSha512, { type: 'ec', hash: 'sha512' }],
]);

/** What we digest with, and verify. */
export const DIGEST_METHODS: ReadonlyMap<string, SignatureHash> = new Map<string, SignatureHash>([
  [ALG.sha256, 'sha256'],
  [ALG.sha384, 'sha384'],
  [ALG.sha512, 'sha512'],
]);
