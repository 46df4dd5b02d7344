/** A certificate in metadata: a container for its key. What else it says is worth telling, and decides nothing (IIP-MD12, MDX-02). */
import { SignetError } from '../../../core/errors.js';
import { type AnyCertificate, readAnyCertificate } from '../../../crypto/certificate.js';
import type { XmlElement } from '../../../xml/parse.js';
import { leafText } from '../../../xml/read.js';
import { quote } from './report.js';
import type { RoleContext } from './role.js';

const SOON_MS = 60 * 86_400_000;
const LEAST_RSA_BITS = 2048;

/** What X509Certificate holds, with whatever is to be said about it once; undefined when its key cannot be used. */
export function readUsable(element: XmlElement, context: RoleContext): AnyCertificate | undefined {
  const facts = readOne(element, context);
  if (facts === undefined) return undefined;
  const { report, seen } = context;
  const { keyType, bits, certificate } = facts;
  const name = quote(facts.subject);
  if (keyType === 'rsa' && bits < LEAST_RSA_BITS) {
    report('metadata.certificate-weak', element, `The RSA key of ${name} has ${String(bits)} bits; at least ${String(LEAST_RSA_BITS)} are needed.`);
    return undefined;
  }
  if (bits === 0) {
    // Other keys beside it may do (IIP-MD08).
    report('metadata.key-unusable', element, `The key of ${name} is neither RSA nor on the curves P-256, P-384, P-521.`);
    return undefined;
  }
  if (!seen.has(certificate)) reportContainer(element, facts, context);
  seen.add(certificate);
  return facts;
}

function reportContainer(element: XmlElement, { subject, notAfter, signedWithSha1 }: AnyCertificate, { report, now }: RoleContext): void {
  const name = quote(subject);
  const day = new Date(notAfter).toISOString().slice(0, 10);
  if (notAfter < now) report('metadata.certificate-ended', element, `The certificate of ${name} ended on ${day}.`);
  else if (notAfter - now < SOON_MS) report('metadata.certificate-ends', element, `The certificate of ${name} ends on ${day}.`);
  if (signedWithSha1) report('metadata.certificate-sha1', element, `The certificate of ${name} is signed with SHA-1.`);
}

function readOne(element: XmlElement, { report }: RoleContext): AnyCertificate | undefined {
  const text = leafText(element);
  if (text.includes('PRIVATE KEY')) {
    report('metadata.private-key', element, 'X509Certificate in a KeyDescriptor holds a private key.');
    return undefined;
  }
  try {
    return readAnyCertificate(text);
  } catch (error) {
    if (!(error instanceof SignetError)) throw error;
    report('metadata.certificate-unreadable', element, `X509Certificate in a KeyDescriptor cannot be used: ${error.message}.`);
    return undefined;
  }
}
