/** How somebody proved who they are. */
import type { Instant } from './ids.js';

/** How and when somebody proved who they are. */
export interface Authentication {
  /** RFC 8176 amr values: pwd, otp, hwk, ... */
  readonly methods: readonly string[];
  /** SAML AuthnContextClassRef it amounts to. */
  readonly contextClass: string;
  readonly at: Instant;
  /** Entity id, when a partner IdP vouched. */
  readonly partner?: string;
}
