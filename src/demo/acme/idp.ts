/** What Acme knows about Signet: read from Signet's metadata over HTTP, as any application would, and read again when old. */
import { SignetError } from '../../core/errors.js';
import { BINDING, NS } from '../../xml/names.js';
import { parseXml, type XmlElement } from '../../xml/parse.js';
import { attribute, child, childElements, children, leafText } from '../../xml/read.js';
import { keepFresh, readAddress } from '../shared/fresh.js';

export interface IdentityProvider {
  readonly entityId: string;
  /** Address of the SingleSignOnService for HTTP-Redirect. */
  readonly ssoUrl: string;
  /** Of the SingleLogoutService, likewise. */
  readonly sloUrl: string;
  /** base64 DER, every signing key that is published. */
  readonly certificates: readonly string[];
}

/** Reads IDPSSODescriptor (SAML Metadata 2.4.3). Throws malformed_request when it holds no usable role. */
export function readIdentityProvider(xml: string): IdentityProvider {
  const root = parseXml(xml);
  const role = child(root, NS.md, 'IDPSSODescriptor');
  const ssoUrl = redirectAddress(role, 'SingleSignOnService');
  const sloUrl = redirectAddress(role, 'SingleLogoutService');
  const entityId = attribute(root, 'entityID');
  if (role === undefined || ssoUrl === undefined || sloUrl === undefined || entityId === undefined) {
    throw new SignetError('malformed_request', 'the metadata has no IDPSSODescriptor that signs in and out by HTTP-Redirect');
  }
  const keys = children(role, NS.md, 'KeyDescriptor').filter((key) => attribute(key, 'use') !== 'encryption');
  return { entityId, ssoUrl, sloUrl, certificates: keys.flatMap(certificatesIn) };
}

function redirectAddress(role: XmlElement | undefined, local: string): string | undefined {
  const services = role === undefined ? [] : children(role, NS.md, local);
  const service = services.find((entry) => attribute(entry, 'Binding') === BINDING.redirect);
  return service === undefined ? undefined : attribute(service, 'Location');
}

function certificatesIn(element: XmlElement): readonly string[] {
  if (element.ns === NS.ds && element.local === 'X509Certificate') return [leafText(element).replaceAll(/\s/gu, '')];
  return childElements(element).flatMap(certificatesIn);
}

/** Reads the metadata when it is asked for, and again when the reading is old. */
export function createIdpReader(metadataUrl: string, now: () => number): () => Promise<IdentityProvider> {
  return keepFresh(async () => readIdentityProvider(await readAddress(metadataUrl)), now);
}
