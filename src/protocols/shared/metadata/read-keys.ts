/** KeyDescriptor and the algorithm support extension (SAML Metadata 2.4.1.1, algorithm support 2.4). */
import { SignetError } from '../../../core/errors.js';
import type { EncryptionKey, RelyingPartyMetadata } from '../../../core/model/relying-party.js';
import { type AnyCertificate, readCertificate } from '../../../crypto/certificate.js';
import { NS } from '../../../xml/names.js';
import type { XmlElement } from '../../../xml/parse.js';
import { attribute, child, children, leafText } from '../../../xml/read.js';
import { readUsable } from './read-certificate.js';
import { quote, readValue } from './report.js';
import type { RoleContext } from './role.js';

type Keys = Pick<RelyingPartyMetadata, 'signingCertificates' | 'encryptionKeys'>;
type Use = 'signing' | 'encryption';

const USE = { read: readUse, expected: 'signing or encryption' };

/** Keys by use; a KeyDescriptor without `use` serves both (E62). Certificates are containers: their dates decide nothing. */
export function readKeys(role: XmlElement, context: RoleContext): Keys {
  const { report } = context;
  const signing = new Map<string, AnyCertificate>();
  const encryption: EncryptionKey[] = [];
  for (const descriptor of children(role, NS.md, 'KeyDescriptor')) {
    const use = readValue(report, descriptor, 'use', USE);
    const elements = certificateElements(descriptor);
    if (elements.length === 0) report('metadata.key-without-certificate', descriptor, 'A KeyDescriptor has no X509Certificate.');
    const offered = readMethods(descriptor);
    for (const element of elements) {
      const facts = readUsable(element, context);
      if (facts === undefined) continue;
      if (use !== 'encryption') signing.set(facts.certificate, facts);
      if (use !== 'signing') encryption.push({ certificate: facts.certificate, ...offered });
    }
  }
  reportSeveral(role, [...signing.values()], context);
  // Only RSA keys take part in key transport; an EC key without `use` is there to sign.
  return { signingCertificates: [...signing.keys()], encryptionKeys: encryption.filter((key) => readCertificate(key.certificate).keyType === 'rsa') };
}

function readUse(text: string): Use {
  if (text === 'signing' || text === 'encryption') return text;
  throw new SignetError('malformed_request', 'a use is neither signing nor encryption');
}

function reportSeveral(role: XmlElement, certificates: readonly AnyCertificate[], { report }: RoleContext): void {
  if (certificates.length < 2) return;
  const names = certificates.slice(0, 5).map(({ subject, notAfter }) => `${quote(subject, 64)} until ${new Date(notAfter).toISOString().slice(0, 10)}`);
  report('metadata.certificate-two', role, `${role.local} lists ${String(certificates.length)} signing certificates: ${names.join('; ')}. Which is next?`);
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

/** The X509Certificate elements that a KeyDescriptor or a Signature holds. */
function certificateElements(parent: XmlElement): readonly XmlElement[] {
  const info = child(parent, NS.ds, 'KeyInfo');
  return info === undefined ? [] : children(info, NS.ds, 'X509Data').flatMap((data) => children(data, NS.ds, 'X509Certificate'));
}

/** What they hold. */
export function certificateTexts(parent: XmlElement): readonly string[] {
  return certificateElements(parent).map(leafText);
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
