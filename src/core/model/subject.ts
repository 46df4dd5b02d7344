/** Whom a token is about, and how they proved it. */
import type { Claim } from './claim.js';
import type { Instant, UserId } from './ids.js';
import type { Person } from './person.js';

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

/** Whom a token is about: a signed-in person with what we hold about them. */
export interface Subject {
  readonly userId: UserId;
  readonly userName: string;
  readonly authentication: Authentication;
  /** What their directory holds: attributes and groups. */
  readonly person: Person;
  /** After the acceptance rules of the directory or partner. */
  readonly claims: readonly Claim[];
}
