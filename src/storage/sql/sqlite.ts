/** SQLite: one connection per process, WAL, synchronous=FULL, statements kept by text. Everything runs at once and comes back as a resolved promise. */
import { randomInt } from 'node:crypto';
import { closeSync, existsSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseSync, type DatabaseSyncInstance, type StatementSyncInstance } from '@photostructure/sqlite';
import type { Clock } from '../../core/ports.js';
import type { Query, Result, Row, SqliteDatabase, SqlValue, Statement, Step } from './database.js';
import { createKysely } from './dialect.js';
import { isBusy, isDiskTrouble, translate } from './failures.js';

const BUSY_TIMEOUT_MS = 5000;
/** Statements of the command line vary little; this is a bound against surprises, not a tuning. */
const MOST_STATEMENTS = 500;

/** Shows whether there is room for what records need: one page may fit on a disk on which they do not. Expired from the start, so it is swept. */
const PROBE: Query = {
  sql: `insert into ephemeral (kind, entry_key, entry_value, expires_at) values ('probe', 'disk', hex(zeroblob(32768)), 0)
    on conflict (kind, entry_key) do update set entry_value = excluded.entry_value`,
  parameters: [],
};

/**
 * Opens or makes the database file (mode 0600; the folder must exist). Throws `unavailable` when the file cannot be used.
 */
export async function openSqlite(path: string, clock: Clock): Promise<SqliteDatabase> {
  const handle = await connectPatiently(path, clock);
  const statements = new Map<string, Prepared>();
  let diskTrouble = false;
  let seen: { readonly dataVersion: unknown; readonly counter: number } | undefined;

  const run = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      if (isDiskTrouble(error)) diskTrouble = true;
      throw translate(error);
    }
  };

  const prepared = (text: string): Prepared => {
    const known = statements.get(text);
    if (known !== undefined) return known;
    if (statements.size >= MOST_STATEMENTS) statements.clear();
    const statement = handle.prepare(text);
    const made = { statement, reads: statement.columns().length > 0 };
    statements.set(text, made);
    return made;
  };

  const execute = (query: Query): Result => {
    const { statement, reads } = prepared(query.sql);
    if (reads) {
      const rows = statement.all(...query.parameters) as readonly Row[];
      return { rows, affected: rows.length };
    }
    return { rows: [], affected: statement.run(...query.parameters).changes };
  };

  const transaction = (work: () => void): void => {
    run(() => {
      handle.exec('begin immediate');
      try {
        work();
        handle.exec('commit');
      } catch (error) {
        // A full disk has already undone it.
        if (handle.isTransaction) handle.exec('rollback');
        throw error;
      }
    });
  };

  const dataVersion = handle.prepare('pragma data_version');

  return {
    kind: 'sqlite',
    kysely: createKysely('sqlite', async (query) => Promise.resolve(run(() => execute(query)))),
    statement: <R>(text: string): Statement<R> => {
      let made: Prepared | undefined;
      return (...parameters) => {
        try {
          made ??= prepared(text);
          if (made.reads) return Promise.resolve(made.statement.all(...parameters) as readonly R[]);
          made.statement.run(...parameters);
          return Promise.resolve([]);
        } catch (error) {
          if (isDiskTrouble(error)) diskTrouble = true;
          return Promise.reject(translate(error));
        }
      };
    },
    atomically: async (steps: readonly Step[]) => {
      // data_version says nothing about this connection's own commits.
      seen = undefined;
      transaction(() => {
        for (const step of steps) {
          const result = execute(query(step));
          step.check?.(result);
        }
      });
      return Promise.resolve();
    },
    insertMany: (text: string, rows: readonly (readonly SqlValue[])[]) => {
      const { statement } = run(() => prepared(text));
      transaction(() => {
        for (const row of rows) statement.run(...row);
      });
    },
    version: async () => {
      const counter = run(() => {
        const { data_version: current } = dataVersion.get() as { readonly data_version: unknown };
        const known = seen !== undefined && seen.dataVersion === current ? seen : { dataVersion: current, counter: readCounter(execute) };
        seen = known;
        return known.counter;
      });
      return Promise.resolve(counter);
    },
    ping: async () => {
      const now = run(() => {
        if (diskTrouble) {
          execute(PROBE);
          diskTrouble = false;
        }
        return Number(execute({ sql: 'select now_ms() as now', parameters: [] }).rows[0]?.['now']);
      });
      return Promise.resolve(now);
    },
    close: async () => {
      statements.clear();
      if (handle.isOpen) handle.close();
      return Promise.resolve();
    },
  };
}

interface Prepared {
  readonly statement: StatementSyncInstance;
  readonly reads: boolean;
}

function connect(path: string, clock: Clock): DatabaseSyncInstance {
  // Made before SQLite does, so that no moment passes with other rights; its -wal and -shm files take the same.
  if (path !== ':memory:' && !existsSync(path)) closeSync(openSync(path, 'a', 0o600));
  const handle = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true });
  try {
    prepareConnection(handle, clock);
  } catch (error) {
    handle.close();
    throw error;
  }
  return handle;
}

function prepareConnection(handle: DatabaseSyncInstance, clock: Clock): void {
  handle.exec('pragma journal_mode = wal');
  // A commit that is answered must survive a power cut: no token without its record.
  handle.exec('pragma synchronous = full');
  handle.exec('pragma temp_store = memory');
  handle.function('now_ms', () => clock.now());
}

function readCounter(execute: (query: Query) => Result): number {
  return Number(execute({ sql: 'select counter from configuration_version', parameters: [] }).rows[0]?.['counter']);
}

function query(step: Step): Query {
  return typeof step.query === 'function' ? step.query() : step.query;
}

/** Switching to WAL does not wait for the busy timeout when another process opens the new file at the same moment. */
async function connectPatiently(path: string, clock: Clock): Promise<DatabaseSyncInstance> {
  const deadline = clock.monotonic() + BUSY_TIMEOUT_MS;
  for (;;) {
    try {
      return connect(path, clock);
    } catch (error) {
      if (!isBusy(error) || clock.monotonic() > deadline) throw translate(error);
    }
    await sleep(20 + randomInt(30));
  }
}
