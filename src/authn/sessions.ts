/** SSO sessions: started by a sign-in, found by their cookie, ended once. */
import { asId, type SsoSessionId } from '../core/model/ids.js';
import type { SsoSession } from '../core/model/sso-session.js';
import type { Authentication } from '../core/model/subject.js';
import type { User } from '../core/model/user.js';
import type { Clock, SsoSessions } from '../core/ports.js';

export interface SessionParts {
  readonly ssoSessions: Pick<SsoSessions, 'find' | 'save' | 'end'>;
  readonly clock: Clock;
  /** At least 160 random bits. */
  readonly makeId: () => string;
  /** From sign-in to end, however much it is used. */
  readonly lifetimeSeconds: number;
}

export interface Sessions {
  /** A new session under a new id: each sign-in starts one, whatever the browser held before (threats U04). Durable when it resolves. */
  start(user: User, authentication: Authentication): Promise<SsoSession>;
  /** The session under an id, unless it ended or its time is over. */
  find(id: string | undefined): Promise<SsoSession | undefined>;
  end(id: SsoSessionId): Promise<void>;
}

/** Sessions with an absolute lifetime. */
export function createSessions(parts: SessionParts): Sessions {
  return {
    start: async (user, authentication) => {
      const startedAt = parts.clock.now();
      const session: SsoSession = {
        id: asId(parts.makeId()),
        userId: user.id,
        userName: user.userName,
        authentication,
        startedAt,
        expiresAt: startedAt + parts.lifetimeSeconds * 1000,
      };
      await parts.ssoSessions.save(session);
      return session;
    },
    find: async (id) => {
      if (id === undefined) return undefined;
      const session = await parts.ssoSessions.find(asId(id));
      return session !== undefined && parts.clock.now() < session.expiresAt ? session : undefined;
    },
    end: async (id) => {
      await parts.ssoSessions.end(id);
    },
  };
}
