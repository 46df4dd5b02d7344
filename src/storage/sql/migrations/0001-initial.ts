/** The first schema. */
import type { Migration } from './migration.js';

export const initial: Migration = {
  level: 1,
  name: 'initial',
  minApp: 1,
  statements: (kind) => {
    const sqlite = kind === 'sqlite';
    const sequence = sqlite ? 'integer primary key autoincrement' : 'bigint generated always as identity primary key';
    // Sorted by code point on both, whatever the locale of the server.
    const sorted = sqlite ? 'text' : 'text collate "C"';
    return [
      `create table relying_parties (
        id text primary key,
        version integer not null,
        entity_id ${sorted} not null unique,
        enabled integer not null,
        search text not null,
        document text not null)`,
      `create table users (
        id text primary key,
        version integer not null,
        name_key ${sorted} not null unique,
        email_key text,
        enabled integer not null,
        role text not null,
        search text not null,
        password_hash text,
        document text not null)`,
      'create index users_email on users (email_key)',
      `create table user_groups (
        user_id text not null references users (id) on delete cascade,
        group_name text not null,
        primary key (user_id, group_name))`,
      'create index user_groups_group on user_groups (group_name)',
      // Without a reference to users: a name is never given to anybody else, even after its owner is removed.
      `create table persistent_names (
        user_id text not null,
        sp_name_qualifier text not null,
        name_value text not null,
        created_at bigint not null,
        primary key (user_id, sp_name_qualifier),
        unique (sp_name_qualifier, name_value))`,
      `create table signing_keys (
        id text primary key,
        version integer not null,
        state text not null,
        created_at bigint not null,
        sealed_private_key text not null,
        document text not null)`,
      "create unique index signing_keys_active on signing_keys (state) where state = 'active'",
      `create table journal (
        seq ${sequence},
        id text not null,
        at bigint not null,
        reference text not null,
        user_key text,
        relying_party text,
        event text not null,
        outcome text not null,
        document text not null)`,
      // A record is the same record when it is written twice: same id, same time. Time first, so that new rows share a page.
      'create unique index journal_once on journal (at, id)',
      ...journalIndexes(sqlite),
      `create table changes (
        seq ${sequence},
        at bigint not null,
        actor text not null,
        action text not null,
        kind text not null,
        object_id text not null,
        before_json text,
        after_json text)`,
      'create index changes_at on changes (at)',
      'create table settings (name text primary key, setting_value text not null)',
      // Tells installations apart that share a Redis. Settings are JSON text.
      `insert into settings (name, setting_value) values ('installation', '"' || ${randomHex(sqlite)} || '"')`,
      'create table configuration_version (id integer primary key, counter bigint not null)',
      'insert into configuration_version (id, counter) values (1, 0)',
      `create table ephemeral (
        kind text not null,
        entry_key text not null,
        entry_value text not null,
        expires_at bigint not null,
        index_key text,
        primary key (kind, entry_key))`,
      'create index ephemeral_index on ephemeral (kind, index_key) where index_key is not null',
      'create index ephemeral_expiry on ephemeral (expires_at)',
    ];
  },
};

function randomHex(sqlite: boolean): string {
  return sqlite ? 'lower(hex(randomblob(8)))' : 'substr(md5(random()::text || clock_timestamp()::text), 1, 16)';
}

/**
 * In SQLite every index whose new keys fall anywhere costs each token a page of its own (10 to 15 us, and more as it
 * grows), so one index in the order of time is searched through instead; PostgreSQL pays little for three that find at once.
 */
function journalIndexes(sqlite: boolean): readonly string[] {
  if (sqlite) return ['create index journal_search on journal (at, reference, user_key, relying_party)'];
  return [
    'create index journal_reference on journal (reference)',
    'create index journal_user on journal (user_key, seq)',
    'create index journal_relying_party on journal (relying_party, seq)',
  ];
}
