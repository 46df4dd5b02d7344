/** The applications of the bench: metadata as an administrator would register it, one for each way of signing, and the realms of WS-Federation. */
import { createPrivateKey } from 'node:crypto';
import { makeKeyPair } from '../../src/crypto/certificate.js';

export const ACS = 'http://localhost:9/saml/acs';
export const ENTITY = {
  assertion: 'https://assertion.bench.example/saml',
  both: 'https://both.bench.example/saml',
  rules: 'https://rules.bench.example/saml',
  encrypted: 'https://encrypted.bench.example/saml',
  signedPost: 'https://signed-post.bench.example/saml',
} as const;

/** Realms of WS-Federation by the type of their tokens; WREPLY is the address of both. */
export const REALM = {
  saml11: 'https://saml11.bench.example/',
  saml20: 'https://saml20.bench.example/',
} as const;
export const WREPLY = 'http://localhost:9/wsfed';

export interface BenchKey {
  /** base64 DER. */
  readonly certificate: string;
  /** PKCS#8 DER. */
  readonly privateKey: Buffer;
  readonly privateKeyPem: string;
}

const DAY_MS = 86_400_000;

export async function makeBenchKey(now: number): Promise<BenchKey> {
  const pair = await makeKeyPair({ algorithm: 'RSA-2048', commonName: 'bench.example', notBefore: now - DAY_MS, notAfter: now + DAY_MS });
  const key = createPrivateKey({ key: pair.privateKey, format: 'der', type: 'pkcs8' });
  return { ...pair, privateKeyPem: key.export({ format: 'pem', type: 'pkcs8' }).toString() };
}

/** The entity id of the nth of many applications. */
export function nthEntity(index: number): string {
  return `https://app-${String(index)}.bench.example/saml`;
}

/** SAML Metadata 2.4.4, as short as it goes. */
export function metadataOf(entityId: string, about: { readonly encryption?: string; readonly signing?: string } = {}): string {
  const key = (use: string, certificate: string | undefined): string =>
    certificate === undefined
      ? ''
      : `<md:KeyDescriptor use="${use}"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`;
  return `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="${entityId}"><md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol" AuthnRequestsSigned="${String(about.signing !== undefined)}">${key('signing', about.signing)}${key('encryption', about.encryption)}<md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${ACS}" index="0" isDefault="true"/></md:SPSSODescriptor></md:EntityDescriptor>`;
}
