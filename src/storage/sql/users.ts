/** People of the built-in directory. */
import { sql } from 'kysely';
import { SignetError } from '../../core/errors.js';
import { asId, type UserId } from '../../core/model/ids.js';
import { normalizeUserName, type User } from '../../core/model/user.js';
import type { Users } from '../../core/ports.js';
import { createDocumentReader } from '../json-document.js';
import { expectOne, type WriteConfiguration } from './configuration.js';
import type { Database, Step } from './database.js';
import { containsPattern } from './like-pattern.js';

type Document = Omit<User, 'id' | 'version' | 'enabled' | 'role' | 'passwordHash'>;

const readDocument = createDocumentReader<Document>('user', {
  userName: 'string',
  email: 'string?',
  givenName: 'string?',
  surname: 'string?',
  displayName: 'string?',
  groups: 'array',
  attributes: 'object',
  passwordChangedAt: 'number?',
  createdAt: 'number',
});

const COLUMNS = ['id', 'version', 'enabled', 'role', 'password_hash', 'document'] as const;
/** Rows of one insert; SQLite binds at most 32,766 values. */
const GROUPS_PER_INSERT = 5000;

interface StoredRow {
  readonly id: string;
  readonly version: number;
  readonly enabled: number;
  readonly role: string;
  readonly password_hash: string | null;
  readonly document: string;
}

/** The repository of people over a database. */
export function createUsers(database: Database, write: WriteConfiguration): Users {
  const { kysely } = database;
  const select = `select ${COLUMNS.join(', ')} from users`;
  const byId = database.statement<StoredRow>(`${select} where id = ?`, { repeatable: true });
  const byName = database.statement<StoredRow>(`${select} where name_key = ?`, { repeatable: true });
  const byEmail = database.statement<StoredRow>(`${select} where email_key = ? limit 2`, { repeatable: true });
  const rehash = database.statement('update users set password_hash = ? where id = ? and password_hash = ?');

  const findById = async (id: UserId): Promise<User | undefined> => single(await byId(id));

  const groupSteps = (user: User): readonly Step[] => {
    const rows = [...new Set(user.groups)].map((group) => ({ user_id: user.id, group_name: group }));
    const parts = Array.from({ length: Math.ceil(rows.length / GROUPS_PER_INSERT) }, (_, index) =>
      rows.slice(index * GROUPS_PER_INSERT, (index + 1) * GROUPS_PER_INSERT),
    );
    return [
      { query: kysely.deleteFrom('user_groups').where('user_id', '=', user.id).compile() },
      ...parts.map((part) => ({ query: kysely.insertInto('user_groups').values(part).compile() })),
    ];
  };

  return {
    findById,
    findByName: async (name) => {
      const key = normalizeUserName(name);
      const named = single(await byName(key));
      // Both questions are asked always: known and unknown names cost the same (threats U01).
      const mailed = single(await byEmail(key));
      return named ?? mailed;
    },
    list: async ({ text, group, email, enabled }, { after, limit }) => {
      const rows = await kysely
        .selectFrom('users')
        .select(COLUMNS)
        .$if(text !== undefined, (query) => query.where(sql<boolean>`search like ${containsPattern(text ?? '')} escape '\\'`))
        .$if(enabled !== undefined, (query) => query.where('enabled', '=', enabled === true ? 1 : 0))
        .$if(email !== undefined, (query) => query.where('email_key', '=', normalizeUserName(email ?? '')))
        .$if(group !== undefined, (query) =>
          query.where(
            'id',
            'in',
            kysely
              .selectFrom('user_groups')
              .select('user_id')
              .where('group_name', '=', group ?? ''),
          ),
        )
        .$if(after !== undefined, (query) => query.where('name_key', '>', normalizeUserName(after ?? '')))
        .orderBy('name_key')
        .limit(limit)
        .execute();
      return rows.map(readRow);
    },
    groups: async () => {
      const rows = await kysely
        .selectFrom('user_groups')
        .select(({ fn }) => ['group_name', fn.countAll().as('people')])
        .groupBy('group_name')
        .execute();
      const groups = rows.map((row) => ({ name: row.group_name, people: Number(row.people) }));
      return groups.sort((one, other) => (one.name < other.name ? -1 : 1));
    },
    count: async ({ administrators } = {}) => {
      const row = await kysely
        .selectFrom('users')
        .select(({ fn }) => fn.countAll().as('count'))
        .$if(administrators !== undefined, (query) => query.where('role', administrators === true ? '<>' : '=', 'none'))
        .executeTakeFirstOrThrow();
      return Number(row.count);
    },
    insert: async (user, change) => {
      await write({
        change,
        steps: [
          {
            query: kysely
              .insertInto('users')
              .values({ id: user.id, version: user.version, ...toColumns(user) })
              .compile(),
          },
          ...groupSteps(user),
        ],
        audits: () => [{ kind: 'user', objectId: user.id, before: undefined, after: withoutSecret(user) }],
        taken: taken(user),
      });
    },
    save: async (user, change) => {
      const before = await findById(user.id);
      if (before === undefined) throw missing(user.id);
      const saved = { ...user, version: user.version + 1 };
      await write({
        change,
        steps: [
          {
            query: kysely
              .updateTable('users')
              .set({ version: saved.version, ...toColumns(saved) })
              .where('id', '=', user.id)
              .where('version', '=', user.version)
              .compile(),
            check: expectOne(`the user ${user.userName}`),
          },
          ...groupSteps(user),
        ],
        audits: () => [{ kind: 'user', objectId: user.id, before: withoutSecret(before), after: withoutSecret(saved) }],
        taken: taken(user),
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
            query: kysely.deleteFrom('users').where('id', '=', id).where('version', '=', before.version).compile(),
            check: expectOne(`the user ${before.userName}`),
          },
        ],
        audits: () => [{ kind: 'user', objectId: id, before: withoutSecret(before), after: undefined }],
        taken: taken(before),
      });
    },
    replacePasswordHash: async (id, before, after) => {
      await rehash(after, id, before);
    },
  };
}

type Columns = Omit<StoredRow, 'id' | 'version'> & { readonly name_key: string; readonly email_key: string | null; readonly search: string };

function toColumns(user: User): Columns {
  const { id: _id, version: _version, enabled, role, passwordHash, ...document } = user;
  const texts = [user.userName, user.email, user.displayName, user.givenName, user.surname];
  return {
    name_key: normalizeUserName(user.userName),
    email_key: user.email === undefined ? null : normalizeUserName(user.email),
    enabled: enabled ? 1 : 0,
    role,
    search: texts
      .filter((text) => text !== undefined)
      .join('\n')
      .toLowerCase(),
    password_hash: passwordHash ?? null,
    document: JSON.stringify(document satisfies Document),
  };
}

function single(rows: readonly StoredRow[]): User | undefined {
  const row = rows[0];
  return row === undefined || rows.length > 1 ? undefined : readRow(row);
}

function readRow(row: StoredRow): User {
  return {
    ...readDocument(row.document),
    id: asId<'User'>(row.id),
    version: row.version,
    enabled: row.enabled === 1,
    role: readRole(row.role),
    ...(row.password_hash === null ? {} : { passwordHash: row.password_hash }),
  };
}

function readRole(text: string): User['role'] {
  if (text === 'none' || text === 'admin' || text === 'owner') return text;
  throw new Error('the stored user has an unknown role');
}

function withoutSecret(user: User): Omit<User, 'passwordHash'> {
  const { passwordHash: _passwordHash, ...rest } = user;
  return rest;
}

function taken(user: User): string {
  return `there is already a user named ${user.userName}`;
}

function missing(id: string): SignetError {
  return new SignetError('not_found', `there is no user with the id ${id}`);
}
