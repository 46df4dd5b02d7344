/** What implementations that are not ours say about a text: libxml2 (schemas, canonical form) and xml-crypto (signatures). */
import { readdirSync, readFileSync } from 'node:fs';
import { DOMParser } from '@xmldom/xmldom';
import { XmlBufferInputProvider, XmlC14NMode, XmlDocument, XmlLibError, xmlRegisterInputProvider, XsdValidator } from 'libxml2-wasm';
import { ExclusiveCanonicalization, SignedXml } from 'xml-crypto';

export const SCHEMAS = new URL('../../../test/fixtures/schemas/', import.meta.url);

/** The addresses by which the schemas name each other. */
const ADDRESSES: Readonly<Record<string, string>> = {
  'http://www.w3.org/TR/2002/REC-xmldsig-core-20020212/xmldsig-core-schema.xsd': 'xmldsig-core-schema.xsd',
  'http://www.w3.org/TR/xmldsig-core/xmldsig-core-schema.xsd': 'xmldsig-core-schema.xsd',
  'http://www.w3.org/TR/2002/REC-xmlenc-core-20021210/xenc-schema.xsd': 'xenc-schema.xsd',
  'http://www.w3.org/2001/xml.xsd': 'xml.xsd',
};

let validator: XsdValidator | undefined;

function loadSchemas(): XsdValidator {
  const names = readdirSync(SCHEMAS).filter((name) => name.endsWith('.xsd'));
  const files = new Map(names.map((name) => [name, readFileSync(new URL(name, SCHEMAS))]));
  const known = new Map([...files, ...Object.entries(ADDRESSES).flatMap(([address, name]) => [[address, files.get(name)] as const])]);
  const provider = new XmlBufferInputProvider({});
  for (const [name, content] of known) if (content !== undefined) provider.addBuffer(name, content);
  xmlRegisterInputProvider(provider);
  const all = known.get('all.xsd');
  if (all === undefined) throw new Error('all.xsd is missing');
  const document = XmlDocument.fromBuffer(all, { url: 'all.xsd' });
  try {
    return XsdValidator.fromDoc(document);
  } finally {
    document.dispose();
  }
}

/** What libxml2 finds against the published schemas, one sentence each; nothing when the text is valid. */
export function schemaProblems(xml: string): readonly string[] {
  validator ??= loadSchemas();
  const document = XmlDocument.fromString(xml);
  try {
    validator.validate(document);
    return [];
  } catch (error) {
    if (error instanceof XmlLibError) return error.details.map((detail) => detail.message.trim());
    throw error;
  } finally {
    document.dispose();
  }
}

/** Exclusive canonical form of the whole document by libxml2. */
export function canonicalByLibxml2(xml: string, inclusivePrefixes: readonly string[] = []): string {
  const document = XmlDocument.fromString(xml);
  try {
    return document.canonicalizeToString({ mode: XmlC14NMode.XML_C14N_EXCLUSIVE_1_0, inclusiveNamespacePrefixes: [...inclusivePrefixes] });
  } finally {
    document.dispose();
  }
}

/** Exclusive canonical form of the root by xml-crypto. */
export function canonicalByXmlCrypto(xml: string): string {
  const root = new DOMParser().parseFromString(xml, 'text/xml').documentElement;
  return new ExclusiveCanonicalization().process(root, {});
}

export function pem(base64: string, label = 'CERTIFICATE'): string {
  return `-----BEGIN ${label}-----\n${base64.replaceAll(/(.{64})/gu, '$1\n').trimEnd()}\n-----END ${label}-----\n`;
}

/** xml-crypto's word on the signature whose reference names the ID; a signature it refuses by throwing is refused. */
export function xmlCryptoAccepts(xml: string, id: string, certificate: string): boolean {
  const signatures = xml.match(/<(?:\w+:)?Signature[ >].*?<\/(?:\w+:)?Signature>/gsu) ?? [];
  const signature = signatures.find((text) => text.includes(`URI="#${id}"`)) ?? signatures[0];
  if (signature === undefined) return false;
  // SAML 1.1 names its identifier otherwise than everybody else.
  const verifier = new SignedXml({ publicCert: pem(certificate), idAttribute: 'AssertionID' });
  try {
    verifier.loadSignature(signature);
    return verifier.checkSignature(xml);
  } catch {
    return false;
  }
}
