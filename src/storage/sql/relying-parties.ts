/** The registry of relying parties. */
import { sql } from 'kysely';
import { asId, type RelyingPartyId } from '../../core/model/ids.js';
import type { RelyingPartyRecord } from '../../core/model/relying-party.js';
import type { Change, RelyingParties } from '../../core/ports.js';
import { createDocumentReader } from '../json-document.js';
import type { ConfigurationWrite, WriteConfiguration } from './configuration.js';
import type { Database } from './database.js';
import { containsPattern } from './like-pattern.js';
import { missing, planRelyingPartyChanges, type RelyingPartyChanges, type RelyingPartyDocument } from './relying-party-writes.js';

const readDocument = createDocumentReader<RelyingPartyDocument>('relying party', {
  metadata: 'object',
  overrides: 'object',
  source: 'object',
  createdAt: 'number',
  updatedAt: 'number',
});

const COLUMNS = ['id', 'version', 'enabled', 'document'] as const;

interface StoredRow {
  readonly id: string;
  readonly version: number;
  readonly enabled: number;
  readonly document: string;
}

/** The repository of relying parties over a database. */
export function createRelyingParties(database: Database, write: WriteConfiguration): RelyingParties {
  const { kysely } = database;
  // The entity id itself is asked for as well: a node of the version before, in a rolling upgrade, writes no identifiers.
  const byIdentifier = database.statement<StoredRow>(
    'select id, version, enabled, document from relying_parties where entity_id = ? or id in (select relying_party_id from relying_party_identifiers where identifier = ?)',
    { repeatable: true },
  );
  const byId = database.statement<StoredRow>('select id, version, enabled, document from relying_parties where id = ?', { repeatable: true });

  const findById = async (id: RelyingPartyId): Promise<RelyingPartyRecord | undefined> => first(await byId(id));
  const findByEntityId = async (name: string): Promise<RelyingPartyRecord | undefined> => first(await byIdentifier(name, name));

  const plan = (changes: RelyingPartyChanges, change: Change): ConfigurationWrite => ({
    change,
    ...planRelyingPartyChanges(database, changes, change, findByEntityId),
  });

  return {
    findById,
    findByEntityId,
    list: async ({ text, enabled }, { after, limit }) => {
      const rows = await kysely
        .selectFrom('relying_parties')
        .select(COLUMNS)
        .$if(text !== undefined, (query) => query.where(sql<boolean>`search like ${containsPattern(text ?? '')} escape '\\'`))
        .$if(enabled !== undefined, (query) => query.where('enabled', '=', enabled === true ? 1 : 0))
        .$if(after !== undefined, (query) => query.where('entity_id', '>', after ?? ''))
        .orderBy('entity_id')
        .limit(limit)
        .execute();
      return rows.map(readRow);
    },
    count: async () => {
      const row = await kysely
        .selectFrom('relying_parties')
        .select(({ fn }) => fn.countAll().as('count'))
        .executeTakeFirstOrThrow();
      return Number(row.count);
    },
    insert: (record, change) => write(plan({ insert: [record] }, change)),
    save: async (record, change) => {
      const before = await findById(record.id);
      if (before === undefined) throw missing(record.id);
      await write(plan({ save: [{ before, record }] }, change));
      return { ...record, version: record.version + 1 };
    },
    remove: async (id, change) => {
      const before = await findById(id);
      if (before === undefined) throw missing(id);
      await write(plan({ remove: [before] }, change));
    },
  };
}

function first(rows: readonly StoredRow[]): RelyingPartyRecord | undefined {
  const row = rows[0];
  return row === undefined ? undefined : readRow(row);
}

function readRow(row: StoredRow): RelyingPartyRecord {
  return { ...readDocument(row.document), id: asId<'RelyingParty'>(row.id), version: row.version, enabled: row.enabled === 1 };
}
