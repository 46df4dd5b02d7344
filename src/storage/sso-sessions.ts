/**
 * SSO sessions and their participants over the ephemeral store. What was read less than a second ago is not read
 * again, so a sign-out on another node is seen within a second; one on this node at once.
 */
import type { SsoSessionId } from '../core/model/ids.js';
import type { SessionParticipant, SsoSession } from '../core/model/sso-session.js';
import type { Clock, EphemeralStore, SsoSessions } from '../core/ports.js';
import { createBoundedMap } from '../core/bounded-map.js';
import { createDocumentReader } from './json-document.js';

const KEPT_MS = 1000;
const MOST_SESSIONS = 5000;
const MOST_PARTICIPANTS = 10_000;

const readSession = createDocumentReader<SsoSession>('session', {
  id: 'string',
  userId: 'string',
  userName: 'string',
  authentication: 'object',
  startedAt: 'number',
  expiresAt: 'number',
});

const readParticipant = createDocumentReader<SessionParticipant>('session participant', {
  protocol: 'string',
  relyingParty: 'string',
  sessionIndex: 'string',
  name: 'object',
  replyTo: 'string?',
});

export interface SsoSessionsParts {
  readonly ephemeral: EphemeralStore;
  readonly clock: Clock;
}

interface Kept {
  readonly session: SsoSession;
  /** Of the monotonic clock: before the store was asked. */
  readonly readAt: number;
}

/** Sessions over a store. Rejects with `unavailable` when it is away. */
export function createSsoSessions({ ephemeral, clock }: SsoSessionsParts): SsoSessions {
  const kept = createBoundedMap<SsoSessionId, Kept>(MOST_SESSIONS);
  const reading = new Map<SsoSessionId, Promise<SsoSession | undefined>>();
  /** What this node stored or found stored, so that it is not stored again. */
  const joined = createBoundedMap<string, string>(MOST_PARTICIPANTS);

  const secondsLeft = (session: SsoSession): number => Math.ceil((session.expiresAt - clock.now()) / 1000);

  const read = (id: SsoSessionId): Promise<SsoSession | undefined> => {
    const underWay = reading.get(id);
    if (underWay !== undefined) return underWay;
    const readAt = clock.monotonic();
    const started = ephemeral.get('sso-session', id).then((text) => {
      const session = text === undefined ? undefined : readSession(text);
      // A sign-out meanwhile has taken this question out of the list.
      if (session !== undefined && reading.get(id) === started) kept.set(id, { session, readAt });
      return session;
    });
    reading.set(id, started);
    const done = (): void => {
      if (reading.get(id) === started) reading.delete(id);
    };
    started.then(done, done);
    return started;
  };

  const forget = (id: SsoSessionId): void => {
    reading.delete(id);
    kept.delete(id);
  };

  const forgetAll = (): void => {
    reading.clear();
    kept.clear();
  };

  return {
    find: async (id) => {
      const known = kept.get(id);
      const fresh = known !== undefined && clock.monotonic() - known.readAt < KEPT_MS;
      const session = fresh ? known.session : await read(id);
      return session === undefined || session.expiresAt <= clock.now() ? undefined : session;
    },
    save: async (session) => {
      const ttlSeconds = secondsLeft(session);
      if (ttlSeconds <= 0) return;
      forget(session.id);
      await ephemeral.put('sso-session', session.id, JSON.stringify(session), ttlSeconds, session.userId);
      forget(session.id);
    },
    end: async (id) => {
      forget(id);
      await ephemeral.remove('sso-session', id);
      // Whoever asked before it was gone must not keep the answer.
      forget(id);
      await ephemeral.removeByIndex('participant', id);
    },
    endAllOf: async (userId) => {
      const sessions = (await ephemeral.findByIndex('sso-session', userId)).map(readSession);
      forgetAll();
      await ephemeral.removeByIndex('sso-session', userId);
      forgetAll();
      for (const { id } of sessions) await ephemeral.removeByIndex('participant', id);
    },
    participants: async (id) => (await ephemeral.findByIndex('participant', id)).map(readParticipant),
    addParticipant: async (session, participant) => {
      const key = `${session.id} ${participant.relyingParty}`;
      const text = JSON.stringify(participant);
      if (joined.get(key) === text) return;
      const ttlSeconds = secondsLeft(session);
      if (ttlSeconds <= 0) return;
      await ephemeral.put('participant', key, text, ttlSeconds, session.id);
      joined.set(key, text);
    },
  };
}
