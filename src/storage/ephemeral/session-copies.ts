/**
 * Copies of sessions in Redis, so that the nodes need not ask the database for each. The database stays the truth: a
 * copy that could outlive its session is never believed.
 *
 * A change puts a bar in the copy's place before it reaches the database, and a copy is made only where nothing is: a
 * slow reader cannot bring back what it read before the change. Where the bar cannot be put, a mark in the database
 * tells every node, within half a second, not to believe any copy until the last of them has expired.
 */
import type { Clock, EphemeralKind } from '../../core/ports.js';
import { boundedKey } from './keys.js';
import type { RedisConnection } from './redis-connection.js';
import type { Remaining, SqlEphemeral } from './sql.js';

const COPY_MS = 30_000;
/** Longer than any answer of the database may take. */
const BAR_MS = 10_000;
/** A copy is made from an answer no older than this. */
const FRESH_MS = 5000;
const LOOK_MS = 500;
/** A look older than this says nothing: this node was frozen, or the database is away. */
const LOOK_HOLDS_MS = 1500;
const DOUBT_SECONDS = (COPY_MS + BAR_MS) / 1000;
const DOUBT = 'copies-in-doubt';

const BAR = '-';
const COPY = '=';
const PUT_BARS = `for _, key in ipairs(KEYS) do redis.call('SET', key, ARGV[1], 'PX', ARGV[2]) end`;

export type Found = { readonly kind: 'copy'; readonly value: string } | { readonly kind: 'none' } | { readonly kind: 'unusable' };

export interface SessionCopies {
  /** `none` invites to make a copy. Never rejects. */
  find(kind: EphemeralKind, key: string): Promise<Found>;
  /** Makes a copy in the background. `askedAt` is of the monotonic clock, before the database was asked. */
  make(kind: EphemeralKind, key: string, read: Remaining, askedAt: number): void;
  /** Resolves when no node will use a copy made so far. Rejects with `unavailable` when neither store can be told. */
  bar(kind: EphemeralKind, keys: readonly string[]): Promise<void>;
  close(): void;
}

export interface SessionCopiesParts {
  readonly connection: RedisConnection;
  readonly prefix: string;
  readonly sql: SqlEphemeral;
  readonly clock: Clock;
}

/** Begins to watch for doubts. */
export function createSessionCopies({ connection, prefix, sql, clock }: SessionCopiesParts): SessionCopies {
  let believedAt = -Infinity;
  let doubts = 0;

  const look = async (): Promise<void> => {
    const started = clock.monotonic();
    const before = doubts;
    const doubt = await sql.get('lease', DOUBT);
    // What this node came to doubt meanwhile, this answer knew nothing of.
    if (before === doubts) believedAt = doubt === undefined ? started : -Infinity;
  };
  const lookAside = (): void => {
    look().catch(() => {
      // The database is away: who needs it is told by its own call, and until then nothing is believed.
      believedAt = -Infinity;
    });
  };
  const timer = setInterval(lookAside, LOOK_MS).unref();
  lookAside();

  const copyKey = (kind: EphemeralKind, key: string): string => `${prefix}copy:${kind}:${boundedKey(key)}`;
  const believes = (): boolean => clock.monotonic() - believedAt <= LOOK_HOLDS_MS;

  return {
    find: async (kind, key) => {
      if (!believes()) return { kind: 'unusable' };
      try {
        const reply = await connection.send(['GET', copyKey(kind, key)]);
        // A doubt may have come up while we asked.
        if (!believes() || reply === BAR) return { kind: 'unusable' };
        return typeof reply === 'string' && reply.startsWith(COPY) ? { kind: 'copy', value: reply.slice(COPY.length) } : { kind: 'none' };
      } catch {
        return { kind: 'unusable' };
      }
    },
    make: (kind, key, { value, milliseconds }, askedAt) => {
      if (!believes() || clock.monotonic() - askedAt > FRESH_MS) return;
      const lifetime = String(Math.max(1, Math.floor(Math.min(milliseconds, COPY_MS))));
      connection.send(['SET', copyKey(kind, key), COPY + value, 'PX', lifetime, 'NX']).catch(() => undefined);
    },
    bar: async (kind, keys) => {
      if (keys.length === 0) return;
      try {
        await connection.send(['EVAL', PUT_BARS, String(keys.length), ...keys.map((key) => copyKey(kind, key)), BAR, String(BAR_MS)]);
      } catch {
        doubts += 1;
        believedAt = -Infinity;
        await sql.put('lease', DOUBT, '', DOUBT_SECONDS);
        doubts += 1;
      }
    },
    close: () => {
      clearInterval(timer);
    },
  };
}
