/**
 * The token that every form of ours carries (threats U06): a code over the browser's session, or for a visitor over a random
 * cookie, so that nothing is stored for who only looks. Origin and Sec-Fetch-Site are asked as well; the token decides.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Base } from './base.js';

/** What a form is bound to. */
export interface Binding {
  /** The id behind the session cookie, when there is a live record. */
  readonly session: string | undefined;
  /** The value of the visitor's cookie. */
  readonly visit: string | undefined;
}

/** 'stale': the token does not fit. 'foreign': another site's page sent the form. */
export type CsrfResult = 'ok' | 'stale' | 'foreign';

export interface Csrf {
  /** The token for a page's forms, or undefined when the browser has neither session nor visitor's cookie yet. */
  tokenFor(binding: Binding): string | undefined;
  tokenForVisit(visit: string): string;
  /** @param scope 'session' for everything that a signed-in person does; 'any' for the sign-in form, which may have been shown before another tab signed in */
  check(
    sent: { readonly token: string | undefined; readonly origin: string | undefined; readonly fetchSite: string | undefined },
    binding: Binding,
    scope: 'session' | 'any',
  ): CsrfResult;
}

/** @param mac a keyed code over a text, for a purpose */
export function createCsrf(base: Base, mac: (context: string, text: string) => string): Csrf {
  const forSession = (session: string): string => mac('csrf session', session);
  const forVisit = (visit: string): string => mac('csrf visit', visit);
  return {
    tokenFor: ({ session, visit }) => {
      if (session !== undefined) return forSession(session);
      return visit === undefined ? undefined : forVisit(visit);
    },
    tokenForVisit: forVisit,
    check: (sent, { session, visit }, scope) => {
      if (isForeign(base, sent.origin, sent.fetchSite)) return 'foreign';
      const { token } = sent;
      if (token === undefined) return 'stale';
      if (session !== undefined && equal(token, forSession(session))) return 'ok';
      if (scope === 'any' && visit !== undefined && equal(token, forVisit(visit))) return 'ok';
      return 'stale';
    },
  };
}

/** Our pages say no-referrer, so their own posts carry Origin: null; a sandboxed page of another site does too, and Sec-Fetch-Site tells them apart. */
function isForeign(base: Base, origin: string | undefined, fetchSite: string | undefined): boolean {
  if (fetchSite !== undefined && fetchSite !== 'same-origin' && fetchSite !== 'none') return true;
  return origin !== undefined && origin !== 'null' && origin !== base.origin;
}

function equal(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
