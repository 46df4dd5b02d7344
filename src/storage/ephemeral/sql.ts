/**
 * Short-lived facts in a table: each operation is one statement, so of many callers at once one wins, and all of them
 * go by the database's clock. What has expired is invisible at once and swept in small batches.
 */
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { SignetError } from '../../core/errors.js';
import type { EphemeralKind, EphemeralStore } from '../../core/ports.js';
import type { Database } from '../sql/database.js';
import { boundedKey } from './keys.js';

const SWEEP_EVERY_MS = 30_000;
const SWEEP_ROWS = 500;
const SWEEP_BATCHES = 40;
const SWEEP_PAUSE_MS = 25;

/** A value and how long it still lives. */
export interface Remaining {
  readonly value: string;
  readonly milliseconds: number;
}

export interface SqlEphemeral extends EphemeralStore {
  getRemaining(kind: EphemeralKind, key: string): Promise<Remaining | undefined>;
  /** The keys of all that is stored under an index. */
  keysByIndex(kind: EphemeralKind, index: string): Promise<readonly string[]>;
  /** Removes what has expired. */
  sweep(): Promise<void>;
  close(): void;
}

export interface SqlEphemeralParts {
  readonly database: Database;
  readonly onError: (error: unknown, what: string) => void;
}

/** The store over a database. Rejects with `unavailable` when it is away. */
export function createSqlEphemeral({ database, onError }: SqlEphemeralParts): SqlEphemeral {
  const statements = prepare(database);
  let closed = false;

  const sweep = async (): Promise<void> => {
    for (let batch = 0; batch < SWEEP_BATCHES && !closed; batch += 1) {
      const swept = await statements.sweep(SWEEP_ROWS);
      if (swept.length < SWEEP_ROWS) return;
      // Between batches everybody else has a turn.
      await sleep(SWEEP_PAUSE_MS, undefined, { ref: false });
    }
  };

  // Nodes that started together do not sweep together.
  const timer = setInterval(
    () => {
      sweep().catch((error: unknown) => {
        // Whoever needs the store is told by its own call; the next round sweeps.
        if (!(error instanceof SignetError)) onError(error, 'removing what has expired');
      });
    },
    SWEEP_EVERY_MS + randomInt(SWEEP_EVERY_MS / 10),
  ).unref();

  return {
    put: async (kind, key, value, ttlSeconds, index) => {
      await statements.put(kind, boundedKey(key), value, milliseconds(ttlSeconds), index === undefined ? null : boundedKey(index));
    },
    putIfAbsent: async (kind, key, value, ttlSeconds) => (await statements.putIfAbsent(kind, boundedKey(key), value, milliseconds(ttlSeconds))).length > 0,
    get: async (kind, key) => (await statements.get(kind, boundedKey(key)))[0]?.entry_value,
    getRemaining: async (kind, key) => {
      const row = (await statements.getRemaining(kind, boundedKey(key)))[0];
      return row === undefined ? undefined : { value: row.entry_value, milliseconds: row.remaining };
    },
    take: async (kind, key) => {
      const row = (await statements.take(kind, boundedKey(key)))[0];
      return row?.live === 1 ? row.entry_value : undefined;
    },
    remove: async (kind, key) => {
      await statements.remove(kind, boundedKey(key));
    },
    count: async (kind, key, ttlSeconds) => {
      const window = milliseconds(ttlSeconds);
      return Number((await statements.count(kind, boundedKey(key), window, window, window))[0]?.entry_value);
    },
    findByIndex: async (kind, index) => (await statements.findByIndex(kind, boundedKey(index))).map((row) => row.entry_value),
    removeByIndex: async (kind, index) => {
      await statements.removeByIndex(kind, boundedKey(index));
    },
    keysByIndex: async (kind, index) => (await statements.keysByIndex(kind, boundedKey(index))).map((row) => row.entry_key),
    sweep,
    close: () => {
      closed = true;
      clearInterval(timer);
    },
  };
}

interface ValueRow {
  readonly entry_value: string;
}

/** `excluded.expires_at - ?` is the moment the statement began, when the window is given once more. */
function prepare(database: Database) {
  const insert = 'insert into ephemeral (kind, entry_key, entry_value, expires_at, index_key)';
  const expired = database.kind === 'sqlite' ? '' : 'for update skip locked';
  return {
    put: database.statement(
      `${insert} values (?, ?, ?, now_ms() + ?, ?) on conflict (kind, entry_key)
      do update set entry_value = excluded.entry_value, expires_at = excluded.expires_at, index_key = excluded.index_key`,
      { repeatable: true },
    ),
    putIfAbsent: database.statement(
      `${insert} values (?, ?, ?, now_ms() + ?, null) on conflict (kind, entry_key)
      do update set entry_value = excluded.entry_value, expires_at = excluded.expires_at, index_key = null where ephemeral.expires_at <= now_ms()
      returning entry_key`,
    ),
    get: database.statement<ValueRow>('select entry_value from ephemeral where kind = ? and entry_key = ? and expires_at > now_ms()', { repeatable: true }),
    getRemaining: database.statement<ValueRow & { readonly remaining: number }>(
      'select entry_value, expires_at - now_ms() as remaining from ephemeral where kind = ? and entry_key = ? and expires_at > now_ms()',
      { repeatable: true },
    ),
    take: database.statement<ValueRow & { readonly live: number }>(
      'delete from ephemeral where kind = ? and entry_key = ? returning entry_value, case when expires_at > now_ms() then 1 else 0 end as live',
    ),
    remove: database.statement('delete from ephemeral where kind = ? and entry_key = ?', { repeatable: true }),
    count: database.statement<ValueRow>(
      `${insert} values (?, ?, '1', now_ms() + ?, null) on conflict (kind, entry_key) do update set
      entry_value = case when ephemeral.expires_at <= excluded.expires_at - ? then '1' else cast(cast(ephemeral.entry_value as bigint) + 1 as text) end,
      expires_at = case when ephemeral.expires_at <= excluded.expires_at - ? then excluded.expires_at else ephemeral.expires_at end
      returning entry_value`,
    ),
    findByIndex: database.statement<ValueRow>(
      'select entry_value from ephemeral where kind = ? and index_key = ? and expires_at > now_ms() order by entry_key',
      {
        repeatable: true,
      },
    ),
    keysByIndex: database.statement<{ readonly entry_key: string }>('select entry_key from ephemeral where kind = ? and index_key = ?', { repeatable: true }),
    removeByIndex: database.statement('delete from ephemeral where kind = ? and index_key = ?', { repeatable: true }),
    sweep: database.statement(
      `delete from ephemeral where expires_at <= now_ms() and (kind, entry_key) in
      (select kind, entry_key from ephemeral where expires_at <= now_ms() order by expires_at limit ? ${expired}) returning entry_key`,
    ),
  };
}

function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000);
}
