/**
 * The one way configuration is written: in one transaction the version is raised (its row lock puts all such writes in
 * a line), the rows change, and the audit records say who did what. Nothing of it is there without the rest.
 */
import { sql } from 'kysely';
import { SignetError } from '../../core/errors.js';
import type { Change, ChangeEntry } from '../../core/ports.js';
import { CHANGES_CHANNEL, type Database, type Query, type Result, type Step } from './database.js';
import { UniqueViolation } from './failures.js';

/** One audit record. Objects must come without secrets. */
export interface Audit {
  readonly kind: ChangeEntry['kind'];
  readonly objectId: string;
  readonly before: unknown;
  readonly after: unknown;
}

export interface ConfigurationWrite {
  readonly change: Change;
  readonly steps: readonly Step[];
  /** Asked after the steps have run. */
  readonly audits: () => readonly Audit[];
  /** The sentence for an administrator when a unique name is taken; asked after nothing was written. */
  readonly taken: string | (() => Promise<string>);
}

export type WriteConfiguration = (write: ConfigurationWrite) => Promise<void>;

export interface ConfigurationParts {
  readonly database: Database;
  /** Called after the commit, before the write resolves, with the version it made. */
  readonly committed: (version: number) => void;
}

/** Makes the writer. It rejects with `conflict` when a unique name is taken, with what a step's check throws, or with `unavailable`. */
export function createConfigurationWriter({ database, committed }: ConfigurationParts): WriteConfiguration {
  const raise = database.kysely
    .updateTable('configuration_version')
    .set({ counter: sql`counter + 1` })
    .returning('counter')
    .compile();
  const announce: Query = { sql: `select pg_notify('${CHANGES_CHANNEL}', '')`, parameters: [] };

  return async ({ change, steps, audits, taken }) => {
    let version = 0;
    const all: Step[] = [
      {
        query: raise,
        check: ({ rows }) => {
          version = Number(rows[0]?.['counter']);
        },
      },
      ...steps,
      { query: () => insertAudits(database, change, audits()) },
      ...(database.kind === 'postgres' ? [{ query: announce }] : []),
    ];
    try {
      await database.atomically(all);
    } catch (error) {
      if (error instanceof UniqueViolation) {
        throw new SignetError('conflict', typeof taken === 'string' ? taken : await taken(), { cause: error });
      }
      throw error;
    }
    committed(version);
  };
}

/** A check for a statement that must have found exactly the version it named. */
export function expectOne(what: string): (result: Result) => void {
  return ({ affected }) => {
    if (affected !== 1) throw new SignetError('conflict', `${what} was changed or removed by somebody else meanwhile; look at it again and repeat the change`);
  };
}

function insertAudits(database: Database, change: Change, audits: readonly Audit[]): Query {
  return database.kysely
    .insertInto('changes')
    .values(
      audits.map((audit) => ({
        at: sql<number>`now_ms()`,
        actor: change.actor,
        action: change.action,
        kind: audit.kind,
        object_id: audit.objectId,
        before_json: toJson(audit.before),
        after_json: toJson(audit.after),
      })),
    )
    .compile();
}

function toJson(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
