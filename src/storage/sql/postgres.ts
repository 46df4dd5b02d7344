/**
 * PostgreSQL: a pool with a bound on everything (connecting, waiting, answering), statements prepared by name, int8 as
 * number. A small second pool serves health and the change feed, so that load cannot make a node look dead.
 */
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { SignetError } from '../../core/errors.js';
import type { PostgresDatabase, Query, Result, SqlValue, Statement, StatementOptions, Step } from './database.js';
import { createKysely } from './dialect.js';
import { isConnectionFailure, isSilence, translate, unavailable } from './failures.js';
import { connectionOptions, inTransaction, NOW, send } from './postgres-connection.js';
import { createListener } from './postgres-listener.js';

const ANSWER_TIMEOUT_MS = 2500;
const RETRY_MS = 40;
const MOST_CONNECTIONS = 10;
const MOST_WAITING = 200;

export interface PostgresParts {
  readonly url: string;
  readonly onError: (error: unknown, what: string) => void;
}

/** Makes the pools; connects on first use. */
export function openPostgres(parts: PostgresParts): PostgresDatabase {
  const main = createRenewingPool(parts, MOST_CONNECTIONS, MOST_WAITING);
  const health = createRenewingPool(parts, 2, 20);
  const listener = createListener(parts.url);
  let named = 0;

  const execute = async (query: Query, name?: string): Promise<Result> => main.use((client) => send(client, query, name));
  const executeTwice = async (query: Query, name?: string): Promise<Result> => {
    try {
      return await execute(query, name);
    } catch (error) {
      if (!(error instanceof SignetError) || !isConnectionFailure(error.cause)) throw error;
      // What broke one connection broke others: a moment later the pool knows which.
      await sleep(RETRY_MS + randomInt(RETRY_MS));
      return execute(query, name);
    }
  };

  return {
    kind: 'postgres',
    kysely: createKysely('postgres', async (query) => (/^select/iu.test(query.sql) ? executeTwice(query) : execute(query))),
    statement: <R>(text: string, options: StatementOptions = {}): Statement<R> => {
      const sql = toPostgres(text);
      named += 1;
      const name = `signet_${String(named)}`;
      const through = options.repeatable === true ? executeTwice : execute;
      return async (...parameters: readonly SqlValue[]) => (await through({ sql, parameters }, name)).rows as readonly R[];
    },
    atomically: async (steps: readonly Step[]) => {
      await main.use(async (client) => inTransaction(client, steps));
    },
    version: async () => {
      const { rows } = await health.use((client) => send(client, { sql: 'select counter from configuration_version', parameters: [] }, 'signet_version'));
      return Number(rows[0]?.['counter']);
    },
    ping: async () => {
      const { rows } = await health.use((client) => send(client, { sql: `select ${NOW} as now`, parameters: [] }, 'signet_ping'));
      return Number(rows[0]?.['now']);
    },
    listen: (heard) => {
      listener.start(heard);
    },
    close: async () => {
      await Promise.all([listener.stop(), main.end(), health.end()]);
    },
  };
}

interface RenewingPool {
  use<T>(work: (client: pg.ClientBase) => Promise<T>): Promise<T>;
  end(): Promise<void>;
}

/** A pool that is replaced when an answer stays away: its other idle connections may lead nowhere in the same way. */
function createRenewingPool(parts: PostgresParts, size: number, mostWaiting: number): RenewingPool {
  const create = (): pg.Pool => {
    const made = new pg.Pool({ ...connectionOptions(parts.url), max: size, query_timeout: ANSWER_TIMEOUT_MS, statement_timeout: ANSWER_TIMEOUT_MS });
    made.on('error', (error) => {
      parts.onError(error, 'database connection');
    });
    // A connection that breaks while in use tells its query; without a listener of its own it would end the process.
    made.on('connect', (client) => client.on('error', () => undefined));
    return made;
  };
  let pool = create();
  let ended = false;

  const renew = (suspect: pg.Pool): void => {
    if (suspect !== pool || ended) return;
    pool = create();
    suspect.end().catch((error: unknown) => {
      parts.onError(error, 'closing database connections');
    });
  };

  return {
    use: async (work) => {
      const current = pool;
      if (current.waitingCount >= mostWaiting) throw unavailable('too many requests wait for the database', undefined, 1);
      let client: pg.PoolClient;
      try {
        client = await current.connect();
      } catch (error) {
        throw translate(error);
      }
      try {
        const result = await work(client);
        client.release();
        return result;
      } catch (error) {
        client.release(isConnectionFailure(error));
        if (isSilence(error)) renew(current);
        throw translate(error);
      }
    },
    end: async () => {
      ended = true;
      await pool.end();
    },
  };
}

/** `?` to `$1`, `$2`, …; our texts hold no other question mark. */
function toPostgres(text: string): string {
  let index = 0;
  return text.replace(/\?/gu, () => {
    index += 1;
    return `$${String(index)}`;
  });
}
