/**
 * The EphemeralStore with Redis beside the database: counters live in Redis and fall back to the database; sessions
 * live in the database with copies in Redis; whatever else must not be lost is in the database alone. Losing Redis costs
 * a counter its count, and nobody a session.
 */
import type { Clock, EphemeralKind, EphemeralStore } from '../../core/ports.js';
import { RedisFailure } from './redis-connection.js';
import type { SessionCopies } from './session-copies.js';
import type { SqlEphemeral } from './sql.js';

type Place = 'database' | 'copied' | 'redis';

const PLACES: Readonly<Record<EphemeralKind, Place>> = {
  'web-session': 'copied',
  'sso-session': 'copied',
  participant: 'database',
  'sign-in': 'database',
  'message-id': 'database',
  attempts: 'redis',
  lease: 'database',
  'set-up': 'database',
  'session-name': 'database',
  'sign-out': 'database',
};

export interface ComposedEphemeralParts {
  readonly sql: SqlEphemeral;
  readonly redis: EphemeralStore;
  readonly copies: SessionCopies;
  readonly clock: Clock;
}

/** Puts the three together. Rejects with `unavailable` only when the database is away. */
export function createComposedEphemeral({ sql, redis, copies, clock }: ComposedEphemeralParts): EphemeralStore {
  const isIn = (kind: EphemeralKind, place: Place): boolean => PLACES[kind] === place;

  /** Asks the store that is in charge of the kind. */
  const ask = async <T>(kind: EphemeralKind, question: (store: EphemeralStore) => Promise<T>): Promise<T> => {
    if (!isIn(kind, 'redis')) return question(sql);
    try {
      return await question(redis);
    } catch (error) {
      if (!(error instanceof RedisFailure)) throw error;
      return question(sql);
    }
  };

  /** Removes where Redis is in charge, and what an outage of Redis left in the database. */
  const removeFrom = async (kind: EphemeralKind, removal: (store: EphemeralStore) => Promise<void>): Promise<void> => {
    await ask(kind, removal);
    if (isIn(kind, 'redis')) await removal(sql);
  };

  const bar = async (kind: EphemeralKind, keys: readonly string[]): Promise<void> => {
    if (isIn(kind, 'copied')) await copies.bar(kind, keys);
  };

  const getCopied = async (kind: EphemeralKind, key: string): Promise<string | undefined> => {
    const found = await copies.find(kind, key);
    if (found.kind === 'copy') return found.value;
    const askedAt = clock.monotonic();
    const read = await sql.getRemaining(kind, key);
    if (read !== undefined && found.kind === 'none') copies.make(kind, key, read, askedAt);
    return read?.value;
  };

  return {
    put: async (kind, key, value, ttlSeconds, index) => {
      await bar(kind, [key]);
      await ask(kind, async (store) => store.put(kind, key, value, ttlSeconds, index));
    },
    putIfAbsent: async (kind, key, value, ttlSeconds) => {
      await bar(kind, [key]);
      return ask(kind, async (store) => store.putIfAbsent(kind, key, value, ttlSeconds));
    },
    get: async (kind, key) => (isIn(kind, 'copied') ? getCopied(kind, key) : ask(kind, async (store) => store.get(kind, key))),
    take: async (kind, key) => {
      await bar(kind, [key]);
      return ask(kind, async (store) => store.take(kind, key));
    },
    remove: async (kind, key) => {
      await bar(kind, [key]);
      await removeFrom(kind, async (store) => store.remove(kind, key));
    },
    count: async (kind, key, ttlSeconds) => {
      await bar(kind, [key]);
      return ask(kind, async (store) => store.count(kind, key, ttlSeconds));
    },
    findByIndex: async (kind, index) => ask(kind, async (store) => store.findByIndex(kind, index)),
    removeByIndex: async (kind, index) => {
      if (isIn(kind, 'copied')) await copies.bar(kind, await sql.keysByIndex(kind, index));
      await removeFrom(kind, async (store) => store.removeByIndex(kind, index));
    },
  };
}
