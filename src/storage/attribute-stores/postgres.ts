/**
 * An attribute store over a PostgreSQL of somebody else: a rule's statement with bound parameters, in a transaction that can
 * only read, through a cursor, within a bound on time, rows and connections.
 */
import pg from 'pg';
import type { AttributeStore, StoreRow } from '../../core/claims/attribute-store.js';
import { SignetError } from '../../core/errors.js';
import { isConnectionFailure } from '../sql/failures.js';
import { messageWithoutValues, refuseArrays, SESSION_FORMATS, toText } from './sql-values.js';
import { readStatement, type SqlStatement } from './statement.js';

const CONNECT_MS = 2000;
const STATEMENT_MS = 3000;
/** For a server that has stopped to say anything, its own limit included. */
const SILENCE_MS = 3500;
const IDLE_MS = 30_000;
const MOST_CONNECTIONS = 4;
const MOST_WAITING = 100;
const MOST_ROWS = 1000;
const LONGEST_MESSAGE = 200;

/** The text as it came, whatever the type. */
const asSent = { getTypeParser: () => (text: string) => text };

export interface SqlStoreParts {
  /** postgres://USER@HOST:PORT/DATABASE */
  readonly url: string;
  readonly password?: string | undefined;
}

/** An answer with the names of its columns. */
export interface SqlAnswer {
  readonly columns: readonly string[];
  readonly rows: readonly StoreRow[];
}

export interface SqlStore extends AttributeStore {
  /** Like `ask`, for however many columns there are. */
  query(statement: string, params: readonly string[]): Promise<SqlAnswer>;
  /** Ends its connections once they have answered; nothing can be asked any more. */
  close(): Promise<void>;
}

/**
 * Makes the store; it connects when it is first asked. `ask` rejects with `invalid_input` for a statement that cannot be
 * asked or has other columns than wanted, and with `unavailable` for everything else, naming the reason without a secret.
 */
export function createSqlStore(parts: SqlStoreParts): SqlStore {
  const place = placeOf(parts.url);
  let pool: pg.Pool | undefined;
  let closed = false;

  const open = (): pg.Pool => {
    const made = new pg.Pool({
      connectionString: withPassword(parts),
      application_name: 'signet-attribute-store',
      max: MOST_CONNECTIONS,
      connectionTimeoutMillis: CONNECT_MS,
      idleTimeoutMillis: IDLE_MS,
      query_timeout: SILENCE_MS,
      keepAlive: true,
    });
    // What breaks while idle is replaced; what breaks in use tells its question.
    made.on('error', () => undefined);
    made.on('connect', (client) => client.on('error', () => undefined));
    return made;
  };

  const use = async <T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> => {
    if (closed) throw new SignetError('unavailable', 'the store was changed or removed meanwhile; try again');
    let client: pg.PoolClient;
    try {
      // A certificate file that cannot be read fails here.
      pool ??= open();
      if (pool.waitingCount >= MOST_WAITING) throw new SignetError('unavailable', `too many questions wait for ${place}`);
      client = await pool.connect();
    } catch (error) {
      throw failure(error, place);
    }
    let broken = true;
    try {
      const result = await work(client);
      broken = false;
      return result;
    } catch (error) {
      broken = isConnectionFailure(error) || !(await undone(client));
      throw failure(error, place);
    } finally {
      client.release(broken);
    }
  };

  const query = async (text: string, params: readonly string[]): Promise<SqlAnswer> => {
    const statement = readStatement(text, params.length);
    return use((client) => read(client, statement, params));
  };

  return {
    query,
    ask: async (question) => {
      const { columns, rows } = await query(question.query, question.params);
      if (columns.length !== question.columns) {
        const sentence = `the statement gives ${counted(columns.length, 'column')}, and the rule names ${counted(question.columns, 'type')}`;
        throw new SignetError('invalid_input', sentence);
      }
      return rows;
    },
    close: async () => {
      closed = true;
      await pool?.end();
    },
  };
}

async function read(client: pg.PoolClient, { text, parameters }: SqlStatement, params: readonly string[]): Promise<SqlAnswer> {
  await client.query(`begin transaction read only; set local statement_timeout = ${String(STATEMENT_MS)}; ${SESSION_FORMATS}`);
  const declare: pg.QueryConfig & { readonly queryMode: 'extended' } = {
    text: `declare signet_rows no scroll cursor for ${text}`,
    values: parameters.map((number) => params[number]),
    // By this protocol it can be one statement only, also without parameters.
    queryMode: 'extended',
  };
  await client.query(declare);
  const { rows, fields } = await client.query<(string | null)[]>({
    text: `fetch forward ${String(MOST_ROWS + 1)} from signet_rows`,
    rowMode: 'array',
    types: asSent,
  });
  await client.query('rollback');
  refuseArrays(fields.map(({ dataTypeID }) => dataTypeID));
  if (rows.length > MOST_ROWS) throw new SignetError('unavailable', `the statement gives more than ${String(MOST_ROWS)} rows; narrow it down`);
  return {
    columns: fields.map(({ name }) => name),
    rows: rows.map((row) => row.map((value, at) => (value === null ? undefined : toText(value, fields[at]?.dataTypeID ?? 0)))),
  };
}

/** Whether the connection is as it was before. */
async function undone(client: pg.PoolClient): Promise<boolean> {
  return client.query('rollback').then(
    () => true,
    () => false,
  );
}

function failure(error: unknown, place: string): SignetError {
  if (error instanceof SignetError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const message = error instanceof Error ? messageWithoutValues(error.message, code).slice(0, LONGEST_MESSAGE) : '';
  const timedOut = code === '57014' || /timeout/iu.test(message);
  const sentence = timedOut
    ? `${place} did not answer in time`
    : error instanceof pg.DatabaseError
      ? `${place} refused the question (SQLSTATE ${code}): ${message}`
      : `${place} cannot be reached (${code === '' ? message : code})`;
  return new SignetError('unavailable', sentence, { cause: error });
}

function counted(count: number, what: string): string {
  return `${String(count)} ${what}${count === 1 ? '' : 's'}`;
}

function placeOf(url: string): string {
  const { hostname, port } = new URL(url);
  return `the database at ${hostname}:${port === '' ? '5432' : port}`;
}

function withPassword({ url, password }: SqlStoreParts): string {
  if (password === undefined) return url;
  const address = new URL(url);
  address.password = encodeURIComponent(password);
  return address.href;
}
