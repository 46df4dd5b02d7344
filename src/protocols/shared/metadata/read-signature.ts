/** The signature of metadata on its root (SAML Metadata 3; IIP-MD03; threats M04, M05). */
import { SignetError } from '../../../core/errors.js';
import { NS } from '../../../xml/names.js';
import type { XmlElement } from '../../../xml/parse.js';
import { childElements } from '../../../xml/read.js';
import { hasSignature, verifyEnveloped } from '../../../xml/verify.js';
import { readCertificate } from '../../../crypto/certificate.js';
import { certificateTexts } from './read-keys.js';
import { quote, type Report } from './report.js';
import type { ReadOptions } from './role.js';

/**
 * The root as it was signed, or as it stands where nothing was or where it was reported. A signature that is there must
 * fit its content: by a key that was set for the source, else by the one it names itself, which shows that it is whole.
 */
export function readSigned(root: XmlElement, { certificates, publicAddress }: ReadOptions, report: Report): XmlElement {
  if (!hasSignature(root)) {
    if (certificates !== undefined) report('metadata.signature-missing', root, 'The metadata is not signed.');
    else if (publicAddress === true) report('metadata.unsigned', root, 'The metadata comes from a public address and is not signed.');
    return root;
  }
  const named = embeddedCertificate(root);
  if (certificates !== undefined) return readPinned(root, certificates, named, report);
  if (named === undefined) {
    report('metadata.signature-unchecked', root, 'The metadata is signed, and its signature names no certificate: it was not checked.');
    return root;
  }
  return verified(root, [named], (why) => {
    report('metadata.signature-wrong', root, `The signature of the metadata does not fit its content (${why}).`);
  });
}

/** Expired certificates and those for other uses count as well: only their key does (IIP-MD12). */
function readPinned(root: XmlElement, certificates: readonly string[], named: string | undefined, report: Report): XmlElement {
  return verified(root, certificates, (why) => {
    let whole = named !== undefined;
    if (named !== undefined) verified(root, [named], () => (whole = false));
    if (whole) {
      const { subject, sha256Thumbprint } = readCertificate(named ?? '');
      report('metadata.signature-untrusted', root, `The metadata is signed by ${quote(subject)} (${sha256Thumbprint}), whose key is none that was set for it.`);
    } else {
      report('metadata.signature-wrong', root, `The signature of the metadata fits no certificate that was set for it (${why}).`);
    }
  });
}

function verified(root: XmlElement, keys: readonly string[], otherwise: (why: string) => void): XmlElement {
  try {
    return verifyEnveloped(root, keys);
  } catch (error) {
    if (!(error instanceof SignetError)) throw error;
    otherwise(error.message);
    return root;
  }
}

/** The certificate a signature names itself; undefined when it names none that can be used. */
function embeddedCertificate(root: XmlElement): string | undefined {
  const signature = childElements(root).find(({ ns, local }) => ns === NS.ds && local === 'Signature');
  try {
    const [first] = signature === undefined ? [] : certificateTexts(signature);
    return first === undefined ? undefined : readCertificate(first).certificate;
  } catch (error) {
    if (error instanceof SignetError) return undefined;
    throw error;
  }
}
