/** One browser, one sign-in, many applications. */
import type { Instant, SsoSessionId, UserId } from './ids.js';
import type { NameIdentifier, PassiveProtocolName } from './security-token.js';
import type { Authentication } from './subject.js';

/** A signed-in browser. Claims are not kept here: they are read when a token is issued. Participants are stored beside it, one entry each, so that two tabs cannot overwrite one another's. */
export interface SsoSession {
  readonly id: SsoSessionId;
  readonly userId: UserId;
  readonly userName: string;
  readonly authentication: Authentication;
  readonly startedAt: Instant;
  readonly expiresAt: Instant;
}

/** A relying party that received a token within a session (SAML Profiles 4.4). */
export interface SessionParticipant {
  readonly protocol: PassiveProtocolName;
  readonly relyingParty: string;
  /** Random per session and relying party, so that relying parties cannot link sessions (SAML Core 2.7.2, E38). */
  readonly sessionIndex: string;
  readonly name: NameIdentifier;
  /** Where the token went. WS-Federation only: its clean-up request goes to the same address, and a party may have several. */
  readonly replyTo?: string;
}
