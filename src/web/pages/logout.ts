/**
 * Signing out: GET asks, POST ends (threats L04, U06). The record goes on the server, and the page says truthfully which
 * applications still have a session of their own: none of them can be asked to end it yet.
 */
import type { Sessions } from '../../authn/sessions.js';
import { Trace } from '../../core/checks/trace.js';
import type { SsoSession } from '../../core/model/sso-session.js';
import type { Clock, SignOnRecord } from '../../core/ports.js';
import type { HttpReply } from '../../http/reply.js';
import type { ApplicationParts, ParticipantParts } from '../parts.js';
import { RequestRefused } from '../refused.js';
import type { Texts } from '../texts.js';
import type { Page, Visit } from '../visit.js';

export interface LogoutParts {
  readonly sessions: Sessions;
  readonly ssoSessions: Pick<ParticipantParts, 'participants'>;
  readonly applications: Pick<ApplicationParts, 'byEntityId'>;
  readonly note: (entry: SignOnRecord) => void;
  readonly texts: Texts;
  readonly clock: Clock;
  readonly makeReference: () => string;
  readonly makeId: () => string;
}

/** GET and POST /logout. */
export function createLogoutPage(parts: LogoutParts): Page {
  const { texts } = parts;

  const namesOf = async (session: SsoSession): Promise<readonly string[]> => {
    const entityIds = (await parts.ssoSessions.participants(session.id)).map((participant) => participant.relyingParty);
    const names = await Promise.all([...new Set(entityIds)].map(async (entityId) => (await parts.applications.byEntityId(entityId))?.name ?? entityId));
    return names.sort((a, b) => a.localeCompare(b, texts.language));
  };

  const signedOut = (applications: readonly string[]): HttpReply => ({
    kind: 'page',
    status: 200,
    view: 'logout/done',
    model: { applications: applications.map((name, index) => ({ key: String(index), name, state: 'cannot' })) },
  });

  const record = (visit: Visit, session: SsoSession): SignOnRecord => {
    const trace = new Trace(parts.makeReference(), parts.clock.now());
    return {
      id: parts.makeId(),
      reference: trace.reference,
      at: parts.clock.now(),
      event: 'sign-out',
      outcome: 'succeeded',
      user: session.userName,
      userId: session.userId,
      clientAddress: visit.clientAddress,
      trace: trace.toRecord(),
    };
  };

  return {
    path: '/logout',
    get: async (visit) => {
      const session = await parts.sessions.find(visit.ssoSessionId);
      if (session === undefined) return signedOut([]);
      const applications = await namesOf(session);
      return {
        kind: 'page',
        status: 200,
        view: 'logout/ask',
        model: { title: texts.text('logout.ask.title'), csrf: visit.csrf(), userName: session.userName, applications },
      };
    },
    post: async (visit) => {
      const session = await parts.sessions.find(visit.ssoSessionId);
      if (session === undefined) return signedOut([]);
      if (visit.checkToken('session') !== 'ok') throw new RequestRefused('foreign', 'a sign-out form without the token of this session');
      const applications = await namesOf(session);
      await parts.sessions.end(session.id);
      await visit.end();
      parts.note(record(visit, session));
      return signedOut(applications);
    },
  };
}
