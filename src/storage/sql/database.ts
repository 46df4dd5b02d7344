/** What a repository needs of a database: statements, one transaction at a time, the clock. SQLite and PostgreSQL give the same. */
import type { Kysely } from 'kysely';
import type { Tables } from './schema.js';

/** What may be bound to a statement. Arrays are for PostgreSQL's unnest only. */
export type SqlValue = string | number | null | readonly (string | number | null)[];

export type Row = Readonly<Record<string, unknown>>;

export interface Result {
  readonly rows: readonly Row[];
  readonly affected: number;
}

/** A compiled Kysely query, or anything of its shape. */
export interface Query {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** One statement of a transaction. `query` is asked when its turn comes, so it may use what earlier steps saw; `check` throws to undo them all. */
export interface Step {
  readonly query: Query | (() => Query);
  readonly check?: (result: Result) => void;
}

export interface StatementOptions {
  /** Saying it twice does no harm: it is said once more when the connection broke. */
  readonly repeatable?: boolean;
}

export type Statement<R> = (...parameters: readonly SqlValue[]) => Promise<readonly R[]>;

interface CommonDatabase {
  /** Builds typed queries. `execute()` runs them; transactions go through `atomically`. */
  readonly kysely: Kysely<Tables>;
  /**
   * A hot statement, prepared once: `?` for parameters, `now_ms()` for the store's clock, the same text on both databases.
   * Rejects with UniqueViolation, SignetError `unavailable`, or the driver's error when it is our mistake.
   */
  statement<R>(text: string, options?: StatementOptions): Statement<R>;
  /** All steps or none, in one transaction. */
  atomically(steps: readonly Step[]): Promise<void>;
  /** The configuration version; nearly free where nothing was committed since the last call. */
  version(): Promise<number>;
  /** Asks whether the database answers, and can write where it lately could not. Gives its clock. */
  ping(): Promise<number>;
  close(): Promise<void>;
}

export interface SqliteDatabase extends CommonDatabase {
  readonly kind: 'sqlite';
  /** The same insert for many rows in one transaction, through one prepared statement, without a detour. */
  insertMany(text: string, rows: readonly (readonly SqlValue[])[]): void;
}

export interface PostgresDatabase extends CommonDatabase {
  readonly kind: 'postgres';
  /** Calls back when another node announces a change, and after each reconnect; a hint only: the poll is the truth. */
  listen(heard: () => void): void;
}

export type Database = SqliteDatabase | PostgresDatabase;

/** The statement that announces a change to the other nodes; PostgreSQL only, inside the transaction. */
export const CHANGES_CHANNEL = 'signet_changes';
