/** Settings that are changed at run time. A value that is secret must come sealed: it is kept in the change log as it is. */
import type { StoredSettings } from '../../core/ports.js';
import type { WriteConfiguration } from './configuration.js';
import type { Database } from './database.js';

/** Stored settings over a database. */
export function createStoredSettings(database: Database, write: WriteConfiguration): StoredSettings {
  const { kysely } = database;
  const find = database.statement<{ readonly setting_value: string }>('select setting_value from settings where name = ?', { repeatable: true });
  return {
    get: async (name) => (await find(name))[0]?.setting_value,
    set: async (name, value, change) => {
      let before: unknown;
      await write({
        change,
        steps: [
          {
            query: kysely.selectFrom('settings').select('setting_value').where('name', '=', name).compile(),
            check: ({ rows }) => {
              before = rows[0]?.['setting_value'];
            },
          },
          {
            query: kysely
              .insertInto('settings')
              .values({ name, setting_value: value })
              .onConflict((conflict) => conflict.column('name').doUpdateSet({ setting_value: value }))
              .compile(),
          },
        ],
        audits: () => [{ kind: 'setting', objectId: name, before, after: value }],
        taken: `the setting ${name} was changed by somebody else meanwhile`,
      });
    },
  };
}
