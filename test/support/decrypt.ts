/** XML Encryption in, for tests: the text inside EncryptedData, unwrapped without anything of src/xml/encrypt. */
import { constants, createDecipheriv, createHash, createPrivateKey, privateDecrypt } from 'node:crypto';
import { NS } from '../../src/xml/names.js';
import { parseXml, type XmlElement } from '../../src/xml/parse.js';
import { attribute, childElements, leafText } from '../../src/xml/read.js';

const XENC = NS.xenc;

/** The first element of a name, anywhere. */
export function findAnywhere(element: XmlElement, ns: string, local: string): XmlElement | undefined {
  if (element.ns === ns && element.local === local) return element;
  for (const child of childElements(element)) {
    const found = findAnywhere(child, ns, local);
    if (found !== undefined) return found;
  }
  return undefined;
}

function need(element: XmlElement | undefined, ns: string, local: string): XmlElement {
  const found = element === undefined ? undefined : findAnywhere(element, ns, local);
  if (found === undefined) throw new Error(`no ${local}`);
  return found;
}

/** Names of what was used, beside the text. */
export interface Decrypted {
  readonly text: string;
  readonly content: string;
  readonly transport: string;
  readonly digest: string;
  readonly mask: string | undefined;
}

/** Decrypts the first EncryptedData of a document with a private key in PKCS#8 DER. */
export function decryptFirst(xml: string, privateKey: Buffer): Decrypted {
  const data = need(parseXml(xml), XENC, 'EncryptedData');
  const wrapped = need(data, XENC, 'EncryptedKey');
  const method = need(wrapped, XENC, 'EncryptionMethod');
  const digest = attribute(need(method, NS.ds, 'DigestMethod'), 'Algorithm') ?? '';
  const mgf = findAnywhere(method, NS.xenc11, 'MGF');
  const mask = mgf === undefined ? undefined : attribute(mgf, 'Algorithm');
  const key = unwrap(cipherValue(wrapped), privateKey, hashOf(digest), mask === undefined ? 'sha1' : hashOf(mask));
  const content = attribute(need(data, XENC, 'EncryptionMethod'), 'Algorithm') ?? '';
  const own = childElements(data).find((child) => child.local === 'CipherData');
  return { text: decrypt(content, cipherValue(own), key), content, transport: attribute(method, 'Algorithm') ?? '', digest, mask };
}

function cipherValue(parent: XmlElement | undefined): Buffer {
  return Buffer.from(leafText(need(parent, XENC, 'CipherValue')), 'base64');
}

function hashOf(uri: string): string {
  return /sha(?:1|256|384|512)$/u.exec(uri)?.[0] ?? '';
}

/** RFC 8017 7.1.2, with the two hashes apart. */
function unwrap(wrapped: Buffer, privateKey: Buffer, digest: string, mask: string): Buffer {
  const key = createPrivateKey({ key: privateKey, format: 'der', type: 'pkcs8' });
  const padded = privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, wrapped);
  const size = createHash(digest).digest().length;
  const block = padded.subarray(1 + size);
  const seed = xor(padded.subarray(1, 1 + size), mgf1(block, size, mask));
  const plain = xor(block, mgf1(seed, block.length, mask));
  if (!plain.subarray(0, size).equals(createHash(digest).digest()) || padded[0] !== 0) throw new Error('OAEP padding');
  return plain.subarray(plain.indexOf(1, size) + 1);
}

function mgf1(seed: Buffer, length: number, hash: string): Buffer {
  const blocks: Buffer[] = [];
  for (let counter = 0; Buffer.concat(blocks).length < length; counter += 1) {
    const number = Buffer.alloc(4);
    number.writeUInt32BE(counter);
    blocks.push(createHash(hash).update(seed).update(number).digest());
  }
  return Buffer.concat(blocks).subarray(0, length);
}

function xor(left: Buffer, right: Buffer): Buffer {
  return Buffer.from(left.map((byte, at) => byte ^ (right[at] ?? 0)));
}

const BITS = /aes(128|192|256)-(gcm|cbc)$/u;

function decrypt(algorithm: string, bytes: Buffer, key: Buffer): string {
  const [, bits = '', mode] = BITS.exec(algorithm) ?? [];
  if (key.length * 8 !== Number(bits)) throw new Error(`${algorithm} with a key of ${String(key.length)} bytes`);
  if (mode === 'cbc') {
    const decipher = createDecipheriv(`aes-${bits}-cbc`, key, bytes.subarray(0, 16)).setAutoPadding(false);
    const padded = Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]);
    return padded.subarray(0, padded.length - (padded.at(-1) ?? 0)).toString();
  }
  const decipher = createDecipheriv(`aes-${bits as '128' | '192' | '256'}-gcm`, key, bytes.subarray(0, 12), { authTagLength: 16 });
  decipher.setAuthTag(bytes.subarray(bytes.length - 16));
  return Buffer.concat([decipher.update(bytes.subarray(12, bytes.length - 16)), decipher.final()]).toString();
}
