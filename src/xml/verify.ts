/**
 * A strict profile instead of general XML Signature: one signature, a direct child of the element it signs; one
 * reference, to that element's own ID; enveloped-signature and exclusive canonical form and nothing else; keys from
 * configuration, never from the message. What comes back is the octets that were signed, parsed again: nothing is
 * ever read from the document the signature was found in (SAML Core 5.4; threats S01-S12).
 */
import { constants, createHash, type KeyObject, timingSafeEqual, verify as verifySignature } from 'node:crypto';
import { SignetError } from '../core/errors.js';
import { DIGEST_METHODS, SIGNATURE_METHODS } from './algorithms.js';
import { canonicalize } from './canonical.js';
import { ALG, NS } from './names.js';
import { parseXml, type XmlElement } from './parse.js';
import { publicKeyOf } from './public-key.js';
import { attribute, childElements, children, isNcName, leafText } from './read.js';

interface Method {
  readonly type: 'rsa' | 'rsa-pss' | 'ec';
  readonly hash: string;
}

/** What we sign with, and RSA-PSS, which is verified only. */
const METHODS: ReadonlyMap<string, Method> = new Map<string, Method>([
  ...SIGNATURE_METHODS,
  ['http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1', { type: 'rsa-pss', hash: 'sha256' }],
  ['http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1', { type: 'rsa-pss', hash: 'sha384' }],
  ['http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1', { type: 'rsa-pss', hash: 'sha512' }],
]);

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/u;
const MAX_SIGNED_BYTES = 32 * 1024 * 1024;

/** True when the element has a ds:Signature as a direct child. */
export function hasSignature(element: XmlElement): boolean {
  return children(element, NS.ds, 'Signature').length > 0;
}

const ID_NAMES = new Set(['id', 'assertionid', 'requestid', 'responseid']);
const OWN_NAMESPACES: ReadonlySet<string> = new Set([NS.saml, NS.samlp, NS.saml11, NS.md, NS.ds, NS.xenc]);

/**
 * Every ID of SAML and XML Signature once in the whole document, whatever its spelling, without prefix, and not taken by
 * an attribute of a foreign element either (threats X08); what foreign elements call each other is theirs (IIP-EXT01).
 * Throws invalid_signature.
 */
export function refuseDuplicateIds(document: XmlElement): void {
  const own = new Set<string>();
  const foreign = new Set<string>();
  for (const element of walk(document)) {
    const isOwn = OWN_NAMESPACES.has(element.ns);
    for (const entry of element.attributes) {
      if (!ID_NAMES.has(entry.local.toLowerCase())) continue;
      if (isOwn && entry.prefix !== '') throw invalid('an ID attribute has a prefix');
      if (own.has(entry.value) || (isOwn && foreign.has(entry.value))) throw invalid('an ID stands twice in the document');
      (isOwn ? own : foreign).add(entry.value);
    }
  }
}

/** For a message that carries one signature at most, its own: one anywhere else throws invalid_signature (threats S02, S10). */
export function refuseStraySignatures(message: XmlElement): void {
  for (const element of walk(message)) {
    if (element.ns === NS.ds && element.local === 'Signature' && element.parent !== message) throw invalid('a signature stands where none belongs');
  }
}

function* walk(element: XmlElement): Generator<XmlElement> {
  const pending = [element];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    yield at;
    pending.push(...childElements(at));
  }
}

/**
 * Verifies the enveloped signature of an element with any of the keys, and gives the element as it was signed.
 * @param keys certificates as base64 DER; only their public keys count
 * Throws invalid_signature with what did not fit.
 */
export function verifyEnveloped(element: XmlElement, keys: readonly string[]): XmlElement {
  const signature = only(element, 'Signature', 'the signed element');
  // Each schema has one attribute that identifies, and no other counts (threats X08).
  const id = attribute(element, element.ns === NS.saml11 ? 'AssertionID' : 'ID');
  if (id === undefined || !isNcName(id)) throw invalid('the signed element has no ID');
  refuseDuplicateIds(root(element));
  const shape = readSignature(signature, id);
  const signed = canonicalize(element, { without: signature, inclusivePrefixes: shape.referencePrefixes });
  if (signed === '') throw invalid('the canonical form is empty');
  const digest = createHash(shape.digest).update(signed).digest();
  if (digest.length !== shape.digestValue.length || !timingSafeEqual(digest, shape.digestValue)) throw invalid('the digest differs from the content');
  const octets = canonicalize(shape.signedInfo, { inclusivePrefixes: shape.infoPrefixes });
  verifyDetached(octets, shape.algorithm, shape.signatureValue, keys);
  return parseXml(signed, { bytes: MAX_SIGNED_BYTES, elements: 4_000_000 });
}

/**
 * Verifies a signature over octets, as the redirect binding has it (SAML Bindings 3.4.4.1).
 * Throws invalid_signature: an algorithm that is not allowed, or no key that fits.
 */
export function verifyDetached(octets: string | Buffer, algorithm: string, signature: Buffer, keys: readonly string[]): void {
  const method = METHODS.get(algorithm);
  if (method === undefined) throw invalid(`the algorithm ${algorithm.slice(0, 100)} is not allowed`);
  if (keys.length === 0) throw invalid('no certificate is known to check it with');
  const data = typeof octets === 'string' ? Buffer.from(octets) : octets;
  for (const key of keys) if (fits(publicKeyOf(key), method, data, signature)) return;
  throw invalid(`it fits none of ${String(keys.length)} known certificate${keys.length === 1 ? '' : 's'}`);
}

function fits(key: KeyObject, method: Method, data: Buffer, signature: Buffer): boolean {
  if (method.type === 'ec') {
    // r and s at fixed width; DER is refused by its length (XMLDSig 1.1 6.4.3).
    return key.asymmetricKeyType === 'ec' && verifySignature(method.hash, data, { key, dsaEncoding: 'ieee-p1363' }, signature);
  }
  if (key.asymmetricKeyType !== 'rsa' || (key.asymmetricKeyDetails?.modulusLength ?? 0) < 2048) return false;
  if (method.type === 'rsa') return verifySignature(method.hash, data, key, signature);
  return verifySignature(method.hash, data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }, signature);
}

interface Shape {
  readonly signedInfo: XmlElement;
  readonly infoPrefixes: readonly string[];
  readonly algorithm: string;
  readonly digest: string;
  readonly digestValue: Buffer;
  readonly signatureValue: Buffer;
  readonly referencePrefixes: readonly string[];
}

/** The one shape that is accepted; everything else is refused before any cryptography. */
function readSignature(signature: XmlElement, id: string): Shape {
  inOrder(signature, ['SignedInfo', 'SignatureValue', 'KeyInfo'], 2);
  refusePointers(signature);
  const signedInfo = only(signature, 'SignedInfo', 'Signature');
  inOrder(signedInfo, ['CanonicalizationMethod', 'SignatureMethod', 'Reference'], 3);
  const canonicalization = only(signedInfo, 'CanonicalizationMethod', 'SignedInfo');
  if (attribute(canonicalization, 'Algorithm') !== ALG.exclusive) throw invalid('the canonicalization is not exclusive without comments');
  const method = only(signedInfo, 'SignatureMethod', 'SignedInfo');
  if (childElements(method).length > 0) throw invalid('SignatureMethod has parameters');
  const reference = only(signedInfo, 'Reference', 'SignedInfo');
  inOrder(reference, ['Transforms', 'DigestMethod', 'DigestValue'], 3);
  if (attribute(reference, 'URI') !== `#${id}`) throw invalid('the reference is not to the signed element');
  const digestAlgorithm = attribute(only(reference, 'DigestMethod', 'Reference'), 'Algorithm') ?? '';
  const digest = DIGEST_METHODS.get(digestAlgorithm);
  if (digest === undefined) throw invalid(`the digest ${digestAlgorithm.slice(0, 100)} is not allowed`);
  return {
    signedInfo,
    infoPrefixes: prefixList(canonicalization),
    algorithm: attribute(method, 'Algorithm') ?? '',
    digest,
    digestValue: base64(only(reference, 'DigestValue', 'Reference')),
    signatureValue: base64(only(signature, 'SignatureValue', 'Signature')),
    referencePrefixes: readTransforms(only(reference, 'Transforms', 'Reference')),
  };
}

const POINTERS = new Set(['RetrievalMethod', 'KeyInfoReference', 'Include', 'CipherReference']);

/** Whatever would have to be fetched: never followed, and no reason for it to be there (threats X12). */
function refusePointers(signature: XmlElement): void {
  for (const element of walk(signature)) if (POINTERS.has(element.local)) throw invalid(`${element.local} is not allowed in a signature`);
}

/** Exactly enveloped-signature, then exclusive canonical form, with at most a PrefixList. */
function readTransforms(transforms: XmlElement): readonly string[] {
  const list = childElements(transforms);
  const [enveloped, exclusive] = list;
  const right = list.length === 2 && list.every((transform) => transform.ns === NS.ds && transform.local === 'Transform');
  if (!right || enveloped === undefined || exclusive === undefined) throw invalid('the transforms are not exactly two');
  if (attribute(enveloped, 'Algorithm') !== ALG.enveloped || childElements(enveloped).length > 0 || attribute(exclusive, 'Algorithm') !== ALG.exclusive) {
    throw invalid('the transforms are not enveloped-signature and exclusive canonical form');
  }
  return prefixList(exclusive);
}

function prefixList(parent: XmlElement): readonly string[] {
  const inner = childElements(parent);
  const [namespaces] = inner;
  if (namespaces === undefined) return [];
  if (inner.length > 1 || namespaces.ns !== ALG.exclusive || namespaces.local !== 'InclusiveNamespaces' || namespaces.children.length > 0) {
    throw invalid('the canonical form has parameters that are not allowed');
  }
  return (attribute(namespaces, 'PrefixList') ?? '').split(/\s+/u).filter((prefix) => prefix !== '');
}

/** Children in order, each once, nothing else; the first `required` of them must be there. */
function inOrder(parent: XmlElement, names: readonly string[], required: number): void {
  const found = childElements(parent);
  const fine = found.length >= required && found.length <= names.length && found.every((child, at) => child.ns === NS.ds && child.local === names[at]);
  if (!fine) throw invalid(`${parent.local} does not hold ${names.slice(0, required).join(', ')}, each once`);
}

function only(parent: XmlElement, local: string, where: string): XmlElement {
  const found = children(parent, NS.ds, local);
  const [first] = found;
  if (first === undefined || found.length > 1) throw invalid(`${where} has ${String(found.length)} elements ${local} instead of one`);
  return first;
}

function base64(element: XmlElement): Buffer {
  let text: string;
  try {
    text = leafText(element).replaceAll(/\s/gu, '');
  } catch (error) {
    throw new SignetError('invalid_signature', `${element.local} must hold text only`, { cause: error });
  }
  if (!BASE64.test(text)) throw invalid(`${element.local} is not base64`);
  return Buffer.from(text, 'base64');
}

function root(element: XmlElement): XmlElement {
  let at = element;
  while (at.parent !== undefined) at = at.parent;
  return at;
}

function invalid(message: string): SignetError {
  return new SignetError('invalid_signature', message);
}
