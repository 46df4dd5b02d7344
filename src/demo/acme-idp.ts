/** What Acme knows about Signet: read from Signet's metadata over HTTP, as any application would, and read again when old. */
import { SignetError } from '../core/errors.js';
import { BINDING, NS } from '../xml/names.js';
import { parseXml, type XmlElement } from '../xml/parse.js';
import { attribute, child, childElements, children, leafText } from '../xml/read.js';

export interface IdentityProvider {
  readonly entityId: string;
  /** Address of the SingleSignOnService for HTTP-Redirect. */
  readonly ssoUrl: string;
  /** base64 DER, every signing key that is published. */
  readonly certificates: readonly string[];
}

/** A rolled key is seen after this time. */
const FRESH_MS = 10_000;
const TIMEOUT_MS = 5000;

/** Reads IDPSSODescriptor (SAML Metadata 2.4.3). Throws malformed_request when it holds no usable role. */
export function readIdentityProvider(xml: string): IdentityProvider {
  const root = parseXml(xml);
  const role = child(root, NS.md, 'IDPSSODescriptor');
  const services = role === undefined ? [] : children(role, NS.md, 'SingleSignOnService');
  const sso = services.find((service) => attribute(service, 'Binding') === BINDING.redirect);
  const ssoUrl = sso === undefined ? undefined : attribute(sso, 'Location');
  const entityId = attribute(root, 'entityID');
  if (role === undefined || ssoUrl === undefined || entityId === undefined) {
    throw new SignetError('malformed_request', 'the metadata has no IDPSSODescriptor with a SingleSignOnService for HTTP-Redirect');
  }
  const keys = children(role, NS.md, 'KeyDescriptor').filter((key) => attribute(key, 'use') !== 'encryption');
  return { entityId, ssoUrl, certificates: keys.flatMap(certificatesIn) };
}

function certificatesIn(element: XmlElement): readonly string[] {
  if (element.ns === NS.ds && element.local === 'X509Certificate') return [leafText(element).replaceAll(/\s/gu, '')];
  return childElements(element).flatMap(certificatesIn);
}

/** Keeps the last reading for ten seconds; a failed reading is tried again at the next question. */
export function createIdpReader(metadataUrl: string, now: () => number): () => Promise<IdentityProvider> {
  let last: { readonly at: number; readonly reading: Promise<IdentityProvider> } | undefined;
  const read = async (): Promise<IdentityProvider> => {
    const response = await fetch(metadataUrl, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' });
    if (!response.ok) throw new SignetError('unavailable', `the metadata of Signet answered ${String(response.status)}`);
    return readIdentityProvider(await response.text());
  };
  return async () => {
    if (last === undefined || now() - last.at > FRESH_MS) {
      const entry = { at: now(), reading: read() };
      last = entry;
      entry.reading.catch(() => {
        if (last === entry) last = undefined;
      });
    }
    return last.reading;
  };
}
