/**
 * Logout messages of applications, in the order of trust. They are signed always, whatever is registered: ending somebody's
 * session is not for everybody to ask (SAML Profiles 4.4.4.1; threats L01-L03, L05).
 */
import type { Trace } from '../../../core/checks/trace.js';
import type { Instant } from '../../../core/model/ids.js';
import type { RelyingParty } from '../../../core/model/relying-party.js';
import type { EphemeralStore, NamedSession, SsoSessions } from '../../../core/ports.js';
import { type AskedName, formatOf, isSameName } from '../../../core/sessions/same-name.js';
import type { DecodedMessage } from '../bindings/redirect.js';
import { isWhollySuccessful, type LogoutRequestBody, readLogoutRequest, readLogoutResponse } from '../messages/logout.js';
import { readMessageHead } from '../messages/message.js';
import {
  AGE_SECONDS,
  checkAge,
  checkDestination,
  checkVersion,
  guard,
  type MessageKind,
  type OpenedMessage,
  openMessage,
  type OpenParts,
} from './open-message.js';

export interface LogoutValidationParts extends OpenParts {
  readonly entityId: string;
  /** The public address of the SingleLogoutService: what Destination must say. */
  readonly sloUrl: string;
  /** True for the further addresses that count as this service. */
  readonly alsoOurs: (destination: string) => boolean;
  readonly ephemeral: Pick<EphemeralStore, 'putIfAbsent'>;
  readonly ssoSessions: Pick<SsoSessions, 'findByName'>;
}

const REQUEST: MessageKind = { root: 'LogoutRequest', clause: 'SAML Core 3.7.1', signed: 'always' };
const RESPONSE: MessageKind = { root: 'LogoutResponse', clause: 'SAML Core 3.7.2', signed: 'always' };

/** The sender of a LogoutRequest, known and proven. Throws as openMessage does: nobody can be answered before. */
export function openLogoutRequest(parts: LogoutValidationParts, message: DecodedMessage, now: Instant, trace: Trace): Promise<OpenedMessage> {
  return openMessage(parts, message, REQUEST, now, trace);
}

/** What a LogoutRequest asks, as far as its form goes. Errors: check request.destination, request.version, request.schema. */
export function readRequest(parts: LogoutValidationParts, { element, signed }: OpenedMessage, trace: Trace): LogoutRequestBody {
  const head = readMessageHead(element);
  checkDestination(head.destination, { signed, ours: parts.sloUrl, alsoOurs: parts.alsoOurs }, trace);
  checkVersion(head.version, trace);
  return guard(trace, REQUEST, () => readLogoutRequest(element));
}

/**
 * The sessions it ends: never empty. Errors: check request.age, slo.expired, slo.replay, slo.encrypted, slo.nameid,
 * slo.session.
 */
export async function findSessions(
  parts: LogoutValidationParts,
  { relyingParty, id }: OpenedMessage,
  body: LogoutRequestBody,
  now: Instant,
  trace: Trace,
): Promise<readonly NamedSession[]> {
  checkAge(body.issueInstant, relyingParty, now, trace);
  const skew = relyingParty.skewSeconds * 1000;
  const { notOnOrAfter } = body;
  trace.check('slo.expired', notOnOrAfter === undefined || now < notOnOrAfter + skew, {
    observed: notOnOrAfter === undefined ? '' : new Date(notOnOrAfter).toISOString(),
    expected: new Date(now).toISOString(),
  });
  // Remembered for as long as its age would let it in again.
  const ttlSeconds = AGE_SECONDS + 2 * relyingParty.skewSeconds;
  const first = await parts.ephemeral.putIfAbsent('message-id', `logout ${relyingParty.entityId} ${id}`, '', ttlSeconds);
  trace.check('slo.replay', first, { observed: id });
  if (body.name === undefined) throw trace.failure('slo.encrypted');
  const named = await findNamed(parts, relyingParty, body.name);
  trace.check('slo.nameid', named.length > 0, { observed: body.name.value });
  const chosen = body.sessionIndexes.length === 0 ? named : named.filter(({ participant }) => body.sessionIndexes.includes(participant.sessionIndex));
  trace.check('slo.session', chosen.length > 0, { observed: body.sessionIndexes.join(', ') });
  return chosen;
}

/** Only sessions in which this very party was given this very name (SAML Core 3.7.3.2, 3.3.4; threats L02). */
async function findNamed(parts: LogoutValidationParts, relyingParty: RelyingParty, name: AskedName): Promise<readonly NamedSession[]> {
  const { entityId } = relyingParty;
  const found = await parts.ssoSessions.findByName(entityId, { value: name.value, format: formatOf(name) });
  const defaults = { nameQualifier: relyingParty.issuer ?? parts.entityId, spNameQualifier: entityId };
  return found.filter(({ participant }) => isSameName(participant.name, name, defaults));
}

/** What an application says to a request of ours; whether there was one is for the sign-out to say. Throws as the above, and check slo.response. */
export async function readAnswer(
  parts: LogoutValidationParts,
  message: DecodedMessage,
  now: Instant,
  trace: Trace,
): Promise<{ readonly inResponseTo: string; readonly relyingParty: RelyingParty; readonly success: boolean }> {
  const { element, relyingParty, signed } = await openMessage(parts, message, RESPONSE, now, trace);
  const head = readMessageHead(element);
  checkDestination(head.destination, { signed, ours: parts.sloUrl, alsoOurs: parts.alsoOurs }, trace);
  checkVersion(head.version, trace);
  const body = guard(trace, RESPONSE, () => readLogoutResponse(element));
  checkAge(body.issueInstant, relyingParty, now, trace);
  if (body.inResponseTo === undefined) throw trace.failure('slo.response', { observed: 'nothing' });
  return { inResponseTo: body.inResponseTo, relyingParty, success: isWhollySuccessful(body.status) };
}
