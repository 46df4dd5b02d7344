/**
 * Which part of an answer is signed, by xml-crypto. What is given back is not "true" but the octets that were signed:
 * whoever reads those reads nothing else (the lesson of signature wrapping).
 */
import { createHash } from 'node:crypto';
import { SignedXml } from 'xml-crypto';
import { attributeOf, children, elements, everywhere, find, NS, Unreadable } from './xml.js';

const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';
const SIGNATURES = ['http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512'] as const;
const DIGESTS = ['http://www.w3.org/2001/04/xmlenc#sha256', 'http://www.w3.org/2001/04/xmlenc#sha512'] as const;

export interface Signed {
  /** Canonical text of the assertion, as it was digested. */
  readonly xml: string;
  readonly algorithm: string;
  /** SHA-256 of the certificate whose key made it, in hexadecimal. */
  readonly fingerprint: string;
}

/**
 * Verifies the one signature of an assertion inside `document`. Throws Unreadable with a sentence.
 * `idName` is the attribute that names the assertion: AssertionID in SAML 1.1, ID in 2.0.
 */
export function verifySignature(document: string, assertion: Element, idName: string, certificates: readonly string[]): Signed {
  const root = assertion.ownerDocument.documentElement;
  const [signature, second] = everywhere(root, NS.ds, 'Signature');
  if (signature === undefined) throw new Unreadable('Nothing is signed.');
  if (second !== undefined) throw new Unreadable('There is more than one signature.');
  if (signature.parentNode !== assertion) throw new Unreadable('The signature is not on the assertion.');
  const algorithm = checkShape(signature, attributeOf(assertion, idName));

  for (const certificate of certificates) {
    const xml = signedBy(document, signature, idName, certificate);
    if (xml !== undefined) return { xml, algorithm, fingerprint: createHash('sha256').update(Buffer.from(certificate, 'base64')).digest('hex') };
  }
  throw new Unreadable('The signature is not by a key of the issuer, or what it covers was changed.');
}

/** One reference, to the assertion itself, with the two transforms every product writes, and algorithms from the list. */
function checkShape(signature: Element, id: string): string {
  const info = find(signature, NS.ds, 'SignedInfo');
  const references = info === undefined ? [] : children(info, NS.ds, 'Reference');
  const [reference] = references;
  if (info === undefined || reference === undefined || references.length !== 1) throw new Unreadable('The signature must have one reference.');
  const uri = attributeOf(reference, 'URI');
  if (id === '' || uri !== `#${id}`) throw new Unreadable(`The signature is over "${uri}", not over the assertion "#${id}".`);
  const transforms = find(reference, NS.ds, 'Transforms');
  const listed = transforms === undefined ? [] : elements(transforms).map((transform) => attributeOf(transform, 'Algorithm'));
  if (listed.join(' ') !== `${ENVELOPED} ${EXCLUSIVE}`) throw new Unreadable(`The transforms are not the expected two: ${listed.join(', ')}.`);
  const canonical = attributeOf(find(info, NS.ds, 'CanonicalizationMethod'), 'Algorithm');
  const method = attributeOf(find(info, NS.ds, 'SignatureMethod'), 'Algorithm');
  const digest = attributeOf(find(reference, NS.ds, 'DigestMethod'), 'Algorithm');
  const allowed: readonly string[] = [EXCLUSIVE, ...SIGNATURES, ...DIGESTS];
  const foreign = [canonical, method, digest].find((uri) => !allowed.includes(uri));
  if (foreign !== undefined) throw new Unreadable(`The algorithm "${foreign}" is not accepted.`);
  return method;
}

/** What xml-crypto says the key has signed; undefined when it did not sign. Nothing in KeyInfo is believed. */
function signedBy(document: string, signature: Element, idName: string, certificate: string): string | undefined {
  const verifier = new SignedXml({ publicCert: pem(certificate), getCertFromKeyInfo: () => null });
  // Nothing else is an ID here; and a name that stands there twice would be looked for twice.
  verifier.idAttributes = [idName];
  verifier.SignatureAlgorithms = pick(verifier.SignatureAlgorithms, SIGNATURES);
  verifier.HashAlgorithms = pick(verifier.HashAlgorithms, DIGESTS);
  verifier.CanonicalizationAlgorithms = pick(verifier.CanonicalizationAlgorithms, [EXCLUSIVE, ENVELOPED]);
  try {
    verifier.loadSignature(signature);
    const [xml, ...more] = verifier.checkSignature(document) ? verifier.getSignedReferences() : [];
    return more.length === 0 ? xml : undefined;
  } catch {
    return undefined;
  }
}

function pick<T>(all: Readonly<Record<string, T>>, names: readonly string[]): Record<string, T> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
}

function pem(certificate: string): string {
  return `-----BEGIN CERTIFICATE-----\n${certificate.replaceAll(/(.{64})/gu, '$1\n').trimEnd()}\n-----END CERTIFICATE-----\n`;
}
