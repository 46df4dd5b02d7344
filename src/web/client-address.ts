/** The client's address: the peer's own, or what X-Forwarded-For says as far as configured proxies may be believed (threats U16). */
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { inRange } from '../core/network-ranges.js';

/** How many proxies stand in front, or their addresses and ranges. 0 and an empty list believe nobody. */
export type TrustProxy = number | readonly string[];

type Trusted = (address: string, hop: number) => boolean;

/** A function that tells the address of the client behind a request. */
export function createClientAddress(trust: TrustProxy): (request: IncomingMessage) => string {
  if (trust === 0 || (typeof trust !== 'number' && trust.length === 0)) return peerOf;
  const trusted: Trusted = typeof trust === 'number' ? (_address, hop) => hop < trust : (address) => inRange(address, trust);
  return (request) => {
    let address = peerOf(request);
    const header = request.headers['x-forwarded-for'];
    if (header === undefined) return address;
    const path = (Array.isArray(header) ? header.join(',') : header).split(',');
    // From the nearest proxy outwards, for as long as the one who says so is believed.
    for (let hop = 0; hop < path.length && trusted(address, hop); hop += 1) {
      const next = plain((path.at(-1 - hop) ?? '').trim());
      if (isIP(next) === 0) return address;
      address = next;
    }
    return address;
  };
}

function peerOf(request: IncomingMessage): string {
  return plain(request.socket.remoteAddress ?? '');
}

/** IPv4 in its own form, wherever the system maps it into IPv6. */
function plain(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice('::ffff:'.length) : address;
}
