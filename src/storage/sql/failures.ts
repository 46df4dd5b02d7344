/** What the drivers' errors mean: taken names, a database that is away, a full disk. Anything else is our own mistake and stays as it is. */
import { SignetError } from '../../core/errors.js';

/** A unique name is taken; the repository says which in its own sentence. */
export class UniqueViolation extends Error {
  override readonly name = 'UniqueViolation';
}

const RETRY_SECONDS = 5;
const BUSY_RETRY_SECONDS = 1;

/** Node's codes of a connection that could not be made or broke. */
const SOCKET_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'ETIMEDOUT',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'EACCES',
]);
/** pg gives these failures no code. */
const CONNECTION_MESSAGE =
  /^Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Client was closed|pool after calling end/u;

/** SQLSTATEs that say "not now": connection, resources, operator, statement and lock timeouts, serialization, read-only standby, system. */
const PASSING_STATE = /^(?:08|53|57P|57014|55P03|40001|40P01|25006|58)/u;
/** SQLSTATEs that say "not with these settings": password, database name. */
const REFUSED_STATE = /^(?:28|3D000)/u;

/** The driver's error as one of ours; what is not about the store's health comes back unchanged. */
export function translate(error: unknown): Error {
  if (!(error instanceof Error)) return new Error('the database driver threw something that is not an error', { cause: error });
  if (error instanceof SignetError || error instanceof UniqueViolation) return error;
  const sqlite = textOf(error, 'sqliteCodeName');
  if (sqlite !== undefined) return translateSqlite(error, sqlite);
  const code = textOf(error, 'code') ?? '';
  if (code === '23505') return new UniqueViolation('a unique name is taken', { cause: error });
  if (code === '53100') return unavailable('the disk of the database is full', error, RETRY_SECONDS);
  if (REFUSED_STATE.test(code)) return unavailable('the database refuses the connection; check SIGNET_DATABASE_URL', error, RETRY_SECONDS);
  if (isConnectionFailure(error)) return unavailable('the database does not answer', error, RETRY_SECONDS);
  if (PASSING_STATE.test(code)) return unavailable('the database cannot take this now', error, RETRY_SECONDS);
  return error;
}

/** True when the connection itself failed or timed out, so that it must not be used again. */
export function isConnectionFailure(error: unknown): boolean {
  const code = textOf(error, 'code') ?? '';
  if (SOCKET_CODES.has(code) || /^(?:08|57P)/u.test(code)) return true;
  return error instanceof Error && CONNECTION_MESSAGE.test(error.message);
}

/** True when no answer came in time: other connections of the pool may be dead in the same way. */
export function isSilence(error: unknown): boolean {
  return error instanceof Error && /Query read timeout/u.test(error.message);
}

/** True when a table does not exist yet. */
export function isMissingTable(error: unknown): boolean {
  return textOf(error, 'code') === '42P01' || (error instanceof Error && /no such table/u.test(error.message));
}

/** True when the disk, not the moment, is the reason: SQLite cannot write until somebody makes room. */
export function isDiskTrouble(error: unknown): boolean {
  const name = textOf(error, 'sqliteCodeName');
  return name === 'SQLITE_FULL' || name === 'SQLITE_IOERR' || name === 'SQLITE_READONLY';
}

/** True when another process holds SQLite's lock at this moment. */
export function isBusy(error: unknown): boolean {
  const name = textOf(error, 'sqliteCodeName');
  return name === 'SQLITE_BUSY' || name === 'SQLITE_LOCKED';
}

/** The error to throw when there is no room to wait in. */
export function unavailable(message: string, cause: unknown, retryAfterSeconds: number): SignetError {
  return new SignetError('unavailable', message, { cause, retryAfterSeconds });
}

function translateSqlite(error: Error, name: string): Error {
  switch (name) {
    case 'SQLITE_CONSTRAINT':
      return isUniqueText(error) ? new UniqueViolation('a unique name is taken', { cause: error }) : error;
    case 'SQLITE_FULL':
      return unavailable('the disk that holds the database is full', error, RETRY_SECONDS);
    case 'SQLITE_BUSY':
    case 'SQLITE_LOCKED':
      return unavailable('the database is busy', error, BUSY_RETRY_SECONDS);
    case 'SQLITE_IOERR':
    case 'SQLITE_CANTOPEN':
    case 'SQLITE_READONLY':
    case 'SQLITE_NOTADB':
    case 'SQLITE_CORRUPT':
    case 'SQLITE_PERM':
      return unavailable(`the database file cannot be used (${name})`, error, RETRY_SECONDS);
    default:
      return error;
  }
}

function isUniqueText(error: Error): boolean {
  return /UNIQUE constraint/u.test(error.message);
}

function textOf(error: unknown, name: string): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const value: unknown = Reflect.get(error, name);
  return typeof value === 'string' ? value : undefined;
}
