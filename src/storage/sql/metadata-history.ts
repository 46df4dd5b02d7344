/** Versions, readings and held changes of metadata over a database. The versions are written by metadata-writes.ts. */
import { sql } from 'kysely';
import { asId } from '../../core/model/ids.js';
import type { HeldMetadata, MetadataReading } from '../../core/model/metadata-history.js';
import type { RelyingPartyMetadata, RelyingPartyRecord } from '../../core/model/relying-party.js';
import type { MetadataHistory } from '../../core/ports.js';
import { createDocumentReader } from '../json-document.js';
import type { WriteConfiguration } from './configuration.js';
import type { Database, Step } from './database.js';
import { missing } from './relying-party-writes.js';

const readReading = createDocumentReader<MetadataReading>('reading of metadata', {
  checkedAt: 'number?',
  succeededAt: 'number?',
  failures: 'number',
  lastError: 'string?',
  nextAt: 'number',
  etag: 'string?',
  lastModified: 'string?',
  recordVersion: 'number?',
  warnedOf: 'number?',
});

const readHeld = createDocumentReader<HeldMetadata>('held change of metadata', {
  metadata: 'object',
  heldAt: 'number',
  source: 'object',
  reasons: 'array',
  droppedAt: 'number?',
});

/** Over a database; changes of what is held go through the writer of the configuration, so that they are audited. */
export function createMetadataHistory(database: Database, write: WriteConfiguration): MetadataHistory {
  const { kysely } = database;
  const find = {
    due: database.statement<{ readonly id: string }>(
      `select p.id from relying_parties p left join metadata_readings r on r.relying_party_id = p.id
      where coalesce(r.next_at, 0) <= ? order by coalesce(r.next_at, 0), p.id limit ?`,
      { repeatable: true },
    ),
    reading: database.statement<{ readonly document: string }>('select document from metadata_readings where relying_party_id = ?', { repeatable: true }),
    held: database.statement<{ readonly document: string }>('select document from held_metadata where relying_party_id = ?', { repeatable: true }),
  };
  const note = database.statement(
    `insert into metadata_readings (relying_party_id, next_at, succeeded_at, failures, document)
    select id, cast(? as bigint), cast(? as bigint), cast(? as integer), cast(? as text) from relying_parties where id = ?
    on conflict (relying_party_id) do update set
    next_at = excluded.next_at, succeeded_at = excluded.succeeded_at, failures = excluded.failures, document = excluded.document`,
    { repeatable: true },
  );

  const held: MetadataHistory['held'] = async (id) => {
    const [row] = await find.held(id);
    return row === undefined ? undefined : readHeld(row.document);
  };

  return {
    held,
    versions: async (id) => {
      const rows = await kysely.selectFrom('metadata_versions').selectAll().where('relying_party_id', '=', id).orderBy('number', 'desc').execute();
      return rows.map(({ number, at, actor, why, metadata }) => ({ number, at, actor, why, metadata: JSON.parse(metadata) as RelyingPartyMetadata }));
    },
    due: async (now, limit) => (await find.due(now, limit)).map(({ id }) => asId<'RelyingParty'>(id)),
    reading: async (id) => {
      const [row] = await find.reading(id);
      return row === undefined ? undefined : readReading(row.document);
    },
    note: async (id, reading) => {
      await note(reading.nextAt, reading.succeededAt ?? null, reading.failures, JSON.stringify(reading), id);
    },
    hold: async (record, after, change) => {
      const before = await held(record.id);
      if (before === undefined && after === undefined) return;
      await write({
        change,
        steps: [after === undefined ? release(database, record) : keep(database, record, after)],
        audits: () => [{ kind: 'relying-party', objectId: record.id, before: shown(record, before), after: shown(record, after) }],
        taken: 'this cannot be taken',
      });
    },
    overview: async () => {
      const [failing, waiting, sums] = await Promise.all([
        kysely.selectFrom('metadata_readings').select(['relying_party_id as id', 'document']).where('failures', '>', 0).orderBy('relying_party_id').execute(),
        kysely.selectFrom('held_metadata').select(['relying_party_id as id', 'document']).where('dropped', '=', 0).orderBy('relying_party_id').execute(),
        kysely
          .selectFrom('metadata_readings')
          .select(({ fn }) => [fn.count('succeeded_at').as('sources'), fn.min('succeeded_at').as('oldest')])
          .executeTakeFirstOrThrow(),
      ]);
      return {
        sources: Number(sums.sources),
        failing: failing.map(({ id, document }) => ({ id: asId<'RelyingParty'>(id), reading: readReading(document) })),
        held: waiting.map(({ id, document }) => ({ id: asId<'RelyingParty'>(id), held: readHeld(document) })),
        oldestSuccess: sums.oldest ?? undefined,
      };
    },
  };
}

function keep({ kysely }: Database, { id }: RelyingPartyRecord, held: HeldMetadata): Step {
  const values = [held.droppedAt === undefined ? 0 : 1, JSON.stringify(held)] as const;
  return {
    query: sql`insert into held_metadata (relying_party_id, dropped, document)
      select id, cast(${values[0]} as integer), cast(${values[1]} as text) from relying_parties where id = ${id}
      on conflict (relying_party_id) do update set dropped = excluded.dropped, document = excluded.document`.compile(kysely),
    check: ({ affected }) => {
      if (affected !== 1) throw missing(id);
    },
  };
}

function release({ kysely }: Database, { id }: RelyingPartyRecord): Step {
  return { query: kysely.deleteFrom('held_metadata').where('relying_party_id', '=', id).compile() };
}

/** As the audit keeps it: whose it is, and what waits. */
function shown({ metadata: { entityId } }: RelyingPartyRecord, held: HeldMetadata | undefined): unknown {
  return {
    metadata: { entityId },
    held: held === undefined ? null : { reasons: held.reasons, dropped: held.droppedAt !== undefined, metadata: held.metadata },
  };
}
