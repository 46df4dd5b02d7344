/** KeyDescriptor and the algorithm support extension (SAML Metadata 2.4.1.1, algorithm support 2.4). */
import type { EncryptionKey, RelyingPartyMetadata } from '../../../core/model/relying-party.js';
import { readCertificate } from '../../../crypto/certificate.js';
import { NS } from '../../../xml/names.js';
import type { XmlElement } from '../../../xml/parse.js';
import { attribute, child, children, leafText } from '../../../xml/read.js';
import { refuse } from './refuse.js';

type Keys = Pick<RelyingPartyMetadata, 'signingCertificates' | 'encryptionKeys'>;

/** Keys by use; a KeyDescriptor without `use` serves both (E62). Certificates are containers: their dates decide nothing. */
export function readKeys(role: XmlElement, findings: string[]): Keys {
  const signing = new Set<string>();
  const encryption: EncryptionKey[] = [];
  for (const descriptor of children(role, NS.md, 'KeyDescriptor')) {
    const use = attribute(descriptor, 'use');
    if (use !== undefined && use !== 'signing' && use !== 'encryption')
      throw refuse(`KeyDescriptor use is "${use.slice(0, 32)}"; expected signing or encryption.`);
    const certificates = certificatesOf(descriptor);
    if (certificates.length === 0) findings.push('A KeyDescriptor without X509Certificate was left out.');
    const offered = readMethods(descriptor);
    for (const text of certificates) {
      const certificate = readOne(text);
      if (use !== 'encryption') signing.add(certificate);
      if (use !== 'signing') encryption.push({ certificate, ...offered });
    }
  }
  // Only RSA keys take part in key transport; an EC key without `use` is there to sign.
  return { signingCertificates: [...signing], encryptionKeys: encryption.filter((key) => readCertificate(key.certificate).keyType === 'rsa') };
}

/** Algorithms in their order, and what a key transport says about its digest and mask function (XML Encryption 1.1, 5.5.2). */
function readMethods(descriptor: XmlElement): Pick<EncryptionKey, 'methods' | 'oaep'> {
  const elements = children(descriptor, NS.md, 'EncryptionMethod');
  const oaep = elements.flatMap((method) => {
    const [digest] = children(method, NS.ds, 'DigestMethod').map((element) => attribute(element, 'Algorithm'));
    const [mask] = children(method, NS.xenc11, 'MGF').map((element) => attribute(element, 'Algorithm'));
    if (digest === undefined && mask === undefined) return [];
    return [{ transport: attribute(method, 'Algorithm') ?? '', ...(digest === undefined ? {} : { digest }), ...(mask === undefined ? {} : { mask }) }];
  });
  return { methods: elements.map((method) => attribute(method, 'Algorithm') ?? ''), ...(oaep.length === 0 ? {} : { oaep }) };
}

function readOne(text: string): string {
  try {
    return readCertificate(text).certificate;
  } catch (error) {
    throw refuse(`X509Certificate in a KeyDescriptor cannot be used: ${error instanceof Error ? error.message : 'unreadable'}.`, error);
  }
}

function certificatesOf(descriptor: XmlElement): readonly string[] {
  const info = child(descriptor, NS.ds, 'KeyInfo');
  if (info === undefined) return [];
  return children(info, NS.ds, 'X509Data').flatMap((data) => children(data, NS.ds, 'X509Certificate').map(leafText));
}

/** The certificate a metadata signature names itself, for checking that the content is whole. */
export function embeddedCertificate(root: XmlElement): string | undefined {
  const signature = child(root, NS.ds, 'Signature');
  const text = signature === undefined ? undefined : certificatesOf(signature)[0];
  return text === undefined ? undefined : readOne(text);
}

/** Signing and digest methods; a role's list replaces the entity's. */
export function readAlgorithms(entity: XmlElement, role: XmlElement): Pick<RelyingPartyMetadata, 'signingMethods' | 'digestMethods'> {
  const list = (local: string): readonly string[] => {
    const own = methods(role, local);
    return own.length > 0 ? own : methods(entity, local);
  };
  return { signingMethods: list('SigningMethod'), digestMethods: list('DigestMethod') };
}

function methods(element: XmlElement, local: string): readonly string[] {
  const extensions = child(element, NS.md, 'Extensions');
  if (extensions === undefined) return [];
  return children(extensions, NS.alg, local).map((method) => attribute(method, 'Algorithm') ?? '');
}
