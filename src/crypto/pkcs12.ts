/**
 * PKCS#12 files (RFC 7292), as Windows and OpenSSL export keys. Read bag by bag: node-forge decodes ASN.1 and knows the
 * ciphers of old exports, the keys of every kind are Node's own, and certificates come out to the byte as they stood.
 */
import { createHmac, createPrivateKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import type NodeForge from 'node-forge';
import { SignetError } from '../core/errors.js';

export interface Pkcs12Content {
  readonly privateKeys: readonly KeyObject[];
  /** DER. */
  readonly certificates: readonly Buffer[];
}

type Forge = typeof NodeForge;
type Asn1 = NodeForge.asn1.Asn1;

const OID = {
  data: '1.2.840.113549.1.7.1',
  encryptedData: '1.2.840.113549.1.7.6',
  keyBag: '1.2.840.113549.1.12.10.1.1',
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  certBag: '1.2.840.113549.1.12.10.1.3',
  nestedBag: '1.2.840.113549.1.12.10.1.6',
  x509: '1.2.840.113549.1.9.22.1',
  pbes2: '1.2.840.113549.1.5.13',
} as const;

const MACS: ReadonlyMap<string, { readonly hash: 'sha1' | 'sha256' | 'sha384' | 'sha512'; readonly bytes: number }> = new Map([
  ['1.3.14.3.2.26', { hash: 'sha1', bytes: 20 }],
  ['2.16.840.1.101.3.4.2.1', { hash: 'sha256', bytes: 32 }],
  ['2.16.840.1.101.3.4.2.2', { hash: 'sha384', bytes: 48 }],
  ['2.16.840.1.101.3.4.2.3', { hash: 'sha512', bytes: 64 }],
]);

const MOST_BYTES = 1024 * 1024;
/** Rounds of key derivation: Windows and OpenSSL take 2,000, careful people 600,000. More than this would only keep us busy. */
const MOST_ROUNDS = 1_000_000;
const MOST_NESTING = 4;

/**
 * The private keys and certificates of a file. Bags of other kinds are left aside.
 * @param name what sentences call the file
 * Throws invalid_input: it is none, the password does not open it, or it is protected in a way that is not known here.
 */
export async function readPkcs12(name: string, file: Buffer, password: string): Promise<Pkcs12Content> {
  if (file.length > MOST_BYTES) throw bad(`${name} has ${String(file.length)} bytes; a PKCS#12 file of a signing key has less than ${String(MOST_BYTES)}.`);
  // Loaded here, since only this needs it and it is slow to load.
  const { default: library } = await import('node-forge');
  try {
    return readPfx({ forge: library, name, password }, file);
  } catch (error) {
    if (error instanceof SignetError) throw error;
    throw bad(`${name} is no PKCS#12 file that can be read; export it again, or give the key and its certificate as PEM.`, error);
  }
}

interface Opening {
  readonly forge: Forge;
  readonly name: string;
  readonly password: string;
}

function readPfx(opening: Opening, file: Buffer): Pkcs12Content {
  const [version, authSafe, macData] = parts(decode(opening, file));
  if (version === undefined || authSafe === undefined) throw new Error('not a PFX');
  const [type, content] = parts(authSafe);
  if (oidOf(opening, type) !== OID.data) throw bad(`${opening.name} is protected by a public key, not by a password; export it with a password.`);
  const safe = octetsOf(only(content));
  if (macData !== undefined) checkMac(opening, safe, macData);
  const bags = parts(decode(opening, safe)).flatMap((info) => bagsOf(opening, info, 0));
  return { privateKeys: bags.flatMap((bag) => keysIn(opening, bag)), certificates: bags.flatMap((bag) => certificatesIn(opening, bag)) };
}

/** RFC 7292 appendix A and B.4: a code over the content under a key of the password. */
function checkMac(opening: Opening, safe: Buffer, macData: Asn1): void {
  const { forge, password } = opening;
  const [digestInfo, salt, iterations] = parts(macData);
  const [algorithm, digest] = parts(digestInfo);
  const named = oidOf(opening, parts(algorithm)[0]);
  const mac = MACS.get(named);
  if (mac === undefined) throw unknownProtection(opening, named);
  const rounds = iterations === undefined ? 1 : roundsOf(opening, iterations);
  const from = forge.util.createBuffer(octetsOf(salt).toString('binary'));
  const key = forge.pkcs12.generateKey(password, from, 3, rounds, mac.bytes, forge.md[mac.hash].create());
  const computed = createHmac(mac.hash, Buffer.from(key.getBytes(), 'binary')).update(safe).digest();
  const stored = octetsOf(digest);
  if (computed.length !== stored.length || !timingSafeEqual(computed, stored)) throw notOpened(opening);
}

interface Bag {
  readonly kind: string;
  readonly value: Asn1;
}

/** The bags of a ContentInfo, plain or encrypted under the password. */
function bagsOf(opening: Opening, info: Asn1, depth: number): readonly Bag[] {
  const [type, content] = parts(info);
  const kind = oidOf(opening, type);
  if (kind === OID.data) return flatten(opening, decode(opening, octetsOf(only(content))), depth);
  if (kind !== OID.encryptedData) return [];
  const [, encrypted] = parts(only(content));
  const [, algorithm, ciphertext] = parts(encrypted);
  return flatten(opening, decrypt(opening, algorithm, ciphertext), depth);
}

function flatten(opening: Opening, bags: Asn1, depth: number): readonly Bag[] {
  if (depth > MOST_NESTING) throw new Error('bags in bags');
  return parts(bags).flatMap((bag) => {
    const [id, wrapped] = parts(bag);
    const [kind, value] = [oidOf(opening, id), only(wrapped)];
    return kind === OID.nestedBag ? flatten(opening, value, depth + 1) : [{ kind, value }];
  });
}

function keysIn(opening: Opening, { kind, value }: Bag): readonly KeyObject[] {
  if (kind !== OID.keyBag && kind !== OID.shroudedKeyBag) return [];
  const [algorithm, ciphertext] = parts(value);
  const info = kind === OID.keyBag ? value : decrypt(opening, algorithm, ciphertext);
  const key = Buffer.from(opening.forge.asn1.toDer(info).getBytes(), 'binary');
  return [createPrivateKey({ key, format: 'der', type: 'pkcs8' })];
}

function certificatesIn(opening: Opening, { kind, value }: Bag): readonly Buffer[] {
  if (kind !== OID.certBag) return [];
  const [type, certificate] = parts(value);
  return oidOf(opening, type) === OID.x509 ? [octetsOf(only(certificate))] : [];
}

/** The content of an encrypted bag or of encrypted contents: both are an algorithm and octets. */
function decrypt(opening: Opening, algorithm: Asn1 | undefined, ciphertext: Asn1 | undefined): Asn1 {
  const { password } = opening;
  const { asn1 } = opening.forge;
  if (algorithm === undefined) throw new Error('no algorithm');
  for (const rounds of integersIn(algorithm)) roundsOf(opening, rounds);
  const scheme = oidOf(opening, parts(algorithm)[0]);
  const octets = asn1.create(asn1.Class.UNIVERSAL, asn1.Type.OCTETSTRING, false, octetsOf(ciphertext).toString('binary'));
  const wrapped = asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, [algorithm, octets]);
  // PBES2 takes the password in UTF-8; the older schemes in UTF-16, which node-forge makes itself (RFC 7292 B.1).
  const plain = tryDecrypt(opening, wrapped, scheme === OID.pbes2 ? Buffer.from(password).toString('binary') : password);
  if (plain === null) throw notOpened(opening);
  return plain;
}

function tryDecrypt(opening: Opening, wrapped: Asn1, password: string): Asn1 | null {
  try {
    return opening.forge.pki.decryptPrivateKeyInfo(wrapped, password);
  } catch (error) {
    // node-forge says what it knows beside what it does not; an error without that comes of a wrong key.
    if (!(error instanceof Error) || !('supportedOids' in error)) throw notOpened(opening);
    throw unknownProtection(opening, 'oid' in error ? String(error.oid) : 'unnamed');
  }
}

function decode({ forge }: Opening, bytes: Buffer): Asn1 {
  return forge.asn1.fromDer(bytes.toString('binary'));
}

function oidOf({ forge }: Opening, node: Asn1 | undefined): string {
  if (typeof node?.value !== 'string') throw new Error('no object identifier');
  return forge.asn1.derToOid(node.value);
}

function roundsOf({ forge, name }: Opening, { value }: Asn1): number {
  const rounds = typeof value === 'string' && value.length <= 4 ? forge.asn1.derToInteger(value) : MOST_ROUNDS + 1;
  if (rounds <= MOST_ROUNDS) return rounds;
  throw bad(`${name} asks for more than ${String(MOST_ROUNDS)} rounds of key derivation; export it again with fewer, or as PEM.`);
}

function notOpened({ name, password }: Opening): SignetError {
  return bad(password === '' ? `${name} is protected by a password; give it by --password-stdin.` : `The password does not open ${name}.`);
}

function unknownProtection({ name }: Opening, oid: string): SignetError {
  return bad(`${name} is protected in a way that is not known here (${oid}); export it with AES-256 or 3DES, or give key and certificate as PEM.`);
}

function parts(node: Asn1 | undefined): readonly Asn1[] {
  if (node === undefined || typeof node.value === 'string') throw new Error('no sequence');
  return node.value;
}

function only(node: Asn1 | undefined): Asn1 {
  const [first] = parts(node);
  if (first === undefined) throw new Error('nothing in it');
  return first;
}

/** An octet string, in one piece or, as BER allows, in several. */
function octetsOf(node: Asn1 | undefined): Buffer {
  if (node === undefined) throw new Error('no octets');
  return typeof node.value === 'string' ? Buffer.from(node.value, 'binary') : Buffer.concat(node.value.map(octetsOf));
}

const INTEGER = 2;

function* integersIn(node: Asn1): Generator<Asn1> {
  if (typeof node.value !== 'string') for (const inner of node.value) yield* integersIn(inner);
  else if ((node.type as number) === INTEGER && (node.tagClass as number) === 0) yield node;
}

function bad(sentence: string, cause?: unknown): SignetError {
  return new SignetError('invalid_input', sentence, { cause });
}
