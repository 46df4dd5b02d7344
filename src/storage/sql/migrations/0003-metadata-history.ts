/** Versions of each application's metadata, how its source was read, and a change that is held. */
import type { Migration } from './migration.js';

export const metadataHistory: Migration = {
  level: 3,
  name: 'metadata-history',
  minApp: 1,
  statements: (kind) => {
    const [metadata, readAt] =
      kind === 'sqlite'
        ? ["json_extract(document, '$.metadata')", "json_extract(document, '$.source.readAt')"]
        : ["document::json ->> 'metadata'", "(document::json -> 'source' ->> 'readAt')::bigint"];
    return [
      `create table metadata_versions (
        relying_party_id text not null references relying_parties (id) on delete cascade,
        number integer not null,
        at bigint not null,
        actor text not null,
        why text not null,
        metadata text not null,
        primary key (relying_party_id, number))`,
      // Without a row a party has not been looked at: nothing has to be written when it is added, by whatever version.
      `create table metadata_readings (
        relying_party_id text primary key references relying_parties (id) on delete cascade,
        next_at bigint not null,
        succeeded_at bigint,
        failures integer not null,
        document text not null)`,
      `create table held_metadata (
        relying_party_id text primary key references relying_parties (id) on delete cascade,
        dropped integer not null,
        document text not null)`,
      `insert into metadata_versions (relying_party_id, number, at, actor, why, metadata)
        select id, 1, ${readAt}, 'system', 'before versions were kept', ${metadata} from relying_parties`,
    ];
  },
};
