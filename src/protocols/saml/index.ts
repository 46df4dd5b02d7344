/** The routes of SAML 2.0: SingleSignOnService, IdP-initiated sign-on, SingleLogoutService, metadata. */
import { INIT_PATH } from '../../core/model/start-path.js';
import type { Route } from '../../http/route.js';
import { type AdfsProtocol, isAdfsSignOn } from '../shared/adfs-paths.js';
import { createMetadataRoute, type MetadataRouteParts } from '../shared/metadata/route.js';
import type { EntityContent } from '../shared/metadata/write.js';
import { createPassive, type Passive, type PassiveParts } from '../shared/passive.js';
import { writeQuery } from '../shared/query.js';
import { createSeenMessages } from '../shared/seen.js';
import { createSlo, isLogoutMessage, type SloParts } from './idp/slo.js';
import { createSso, SSO_PATH, type SsoParts } from './idp/sso.js';
import { describeIdp, type IdpDescription, writeIdpMetadata } from './metadata/write.js';

export interface SamlParts extends PassiveParts, Omit<SsoParts, 'seen' | 'ssoUrl' | 'alsoOurs'>, Omit<SloParts, 'sloUrl' | 'alsoOurs'>, MetadataRouteParts {
  readonly describe: Omit<IdpDescription, 'id' | 'certificates' | 'now'>;
}

/** Where the default entity ID points (SAML Metadata 4.1). */
const METADATA_PATH = '/saml/metadata';
export const SLO_PATH = '/saml/slo';
/** A message of 256 KiB, base64 and percent-encoded, with its RelayState. */
const FORM_LIMIT = 512 * 1024;
/** AuthnRequest ids remembered per node, for the note about repeats. */
const SEEN_LIMIT = 20_000;

export interface Saml {
  readonly routes: readonly Route[];
  /** For the common resume address. */
  readonly passive: Passive;
  readonly adfs: AdfsProtocol;
  /** Our roles, for a document of another protocol that describes the same entity. */
  readonly describe: (certificates: readonly string[]) => EntityContent;
}

/** SAML 2.0 as routes, and as what other addresses hand on to it. */
export function createSaml(parts: SamlParts): Saml {
  const { ssoUrl, sloUrl, baseUrl } = parts.describe;
  const alsoOurs = (destination: string): boolean => isAdfsSignOn(baseUrl, destination);
  const sso = createSso({ ...parts, ssoUrl, alsoOurs, seen: createSeenMessages(SEEN_LIMIT) });
  const passive = createPassive(sso, parts);
  const slo = createSlo({ ...parts, sloUrl, alsoOurs });
  return {
    passive,
    describe: (certificates) => describeIdp({ ...parts.describe, certificates }),
    adfs: {
      handle: (inbound) => (isLogoutMessage(inbound) ? slo.handle(inbound) : passive.begin(inbound)),
      refuse: passive.refuse,
      start: (inbound, { names, states }) => {
        const rawQuery = writeQuery([...names.map((name) => ['sp', name] as const), ...states.map((state) => ['RelayState', state] as const)]);
        return passive.begin({ ...inbound, path: INIT_PATH, rawQuery });
      },
    },
    routes: [
      { path: SSO_PATH, methods: ['GET', 'POST'], bodyLimit: FORM_LIMIT, handle: passive.begin, refuse: passive.refuse },
      { path: INIT_PATH, methods: ['GET'], bodyLimit: 0, handle: passive.begin },
      { path: SLO_PATH, methods: ['GET', 'POST'], bodyLimit: FORM_LIMIT, handle: slo.handle, refuse: slo.refuse },
      createMetadataRoute(parts, { path: METADATA_PATH, write: (now, signer) => writeIdpMetadata({ ...parts.describe, ...now }, signer) }),
    ],
  };
}

export { createLogoutMessages } from './idp/logout-messages.js';
export { SSO_PATH } from './idp/sso.js';
