/** Where a sign-on at an application starts here: what the launcher links to, and what an administrator hands out. */
import type { RelyingParty } from './relying-party.js';
import type { PassiveProtocolName } from './security-token.js';

const START: Readonly<Record<PassiveProtocolName, (entityId: string) => string>> = {
  saml: (entityId) => `/saml/sso/init?sp=${encodeURIComponent(entityId)}`,
  wsfed: (entityId) => `/wsfed?wa=wsignin1.0&wtrealm=${encodeURIComponent(entityId)}`,
};

/** A path below the base URL, in the first protocol that the application speaks. */
export function startPath({ entityId, protocols }: Pick<RelyingParty, 'entityId' | 'protocols'>): string {
  return START[protocols[0] ?? 'saml'](entityId);
}
