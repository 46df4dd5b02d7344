/** The routes of SAML 2.0: SingleSignOnService, IdP-initiated sign-on, metadata. */
import type { Route } from '../../http/route.js';
import { createPassive, type Passive, type PassiveParts } from '../shared/passive.js';
import { createSeenMessages } from '../shared/seen.js';
import { createMetadataRoute, type MetadataParts } from './idp/metadata-route.js';
import { createSso, INIT_PATH, SSO_PATH, type SsoParts } from './idp/sso.js';

export interface SamlParts extends PassiveParts, Omit<SsoParts, 'seen' | 'ssoUrl'>, MetadataParts {}

/** A message of 256 KiB, base64 and percent-encoded, with its RelayState. */
const FORM_LIMIT = 512 * 1024;
/** AuthnRequest ids remembered per node, for the note about repeats. */
const SEEN_LIMIT = 20_000;

/** SAML 2.0 as routes, with the flow that the common resume address needs. */
export function createSaml(parts: SamlParts): { readonly routes: readonly Route[]; readonly passive: Passive } {
  const sso = createSso({ ...parts, ssoUrl: parts.describe.ssoUrl, seen: createSeenMessages(SEEN_LIMIT) });
  const passive = createPassive(sso, parts);
  return {
    passive,
    routes: [
      { path: SSO_PATH, methods: ['GET', 'POST'], bodyLimit: FORM_LIMIT, handle: passive.begin, refuse: passive.refuse },
      { path: INIT_PATH, methods: ['GET'], bodyLimit: 0, handle: passive.begin },
      createMetadataRoute(parts),
    ],
  };
}

export { SSO_PATH } from './idp/sso.js';
