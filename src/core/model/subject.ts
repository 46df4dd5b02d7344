/** Whom a token is about, and how they proved it. */
import type { Authentication } from './authentication.js';
import type { Claim } from './claim.js';
import type { UserId } from './ids.js';
import type { Person } from './person.js';

export type { Authentication } from './authentication.js';

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
