/** What the Wiki knows about its issuer: read from the federation metadata (WS-Federation 1.2, 3.1), as any application would. */
import { attributeOf, children, elements, everywhere, find, NS, readXml, textOf, Unreadable } from './xml.js';

export interface Issuer {
  /** What stands as Issuer in its tokens. */
  readonly name: string;
  /** Where browsers are sent to sign in and out. */
  readonly passiveUrl: string;
  /** base64 DER, every token-signing key that is published. */
  readonly certificates: readonly string[];
}

/** Reads the role SecurityTokenServiceType (WS-Federation 1.2, 3.1.2.2). Throws Unreadable when it holds nothing usable. */
export function readIssuer(metadata: string): Issuer {
  const root = readXml(metadata);
  const role = children(root, NS.md, 'RoleDescriptor').find(isTokenService);
  const keys = role === undefined ? [] : children(role, NS.md, 'KeyDescriptor').filter((key) => attributeOf(key, 'use') !== 'encryption');
  const certificates = keys.flatMap((key) => everywhere(key, NS.ds, 'X509Certificate').map((element) => textOf(element).replaceAll(/\s/gu, '')));
  // Where there are several, the one for browsers comes last.
  const endpoint = role === undefined ? undefined : children(role, NS.fed, 'PassiveRequestorEndpoint').at(-1);
  const passiveUrl = endpoint === undefined ? '' : textOf(elements(endpoint).map((reference) => find(reference, NS.wsa, 'Address'))[0]);
  const name = attributeOf(root, 'entityID');
  if (name === '' || passiveUrl === '' || certificates.length === 0) {
    throw new Unreadable('The metadata has no security token service with an address for browsers and a key.');
  }
  return { name, passiveUrl, certificates };
}

/** The type is a qualified name: its prefix counts by what it stands for. */
function isTokenService(role: Element): boolean {
  const [prefix = '', local] = (role.getAttributeNS(NS.xsi, 'type') ?? '').split(':');
  return local === 'SecurityTokenServiceType' && role.lookupNamespaceURI(prefix) === NS.fed;
}
