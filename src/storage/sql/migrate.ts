/** Brings the schema up to date, one node at a time: SQLite under its write lock, PostgreSQL under an advisory lock. */
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { SignetError } from '../../core/errors.js';
import type { Clock } from '../../core/ports.js';
import type { Database, Query, Result, Row, Step } from './database.js';
import { isMissingTable, translate, unavailable } from './failures.js';
import { MIGRATIONS } from './migrations/index.js';
import type { Migration } from './migrations/migration.js';
import { connectionOptions, send } from './postgres-connection.js';

/** Any number that no other application on the database is likely to use. */
const LOCK_NUMBER = 7_364_638_001;
const LOCK_WAIT_MS = 60_000;
const LOCK_PAUSE_MS = 100;
const LOCK_TIMEOUT = '2s';

const LEVELS_TABLE =
  'create table if not exists schema_levels (level integer primary key, name text not null, min_app integer not null, applied_at bigint not null)';
const LEVELS = { sql: 'select level, min_app from schema_levels order by level', parameters: [] };

/**
 * Migrates a database that may be used by others, or refuses with `conflict` when a newer application has already made
 * its schema unusable for this one (the `min_app` mark of the newest level).
 */
export async function migrate(database: Database, url: string, clock: Clock, migrations: readonly Migration[] = MIGRATIONS): Promise<void> {
  const level = migrations.at(-1)?.level ?? 0;
  const applied = await readLevels(database);
  if (!isDue(applied, level)) return;
  switch (database.kind) {
    case 'sqlite':
      return migrateSqlite(database, migrations);
    case 'postgres':
      return migratePostgres(url, clock, migrations);
  }
}

/** The newest level applied, 0 on an empty database. */
export async function schemaLevel(database: Database): Promise<number> {
  return Number((await readLevels(database)).at(-1)?.['level'] ?? 0);
}

async function readLevels(database: Database): Promise<readonly Row[]> {
  try {
    return await database.statement<Row>(LEVELS.sql)();
  } catch (error) {
    if (isMissingTable(error)) return [];
    throw error;
  }
}

function isDue(applied: readonly Row[], level: number): boolean {
  const newest = applied.at(-1);
  if (newest === undefined) return level > 0;
  const minApp = Number(newest['min_app']);
  if (minApp > level) {
    throw new SignetError(
      'conflict',
      `a newer Signet has upgraded this database (schema level ${String(newest['level'])}, which needs an application of level ${String(minApp)}; this one has ${String(level)}); start that version, or restore a backup`,
    );
  }
  return Number(newest['level']) < level;
}

/** The steps that are still due: decided under the lock, because another node may have been first. */
function due(kind: 'sqlite' | 'postgres', applied: Result, migrations: readonly Migration[]): readonly Query[] {
  const newest = Number(applied.rows.at(-1)?.['level'] ?? 0);
  if (!isDue(applied.rows, migrations.at(-1)?.level ?? 0)) return [];
  return migrations
    .filter((migration) => migration.level > newest)
    .flatMap((migration) => [
      ...migration.statements(kind).map((sql) => ({ sql, parameters: [] })),
      {
        sql: `insert into schema_levels (level, name, min_app, applied_at) values (${String(migration.level)}, '${migration.name}', ${String(migration.minApp)}, now_ms())`,
        parameters: [],
      },
    ]);
}

async function migrateSqlite(database: Database, migrations: readonly Migration[]): Promise<void> {
  await database.atomically(lockedSteps('sqlite', migrations));
}

/** The list of steps grows when its second step has read what is there. */
function lockedSteps(kind: 'sqlite' | 'postgres', migrations: readonly Migration[]): readonly Step[] {
  const steps: Step[] = [{ query: { sql: LEVELS_TABLE, parameters: [] } }];
  steps.push({
    query: LEVELS,
    check: (applied) => {
      steps.push(...due(kind, applied, migrations).map((query) => ({ query })));
    },
  });
  return steps;
}

/** On a connection of its own: a migration may take longer than any request is allowed to. */
async function migratePostgres(url: string, clock: Clock, migrations: readonly Migration[]): Promise<void> {
  const client = new pg.Client(connectionOptions(url));
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(`set lock_timeout = '${LOCK_TIMEOUT}'`);
    const deadline = clock.monotonic() + LOCK_WAIT_MS;
    for (;;) {
      if (await tryMigrate(client, migrations)) return;
      if (clock.monotonic() > deadline)
        throw unavailable('another node has been upgrading the database for more than a minute', undefined, LOCK_WAIT_MS / 1000);
      await sleep(LOCK_PAUSE_MS + randomInt(LOCK_PAUSE_MS));
    }
  } catch (error) {
    throw translate(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** False when another node holds the lock, or a statement had to wait too long for a table that is in use. */
async function tryMigrate(client: pg.Client, migrations: readonly Migration[]): Promise<boolean> {
  await client.query('begin');
  try {
    const locked = await client.query<{ readonly got: boolean }>('select pg_try_advisory_xact_lock($1) as got', [LOCK_NUMBER]);
    const got = locked.rows[0]?.got === true;
    if (got) {
      for (const step of lockedSteps('postgres', migrations)) {
        const result = await send(client, typeof step.query === 'function' ? step.query() : step.query);
        step.check?.(result);
      }
    }
    await client.query('commit');
    return got;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    if (isLockTimeout(error)) return false;
    throw error;
  }
}

function isLockTimeout(error: unknown): boolean {
  return error instanceof Error && Reflect.get(error, 'code') === '55P03';
}
