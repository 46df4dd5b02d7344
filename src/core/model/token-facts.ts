/** What a SAML assertion says, whoever made it: read for comparing, never for signing anybody on. */
export interface TokenFacts {
  readonly type: 'saml11' | 'saml20';
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly name: { readonly value: string; readonly format: string | undefined } | undefined;
  /** Context class, or AuthenticationMethod. */
  readonly authentication: string | undefined;
  /** By name; in SAML 1.1 namespace and name joined by a slash, as readers do (S11-09). */
  readonly attributes: readonly { readonly name: string; readonly values: readonly string[] }[];
}
