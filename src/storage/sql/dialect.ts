/**
 * The Kysely dialect over a Database: Kysely writes the SQL, the Database runs it. Kysely's own transactions are not
 * offered: on SQLite's one connection, whatever else runs between two awaits would fall into them; `atomically` does it.
 */
import {
  type CompiledQuery,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { Query, Result } from './database.js';
import type { Tables } from './schema.js';

export type Execute = (query: Query) => Promise<Result>;

/** A Kysely that runs its queries through `execute`. */
export function createKysely(kind: 'sqlite' | 'postgres', execute: Execute): Kysely<Tables> {
  const dialect: Dialect = {
    createAdapter: () => (kind === 'sqlite' ? new SqliteAdapter() : new PostgresAdapter()),
    createQueryCompiler: () => (kind === 'sqlite' ? new SqliteQueryCompiler() : new PostgresQueryCompiler()),
    createDriver: () => createDriver(execute),
    createIntrospector: (database): DatabaseIntrospector => (kind === 'sqlite' ? new SqliteIntrospector(database) : new PostgresIntrospector(database)),
  };
  return new Kysely<Tables>({ dialect });
}

function createDriver(execute: Execute): Driver {
  const connection: DatabaseConnection = {
    executeQuery: async <R>(query: CompiledQuery): Promise<QueryResult<R>> => {
      const { rows, affected } = await execute(query);
      return { rows: rows as R[], numAffectedRows: BigInt(affected) };
    },
    streamQuery: () => {
      throw new Error('queries are not streamed');
    },
  };
  const refuse = (): Promise<void> => Promise.reject(new Error('use Database.atomically for transactions'));
  const done = (): Promise<void> => Promise.resolve();
  return {
    init: done,
    acquireConnection: () => Promise.resolve(connection),
    beginTransaction: refuse,
    commitTransaction: refuse,
    rollbackTransaction: refuse,
    releaseConnection: done,
    destroy: done,
  };
}
