/** What the web part is made of: every dependency, as narrow as it is used. */
import type { FirstAdmin } from '../admin/first-admin.js';
import type { Devices } from '../authn/device.js';
import type { Flows } from '../authn/flow-store.js';
import type { PasswordSignIn } from '../authn/password.js';
import type { Sessions } from '../authn/sessions.js';
import type { Trace } from '../core/checks/trace.js';
import type { SsoSessionId } from '../core/model/ids.js';
import type { RelyingParty } from '../core/model/relying-party.js';
import type { SessionParticipant, SsoSession } from '../core/model/sso-session.js';
import type { Subject } from '../core/model/subject.js';
import type { Clock, EphemeralStore } from '../core/ports.js';
import type { HttpReply } from '../http/reply.js';
import type { Route } from '../http/route.js';
import type { TrustProxy } from './client-address.js';

/** Applications that received a token within a session. */
export interface ParticipantParts {
  participants(id: SsoSessionId): Promise<readonly SessionParticipant[]>;
  addParticipant(session: SsoSession, participant: SessionParticipant): Promise<unknown>;
}

export interface ApplicationParts {
  byEntityId(entityId: string): Promise<RelyingParty | undefined>;
  /** What the launcher shows to somebody at an address, by name. */
  usableBy(subject: Subject, clientAddress: string, trace: Trace): Promise<readonly RelyingParty[]>;
}

/** Ends sessions at the server, and gives the page on which the applications are asked, or the result at once. */
export interface SignOutParts {
  begin(start: {
    readonly sessions: readonly SsoSession[];
    readonly reason: 'user';
    readonly clientAddress: string;
    readonly trace: Trace;
  }): Promise<HttpReply>;
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
  readonly sessions: Sessions;
  readonly ssoSessions: ParticipantParts;
  readonly signOut: SignOutParts;
  readonly passwordSignIn: PasswordSignIn;
  readonly devices: Devices;
  readonly flows: Pick<Flows, 'recall'>;
  readonly applications: ApplicationParts;
  readonly subjectOf: (session: SsoSession, trace: Trace) => Promise<Subject>;
  readonly firstAdmin: Pick<FirstAdmin, 'isOpen' | 'accept'>;
  readonly health: HealthParts;
  readonly metrics: MetricsParts;
  readonly clock: Clock;
  readonly makeReference: () => string;
  readonly makeId: () => string;
  /** What nobody outside caused: for the log, with the reference that the person saw. */
  readonly onError: (error: unknown, what: string, reference?: string) => void;
  /** What was refused before it meant anything (403, 405, 413, ...): for the log, so that a reference read over the phone is found. */
  readonly onRefused?: (refused: { readonly reason: string; readonly message: string }, what: string, reference: string) => void;
  /** After each answer, for the metrics. `route` is a pattern, never what was asked for. */
  readonly onRequest?: (route: string, status: number, seconds: number) => void;
}
