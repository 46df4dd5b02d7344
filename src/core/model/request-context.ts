/** What is known about the request behind a sign-on: rules and access policies look at it. */
import type { Instant } from './ids.js';

export interface RequestContext {
  readonly at: Instant;
  /** Where the browser is, as far as configured proxies may be believed. */
  readonly clientAddress?: string;
  readonly userAgent?: string;
  /** Path of the endpoint that was asked: '/saml/sso'. */
  readonly path?: string;
  /** True when the client address lies in one of the ranges of SIGNET_INTRANET. */
  readonly insideCorporateNetwork: boolean;
}
