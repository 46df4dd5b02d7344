/** The data folder: made with rights for the owner only, with the database file and the secret key in it. */
import { chmodSync, linkSync, mkdirSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SignetError } from '../core/errors.js';
import { randomToken } from '../crypto/random.js';
import type { Settings } from './settings.js';

export interface DataFolder {
  readonly databaseUrl: string;
  readonly secretKey: string;
  /** Where the secret key comes from, for `signet doctor`. */
  readonly secretKeyFile: string | undefined;
}

const SECRET_KEY_FILE = 'secret.key';
const SECRET_KEY_BYTES = 32;

/**
 * Opens the folder, making what is missing. Throws invalid_input with a sentence when it cannot be used, and when the
 * database is there while its secret key is gone: a new key could open none of the private keys in it.
 */
export function openDataFolder(settings: Pick<Settings, 'data' | 'databaseUrl' | 'secretKey'>): DataFolder {
  const { data, secretKey } = settings;
  const databaseUrl = databaseUrlOf(settings);
  const sqlitePath = sqlitePathOf(databaseUrl);
  if (sqlitePath !== undefined || secretKey === undefined) makeFolder(data);
  if (secretKey !== undefined) return { databaseUrl, secretKey, secretKeyFile: undefined };
  const path = join(data, SECRET_KEY_FILE);
  return { databaseUrl, secretKey: readKey(path) ?? makeKey(path, sqlitePath), secretKeyFile: path };
}

/** False where the settings name a database file that nobody has made yet: for what looks into a store and shall not make one. */
export function hasDatabase(settings: Pick<Settings, 'data' | 'databaseUrl'>): boolean {
  const path = sqlitePathOf(databaseUrlOf(settings));
  return path === undefined || hasContent(path);
}

function databaseUrlOf({ data, databaseUrl }: Pick<Settings, 'data' | 'databaseUrl'>): string {
  return databaseUrl ?? `sqlite:${join(data, 'signet.db')}`;
}

function sqlitePathOf(databaseUrl: string): string | undefined {
  return databaseUrl.startsWith('sqlite:') ? databaseUrl.slice('sqlite:'.length) : undefined;
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new SignetError('invalid_input', `The data folder ${path} cannot be made: ${codeOf(error)}. Choose another with SIGNET_DATA.`, { cause: error });
  }
}

function readKey(path: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new SignetError('invalid_input', `The secret key ${path} cannot be read: ${codeOf(error)}.`, { cause: error });
  }
  if (text.length < 16) throw new SignetError('invalid_input', `The secret key ${path} is empty or damaged; put it back from your safe copy.`);
  return text;
}

/** Written aside and linked into place: of several processes that start at once one makes the key, and none reads half of it. */
function makeKey(path: string, sqlitePath: string | undefined): string {
  if (sqlitePath !== undefined && hasContent(sqlitePath)) {
    // Another process may have made both since we looked: the key comes first.
    const made = readKey(path);
    if (made !== undefined) return made;
    throw new SignetError(
      'invalid_input',
      `The secret key ${path} is missing, and the database has content sealed under it. Put the key back, or set SIGNET_SECRET_KEY.`,
    );
  }
  const temporary = `${path}.${randomToken(6)}`;
  try {
    writeFileSync(temporary, `${randomToken(SECRET_KEY_BYTES)}\n`, { mode: 0o600, flag: 'wx' });
    chmodSync(temporary, 0o600);
    linkSync(temporary, path);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') {
      throw new SignetError('invalid_input', `The secret key ${path} cannot be written: ${codeOf(error)}.`, { cause: error });
    }
  } finally {
    removeIfThere(temporary);
  }
  const made = readKey(path);
  if (made === undefined) throw new SignetError('invalid_input', `The secret key ${path} vanished while it was made.`);
  return made;
}

function hasContent(path: string): boolean {
  try {
    return statSync(path).size > 0;
  } catch {
    // Not there, or not readable: opening the database will say which.
    return false;
  }
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
