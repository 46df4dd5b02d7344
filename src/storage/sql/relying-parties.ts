/** The registry of relying parties. */
import { sql } from 'kysely';
import { SignetError } from '../../core/errors.js';
import { asId, type RelyingPartyId } from '../../core/model/ids.js';
import { identifiersOf, type RelyingPartyRecord } from '../../core/model/relying-party.js';
import type { RelyingParties } from '../../core/ports.js';
import { createDocumentReader } from '../json-document.js';
import { expectOne, type WriteConfiguration } from './configuration.js';
import type { Database, Step } from './database.js';
import { containsPattern } from './like-pattern.js';

type Document = Omit<RelyingPartyRecord, 'id' | 'version' | 'enabled'>;

const readDocument = createDocumentReader<Document>('relying party', {
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

  const identifierSteps = (record: RelyingPartyRecord): readonly Step[] => {
    const rows = identifiersOf(record).map((identifier) => ({ identifier, relying_party_id: record.id }));
    return [
      { query: kysely.deleteFrom('relying_party_identifiers').where('relying_party_id', '=', record.id).compile() },
      { query: kysely.insertInto('relying_party_identifiers').values(rows).compile() },
    ];
  };

  /** Which name is taken, and by whom. */
  const taken = (record: RelyingPartyRecord) => async (): Promise<string> => {
    for (const name of identifiersOf(record)) {
      const owner = await findByEntityId(name);
      if (owner === undefined || owner.id === record.id) continue;
      const { entityId } = owner.metadata;
      return name === entityId
        ? `there is already a relying party with the entity id ${name}`
        : `the identifier ${name} belongs to the relying party ${entityId} already`;
    }
    return `a name of the relying party ${record.metadata.entityId} was taken by another meanwhile; repeat the change`;
  };

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
    insert: async (record, change) => {
      await write({
        change,
        steps: [
          {
            query: kysely
              .insertInto('relying_parties')
              .values({ id: record.id, version: record.version, ...toColumns(record) })
              .compile(),
          },
          ...identifierSteps(record),
        ],
        audits: () => [{ kind: 'relying-party', objectId: record.id, before: undefined, after: record }],
        taken: taken(record),
      });
    },
    save: async (record, change) => {
      const before = await findById(record.id);
      if (before === undefined) throw missing(record.id);
      const saved = { ...record, version: record.version + 1 };
      await write({
        change,
        steps: [
          {
            query: kysely
              .updateTable('relying_parties')
              .set({ version: saved.version, ...toColumns(saved) })
              .where('id', '=', record.id)
              .where('version', '=', record.version)
              .compile(),
            check: expectOne(`the relying party ${record.metadata.entityId}`),
          },
          ...identifierSteps(saved),
        ],
        audits: () => [{ kind: 'relying-party', objectId: record.id, before, after: saved }],
        taken: taken(record),
      });
      return saved;
    },
    remove: async (id, change) => {
      const before = await findById(id);
      if (before === undefined) throw missing(id);
      await write({
        change,
        steps: [
          {
            query: kysely.deleteFrom('relying_parties').where('id', '=', id).where('version', '=', before.version).compile(),
            check: expectOne(`the relying party ${before.metadata.entityId}`),
          },
        ],
        audits: () => [{ kind: 'relying-party', objectId: id, before, after: undefined }],
        taken: taken(before),
      });
    },
  };
}

function toColumns(record: RelyingPartyRecord): { readonly entity_id: string; readonly enabled: number; readonly search: string; readonly document: string } {
  const { metadata, overrides, source, createdAt, updatedAt } = record;
  const document: Document = { metadata, overrides, source, createdAt, updatedAt };
  const names = [...identifiersOf(record), metadata.displayName ?? '', overrides.name ?? ''];
  return { entity_id: metadata.entityId, enabled: record.enabled ? 1 : 0, search: names.join('\n').toLowerCase(), document: JSON.stringify(document) };
}

function first(rows: readonly StoredRow[]): RelyingPartyRecord | undefined {
  const row = rows[0];
  return row === undefined ? undefined : readRow(row);
}

function readRow(row: StoredRow): RelyingPartyRecord {
  return { ...readDocument(row.document), id: asId<'RelyingParty'>(row.id), version: row.version, enabled: row.enabled === 1 };
}

function missing(id: string): SignetError {
  return new SignetError('not_found', `there is no relying party with the id ${id}`);
}
