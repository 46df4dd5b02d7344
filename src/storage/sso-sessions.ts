/**
 * SSO sessions and their participants over the ephemeral store. What was read less than a second ago is not read
 * again, so a sign-out on another node is seen within a second; one on this node at once.
 */
import { asId, type SsoSessionId } from '../core/model/ids.js';
import type { NameIdentifier } from '../core/model/security-token.js';
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

  const participants = async (id: SsoSessionId): Promise<readonly SessionParticipant[]> =>
    (await ephemeral.findByIndex('participant', id)).map(readParticipant);

  /** Gives whom it removed. */
  const removeParticipants = async (id: SsoSessionId): Promise<readonly SessionParticipant[]> => {
    const found = await participants(id);
    await Promise.all([
      ephemeral.removeByIndex('participant', id),
      ...found.filter(({ protocol }) => protocol === 'saml').map((entry) => ephemeral.remove('session-name', participantKey(id, entry))),
    ]);
    return found;
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
      const taken = await ephemeral.take('sso-session', id);
      // Whoever asked before it was gone must not keep the answer.
      forget(id);
      return taken === undefined ? undefined : removeParticipants(id);
    },
    endAllOf: async (userId) => {
      const sessions = (await ephemeral.findByIndex('sso-session', userId)).map(readSession);
      forgetAll();
      await ephemeral.removeByIndex('sso-session', userId);
      forgetAll();
      for (const { id } of sessions) await removeParticipants(id);
    },
    participants,
    findByName: async (relyingParty, name) => {
      const ids = (await ephemeral.findByIndex('session-name', nameKey(relyingParty, name))).map((text): SsoSessionId => asId(text));
      // Not from memory: a session that ended this second on another node is no longer found.
      const stored = await Promise.all(ids.map(async (id) => ({ text: await ephemeral.get('sso-session', id), entries: await participants(id) })));
      return stored.flatMap(({ text, entries }) => {
        const session = text === undefined ? undefined : readSession(text);
        const participant = entries.find((entry) => entry.protocol === 'saml' && entry.relyingParty === relyingParty);
        if (session === undefined || session.expiresAt <= clock.now() || participant === undefined) return [];
        return participant.name.value === name.value && participant.name.format === name.format ? [{ session, participant }] : [];
      });
    },
    addParticipant: async (session, participant) => {
      const key = participantKey(session.id, participant);
      const text = JSON.stringify(participant);
      if (joined.get(key) === text) return true;
      const ttlSeconds = secondsLeft(session);
      if (ttlSeconds <= 0) return false;
      await Promise.all([
        ephemeral.put('participant', key, text, ttlSeconds, session.id),
        ...(participant.protocol === 'saml'
          ? [ephemeral.put('session-name', key, session.id, ttlSeconds, nameKey(participant.relyingParty, participant.name))]
          : []),
      ]);
      // Asked last: a sign-out that came before has not seen this entry, one that comes now does.
      if ((await ephemeral.get('sso-session', session.id)) === undefined) {
        await removeParticipants(session.id);
        return false;
      }
      joined.set(key, text);
      return true;
    },
  };
}

/** One entry for a relying party of SAML; in WS-Federation one for each of its addresses, since each got a token. */
function participantKey(id: SsoSessionId, { protocol, relyingParty, replyTo }: SessionParticipant): string {
  return protocol === 'saml' ? `${id} ${relyingParty}` : `${id} ${protocol} ${replyTo ?? ''} ${relyingParty}`;
}

/** What a LogoutRequest is known by. Not ambiguous: each part says where it ends. */
function nameKey(relyingParty: string, { value, format }: Pick<NameIdentifier, 'value' | 'format'>): string {
  return JSON.stringify([relyingParty, format, value]);
}
