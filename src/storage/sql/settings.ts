/** Settings that are changed at run time. A value that is secret must come sealed, and by `replace`: `set` keeps it in the change log as it is. */
import { SignetError } from '../../core/errors.js';
import type { SettingReplacement, StoredSettings } from '../../core/ports.js';
import type { WriteConfiguration } from './configuration.js';
import type { Database, Query, Result } from './database.js';
import type { PlannedWrite } from './relying-party-writes.js';

/** Stored settings over a database. */
export function createStoredSettings(database: Database, write: WriteConfiguration): StoredSettings {
  const find = database.statement<{ readonly setting_value: string }>('select setting_value from settings where name = ?', { repeatable: true });

  return {
    get: async (name) => (await find(name))[0]?.setting_value,
    set: async (name, value, change) => {
      let before: unknown;
      await write({
        change,
        steps: [
          {
            query: select(database, name),
            check: (result) => {
              before = valueIn(result);
            },
          },
          { query: upsert(database, name, value) },
        ],
        audits: () => [{ kind: 'setting', objectId: name, before, after: value }],
        taken: changed(name),
      });
    },
    replace: (name, { before, after }, change, shown) => write({ change, ...planReplacement(database, { name, before, after, shown }) }),
  };
}

/** One setting put in place of what was read of it, as part of a write. */
export function planReplacement(database: Database, { name, before, after, shown }: SettingReplacement): PlannedWrite {
  return {
    steps: [
      {
        // The writer holds the lock of the version row by now: nobody can change it after this look.
        query: select(database, name),
        check: (result) => {
          if (valueIn(result) !== before) throw new SignetError('conflict', `${changed(name)}; look at it again and repeat the change`);
        },
      },
      { query: upsert(database, name, after) },
    ],
    audits: () => [{ kind: 'setting', objectId: name, before: before === undefined ? undefined : shown(before), after: shown(after) }],
    taken: changed(name),
  };
}

function select({ kysely }: Database, name: string): Query {
  return kysely.selectFrom('settings').select('setting_value').where('name', '=', name).compile();
}

function upsert({ kysely }: Database, name: string, value: string): Query {
  return kysely
    .insertInto('settings')
    .values({ name, setting_value: value })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ setting_value: value }))
    .compile();
}

function changed(name: string): string {
  return `the setting ${name} was changed by somebody else meanwhile`;
}

function valueIn({ rows }: Result): unknown {
  return rows[0]?.['setting_value'];
}
