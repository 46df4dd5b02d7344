/**
 * Signing out: GET asks, POST ends (threats L04, U06). The sessions end and the applications are asked in the same way as
 * when an application starts it; here only the browser's own record goes.
 */
import type { Sessions } from '../../authn/sessions.js';
import { Trace } from '../../core/checks/trace.js';
import type { SsoSession } from '../../core/model/sso-session.js';
import type { Clock } from '../../core/ports.js';
import type { HttpReply } from '../../http/reply.js';
import type { ApplicationParts, ParticipantParts, SignOutParts } from '../parts.js';
import { RequestRefused } from '../refused.js';
import type { Texts } from '../texts.js';
import type { Page } from '../visit.js';

export interface LogoutParts {
  readonly sessions: Pick<Sessions, 'find'>;
  readonly ssoSessions: Pick<ParticipantParts, 'participants'>;
  readonly applications: Pick<ApplicationParts, 'byEntityId'>;
  readonly signOut: SignOutParts;
  readonly texts: Texts;
  readonly clock: Clock;
  readonly makeReference: () => string;
}

/** Nobody was signed in, or no longer: that is what was wanted. */
const SIGNED_OUT: HttpReply = { kind: 'page', status: 200, view: 'logout/done', model: { applications: [] } };

/** GET and POST /logout. */
export function createLogoutPage(parts: LogoutParts): Page {
  const { texts } = parts;

  const namesOf = async (session: SsoSession): Promise<readonly string[]> => {
    const entityIds = (await parts.ssoSessions.participants(session.id)).map((participant) => participant.relyingParty);
    const names = await Promise.all([...new Set(entityIds)].map(async (entityId) => (await parts.applications.byEntityId(entityId))?.name ?? entityId));
    return names.sort((a, b) => a.localeCompare(b, texts.language));
  };

  return {
    path: '/logout',
    get: async (visit) => {
      const session = await parts.sessions.find(visit.ssoSessionId);
      if (session === undefined) return SIGNED_OUT;
      const applications = await namesOf(session);
      return {
        kind: 'page',
        status: 200,
        view: 'logout/ask',
        model: { title: texts.text('logout.ask.title'), csrf: visit.csrf(), userName: session.userName, applications, scripts: ['ui.js'] },
      };
    },
    post: async (visit) => {
      const session = await parts.sessions.find(visit.ssoSessionId);
      if (session === undefined) return SIGNED_OUT;
      if (visit.checkToken('session') !== 'ok') throw new RequestRefused('foreign', 'a sign-out form without the token of this session');
      const trace = new Trace(parts.makeReference(), parts.clock.now());
      const reply = await parts.signOut.begin({ sessions: [session], reason: 'user', clientAddress: visit.clientAddress, trace });
      await visit.end();
      return reply;
    },
  };
}
