/**
 * A browser protocol from first request to answer: receive -> sign in -> issue -> respond. Also where it resumes
 * after the sign-in pages and after a cross-site post that came without its cookie; there is no second copy of the flow.
 */
import { Trace } from '../../core/checks/trace.js';
import { SignetError } from '../../core/errors.js';
import type { Issue } from '../../core/issuance/issue.js';
import type { IssuanceRequest } from '../../core/issuance/issuance-request.js';
import type { SignInRequest } from '../../core/issuance/sign-in-request.js';
import type { RequestContext } from '../../core/model/request-context.js';
import type { SecurityToken } from '../../core/model/security-token.js';
import type { SsoSession } from '../../core/model/sso-session.js';
import type { Clock, SignOnRecord } from '../../core/ports.js';
import type { HttpReply } from '../../http/reply.js';
import type { BrowserState, HttpRequest } from '../../http/request.js';
import type { BodyRefused } from '../../http/route.js';
import { refusalRecord } from './refusal.js';

/** What `receive` found: a request to go on with, or one that must be answered with an error at its trusted address. */
export interface Received {
  readonly request: SignInRequest;
  readonly refused: SignetError | undefined;
}

export interface PassiveProtocol {
  readonly name: 'saml' | 'wsfed';
  /** Throws SignetError when there is no trusted address to answer to: the only answer then is our own page. */
  receive(inbound: HttpRequest, trace: Trace): Promise<Received>;
  /** Loads the relying party again: a request that waited is not trusted blindly. */
  toIssuance(request: SignInRequest, session: SsoSession, trace: Trace, context: RequestContext): Promise<IssuanceRequest>;
  respond(request: SignInRequest, token: SecurityToken, trace: Trace): Promise<HttpReply>;
  /** The answer to the relying party, or undefined when this failure is not for it. */
  reject(request: SignInRequest, error: SignetError, trace: Trace): Promise<RejectReply>;
}

export interface RejectReply {
  readonly reply: HttpReply | undefined;
  /** Show the person what happened first, with the answer to the application behind a button. */
  readonly explain: boolean;
}

export type SignInStep = { readonly kind: 'signed-in'; readonly session: SsoSession } | { readonly kind: 'show'; readonly reply: HttpReply };

/** What a pending sign-in needs to wait and to come back. */
export interface Flows {
  keep(request: SignInRequest, trace: Trace): Promise<string>;
  recall(id: string): Promise<{ readonly request: SignInRequest; readonly trace: Trace } | undefined>;
}

export interface PassiveParts {
  readonly clock: Clock;
  readonly makeReference: () => string;
  readonly makeId: () => string;
  /** Whether an address lies in the corporate network (SIGNET_INTRANET). */
  readonly isIntranet: (clientAddress: string) => boolean;
  readonly signIn: { next(request: SignInRequest, browser: BrowserState, trace: Trace): Promise<SignInStep> };
  readonly issue: Issue;
  readonly flows: Flows;
  /** Path and query of the address where a kept sign-in goes on. */
  readonly resumeAddress: (id: string) => string;
  /** Our own error page. */
  readonly errorPage: (error: SignetError, about: { readonly reference: string; readonly applicationName?: string; readonly backTo?: HttpReply }) => HttpReply;
  /** A sign-on that ended without a token: into the journal, the metrics and the log. */
  readonly refused: (entry: SignOnRecord, error: SignetError, seconds: number) => void;
}

export interface Passive {
  begin(inbound: HttpRequest): Promise<HttpReply>;
  /** A message that was refused before it could be read: our own page, and a record that names the check. */
  refuse(inbound: HttpRequest, refused: BodyRefused): HttpReply;
  resume(request: SignInRequest, trace: Trace, inbound: HttpRequest): Promise<HttpReply>;
}

/** The check that a message breaks which cannot be read as a form. */
const UNREADABLE = { saml: 'request.binding', wsfed: 'wsfed.parameters' } as const;

/** Puts one browser protocol on the common flow. */
export function createPassive(protocol: PassiveProtocol, parts: PassiveParts): Passive {
  const started = new WeakMap<Trace, number>();

  const note = (error: SignetError, trace: Trace, inbound: HttpRequest, request?: SignInRequest): void => {
    const about = { relyingParty: request?.entityId, inResponseTo: request?.echo['inResponseTo'] };
    parts.refused(
      refusalRecord(parts, { event: 'sign-on', protocol: protocol.name, error, trace, inbound, ...about }),
      error,
      (parts.clock.monotonic() - (started.get(trace) ?? parts.clock.monotonic())) / 1000,
    );
  };

  const ownPage = (error: SignetError, trace: Trace, inbound: HttpRequest, request?: SignInRequest): HttpReply => {
    note(error, trace, inbound, request);
    return parts.errorPage(error, { reference: trace.reference, ...(request === undefined ? {} : { applicationName: request.relyingPartyName }) });
  };

  const reject = async (request: SignInRequest, error: SignetError, trace: Trace, inbound: HttpRequest): Promise<HttpReply> => {
    const answer = await protocol.reject(request, error, trace);
    if (answer.reply === undefined) return ownPage(error, trace, inbound, request);
    note(error, trace, inbound, request);
    if (!answer.explain || request.passive) return answer.reply;
    return parts.errorPage(error, { reference: trace.reference, applicationName: request.relyingPartyName, backTo: answer.reply });
  };

  const proceed = async (request: SignInRequest, trace: Trace, inbound: HttpRequest): Promise<HttpReply> => {
    try {
      const step = await parts.signIn.next(request, inbound.browser, trace);
      if (step.kind === 'show') return step.reply;
      const { userId, userName } = step.session;
      trace.person = { userId, userName };
      const token = await parts.issue(await protocol.toIssuance(request, step.session, trace, contextOf(parts, inbound, request)));
      return await protocol.respond(request, token, trace);
    } catch (error) {
      return reject(request, asSignetError(error, trace), trace, inbound);
    }
  };

  /** To our own address and back in the same window: the browser sends its cookie there. */
  const hop = async (request: SignInRequest, trace: Trace, inbound: HttpRequest): Promise<HttpReply> => {
    try {
      return { kind: 'redirect', location: parts.resumeAddress(await parts.flows.keep(request, trace)), status: 303 };
    } catch (error) {
      return reject(request, asSignetError(error, trace), trace, inbound);
    }
  };

  return {
    begin: async (inbound) => {
      const trace = new Trace(parts.makeReference(), parts.clock.now());
      started.set(trace, parts.clock.monotonic());
      let received: Received;
      try {
        received = await protocol.receive(inbound, trace);
      } catch (error) {
        return ownPage(asSignetError(error, trace), trace, inbound);
      }
      const request = { ...received.request, path: inbound.path };
      if (received.refused !== undefined) return reject(request, received.refused, trace, inbound);
      // A cross-site post arrives without the SameSite=Lax cookie: never take that for signed out.
      if (inbound.method === 'POST' && !inbound.browser.cookie) return hop(request, trace, inbound);
      return proceed(request, trace, inbound);
    },
    refuse: (inbound, { reason, observed }) => {
      const trace = new Trace(parts.makeReference(), parts.clock.now());
      const error =
        reason === 'too-large'
          ? trace.failure('request.size', { observed, expected: 'what a form may have' })
          : trace.failure(UNREADABLE[protocol.name], { observed, expected: 'a form with one message' });
      return ownPage(error, trace, inbound);
    },
    resume: async (request, trace, inbound) => {
      started.set(trace, parts.clock.monotonic());
      return proceed(request, trace, inbound);
    },
  };
}

function contextOf(parts: PassiveParts, { clientAddress, headers }: HttpRequest, { path }: SignInRequest): RequestContext {
  const userAgent = headers['user-agent'];
  return {
    at: parts.clock.now(),
    clientAddress,
    ...(userAgent === undefined ? {} : { userAgent }),
    ...(path === undefined ? {} : { path }),
    insideCorporateNetwork: parts.isIntranet(clientAddress),
  };
}

/** Any failure as one of ours; an unexpected one is recorded as such and tells the outside nothing. */
export function asSignetError(error: unknown, trace: Trace): SignetError {
  if (error instanceof SignetError) {
    if (error.check !== undefined || error.code === 'internal') return error;
    if (error.code === 'unavailable') return trace.failure('store.reachable', { observed: error.message }, error);
    return error;
  }
  return trace.failure('internal', { observed: error instanceof Error ? error.name : typeof error }, error);
}
