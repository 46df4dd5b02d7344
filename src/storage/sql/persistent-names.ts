/** Persistent name identifiers: random, pairwise, never reassigned (SAML Core 8.3.7). A name that exists never changes, so it may be kept in memory. */
import { sql } from 'kysely';
import { asId, type UserId } from '../../core/model/ids.js';
import type { PersistentName, PersistentNameRegister } from '../../core/ports.js';
import { createBoundedMap } from '../../core/bounded-map.js';
import type { WriteConfiguration } from './configuration.js';
import type { Database, Query } from './database.js';

const MOST_KEPT = 20_000;
/** Rows of one insert; SQLite binds at most 32,766 values. */
const ROWS_PER_INSERT = 5000;

/** The names over a database. */
export function createPersistentNames(database: Database, write: WriteConfiguration): PersistentNameRegister {
  const { kysely } = database;
  const kept = createBoundedMap<string, Promise<string>>(MOST_KEPT);
  const select = database.statement<{ readonly name_value: string }>('select name_value from persistent_names where user_id = ? and sp_name_qualifier = ?', {
    repeatable: true,
  });
  const insert = database.statement(
    'insert into persistent_names (user_id, sp_name_qualifier, name_value, created_at) values (?, ?, ?, now_ms()) on conflict (user_id, sp_name_qualifier) do nothing',
    { repeatable: true },
  );
  const selectOwner = database.statement<{ readonly user_id: string }>('select user_id from persistent_names where sp_name_qualifier = ? and name_value = ?', {
    repeatable: true,
  });

  const insertion = (names: readonly PersistentName[]): Query =>
    kysely
      .insertInto('persistent_names')
      .values(
        names.map(({ userId, spNameQualifier, value }) => ({
          user_id: userId,
          sp_name_qualifier: spNameQualifier,
          name_value: value,
          created_at: sql<number>`now_ms()`,
        })),
      )
      .compile();

  const find = async (userId: UserId, spNameQualifier: string): Promise<string | undefined> => {
    const key = `${userId} ${spNameQualifier}`;
    const known = kept.get(key);
    if (known !== undefined) return known;
    const row = (await select(userId, spNameQualifier))[0];
    if (row === undefined) return undefined;
    kept.set(key, Promise.resolve(row.name_value));
    return row.name_value;
  };

  return {
    find,
    findOrCreate: async (userId, spNameQualifier, candidate) => {
      const before = await find(userId, spNameQualifier);
      if (before !== undefined) return before;
      await insert(userId, spNameQualifier, candidate);
      const stands = await find(userId, spNameQualifier);
      if (stands === undefined) throw new Error('a persistent name vanished');
      return stands;
    },
    findOwner: async (spNameQualifier, value) => {
      const row = (await selectOwner(spNameQualifier, value))[0];
      return row === undefined ? undefined : asId<'User'>(row.user_id);
    },
    list: async ({ userId, spNameQualifier }, { after, limit }) => {
      const rows = await kysely
        .selectFrom('persistent_names')
        .selectAll()
        .$if(userId !== undefined, (query) => query.where('user_id', '=', userId ?? ''))
        .$if(spNameQualifier !== undefined, (query) => query.where('sp_name_qualifier', '=', spNameQualifier ?? ''))
        .$if(after !== undefined, (query) =>
          query.where(sql<boolean>`(sp_name_qualifier, user_id) > (${after?.spNameQualifier ?? ''}, ${after?.userId ?? ''})`),
        )
        .orderBy('sp_name_qualifier')
        .orderBy('user_id')
        .limit(limit)
        .execute();
      return rows.map((row) => ({
        userId: asId<'User'>(row.user_id),
        spNameQualifier: row.sp_name_qualifier,
        value: row.name_value,
        createdAt: row.created_at,
      }));
    },
    insertAll: async (names, change) => {
      if (names.length === 0) return;
      const parts = Array.from({ length: Math.ceil(names.length / ROWS_PER_INSERT) }, (_, index) =>
        names.slice(index * ROWS_PER_INSERT, (index + 1) * ROWS_PER_INSERT),
      );
      await write({
        change,
        steps: parts.map((part) => ({ query: insertion(part) })),
        audits: () =>
          [...new Set(names.map(({ spNameQualifier }) => spNameQualifier))].map((objectId) => ({
            kind: 'names',
            objectId,
            before: undefined,
            after: names.filter(({ spNameQualifier }) => spNameQualifier === objectId).map(({ userId, value }) => ({ userId, value })),
          })),
        taken: 'one of these people has a name there by now, or somebody else has this one; repeat the import',
      });
    },
  };
}
