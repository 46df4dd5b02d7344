/** Persistent name identifiers: random, pairwise, never reassigned (SAML Core 8.3.7). A name that exists never changes, so it may be kept in memory. */
import type { UserId } from '../../core/model/ids.js';
import type { PersistentNames } from '../../core/ports.js';
import { createBoundedMap } from '../../core/bounded-map.js';
import type { Database } from './database.js';

const MOST_KEPT = 20_000;

/** The names over a database. */
export function createPersistentNames(database: Database): PersistentNames {
  const kept = createBoundedMap<string, Promise<string>>(MOST_KEPT);
  const select = database.statement<{ readonly name_value: string }>('select name_value from persistent_names where user_id = ? and sp_name_qualifier = ?', {
    repeatable: true,
  });
  const insert = database.statement(
    'insert into persistent_names (user_id, sp_name_qualifier, name_value, created_at) values (?, ?, ?, now_ms()) on conflict (user_id, sp_name_qualifier) do nothing',
    { repeatable: true },
  );

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
  };
}
