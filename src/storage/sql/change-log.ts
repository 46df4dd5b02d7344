/** What changed in the configuration, as written beside each change. */
import type { ChangeEntry, ChangeLog } from '../../core/ports.js';
import type { Database } from './database.js';

const KINDS: readonly ChangeEntry['kind'][] = ['relying-party', 'user', 'signing-key', 'setting', 'names'];

/** Reads the newest `limit` entries, oldest of them first. */
export function createChangeLog(database: Database): ChangeLog {
  return {
    read: async (since, limit) => {
      const rows = await database.kysely
        .selectFrom('changes')
        .selectAll()
        .$if(since !== undefined, (query) => query.where('at', '>=', since ?? 0))
        .orderBy('seq', 'desc')
        .limit(limit)
        .execute();
      return rows.reverse().map((row) => ({
        at: row.at,
        actor: row.actor,
        action: row.action,
        kind: readKind(row.kind),
        objectId: row.object_id,
        before: row.before_json ?? undefined,
        after: row.after_json ?? undefined,
      }));
    },
  };
}

function readKind(text: string): ChangeEntry['kind'] {
  const kind = KINDS.find((known) => known === text);
  if (kind === undefined) throw new Error('the stored change has an unknown kind');
  return kind;
}
