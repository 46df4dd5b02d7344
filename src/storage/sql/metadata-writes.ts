/** What a change of an application's metadata leaves behind: steps of the transaction that makes it. */
import { sql } from 'kysely';
import { differOnlyInEnd, MOST_VERSIONS } from '../../core/model/metadata-history.js';
import type { RelyingPartyRecord } from '../../core/model/relying-party.js';
import type { Change } from '../../core/ports.js';
import type { Database, Query, Step } from './database.js';

/** The first version of a party that is inserted. */
export function firstVersion(database: Database, record: RelyingPartyRecord, change: Change): readonly Step[] {
  return [{ query: nextVersion(database, record, sql`now_ms()`, change) }];
}

/** A save: a version when the metadata changed, nothing held any more, and an early look when its source or the way it is read did. */
export function versionSteps(database: Database, before: RelyingPartyRecord, record: RelyingPartyRecord, change: Change): readonly Step[] {
  const { id } = record;
  const again: readonly Step[] = isReadAlike(before, record)
    ? []
    : [{ query: database.kysely.updateTable('metadata_readings').set({ next_at: 0 }).where('relying_party_id', '=', id).compile() }];
  if (JSON.stringify(before.metadata) === JSON.stringify(record.metadata)) return again;
  return [
    ...again,
    // A node of the version before may have written metadata of which there is no version.
    { query: nextVersion(database, before, sql`cast(${before.source.readAt} as bigint)`, UNKNOWN, sql`where not exists (${newestIs(before)})`) },
    { query: differOnlyInEnd(before.metadata, record.metadata) ? moveEnd(database, record) : nextVersion(database, record, sql`now_ms()`, change) },
    {
      query: sql`delete from metadata_versions where relying_party_id = ${id} and number <= (${newest(id)}) - ${sql.lit(MOST_VERSIONS)}`.compile(
        database.kysely,
      ),
    },
    { query: database.kysely.deleteFrom('held_metadata').where('relying_party_id', '=', id).compile() },
  ];
}

const UNKNOWN: Change = { actor: 'system', action: 'while the version before was running' };

function nextVersion(
  { kysely }: Database,
  { id, metadata }: RelyingPartyRecord,
  at: ReturnType<typeof sql>,
  { actor, action }: Change,
  condition: ReturnType<typeof sql> = sql``,
): Query {
  return sql`insert into metadata_versions (relying_party_id, number, at, actor, why, metadata)
    select ${id}, coalesce((${newest(id)}), 0) + 1, ${at}, ${actor}, ${action}, ${JSON.stringify(metadata)} ${condition}`.compile(kysely);
}

/** The end moved on: the newest version is good for longer, and remains what it is. */
function moveEnd({ kysely }: Database, { id, metadata }: RelyingPartyRecord): Query {
  return sql`update metadata_versions set metadata = ${JSON.stringify(metadata)} where relying_party_id = ${id} and number = (${newest(id)})`.compile(kysely);
}

function newest(id: string): ReturnType<typeof sql> {
  return sql`select max(number) from metadata_versions where relying_party_id = ${id}`;
}

function newestIs({ id, metadata }: RelyingPartyRecord): ReturnType<typeof sql> {
  return sql`select 1 from metadata_versions where relying_party_id = ${id} and number = (${newest(id)}) and metadata = ${JSON.stringify(metadata)}`;
}

function isReadAlike(before: RelyingPartyRecord, after: RelyingPartyRecord): boolean {
  const facts = ({ source, overrides }: RelyingPartyRecord): string => JSON.stringify([source.kind, source.location, overrides.refresh ?? null]);
  return facts(before) === facts(after);
}
