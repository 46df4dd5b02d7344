/** Where the answer goes: always one of the application's own addresses, by exact match, or its default (WS-Federation 13.2.2, 16.8). */
import type { Trace } from '../../core/checks/trace.js';
import { isWebAddress } from '../../core/model/reply-address.js';
import { chooseDefault, type RelyingParty, WSFED_BINDING } from '../../core/model/relying-party.js';

/** Throws check wsfed.wreply when the request names an address that is not registered, or none can be used. */
export function chooseWreply(relyingParty: RelyingParty, asked: string | undefined, trace: Trace): string {
  const offered = relyingParty.replyAddresses.filter((address) => address.binding === WSFED_BINDING && isWebAddress(address.url));
  const match = asked === undefined ? chooseDefault(offered) : offered.find((address) => address.url === asked);
  if (match === undefined)
    throw trace.failure('wsfed.wreply', { observed: asked ?? 'none', expected: offered.map(({ url }) => url).join(', ') || 'an address' });
  trace.step('reply address', `${match.url} (${asked === undefined ? 'default' : 'named by the request'})`);
  return match.url;
}

/** True while the address is registered for WS-Federation: asked again before a token leaves, and before anybody is sent there. */
export function isWreply(relyingParty: RelyingParty, url: string): boolean {
  return relyingParty.replyAddresses.some((address) => address.binding === WSFED_BINDING && address.url === url) && isWebAddress(url);
}
