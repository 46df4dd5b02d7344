/** XML Encryption out: AES content under an RSA-OAEP wrapped key (XML Encryption 1.1; SAML Core 6). */
import { createCipheriv, randomBytes, type KeyObject } from 'node:crypto';
import { SignetError } from '../core/errors.js';
import type { EncryptionKey, RelyingParty } from '../core/model/relying-party.js';
import { ALG, NS } from './names.js';
import { type OaepHash, wrapKey } from './oaep.js';
import { publicKeyOf } from './public-key.js';
import { element } from './write.js';

type ContentCipher =
  | { readonly kind: 'gcm'; readonly cipher: 'aes-128-gcm' | 'aes-192-gcm' | 'aes-256-gcm'; readonly keyBytes: number }
  | { readonly kind: 'cbc'; readonly cipher: 'aes-128-cbc' | 'aes-192-cbc' | 'aes-256-cbc'; readonly keyBytes: number };

const CONTENT: ReadonlyMap<string, ContentCipher> = new Map<string, ContentCipher>([
  [ALG.aes256Gcm, { kind: 'gcm', cipher: 'aes-256-gcm', keyBytes: 32 }],
  [ALG.aes192Gcm, { kind: 'gcm', cipher: 'aes-192-gcm', keyBytes: 24 }],
  [ALG.aes128Gcm, { kind: 'gcm', cipher: 'aes-128-gcm', keyBytes: 16 }],
  [ALG.aes256Cbc, { kind: 'cbc', cipher: 'aes-256-cbc', keyBytes: 32 }],
  [ALG.aes192Cbc, { kind: 'cbc', cipher: 'aes-192-cbc', keyBytes: 24 }],
  [ALG.aes128Cbc, { kind: 'cbc', cipher: 'aes-128-cbc', keyBytes: 16 }],
]);

const DIGESTS: ReadonlyMap<string, OaepHash> = new Map<string, OaepHash>([
  [ALG.sha1, 'sha1'],
  [ALG.sha256, 'sha256'],
  [ALG.sha384, 'sha384'],
  [ALG.sha512, 'sha512'],
]);

const MASKS: ReadonlyMap<string, OaepHash> = new Map<string, OaepHash>([
  [ALG.mgf1Sha1, 'sha1'],
  [ALG.mgf1Sha256, 'sha256'],
  [ALG.mgf1Sha384, 'sha384'],
  [ALG.mgf1Sha512, 'sha512'],
]);

/** How one key is going to be used. */
export interface EncryptionChoice {
  /** Algorithm URIs. */
  readonly content: string;
  readonly transport: string;
  readonly digest: string;
  readonly mask: string;
  /** CBC protects nothing against change: the Response around it must be signed (SAML Core 6.2, errata E93). */
  readonly authenticated: boolean;
}

/**
 * The first content and key transport algorithms the key lists that we write; AES-256-GCM and RSA-OAEP with SHA-1, which
 * every peer reads, where it lists none of a kind. CBC only for a key that lists nothing better. Undefined when it lists
 * only what we do not write, 3DES and PKCS#1 v1.5 among it (IIP-MD10, XML-16).
 */
export function chooseEncryption(key: EncryptionKey): EncryptionChoice | undefined {
  const contents = key.methods.filter((method) => !isTransport(method));
  const usable = contents.filter((method) => CONTENT.has(method));
  const content = contents.length === 0 ? ALG.aes256Gcm : (usable.find(isAuthenticated) ?? usable[0]);
  const transports = key.methods.filter(isTransport);
  const transport = (transports.length === 0 ? [ALG.rsaOaepMgf1p] : transports).flatMap((method) => readTransport(method, key)).at(0);
  if (content === undefined || transport === undefined) return undefined;
  return { content, ...transport, authenticated: isAuthenticated(content) };
}

/** The first key offered that lists something we write, unless the administrator said never. */
export function encryptionKeyFor(relyingParty: Pick<RelyingParty, 'encrypt' | 'encryptionKeys'>): EncryptionKey | undefined {
  return relyingParty.encrypt === 'never' ? undefined : relyingParty.encryptionKeys.find((key) => chooseEncryption(key) !== undefined);
}

/** The key for the name identifier: whatever was said about the token as a whole. */
export function nameKeyFor({ encryptionKeys }: Pick<RelyingParty, 'encryptionKeys'>): EncryptionKey | undefined {
  return encryptionKeyFor({ encrypt: 'auto', encryptionKeys });
}

function isTransport(method: string): boolean {
  return method.includes('rsa');
}

function isAuthenticated(content: string): boolean {
  return CONTENT.get(content)?.kind === 'gcm';
}

/** Digest and mask of a transport method: what the key names for it, else SHA-1 for mgf1p and SHA-256 for the later one. */
function readTransport(method: string, key: EncryptionKey): readonly Omit<EncryptionChoice, 'content' | 'authenticated'>[] {
  if (method !== ALG.rsaOaepMgf1p && method !== ALG.rsaOaep) return [];
  const later = method === ALG.rsaOaep;
  const named = (key.oaep ?? []).filter((entry) => entry.transport === method);
  const wishes = named.length > 0 ? named : [{ digest: later ? ALG.sha256 : ALG.sha1, mask: later ? ALG.mgf1Sha256 : ALG.mgf1Sha1 }];
  return wishes
    .map(({ digest = ALG.sha1, mask = ALG.mgf1Sha1 }) => ({ transport: method, digest, mask: later ? mask : ALG.mgf1Sha1 }))
    .filter(({ digest, mask }) => DIGESTS.has(digest) && MASKS.has(mask));
}

/**
 * xenc:EncryptedData of Type Element around the text, with the EncryptedKey inside its KeyInfo. Each call makes a fresh key.
 * Throws unsupported_request when the key lists nothing that we write.
 * @param options.recipient entity id of the relying party
 */
export function encryptElement(xml: string, key: EncryptionKey, options: { readonly recipient: string }): string {
  const choice = chooseEncryption(key);
  const content = choice === undefined ? undefined : CONTENT.get(choice.content);
  if (choice === undefined || content === undefined) {
    throw new SignetError('unsupported_request', 'the encryption key of the relying party lists no algorithm that is written here');
  }
  const contentKey = randomBytes(content.keyBytes);
  const encryptedKey = element(
    'xenc:EncryptedKey',
    { Recipient: options.recipient },
    transportMethod(choice),
    element('ds:KeyInfo', {}, element('ds:X509Data', {}, element('ds:X509Certificate', {}, key.certificate))),
    cipherData(wrap(contentKey, publicKeyOf(key.certificate), choice)),
  );
  return element(
    'xenc:EncryptedData',
    { 'xmlns:xenc': NS.xenc, Type: `${NS.xenc}Element` },
    element('xenc:EncryptionMethod', { Algorithm: choice.content }),
    element('ds:KeyInfo', { 'xmlns:ds': NS.ds }, encryptedKey),
    cipherData(encryptText(xml, contentKey, content)),
  );
}

/** GCM: 12 bytes of IV, data, 16 bytes of tag. CBC: 16 bytes of IV, data padded to whole blocks (XML Encryption 1.1 5.2). */
function encryptText(xml: string, key: Buffer, content: ContentCipher): Buffer {
  if (content.kind === 'cbc') {
    const iv = randomBytes(16);
    const cipher = createCipheriv(content.cipher, key, iv);
    return Buffer.concat([iv, cipher.update(xml, 'utf8'), cipher.final()]);
  }
  const iv = randomBytes(12);
  const cipher = createCipheriv(content.cipher, key, iv, { authTagLength: 16 });
  return Buffer.concat([iv, cipher.update(xml, 'utf8'), cipher.final(), cipher.getAuthTag()]);
}

/** Digest and mask are always said, whatever their defaults are; rsa-oaep-mgf1p names its mask itself. */
function transportMethod(choice: EncryptionChoice): string {
  const digest = element('ds:DigestMethod', { Algorithm: choice.digest });
  const mask = choice.transport === ALG.rsaOaep ? element('xenc11:MGF', { 'xmlns:xenc11': NS.xenc11, Algorithm: choice.mask }) : '';
  return element('xenc:EncryptionMethod', { Algorithm: choice.transport }, digest, mask);
}

function cipherData(bytes: Buffer): string {
  return element('xenc:CipherData', {}, element('xenc:CipherValue', {}, bytes.toString('base64')));
}

function wrap(contentKey: Buffer, key: KeyObject, choice: EncryptionChoice): Buffer {
  return wrapKey(contentKey, key, { digest: DIGESTS.get(choice.digest) ?? 'sha1', mask: MASKS.get(choice.mask) ?? 'sha1' });
}
