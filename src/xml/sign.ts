/**
 * Enveloped signatures over text that is canonical by construction: a digest and one signature call, no parsing and
 * no canonicalising again (XML Signature 1.1; SAML Core 5.4).
 */
import { createHash } from 'node:crypto';
import { SignetError } from '../core/errors.js';
import type { Signer } from '../core/ports.js';
import { DIGEST_METHODS, SIGNATURE_METHODS } from './algorithms.js';
import { ALG, NS } from './names.js';

export interface Algorithms {
  readonly signatureAlgorithm: string;
  readonly digestAlgorithm: string;
}

/** True when a key of this type can sign with the algorithm. */
export function isSignatureAlgorithm(uri: string, type?: 'rsa' | 'ec'): boolean {
  const method = SIGNATURE_METHODS.get(uri);
  return method !== undefined && (type === undefined || method.type === type);
}

export function isDigestAlgorithm(uri: string): boolean {
  return DIGEST_METHODS.has(uri);
}

/** SHA-256 with whatever the key is. */
export function defaultAlgorithms(type: 'rsa' | 'ec'): Algorithms {
  return { signatureAlgorithm: type === 'rsa' ? ALG.rsaSha256 : ALG.ecdsaSha256, digestAlgorithm: ALG.sha256 };
}

export interface EnvelopedSignature extends Partial<Algorithms> {
  /** Canonical text from the start tag to where the signature goes, and from there to the end tag. */
  readonly before: string;
  readonly after: string;
  /** The ID of the element: what the Reference names. */
  readonly id: string;
  readonly signer: Signer;
  /** Prefixes in values of xsi:type, and xsi where it is declared for them; those of SAML 2.0 assertions unless given. */
  readonly typePrefixes?: readonly string[];
}

/** The whole text with its ds:Signature in place. Throws unsupported_request for an algorithm the key cannot do. */
export async function signEnveloped(job: EnvelopedSignature): Promise<string> {
  const { before, after, id, signer } = job;
  const defaults = defaultAlgorithms(signer.type);
  const signatureAlgorithm = job.signatureAlgorithm ?? defaults.signatureAlgorithm;
  const digestAlgorithm = job.digestAlgorithm ?? defaults.digestAlgorithm;
  const method = SIGNATURE_METHODS.get(signatureAlgorithm);
  const digest = DIGEST_METHODS.get(digestAlgorithm);
  if (method?.type !== signer.type || digest === undefined) {
    throw new SignetError('unsupported_request', `a ${signer.type} key cannot sign with ${signatureAlgorithm} over ${digestAlgorithm}`);
  }
  const value = createHash(digest).update(before).update(after).digest('base64');
  const info = signedInfo(signatureAlgorithm, digestAlgorithm, id, value, prefixList(job.typePrefixes ?? ASSERTION_PREFIXES));
  // SignedInfo is signed in its canonical form, which declares ds on itself; inside Signature the declaration is inherited.
  const signature = await signer.sign(`<ds:SignedInfo xmlns:ds="${NS.ds}">${info}`, method.hash);
  return `${before}<ds:Signature xmlns:ds="${NS.ds}"><ds:SignedInfo>${info}<ds:SignatureValue>${signature.toString('base64')}</ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${signer.certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>${after}`;
}

/** A signature over octets, as the redirect binding has it (SAML Bindings 3.4.4.1). Throws unsupported_request for an algorithm the key cannot do. */
export async function signDetached(octets: string, algorithm: string, signer: Signer): Promise<Buffer> {
  const method = SIGNATURE_METHODS.get(algorithm);
  if (method?.type !== signer.type) throw new SignetError('unsupported_request', `a ${signer.type} key cannot sign with ${algorithm}`);
  return signer.sign(octets, method.hash);
}

const ASSERTION_PREFIXES = ['xs', 'xsi'];

/**
 * Prefixes that are used in values of xsi:type only, which exclusive canonical form does not see: listed, their
 * declarations are covered and stay with the element when it is lifted out.
 */
function prefixList(prefixes: readonly string[]): string {
  if (prefixes.length === 0) return '';
  return `<ec:InclusiveNamespaces xmlns:ec="${ALG.exclusive}" PrefixList="${prefixes.join(' ')}"></ec:InclusiveNamespaces>`;
}

/** The content of SignedInfo with its end tag. Ids are NCNames of ours, so nothing needs escaping. */
function signedInfo(signatureAlgorithm: string, digestAlgorithm: string, id: string, digest: string, prefixes: string): string {
  return `<ds:CanonicalizationMethod Algorithm="${ALG.exclusive}"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="${signatureAlgorithm}"></ds:SignatureMethod><ds:Reference URI="#${id}"><ds:Transforms><ds:Transform Algorithm="${ALG.enveloped}"></ds:Transform><ds:Transform Algorithm="${ALG.exclusive}">${prefixes}</ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="${digestAlgorithm}"></ds:DigestMethod><ds:DigestValue>${digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>`;
}
