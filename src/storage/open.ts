/** Opens everything that remembers: settings in, Storage out. */
import { SignetError } from '../core/errors.js';
import type { Instant } from '../core/model/ids.js';
import type {
  ChangeFeed,
  ChangeLog,
  Clock,
  Configuration,
  EphemeralStore,
  LocalDirectories,
  MetadataHistory,
  PersistentNameRegister,
  RelyingParties,
  RelyingPartyLookup,
  SigningKeys,
  SsoSessions,
  StoredSettings,
  UserLookup,
  Users,
} from '../core/ports.js';
import { createRelyingPartyLookup, createUserLookup } from './cached.js';
import { openEphemeral } from './ephemeral/open.js';
import { createLocalDirectories } from './local-directory.js';
import { createSsoSessions } from './sso-sessions.js';
import { createChangeFeed } from './sql/change-feed.js';
import { createChangeLog } from './sql/change-log.js';
import { createConfiguration } from './sql/configuration-changes.js';
import { createConfigurationWriter } from './sql/configuration.js';
import type { Database } from './sql/database.js';
import { createJournal, type SqlJournal } from './sql/journal.js';
import { createMetadataHistory } from './sql/metadata-history.js';
import { migrate } from './sql/migrate.js';
import { createPersistentNames } from './sql/persistent-names.js';
import { openPostgres } from './sql/postgres.js';
import { createRelyingParties } from './sql/relying-parties.js';
import { createStoredSettings } from './sql/settings.js';
import { createSigningKeys } from './sql/signing-keys.js';
import { openSqlite } from './sql/sqlite.js';
import { createUsers } from './sql/users.js';
import { parseUrl } from '../core/model/uri.js';

export interface StorageSettings {
  /** `sqlite:PATH` (the folder must exist) or `postgres://…`. */
  readonly databaseUrl: string;
  /** `redis://…` or `rediss://…`: counters and copies of sessions live there; nothing that must not be lost. */
  readonly redisUrl?: string;
}

export interface StorageParts {
  readonly clock: Clock;
  /** Told about failures in the background that no caller is told about. */
  readonly onError: (error: unknown, what: string) => void;
}

export interface Storage {
  readonly relyingParties: RelyingParties;
  readonly metadataHistory: MetadataHistory;
  readonly users: Users;
  readonly persistentNames: PersistentNameRegister;
  readonly signingKeys: SigningKeys;
  readonly journal: SqlJournal;
  readonly changeLog: ChangeLog;
  readonly storedSettings: StoredSettings;
  readonly localDirectories: LocalDirectories;
  readonly configuration: Configuration;
  readonly ephemeral: EphemeralStore;
  readonly ssoSessions: SsoSessions;
  readonly changes: ChangeFeed;
  readonly relyingPartyLookup: RelyingPartyLookup;
  readonly userLookup: UserLookup;
  /** Answers within its bounds or throws `unavailable`; gives the database's clock. */
  ping(): Promise<Instant>;
  /** Flushes the journal and closes everything. */
  close(): Promise<void>;
}

/**
 * Opens the database, brings its schema up to date (one node at a time) and puts the stores on it. Rejects with
 * `invalid_input` for an address it does not understand, `unavailable` when the database cannot be reached or used now
 * (try again later), and `conflict` when a newer version has made its schema unusable for this one.
 */
export async function openStorage(settings: StorageSettings, parts: StorageParts): Promise<Storage> {
  if (settings.redisUrl !== undefined && !/^rediss?:\/\//u.test(settings.redisUrl)) {
    throw new SignetError('invalid_input', 'the address of Redis is not redis://… or rediss://…; correct SIGNET_REDIS_URL');
  }
  const database = await openDatabase(settings.databaseUrl, parts);
  try {
    await migrate(database, settings.databaseUrl, parts.clock);
    return await assemble(database, settings.redisUrl, parts);
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function openDatabase(url: string, { clock, onError }: StorageParts): Promise<Database> {
  const path = /^sqlite:(?<path>.+)$/u.exec(url)?.groups?.['path'];
  if (path !== undefined) return openSqlite(path, clock);
  if (/^postgres(?:ql)?:\/\//u.test(url) && parseUrl(url) !== undefined) return openPostgres({ url, onError });
  throw new SignetError('invalid_input', 'the address of the database is neither sqlite:PATH nor postgres://…; correct SIGNET_DATABASE_URL');
}

async function assemble(database: Database, redisUrl: string | undefined, { clock, onError }: StorageParts): Promise<Storage> {
  const { ephemeral, closeEphemeral } = await openEphemeral({ database, redisUrl, clock, onError });
  const changes = createChangeFeed({ database, clock, onError });
  const write = createConfigurationWriter({ database, committed: changes.committed });
  const relyingParties = createRelyingParties(database, write);
  const users = createUsers(database, write);
  const journal = createJournal({ database, onError });
  const storedSettings = createStoredSettings(database, write);
  return {
    relyingParties,
    metadataHistory: createMetadataHistory(database, write),
    users,
    persistentNames: createPersistentNames(database, write),
    signingKeys: createSigningKeys(database, write),
    journal,
    changeLog: createChangeLog(database),
    storedSettings,
    localDirectories: createLocalDirectories(storedSettings),
    configuration: createConfiguration({ database, write, relyingParties }),
    ephemeral,
    ssoSessions: createSsoSessions({ ephemeral, clock }),
    changes,
    relyingPartyLookup: createRelyingPartyLookup({ relyingParties, changes }),
    userLookup: createUserLookup({ users, changes }),
    ping: async () => database.ping(),
    close: async () => {
      changes.close();
      closeEphemeral();
      await journal.flush().catch((error: unknown) => {
        onError(error, 'writing the last records of the journal');
      });
      await database.close();
    },
  };
}
