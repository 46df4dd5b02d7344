/** Settings that are changed at run time. A value that is secret must come sealed, and by `replace`: `set` keeps it in the change log as it is. */
import { SignetError } from '../../core/errors.js';
import type { StoredSettings } from '../../core/ports.js';
import type { WriteConfiguration } from './configuration.js';
import type { Database, Query, Result } from './database.js';

/** Stored settings over a database. */
export function createStoredSettings(database: Database, write: WriteConfiguration): StoredSettings {
  const { kysely } = database;
  const find = database.statement<{ readonly setting_value: string }>('select setting_value from settings where name = ?', { repeatable: true });
  const select = (name: string): Query => kysely.selectFrom('settings').select('setting_value').where('name', '=', name).compile();
  const upsert = (name: string, value: string): Query =>
    kysely
      .insertInto('settings')
      .values({ name, setting_value: value })
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ setting_value: value }))
      .compile();
  const changed = (name: string): string => `the setting ${name} was changed by somebody else meanwhile`;

  return {
    get: async (name) => (await find(name))[0]?.setting_value,
    set: async (name, value, change) => {
      let before: unknown;
      await write({
        change,
        steps: [
          {
            query: select(name),
            check: (result) => {
              before = valueIn(result);
            },
          },
          { query: upsert(name, value) },
        ],
        audits: () => [{ kind: 'setting', objectId: name, before, after: value }],
        taken: changed(name),
      });
    },
    replace: async (name, { before, after }, change, shown) => {
      await write({
        change,
        steps: [
          {
            // The writer holds the lock of the version row by now: nobody can change it after this look.
            query: select(name),
            check: (result) => {
              if (valueIn(result) !== before) throw new SignetError('conflict', `${changed(name)}; look at it again and repeat the change`);
            },
          },
          { query: upsert(name, after) },
        ],
        audits: () => [{ kind: 'setting', objectId: name, before: before === undefined ? undefined : shown(before), after: shown(after) }],
        taken: changed(name),
      });
    },
  };
}

function valueIn({ rows }: Result): unknown {
  return rows[0]?.['setting_value'];
}
