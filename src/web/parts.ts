/** What the web part is made of: every dependency, as narrow as it is used. */
import type { Trace } from '../core/checks/trace.js';
import type { SignInRequest } from '../core/issuance/sign-in-request.js';
import type { Instant, SsoSessionId } from '../core/model/ids.js';
import type { RelyingParty } from '../core/model/relying-party.js';
import type { SessionParticipant, SsoSession } from '../core/model/sso-session.js';
import type { Authentication, Subject } from '../core/model/subject.js';
import type { User } from '../core/model/user.js';
import type { Clock, EphemeralStore, SignOnRecord } from '../core/ports.js';
import type { Route } from '../http/route.js';
import type { TrustProxy } from './client-address.js';

/** SSO sessions as the pages start, find and end them. */
export interface SessionParts {
  start(user: User, authentication: Authentication): Promise<SsoSession>;
  find(id: string | undefined): Promise<SsoSession | undefined>;
  end(id: SsoSessionId): Promise<void>;
}

/** Applications that received a token within a session. */
export interface ParticipantParts {
  participants(id: SsoSessionId): Promise<readonly SessionParticipant[]>;
  addParticipant(session: SsoSession, participant: SessionParticipant): Promise<void>;
}

export interface PasswordAttempt {
  readonly name: string;
  readonly password: string;
  readonly clientAddress: string;
  /** This browser signed in under this name before. */
  readonly familiar: boolean;
  readonly reference: string;
  /** The application that waits. */
  readonly entityId?: string;
}

export type PasswordOutcome =
  | { readonly kind: 'signed-in'; readonly user: User; readonly authentication: Authentication }
  | { readonly kind: 'mismatch'; readonly again: boolean }
  | { readonly kind: 'slowed'; readonly retryAt: Instant };

export interface PasswordParts {
  authenticate(attempt: PasswordAttempt): Promise<PasswordOutcome>;
}

export interface DeviceParts {
  tokenFor(user: User): string;
  isFamiliar(token: string | undefined, name: string): boolean;
}

export interface FlowParts {
  recall(id: string): Promise<{ readonly request: SignInRequest; readonly trace: Trace } | undefined>;
}

export interface FirstAdminForm {
  readonly userName: string;
  readonly displayName?: string;
  readonly email: string;
  readonly password: string;
}

/** Throws invalid_input with the sentence to show, not_found when the link is dead. */
export interface FirstAdminParts {
  isOpen(token: string): Promise<boolean>;
  accept(token: string, form: FirstAdminForm): Promise<User>;
}

export interface ApplicationParts {
  byEntityId(entityId: string): Promise<RelyingParty | undefined>;
  enabled(): Promise<readonly RelyingParty[]>;
}

export interface HealthParts {
  live(): boolean;
  ready(): { readonly ready: boolean; readonly reasons: readonly string[] };
}

export interface MetricsParts {
  readonly contentType: string;
  text(): Promise<string>;
}

export interface WebParts {
  readonly baseUrl: string;
  /** The organisation's name, on every page. */
  readonly organization: string;
  /** An e-mail or web address where people turn. */
  readonly helpDesk: string | undefined;
  readonly trustProxy: TrustProxy;
  /** The folder that holds views/, and dist/fonts or node_modules for the font. */
  readonly packageFolder: string;
  /** Protocols, and the address where a kept sign-in goes on: answered in front of Express. */
  readonly routes: readonly Route[];
  readonly box: { derive(context: string): Buffer; mac(context: string, text: string): string };
  readonly ephemeral: Pick<EphemeralStore, 'put' | 'get' | 'remove'>;
  /** Seconds without a visit after which a browser is signed out. */
  readonly sessionIdleSeconds: number;
  readonly sessions: SessionParts;
  readonly ssoSessions: ParticipantParts;
  readonly passwordSignIn: PasswordParts;
  readonly devices: DeviceParts;
  readonly flows: FlowParts;
  readonly applications: ApplicationParts;
  readonly subjectOf: (session: SsoSession, trace: Trace) => Promise<Subject>;
  readonly firstAdmin: FirstAdminParts;
  readonly health: HealthParts;
  readonly metrics: MetricsParts;
  readonly clock: Clock;
  readonly makeReference: () => string;
  readonly makeId: () => string;
  /** A record for the journal. */
  readonly note: (entry: SignOnRecord) => void;
  /** What nobody outside caused: for the log, with the reference that the person saw. */
  readonly onError: (error: unknown, what: string, reference?: string) => void;
  /** After each answer, for the metrics. `route` is a pattern, never what was asked for. */
  readonly onRequest?: (route: string, status: number, seconds: number) => void;
}
