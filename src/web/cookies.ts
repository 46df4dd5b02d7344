/** Our cookies: SameSite=Lax, HttpOnly, never with a Domain; Secure and prefixed when the base URL is https (threats U05). */
import type { Base } from './base.js';

export interface Cookies {
  /** Names with the strongest prefix that browsers accept for this base URL (RFC 6265bis 4.1.3). */
  readonly names: { readonly session: string; readonly visit: string; readonly device: string };
  /** '/' or the path of the base URL. */
  readonly path: string;
  readonly secure: boolean;
  /** A Set-Cookie value. Without `maxAgeSeconds` the cookie ends with the browser; 0 removes it. */
  write(name: string, value: string, maxAgeSeconds?: number): string;
}

/** Names and attributes that follow from the base URL. */
export function createCookies(base: Base): Cookies {
  const host = base.path === '' ? '__Host-' : '__Secure-';
  const prefix = base.https ? host : '';
  const path = base.path === '' ? '/' : base.path;
  const attributes = `; Path=${path}; HttpOnly; SameSite=Lax${base.https ? '; Secure' : ''}`;
  return {
    names: { session: `${prefix}signet`, visit: `${prefix}signet-visit`, device: `${prefix}signet-device` },
    path,
    secure: base.https,
    write: (name, value, maxAgeSeconds) =>
      `${name}=${encodeURIComponent(value)}${attributes}${maxAgeSeconds === undefined ? '' : `; Max-Age=${String(maxAgeSeconds)}`}`,
  };
}

/** The text of a cookie as it stands in the header; of several with one name the first, as express-session takes it. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  if (header === undefined) return undefined;
  let from = 0;
  while (from < header.length) {
    let end = header.indexOf(';', from);
    if (end === -1) end = header.length;
    while (header.charCodeAt(from) === 0x20) from += 1;
    if (header.charCodeAt(from + name.length) === 0x3d && header.startsWith(name, from)) return header.slice(from + name.length + 1, end).trim();
    from = end + 1;
  }
  return undefined;
}

/** A cookie's value without its percent-encoding, or undefined where there is none or it is broken. */
export function readCookieValue(header: string | undefined, name: string): string | undefined {
  const text = readCookie(header, name);
  if (text === undefined) return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
