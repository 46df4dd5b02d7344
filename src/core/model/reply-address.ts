/** What a reply address may look like: checked when it comes in, from metadata or by hand (threats I01, I02). */
import { parseUrl } from './uri.js';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/iu;
const MAX_LENGTH = 2048;

/** What is wrong with an address, and the fix, as clauses. */
export interface AddressProblem {
  readonly kind: 'missing' | 'malformed' | 'wildcard' | 'http';
  readonly what: string;
  readonly fix: string;
}

/**
 * A sentence that names what is wrong with the address and the fix, or undefined when it may be used: absolute, https
 * (http for this machine, or where an administrator allows it), without user name, fragment, white space or backslash.
 */
export function checkReplyAddress(address: string, options: { readonly allowHttp?: boolean } = {}): string | undefined {
  const problem = addressProblem(address, options);
  return problem === undefined ? undefined : `${problem.what}; ${problem.fix}.`;
}

/** As `checkReplyAddress`, in its parts. */
export function addressProblem(address: string, options: { readonly allowHttp?: boolean } = {}): AddressProblem | undefined {
  const shown = address.length > 120 ? `${address.slice(0, 120)}…` : address;
  const malformed = (what: string, fix: string): AddressProblem => ({ kind: 'malformed', what: `${shown} ${what}`, fix });
  if (address === '') return { kind: 'missing', what: 'the address is missing', fix: 'use an absolute https:// address' };
  if (address.length > MAX_LENGTH) return { kind: 'malformed', what: 'the address is too long', fix: 'use an absolute https:// address' };
  if (/[\s\\\p{Cc}\p{Cf}]/u.test(address)) return malformed('holds white space, a backslash or invisible characters', 'remove them');
  const url = isWebAddress(address) ? parseUrl(address) : undefined;
  if (url === undefined) return malformed('is not an absolute web address', 'use one that starts with https://');
  if (url.username !== '' || url.password !== '') return malformed('holds a user name or password', 'remove them');
  if (url.hash !== '' || address.includes('#')) return malformed('has a fragment (#…)', 'remove it');
  if (url.hostname.includes('*')) return { kind: 'wildcard', what: `${shown} has a wildcard`, fix: 'name each address' };
  if (url.protocol === 'http:' && !isLoopback(url.hostname) && options.allowHttp !== true) {
    return { kind: 'http', what: `${shown} uses http, so tokens would travel in the clear`, fix: 'use https, or allow it with --allow-http' };
  }
  return undefined;
}

/** True for the name of this machine itself, whichever machine reads it. */
export function isLoopback(hostname: string): boolean {
  return LOOPBACK.test(hostname);
}

/** Registered addresses were checked when they came in; this is asked again where they go out (threats I02). */
export function isWebAddress(url: string): boolean {
  return /^https?:\/\//iu.test(url);
}

/** The address as a header can carry it: letters beyond ASCII as the octets of UTF-8 in percent-encoding, as browsers write them. */
export function asciiAddress(url: string): string {
  return url.replaceAll(/[^\0-\x7f]+/gu, encodeURIComponent);
}

/** The address with parameters added behind whatever query it has. */
export function withQuery(address: string, query: string): string {
  if (!address.includes('?')) return `${address}?${query}`;
  return /[?&]$/u.test(address) ? address + query : `${address}&${query}`;
}
