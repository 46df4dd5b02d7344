/** XML Encryption out: AES-GCM content under an RSA-OAEP wrapped key (XML Encryption 1.1; SAML Core 6). */
import { constants, createCipheriv, publicEncrypt, randomBytes, X509Certificate, type KeyObject } from 'node:crypto';
import { SignetError } from '../core/errors.js';
import type { EncryptionKey } from '../core/model/relying-party.js';
import { ALG, NS } from './names.js';
import { element } from './write.js';

interface ContentCipher {
  readonly cipher: 'aes-128-gcm' | 'aes-192-gcm' | 'aes-256-gcm';
  readonly keyBytes: number;
}

const CONTENT: Readonly<Record<string, ContentCipher>> = {
  [ALG.aes256Gcm]: { cipher: 'aes-256-gcm', keyBytes: 32 },
  [ALG.aes192Gcm]: { cipher: 'aes-192-gcm', keyBytes: 24 },
  [ALG.aes128Gcm]: { cipher: 'aes-128-gcm', keyBytes: 16 },
};

const TRANSPORT: readonly string[] = [ALG.rsaOaepMgf1p, ALG.rsaOaep];
const IV_BYTES = 12;

/** What a key says it can read, within what we write. */
export interface EncryptionAlgorithms {
  readonly content: string;
  readonly transport: string;
}

/**
 * The first content and key transport algorithms the key lists that we write; AES-256-GCM and RSA-OAEP with SHA-1, which
 * every peer reads, where it lists none of a kind. Undefined when it lists only what we do not write (IIP-MD10).
 */
export function chooseEncryption(key: EncryptionKey): EncryptionAlgorithms | undefined {
  const transports = key.methods.filter(isTransport);
  const contents = key.methods.filter((method) => !isTransport(method));
  const content = contents.length === 0 ? ALG.aes256Gcm : contents.find((method) => Object.hasOwn(CONTENT, method));
  const transport = transports.length === 0 ? ALG.rsaOaepMgf1p : transports.find((method) => TRANSPORT.includes(method));
  return content === undefined || transport === undefined ? undefined : { content, transport };
}

function isTransport(method: string): boolean {
  return method.includes('rsa');
}

/**
 * xenc:EncryptedData of Type Element around the text, with the EncryptedKey inside its KeyInfo. Each call makes a fresh key.
 * Throws unsupported_request when the key lists nothing that we write.
 * @param options.recipient entity id of the relying party
 */
export function encryptElement(xml: string, key: EncryptionKey, options: { readonly recipient: string }): string {
  const algorithms = chooseEncryption(key);
  const content = algorithms === undefined ? undefined : CONTENT[algorithms.content];
  if (algorithms === undefined || content === undefined) {
    throw new SignetError('unsupported_request', 'the encryption key of the relying party lists no algorithm that is written here');
  }
  const contentKey = randomBytes(content.keyBytes);
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(content.cipher, contentKey, iv, { authTagLength: 16 });
  const ciphertext = Buffer.concat([iv, cipher.update(xml, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  const encryptedKey = element(
    'xenc:EncryptedKey',
    { Recipient: options.recipient },
    transportMethod(algorithms.transport),
    element('ds:KeyInfo', {}, element('ds:X509Data', {}, element('ds:X509Certificate', {}, key.certificate))),
    cipherData(wrap(contentKey, key.certificate, algorithms.transport).toString('base64')),
  );
  return element(
    'xenc:EncryptedData',
    { 'xmlns:xenc': NS.xenc, Type: `${NS.xenc}Element` },
    element('xenc:EncryptionMethod', { Algorithm: algorithms.content }),
    element('ds:KeyInfo', { 'xmlns:ds': NS.ds }, encryptedKey),
    cipherData(ciphertext.toString('base64')),
  );
}

/** rsa-oaep-mgf1p is always MGF1 with SHA-1; its digest is SHA-1 here, the set every peer reads. xmlenc11 rsa-oaep goes with SHA-256 for both (XMLEnc 1.1 5.5.2). */
function transportMethod(transport: string): string {
  const digest = element('ds:DigestMethod', { Algorithm: transport === ALG.rsaOaep ? ALG.sha256 : ALG.sha1 });
  const mask = transport === ALG.rsaOaep ? element('xenc11:MGF', { 'xmlns:xenc11': NS.xenc11, Algorithm: ALG.mgf1Sha256 }) : '';
  return element('xenc:EncryptionMethod', { Algorithm: transport }, digest, mask);
}

function cipherData(base64: string): string {
  return element('xenc:CipherData', {}, element('xenc:CipherValue', {}, base64));
}

function wrap(contentKey: Buffer, certificate: string, transport: string): Buffer {
  return publicEncrypt(
    { key: publicKey(certificate), padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: transport === ALG.rsaOaep ? 'sha256' : 'sha1' },
    contentKey,
  );
}

const CACHE_SIZE = 5000;
const cache = new Map<string, KeyObject>();

function publicKey(certificate: string): KeyObject {
  const known = cache.get(certificate);
  if (known !== undefined) return known;
  const key = new X509Certificate(Buffer.from(certificate, 'base64')).publicKey;
  if (cache.size >= CACHE_SIZE) cache.clear();
  cache.set(certificate, key);
  return key;
}
