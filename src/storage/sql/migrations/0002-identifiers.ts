/** Every name of every relying party in one place, so that no two parties share one and each is found by any of its own. */
import type { Migration } from './migration.js';

export const identifiers: Migration = {
  level: 2,
  name: 'identifiers',
  minApp: 1,
  statements: (kind) => [
    `create table relying_party_identifiers (
      identifier ${kind === 'sqlite' ? 'text' : 'text collate "C"'} not null primary key,
      relying_party_id text not null references relying_parties (id) on delete cascade)`,
    'create index relying_party_identifiers_party on relying_party_identifiers (relying_party_id)',
    // Level 1 knew no further names.
    'insert into relying_party_identifiers (identifier, relying_party_id) select entity_id, id from relying_parties',
  ],
};
