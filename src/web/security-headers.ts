/**
 * Headers of every answer, made once by helmet (threats U07). The content security policy differs by page only in where
 * its forms may lead: a page's `form-action` also governs every redirect that follows a post (design 5.2).
 */
import helmet from 'helmet';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Base } from './base.js';

/** 'page': forms of our own. 'hand-off': one form to an address that was checked against what is registered; no typed data. */
export type PagePolicy = 'page' | 'hand-off';

/** Names and values in turn, as node:http takes them. */
export type HeaderList = readonly string[];

export interface SecurityHeaders {
  readonly page: HeaderList;
  readonly 'hand-off': HeaderList;
  /** For what is not a page: redirects, text, static files. */
  readonly bare: HeaderList;
}

/** One constant list per kind of answer. */
export function createSecurityHeaders(base: Base): SecurityHeaders {
  return {
    page: collect(base, pageDirectives("'self'")),
    'hand-off': collect(base, pageDirectives('*')),
    bare: collect(base, { 'default-src': ["'none'"], 'base-uri': ["'none'"], 'form-action': ["'none'"], 'frame-ancestors': ["'none'"] }),
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
    'frame-ancestors': ["'none'"],
    'form-action': [formAction],
  };
}

function collect(base: Base, directives: Directives): HeaderList {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  const set = helmet({
    contentSecurityPolicy: { useDefaults: false, directives: { ...directives } },
    // An application that signs people in in a pop-up finds its opener again after us.
    crossOriginOpenerPolicy: false,
    strictTransportSecurity: base.https ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    xFrameOptions: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
  });
  set(response.req, response, () => undefined);
  return Object.entries(response.getHeaders()).flatMap(([name, value]) => [name, String(value)]);
}
