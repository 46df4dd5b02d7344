/** What a reply address may look like: checked when it comes in, from metadata or by hand (threats I01, I02). */

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/iu;
const MAX_LENGTH = 2048;

/**
 * A sentence that names what is wrong with the address and the fix, or undefined when it may be used: absolute, https
 * (http for this machine, or where an administrator allows it), without user name, fragment, white space or backslash.
 */
export function checkReplyAddress(address: string, options: { readonly allowHttp?: boolean } = {}): string | undefined {
  const shown = address.length > 120 ? `${address.slice(0, 120)}…` : address;
  if (address === '' || address.length > MAX_LENGTH) return `the address is ${address === '' ? 'missing' : 'too long'}; use an absolute https:// address.`;
  if (/[\s\\\p{Cc}\p{Cf}]/u.test(address)) return `${shown} holds white space, a backslash or invisible characters; remove them.`;
  if (!/^https?:\/\//iu.test(address) || !URL.canParse(address)) return `${shown} is not an absolute web address; use one that starts with https://.`;
  const url = new URL(address);
  if (url.username !== '' || url.password !== '') return `${shown} holds a user name or password; remove them.`;
  if (url.hash !== '' || address.includes('#')) return `${shown} has a fragment (#…); remove it.`;
  if (url.hostname.includes('*')) return `${shown} has a wildcard; name each address.`;
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname) && options.allowHttp !== true) {
    return `${shown} uses http, so tokens would travel in the clear; use https, or allow it with --allow-http.`;
  }
  return undefined;
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
