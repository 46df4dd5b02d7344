/** SingleLogoutService (SAML Profiles 4.4): requests of applications, and their answers to ours, by Redirect and POST. */
import { Trace } from '../../../core/checks/trace.js';
import type { SignetError } from '../../../core/errors.js';
import type { LogoutEndpoint } from '../../../core/model/relying-party.js';
import type { Clock, SignOnRecord } from '../../../core/ports.js';
import type { HttpReply } from '../../../http/reply.js';
import type { HttpRequest } from '../../../http/request.js';
import type { BodyRefused } from '../../../http/route.js';
import { BINDING } from '../../../xml/names.js';
import { asSignetError, type PassiveParts } from '../../shared/passive.js';
import { refusalRecord } from '../../shared/refusal.js';
import type { SignOut, SignOutUnderWay } from '../../shared/sign-out.js';
import { framedPage } from '../../shared/sign-out-pages.js';
import { decodePost } from '../bindings/post.js';
import { type DecodedMessage, decodeRedirect, type MessageParameter } from '../bindings/redirect.js';
import type { LogoutRequestBody } from '../messages/logout.js';
import { answerFor } from './errors.js';
import { answerEndpoint, type LogoutMessages } from './logout-messages.js';
import type { OpenedMessage } from './open-message.js';
import { findSessions, type LogoutValidationParts, openLogoutRequest, readAnswer, readRequest } from './validate-logout.js';

export interface SloParts extends LogoutValidationParts {
  readonly clock: Clock;
  readonly makeReference: () => string;
  readonly makeId: () => string;
  readonly logoutMessages: LogoutMessages;
  readonly signOut: SignOut & Pick<SignOutUnderWay, 'answered'>;
  readonly errorPage: PassiveParts['errorPage'];
  /** A sign-out that was refused: into the journal and the log. */
  readonly note: (entry: SignOnRecord) => void;
}

export interface Slo {
  handle(inbound: HttpRequest): Promise<HttpReply>;
  /** A message that was refused before it could be read. */
  refuse(inbound: HttpRequest, refused: BodyRefused): HttpReply;
}

/** Where errors of a request may be sent, once its sender is proven. */
interface Asking {
  readonly opened: OpenedMessage;
  readonly endpoint: LogoutEndpoint | undefined;
  readonly relayState: string | undefined;
}

export function createSlo(parts: SloParts): Slo {
  const ownPage = (error: SignetError, inbound: HttpRequest, trace: Trace, asking?: Asking): HttpReply => {
    parts.note(refusal(parts, error, inbound, trace, asking?.opened));
    const { name } = asking?.opened.relyingParty ?? {};
    return parts.errorPage(error, { reference: trace.reference, ...(name === undefined ? {} : { applicationName: name }) });
  };

  /** A refusal goes to the application that asked, at the address its metadata lists; else the person reads it here. */
  const reject = async (error: SignetError, inbound: HttpRequest, trace: Trace, asking: Asking, body: LogoutRequestBody | undefined): Promise<HttpReply> => {
    const told = answerFor(error, trace.reference);
    const { opened, endpoint, relayState } = asking;
    if (told.kind === 'page' || endpoint === undefined || body?.asynchronous === true) return ownPage(error, inbound, trace, asking);
    let reply: HttpReply;
    try {
      reply = await parts.logoutMessages.respond(opened.relyingParty, endpoint, { inResponseTo: opened.id, relayState, status: told.status });
    } catch (failure) {
      trace.step('answer', `not possible: ${failure instanceof Error ? failure.message : 'unknown'}`);
      return ownPage(error, inbound, trace, asking);
    }
    parts.note(refusal(parts, error, inbound, trace, opened));
    return reply;
  };

  const takeRequest = async (message: DecodedMessage, inbound: HttpRequest, trace: Trace): Promise<HttpReply> => {
    const now = parts.clock.now();
    const opened = await openLogoutRequest(parts, message, now, trace);
    const { relyingParty } = opened;
    const endpoint = answerEndpoint(relyingParty, bindingOf(inbound));
    const asking: Asking = { opened, endpoint, relayState: message.relayState };
    let body: LogoutRequestBody | undefined;
    try {
      body = readRequest(parts, opened, trace);
      const found = await findSessions(parts, opened, body, now, trace);
      if (endpoint === undefined) trace.note('slo.endpoint', { observed: relyingParty.name });
      return await parts.signOut.begin({
        sessions: found.map(({ session }) => session),
        reason: body.reason ?? 'user',
        initiator: {
          protocol: 'saml',
          relyingParty: relyingParty.entityId,
          name: relyingParty.name,
          inResponseTo: opened.id,
          ...(endpoint === undefined || body.asynchronous ? {} : { binding: endpoint.binding }),
          ...(message.relayState === undefined ? {} : { relayState: message.relayState }),
        },
        clientAddress: inbound.clientAddress,
        trace,
      });
    } catch (error) {
      return reject(asSignetError(error, trace), inbound, trace, asking, body);
    }
  };

  const takeAnswer = async (message: DecodedMessage, trace: Trace): Promise<HttpReply> => {
    const { inResponseTo, relyingParty, success } = await readAnswer(parts, message, parts.clock.now(), trace);
    await parts.signOut.answered({ inResponseTo, relyingParty: relyingParty.entityId, outcome: success ? 'confirmed' : 'refused' }, trace);
    return framedPage();
  };

  return {
    handle: async (inbound) => {
      const trace = new Trace(parts.makeReference(), parts.clock.now());
      try {
        const parameter = parameterOf(inbound);
        const message = decode(inbound, parameter, trace);
        trace.step('binding', inbound.method === 'POST' ? 'HTTP-POST' : 'HTTP-Redirect');
        return await (parameter === 'SAMLRequest' ? takeRequest(message, inbound, trace) : takeAnswer(message, trace));
      } catch (error) {
        return ownPage(asSignetError(error, trace), inbound, trace);
      }
    },
    refuse: (inbound, { reason, observed }) => {
      const trace = new Trace(parts.makeReference(), parts.clock.now());
      const check = reason === 'too-large' ? 'request.size' : 'request.binding';
      return ownPage(trace.failure(check, { observed, expected: 'a form with one message' }), inbound, trace);
    },
  };
}

/** Whether a message is for this service, at an address that takes others as well. Nothing of it is believed yet. */
export function isLogoutMessage(inbound: HttpRequest): boolean {
  const parameter = parameterOf(inbound);
  if (parameter === 'SAMLResponse') return true;
  try {
    const xml = decode(inbound, parameter, new Trace('', 0)).xml.toString();
    return /^\s*(?:<\?[^>]*>\s*)?<(?:[^\s:<>]+:)?LogoutRequest[\s/>]/u.test(xml);
  } catch {
    return false;
  }
}

function decode({ method, form, rawQuery }: HttpRequest, parameter: MessageParameter, trace: Trace): DecodedMessage {
  return method === 'POST' ? decodePost(form, rawQuery, trace, parameter) : decodeRedirect(rawQuery, trace, parameter);
}

/** Which of the two a message says it is; the decoder refuses both at once. */
function parameterOf({ method, form, rawQuery }: HttpRequest): MessageParameter {
  const response = method === 'POST' ? form.has('SAMLResponse') : /(^|&)SAMLResponse=/u.test(rawQuery);
  return response ? 'SAMLResponse' : 'SAMLRequest';
}

function bindingOf({ method }: HttpRequest): string {
  return method === 'POST' ? BINDING.post : BINDING.redirect;
}

function refusal(parts: SloParts, error: SignetError, inbound: HttpRequest, trace: Trace, opened: OpenedMessage | undefined): SignOnRecord {
  return refusalRecord(parts, { event: 'sign-out', protocol: 'saml', error, trace, inbound, inResponseTo: opened?.id });
}
