/** SingleSignOnService (SAML Profiles 4.1): receive, toIssuance, respond, reject. */
import type { Trace } from '../../../core/checks/trace.js';
import type { SignetError } from '../../../core/errors.js';
import { contextClassFor } from '../../../core/issuance/authn-policy.js';
import { NAME_ID } from '../../../core/issuance/name-identifier.js';
import type { IssuanceRequest } from '../../../core/issuance/issuance-request.js';
import type { SignInRequest } from '../../../core/issuance/sign-in-request.js';
import type { RelyingParty } from '../../../core/model/relying-party.js';
import type { RequestContext } from '../../../core/model/request-context.js';
import type { SecurityToken } from '../../../core/model/security-token.js';
import type { SsoSession } from '../../../core/model/sso-session.js';
import { INIT_PATH } from '../../../core/model/start-path.js';
import type { Subject } from '../../../core/model/subject.js';
import type { Clock, KeyRing } from '../../../core/ports.js';
import type { HttpReply } from '../../../http/reply.js';
import type { HttpRequest } from '../../../http/request.js';
import { checkEncryption } from '../../shared/encryption.js';
import type { PassiveProtocol, Received, RejectReply } from '../../shared/passive.js';
import { decodePost, encodePost } from '../bindings/post.js';
import { decodeRedirect } from '../bindings/redirect.js';
import type { Status } from '../messages/status.js';
import { answerFor } from './errors.js';
import { receiveIdpInitiated } from './idp-initiated.js';
import { composeResponse, type ComposeParts } from './compose-response.js';
import { findRelyingParty } from './open-message.js';
import { isReplyAddress } from './reply-address.js';
import { validateAuthnRequest, type ValidationParts } from './validate-authn-request.js';

export interface SsoParts extends ValidationParts, ComposeParts {
  readonly clock: Clock;
  readonly keyRing: KeyRing;
  /** The person behind a session, with what we hold about them now. Throws check user.enabled. */
  readonly subjectOf: (session: SsoSession, trace: Trace) => Promise<Subject>;
}

export const SSO_PATH = '/saml/sso';

/** SAML 2.0 Web Browser SSO as a browser protocol. */
export function createSso(parts: SsoParts): PassiveProtocol {
  const load = async (request: SignInRequest, trace: Trace): Promise<RelyingParty> => {
    const relyingParty = await findRelyingParty(parts, request.entityId, parts.clock.now(), trace);
    // The request may have waited behind the sign-in page: the address must still be registered.
    trace.check('request.acs-known', isReplyAddress(relyingParty, request.replyTo), { observed: request.replyTo, expected: 'a registered address' });
    return relyingParty;
  };

  const answer = async (request: SignInRequest, relyingParty: RelyingParty, status: Status, token?: SecurityToken): Promise<HttpReply> => {
    const value = await composeResponse(parts, { request, relyingParty, status, token });
    return encodePost(request.replyTo, { parameter: 'SAMLResponse', value, relayState: request.echo['relayState'], applicationName: request.relyingPartyName });
  };

  const rejectWith = async (request: SignInRequest, error: SignetError, trace: Trace): Promise<RejectReply> => {
    const told = answerFor(error, trace.reference);
    if (told.kind === 'page') return OWN_PAGE;
    const relyingParty = await parts.relyingParties.byId(request.relyingParty);
    if (relyingParty === undefined || !isReplyAddress(relyingParty, request.replyTo)) return OWN_PAGE;
    return { reply: await answer(request, relyingParty, told.status), explain: told.explain };
  };

  return {
    name: 'saml',
    receive: (inbound, trace) => receive(parts, inbound, trace),
    toIssuance: async (request, session, trace, context) => {
      const relyingParty = await load(request, trace);
      checkNameEncryption(request, relyingParty, trace);
      const subject = await parts.subjectOf(session, trace);
      return issuanceRequest({ request, relyingParty, subject, session, context }, trace);
    },
    respond: async (request, token, trace) => answer(request, await load(request, trace), { top: 'Success' }, token),
    reject: async (request, error, trace): Promise<RejectReply> => {
      try {
        return await rejectWith(request, error, trace);
      } catch (failure) {
        // Without a usable key or the store there is no answer to the application: the person gets our page about the first error.
        trace.step('answer', `not possible: ${failure instanceof Error ? failure.message : 'unknown'}`);
        return OWN_PAGE;
      }
    },
  };
}

const OWN_PAGE: RejectReply = { reply: undefined, explain: true };

/** Assertion and, where the request wants it so, the name itself (SAML Core 8.3, E6). */
function checkNameEncryption(request: SignInRequest, relyingParty: RelyingParty, trace: Trace): void {
  const key = checkEncryption(relyingParty, trace);
  if (request.nameIdPolicy?.format === NAME_ID.encrypted && key === undefined) {
    throw trace.failure('request.nameid-format', { observed: NAME_ID.encrypted, expected: 'there is no encryption key for it' });
  }
}

async function receive(parts: SsoParts, inbound: HttpRequest, trace: Trace): Promise<Received> {
  const now = parts.clock.now();
  if (inbound.path === INIT_PATH) return receiveIdpInitiated(parts, inbound.rawQuery, now, trace);
  const message = inbound.method === 'POST' ? decodePost(inbound.form, inbound.rawQuery, trace) : decodeRedirect(inbound.rawQuery, trace);
  trace.step('binding', inbound.method === 'POST' ? 'HTTP-POST' : 'HTTP-Redirect');
  return validateAuthnRequest(parts, message, now, trace);
}

interface Ready {
  readonly request: SignInRequest;
  readonly relyingParty: RelyingParty;
  readonly subject: Subject;
  readonly session: SsoSession;
  readonly context: RequestContext;
}

function issuanceRequest(ready: Ready, trace: Trace): IssuanceRequest {
  const { request, relyingParty, subject, session } = ready;
  const asked = { relyingParty, asked: request.context, check: 'request.authn-context' } as const;
  const contextClass = contextClassFor(session.authentication.contextClass, asked, trace);
  const inResponseTo = request.echo['inResponseTo'];
  return {
    trace,
    protocol: 'saml',
    relyingParty,
    subject,
    session,
    tokenType: 'saml20',
    audience: request.audience,
    confirmation: { method: 'bearer', recipient: request.replyTo, ...(inResponseTo === undefined ? {} : { inResponseTo }) },
    contextClass,
    ...(request.nameIdPolicy === undefined ? {} : { nameIdPolicy: request.nameIdPolicy }),
    ...(request.subject === undefined ? {} : { requestedSubject: request.subject }),
    ...(request.attributeServiceIndex === undefined ? {} : { attributeServiceIndex: request.attributeServiceIndex }),
    context: ready.context,
  };
}
