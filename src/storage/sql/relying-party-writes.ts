/** How the rows of relying parties change: the steps of one transaction, and what the audit keeps of them. */
import { SignetError } from '../../core/errors.js';
import { identifiersOf, type RelyingPartyRecord } from '../../core/model/relying-party.js';
import type { Change } from '../../core/ports.js';
import { expectOne, type ConfigurationWrite } from './configuration.js';
import type { Database, Step } from './database.js';
import { firstVersion, versionSteps } from './metadata-writes.js';

/** What is kept as JSON text beside the columns. */
export type RelyingPartyDocument = Omit<RelyingPartyRecord, 'id' | 'version' | 'enabled'>;

/** Part of a write of configuration. */
export type PlannedWrite = Omit<ConfigurationWrite, 'change'>;

/** What changes together. Each record of `save` and `remove` names the version it was read at. */
export interface RelyingPartyChanges {
  readonly insert?: readonly RelyingPartyRecord[];
  /** With the record as it was before, for the audit. */
  readonly save?: readonly { readonly before: RelyingPartyRecord; readonly record: RelyingPartyRecord }[];
  readonly remove?: readonly RelyingPartyRecord[];
}

/**
 * All the changes as one write. Names that one party gives up can be taken by another of the same write.
 * @param change says of each version of metadata whose it is
 * @param ownerOf who has a name, asked when one of them turned out to be taken
 */
export function planRelyingPartyChanges(
  database: Database,
  { insert = [], save = [], remove = [] }: RelyingPartyChanges,
  change: Change,
  ownerOf: (name: string) => Promise<RelyingPartyRecord | undefined>,
): PlannedWrite {
  const { kysely } = database;
  const saved = save.map(({ before, record }) => ({ before, record: { ...record, version: record.version + 1 } }));
  const written = [...saved.map(({ record }) => record), ...insert];
  const steps: readonly Step[] = [
    ...remove.map((record) => ({
      query: kysely.deleteFrom('relying_parties').where('id', '=', record.id).where('version', '=', record.version).compile(),
      check: expectOne(`the relying party ${record.metadata.entityId}`),
    })),
    ...saved.map(({ record }) => ({ query: kysely.deleteFrom('relying_party_identifiers').where('relying_party_id', '=', record.id).compile() })),
    ...saved.map(({ record }) => ({
      query: kysely
        .updateTable('relying_parties')
        .set({ version: record.version, ...toColumns(record) })
        .where('id', '=', record.id)
        .where('version', '=', record.version - 1)
        .compile(),
      check: expectOne(`the relying party ${record.metadata.entityId}`),
    })),
    ...insert.map((record) => ({
      query: kysely
        .insertInto('relying_parties')
        .values({ id: record.id, version: record.version, ...toColumns(record) })
        .compile(),
    })),
    ...written.map((record) => {
      const rows = identifiersOf(record).map((identifier) => ({ identifier, relying_party_id: record.id }));
      return { query: kysely.insertInto('relying_party_identifiers').values(rows).compile() };
    }),
    ...saved.flatMap(({ before, record }) => versionSteps(database, before, record, change)),
    ...insert.flatMap((record) => firstVersion(database, record, change)),
  ];
  return {
    steps,
    audits: () => [
      ...remove.map((record) => ({ kind: 'relying-party' as const, objectId: record.id, before: record, after: undefined })),
      ...saved.map(({ before, record }) => ({ kind: 'relying-party' as const, objectId: record.id, before, after: record })),
      ...insert.map((record) => ({ kind: 'relying-party' as const, objectId: record.id, before: undefined, after: record })),
    ],
    taken: () => sayTaken(written, ownerOf),
  };
}

/** Which name is taken, and by whom. */
async function sayTaken(written: readonly RelyingPartyRecord[], ownerOf: (name: string) => Promise<RelyingPartyRecord | undefined>): Promise<string> {
  for (const record of written) {
    for (const name of identifiersOf(record)) {
      const owner = await ownerOf(name);
      if (owner === undefined || owner.id === record.id) continue;
      const { entityId } = owner.metadata;
      return name === entityId
        ? `there is already a relying party with the entity id ${name}`
        : `the identifier ${name} belongs to the relying party ${entityId} already`;
    }
  }
  return `a name of the relying party ${written.map(({ metadata }) => metadata.entityId).join(', ')} was taken by another meanwhile; repeat the change`;
}

function toColumns(record: RelyingPartyRecord): { readonly entity_id: string; readonly enabled: number; readonly search: string; readonly document: string } {
  const { metadata, overrides, source, createdAt, updatedAt } = record;
  const document: RelyingPartyDocument = { metadata, overrides, source, createdAt, updatedAt };
  const names = [...identifiersOf(record), metadata.displayName ?? '', overrides.name ?? ''];
  return { entity_id: metadata.entityId, enabled: record.enabled ? 1 : 0, search: names.join('\n').toLowerCase(), document: JSON.stringify(document) };
}

/** The error of a change to a party that is not there. */
export function missing(id: string): SignetError {
  return new SignetError('not_found', `there is no relying party with the id ${id}`);
}
