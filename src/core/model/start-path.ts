/** Where a sign-on at an application starts here: what the launcher links to, and what an administrator hands out. */
import type { RelyingParty } from './relying-party.js';
import type { PassiveProtocolName } from './security-token.js';

/** IdP-initiated sign-on of SAML. */
export const INIT_PATH = '/saml/sso/init';
/** The one address of WS-Federation. */
export const WSFED_PATH = '/wsfed';

/** Paths below the base URL, by protocol. */
export const START_PATHS: Readonly<Record<PassiveProtocolName, (entityId: string) => string>> = {
  saml: (entityId) => `${INIT_PATH}?sp=${encodeURIComponent(entityId)}`,
  wsfed: (entityId) => `${WSFED_PATH}?wa=wsignin1.0&wtrealm=${encodeURIComponent(entityId)}`,
};

/** The one in the first protocol that the application speaks. */
export function startPath({ entityId, protocols }: Pick<RelyingParty, 'entityId' | 'protocols'>): string {
  return START_PATHS[protocols[0] ?? 'saml'](entityId);
}
