/** wsignin1.0 (WS-Federation 13.2.2, 13.2.3): receive, toIssuance, respond, reject. */
import type { Trace } from '../../core/checks/trace.js';
import { contextClassFor } from '../../core/issuance/authn-policy.js';
import type { IssuanceRequest } from '../../core/issuance/issuance-request.js';
import type { SignInRequest } from '../../core/issuance/sign-in-request.js';
import type { RelyingParty } from '../../core/model/relying-party.js';
import type { RequestContext } from '../../core/model/request-context.js';
import type { SecurityToken } from '../../core/model/security-token.js';
import type { SsoSession } from '../../core/model/sso-session.js';
import type { Subject } from '../../core/model/subject.js';
import type { Clock } from '../../core/ports.js';
import type { PostFormReply } from '../../http/reply.js';
import type { HttpRequest } from '../../http/request.js';
import { checkEncryption, isUnauthenticated, protectAssertion } from '../shared/encryption.js';
import type { PassiveProtocol, Received } from '../shared/passive.js';
import { writeTokenResponse } from '../shared/rstr.js';
import { NAMESPACE_TYPE } from '../shared/token-types.js';
import { answerFor } from './errors.js';
import { isWreply } from './reply-address.js';
import { readParameters } from './request.js';
import { findParty, validateSignIn, type ValidationParts } from './validate.js';

export const ACTION = { signIn: 'wsignin1.0', signOut: 'wsignout1.0', cleanUp: 'wsignoutcleanup1.0' } as const;

export interface SignInParts extends ValidationParts {
  readonly clock: Clock;
  /** The person behind a session, with what we hold about them now. Throws check user.enabled. */
  readonly subjectOf: (session: SsoSession, trace: Trace) => Promise<Subject>;
}

/** WS-Federation passive sign-on as a browser protocol. */
export function createWsfedSignIn(parts: SignInParts): PassiveProtocol {
  const load = async (request: SignInRequest, trace: Trace): Promise<RelyingParty> => {
    const relyingParty = await findParty(parts, request.entityId, { realm: request.audience, now: parts.clock.now() }, trace);
    // The request may have waited behind the sign-in page: the address must still be registered.
    trace.check('wsfed.wreply', isWreply(relyingParty, request.replyTo), { observed: request.replyTo, expected: 'a registered address' });
    return relyingParty;
  };

  return {
    name: 'wsfed',
    receive: (inbound, trace) => receive(parts, inbound, trace),
    toIssuance: async (request, session, trace, context) => {
      const relyingParty = await load(request, trace);
      checkEncryption(relyingParty, trace);
      if (isUnauthenticated(relyingParty)) trace.step('encryption', 'CBC, and nothing around the token is signed: the application lists nothing better');
      const asked = { relyingParty, asked: request.context, check: 'wsfed.wauth' } as const;
      const contextClass = contextClassFor(session.authentication.contextClass, asked, trace);
      const subject = await parts.subjectOf(session, trace);
      return issuanceRequest({ request, relyingParty, subject, session, contextClass, context }, trace);
    },
    respond: async (request, token, trace) => answer(request, token, await load(request, trace)),
    reject: (_request, error) => Promise.resolve(answerFor(error.code)),
  };
}

function receive(parts: SignInParts, inbound: HttpRequest, trace: Trace): Promise<Received> {
  const parameters = readParameters(inbound, trace);
  const wa = parameters.get('wa');
  trace.check('wsfed.action', wa === ACTION.signIn, { observed: wa ?? 'missing', expected: Object.values(ACTION).join(', ') });
  trace.step('message', `${ACTION.signIn} by ${inbound.method}`);
  return validateSignIn(parts, parameters, parts.clock.now(), trace);
}

interface Ready extends Pick<IssuanceRequest, 'relyingParty' | 'subject' | 'session' | 'contextClass'> {
  readonly request: SignInRequest;
  readonly context: RequestContext;
}

function issuanceRequest({ request, relyingParty, subject, session, contextClass, context }: Ready, trace: Trace): IssuanceRequest {
  return {
    trace,
    protocol: 'wsfed',
    relyingParty,
    subject,
    session,
    tokenType: request.tokenType ?? relyingParty.tokenType,
    audience: request.audience,
    confirmation: { method: 'bearer', recipient: request.replyTo },
    contextClass,
    ...(request.maxLifetimeSeconds === undefined ? {} : { maxLifetimeSeconds: request.maxLifetimeSeconds }),
    context,
  };
}

/** The form that carries the token: wresult is XML as text, and wctx goes back only where it came (WS-Federation 13.2.3). */
function answer(request: SignInRequest, token: SecurityToken, relyingParty: RelyingParty): PostFormReply {
  const { wctx, tokenTypeUri } = request.echo;
  const wresult = writeTokenResponse({
    version: relyingParty.trustVersion,
    tokenType: token.type,
    tokenTypeUri: tokenTypeUri ?? NAMESPACE_TYPE[token.type],
    tokenId: token.id,
    token: protectAssertion(token.serialized, token.type, relyingParty),
    appliesTo: request.audience,
    createdAt: token.issuedAt,
    expiresAt: token.expiresAt,
  });
  return {
    kind: 'post-form',
    action: request.replyTo,
    fields: { wa: ACTION.signIn, wresult, ...(wctx === undefined ? {} : { wctx }) },
    applicationName: request.relyingPartyName,
  };
}
