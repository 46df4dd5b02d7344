/** What holds for every connection to PostgreSQL: its options, how a query is sent, how steps become a transaction. */
import pg from 'pg';
import type { Query, Result, Row, Step } from './database.js';
import { isConnectionFailure } from './failures.js';

const CONNECT_TIMEOUT_MS = 1500;
const INT8 = 20;
/** Counters and times come as numbers: none of ours reaches 2^53. */
const types = new pg.TypeOverrides();
types.setTypeParser(INT8, Number);

/** The server's clock; SQLite has a function of the name that stands for it in our texts. */
export const NOW = '(extract(epoch from clock_timestamp()) * 1000)::bigint';

/** What every connection of ours is told. */
export function connectionOptions(url: string): pg.ClientConfig {
  return {
    connectionString: url,
    application_name: 'signet',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    types,
  };
}

/** Runs one query on a client; `name` keeps it prepared there. */
export async function send(client: pg.ClientBase, query: Query, name?: string): Promise<Result> {
  const text = query.sql.includes('now_ms()') ? query.sql.replaceAll('now_ms()', NOW) : query.sql;
  const result = await client.query<Row>({ text, values: query.parameters.map(withoutNul), ...(name === undefined ? {} : { name }) });
  return { rows: result.rows, affected: result.rowCount ?? 0 };
}

/** All steps in one transaction on one client. */
export async function inTransaction(client: pg.ClientBase, steps: readonly Step[]): Promise<void> {
  await client.query('begin');
  try {
    for (const step of steps) {
      const result = await send(client, typeof step.query === 'function' ? step.query() : step.query);
      step.check?.(result);
    }
    await client.query('commit');
  } catch (error) {
    // Where the connection broke the server undoes it by itself.
    if (!isConnectionFailure(error)) await client.query('rollback');
    throw error;
  }
}

/** PostgreSQL's text knows no NUL; a message that carries one must not become a server error. */
function withoutNul(value: unknown): unknown {
  if (typeof value === 'string') return value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value;
  return Array.isArray(value) ? value.map(withoutNul) : value;
}
