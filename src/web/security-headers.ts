/**
 * Headers of every answer, made once by helmet (threats U07). The content security policy differs by page only in where
 * its forms may lead: a page's `form-action` also governs every redirect that follows a post (design 5.2).
 */
import helmet from 'helmet';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Base } from './base.js';

/**
 * 'page': forms of our own. 'hand-off': one form to an address that was checked against what is registered; no typed data.
 * 'sign-out': a page that shows applications in frames of its own and asks whether they can be reached. 'framed' and
 * 'framed-hand-off': what stands in such a frame.
 */
export type PagePolicy = 'page' | 'hand-off' | 'sign-out' | 'framed' | 'framed-hand-off';

/** Names and values in turn, as node:http takes them. */
export type HeaderList = readonly string[];

/** 'bare' is for what is not a page: redirects, text, static files. */
export type SecurityHeaders = Readonly<Record<PagePolicy | 'bare', HeaderList>>;

/** One constant list per kind of answer. */
export function createSecurityHeaders(base: Base): SecurityHeaders {
  // Applications send frames on to addresses that nobody registered: single origins would break them (design 5.2).
  const anywhere = ["'self'", 'https:', ...(base.https ? [] : ['http:'])];
  const page = pageDirectives("'self'");
  const handOff = pageDirectives('*');
  return {
    page: collect(base, page),
    'hand-off': collect(base, handOff),
    'sign-out': collect(base, { ...page, 'frame-src': anywhere, 'connect-src': anywhere }),
    framed: collect(base, page, true),
    'framed-hand-off': collect(base, handOff, true),
    bare: collect(base, { 'default-src': ["'none'"], 'base-uri': ["'none'"], 'form-action': ["'none'"] }),
  };
}

type Directives = Readonly<Record<string, readonly string[]>>;

function pageDirectives(formAction: string): Directives {
  const own = ["'self'"];
  return {
    'default-src': ["'none'"],
    'script-src': own,
    'style-src': own,
    'img-src': own,
    'font-src': own,
    'connect-src': own,
    'base-uri': ["'none'"],
    'form-action': [formAction],
  };
}

/** @param framed a page of ours may show it in a frame; nobody else may */
function collect(base: Base, directives: Directives, framed = false): HeaderList {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  const set = helmet({
    contentSecurityPolicy: { useDefaults: false, directives: { ...directives, 'frame-ancestors': [framed ? "'self'" : "'none'"] } },
    // An application that signs people in in a pop-up finds its opener again after us.
    crossOriginOpenerPolicy: false,
    strictTransportSecurity: base.https ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    // For browsers that do not know frame-ancestors; the others look at that alone (CSP3 6.4.2).
    xFrameOptions: { action: framed ? 'sameorigin' : 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
  });
  set(response.req, response, () => undefined);
  return Object.entries(response.getHeaders()).flatMap(([name, value]) => [name, String(value)]);
}
