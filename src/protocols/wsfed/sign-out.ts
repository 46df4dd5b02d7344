/**
 * wsignout1.0 and wsignoutcleanup1.0 (WS-Federation 13.2.4): the session of this browser ends, and everybody who got a
 * token in it is told. Nobody is sent to an address that is not registered, and nothing embedded in a foreign page ends
 * a session (threats I18, L04).
 */
import { Trace } from '../../core/checks/trace.js';
import type { SignetError } from '../../core/errors.js';
import type { RelyingParty } from '../../core/model/relying-party.js';
import type { SsoSession } from '../../core/model/sso-session.js';
import type { Clock, RelyingPartyLookup, SignOnRecord, SsoSessions } from '../../core/ports.js';
import type { HttpReply } from '../../http/reply.js';
import type { HttpRequest } from '../../http/request.js';
import { asSignetError, type PassiveParts } from '../shared/passive.js';
import { writeQuery } from '../shared/query.js';
import { refusalRecord } from '../shared/refusal.js';
import type { SignOut } from '../shared/sign-out.js';
import type { WayBack } from '../shared/sign-out-run.js';
import { doneForNobody } from '../shared/sign-out-pages.js';
import { isWreply } from './reply-address.js';
import { type Parameters, readParameters } from './request.js';
import { ACTION } from './sign-in.js';

export interface WsfedSignOutParts {
  readonly clock: Clock;
  readonly makeReference: () => string;
  readonly makeId: () => string;
  readonly sessions: { find(id: string | undefined): Promise<SsoSession | undefined> };
  readonly ssoSessions: Pick<SsoSessions, 'participants'>;
  readonly relyingParties: Pick<RelyingPartyLookup, 'byEntityId'>;
  readonly signOut: SignOut;
  readonly errorPage: PassiveParts['errorPage'];
  /** A sign-out that was refused: into the journal and the log. */
  readonly note: (entry: SignOnRecord) => void;
}

/** The page that asks before anything ends. */
const ASK: HttpReply = { kind: 'redirect', location: '/logout', status: 303 };

/** Answers both messages, by GET and POST. */
export function createWsfedSignOut(parts: WsfedSignOutParts): (inbound: HttpRequest) => Promise<HttpReply> {
  const note = (error: SignetError, inbound: HttpRequest, trace: Trace): void => {
    parts.note(refusalRecord(parts, { event: 'sign-out', protocol: 'wsfed', error, trace, inbound }));
  };

  const realmOf = async (parameters: Parameters): Promise<RelyingParty | undefined> => {
    const realm = parameters.get('wtrealm') ?? '';
    const relyingParty = realm === '' ? undefined : await parts.relyingParties.byEntityId(realm);
    return relyingParty?.enabled === true && relyingParty.identifiers.includes(realm) ? relyingParty : undefined;
  };

  /** wreply, when it is an address of the realm that is named or of a party of the session (WSF-17); anything else is nowhere to go. */
  const backOf = async (
    parameters: Parameters,
    realm: RelyingParty | undefined,
    session: SsoSession | undefined,
    trace: Trace,
  ): Promise<WayBack | undefined> => {
    const wreply = parameters.get('wreply') ?? '';
    if (wreply === '' || parameters.get('wa') !== ACTION.signOut) return undefined;
    const participants = session === undefined ? [] : await parts.ssoSessions.participants(session.id);
    const names = [...new Set(participants.filter(({ protocol }) => protocol === 'wsfed').map(({ relyingParty }) => relyingParty))];
    const parties = [realm, ...(await Promise.all(names.map(async (name) => parts.relyingParties.byEntityId(name))))];
    const owner = parties.find((party) => party?.enabled === true && isWreply(party, wreply));
    if (owner === undefined) trace.note('wsfed.wreply', { observed: wreply, expected: 'the addresses of those that are signed out' });
    return owner === undefined ? undefined : { url: wreply, relyingParty: owner.entityId, name: owner.name };
  };

  const answer = async (inbound: HttpRequest, trace: Trace): Promise<HttpReply> => {
    const parameters = readParameters(inbound, trace);
    const action = parameters.get('wa') ?? '';
    const embedded = embeddedIn(inbound);
    if (action === ACTION.signOut && embedded !== undefined) {
      note(trace.failure('slo.frame', { observed: embedded }), inbound, trace);
      return ASK;
    }
    // A cross-site post arrives without the SameSite=Lax cookie: never take that for signed out.
    if (inbound.method === 'POST' && !inbound.browser.cookie) return { kind: 'redirect', location: `${inbound.path}?${asQuery(parameters)}`, status: 303 };
    trace.step('message', `${action} by ${inbound.method}`);
    const session = await parts.sessions.find(inbound.browser.sessionId);
    const realm = await realmOf(parameters);
    const back = await backOf(parameters, realm, session, trace);
    if (session === undefined) return back === undefined ? doneForNobody() : { kind: 'redirect', location: back.url, status: 303 };
    return parts.signOut.begin({
      sessions: [session],
      reason: 'user',
      initiator: { protocol: 'wsfed', ...(realm === undefined ? {} : { relyingParty: realm.entityId }), ...(back === undefined ? {} : { back }) },
      clientAddress: inbound.clientAddress,
      trace,
      // A clean-up is asked for by a picture or a frame, and answered with 200 whatever there was (WS-Federation 13.2.4).
      ...(action === ACTION.cleanUp ? { inPlace: true } : {}),
    });
  };

  return async (inbound) => {
    const trace = new Trace(parts.makeReference(), parts.clock.now());
    try {
      return await answer(inbound, trace);
    } catch (error) {
      const failure = asSignetError(error, trace);
      note(failure, inbound, trace);
      return parts.errorPage(failure, { reference: trace.reference });
    }
  };
}

/** What a browser says the answer is for, unless it is a page of its own; undefined where it says nothing. */
function embeddedIn({ headers }: HttpRequest): string | undefined {
  const destination = headers['sec-fetch-dest'];
  return destination === undefined || destination === 'document' ? undefined : destination;
}

function asQuery(parameters: Parameters): string {
  return writeQuery((['wa', 'wtrealm', 'wreply'] as const).flatMap((name) => (parameters.has(name) ? [[name, parameters.get(name) ?? ''] as const] : [])));
}
