/** What a request's cookies say about the browser, verified: used in front of Express and behind it. */
import { asId, type SsoSessionId } from '../core/model/ids.js';
import { type Cookies, readCookie, readCookieValue } from './cookies.js';
import type { Binding, Csrf } from './csrf.js';
import type { PageContext } from './reply.js';
import type { SessionCookie } from './session-cookie.js';
import type { SessionRecords } from './session-records.js';

export interface Browser {
  /** A session cookie arrived, whether or not it leads anywhere. */
  readonly cookie: boolean;
  /** The id of a live record. */
  readonly session: string | undefined;
  readonly ssoSession: SsoSessionId | undefined;
}

const NOBODY: Browser = { cookie: false, session: undefined, ssoSession: undefined };

/** Reads the session cookie and looks up its record. Rejects when the store does not answer. */
export function createBrowserReader(cookies: Cookies, cookie: SessionCookie, records: SessionRecords): (header: string | undefined) => Promise<Browser> {
  return async (header) => {
    const value = readCookie(header, cookies.names.session);
    if (value === undefined) return NOBODY;
    const id = cookie.verify(value);
    const record = id === undefined ? undefined : await records.find(id);
    if (id === undefined || record === undefined) return { cookie: true, session: undefined, ssoSession: undefined };
    return { cookie: true, session: id, ssoSession: record.sso === undefined ? undefined : asId(record.sso) };
  };
}

/** The visitor's cookie: a random value that a form is bound to before there is a session. It looks like one of ours or it does not count. */
export function readVisit(header: string | undefined, cookies: Cookies): string | undefined {
  const value = readCookieValue(header, cookies.names.visit);
  return value !== undefined && /^[\w-]{16,64}$/u.test(value) ? value : undefined;
}

/** What a page's forms are bound to, worked out when a page has one; makes and sets a visitor's cookie where there is nothing else. */
export function createPageContext(
  parts: { readonly csrf: Csrf; readonly cookies: Cookies; readonly makeId: () => string },
  binding: () => Binding,
): PageContext & { readonly setCookies: string[] } {
  const setCookies: string[] = [];
  let token: string | undefined;
  const newVisit = (): string => {
    const visit = parts.makeId();
    setCookies.push(parts.cookies.write(parts.cookies.names.visit, visit));
    return parts.csrf.tokenForVisit(visit);
  };
  return { setCookies, csrf: () => (token ??= parts.csrf.tokenFor(binding()) ?? newVisit()) };
}
