/** HttpRequest: what a protocol sees of a request. No web framework in it, so handlers are tested without a socket. */
export interface HttpRequest {
  readonly method: string;
  /** Path below the base URL, without query: '/saml/sso'. */
  readonly path: string;
  /** The query exactly as it arrived, without '?': signatures of the redirect binding cover these octets. */
  readonly rawQuery: string;
  /** Decoded fields of an application/x-www-form-urlencoded body; each name at most once (a repeated one is refused before). */
  readonly form: ReadonlyMap<string, string>;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Address of the client, as far as configured proxies may be believed. */
  readonly clientAddress: string;
  readonly browser: BrowserState;
}

/** What the cookie says, already verified. */
export interface BrowserState {
  /** False when no session cookie arrived at all: a cross-site post comes without one (design: SameSite=Lax). */
  readonly cookie: boolean;
  /** The SSO session of this browser, when it has one. Not yet looked up. */
  readonly sessionId?: string;
}
