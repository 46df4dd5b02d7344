/** The registry ports in memory, with versions, unique names and a record of who changed what. */
import { SignetError } from '../../src/core/errors.js';
import { identifiersOf, type RelyingPartyRecord } from '../../src/core/model/relying-party.js';
import type { SigningKey } from '../../src/core/model/signing-key.js';
import { normalizeUserName, type User } from '../../src/core/model/user.js';
import type { Change, RelyingParties, SigningKeys, SsoSessions, Users } from '../../src/core/ports.js';

interface Stored {
  readonly id: string;
  readonly version: number;
}

/** A table with optimistic locking; `changes` is its audit. */
function memoryTable<T extends Stored>(
  keysOf: (entry: T) => readonly string[],
): {
  readonly rows: Map<string, T>;
  readonly changes: Change[];
  insert(entry: T, change: Change): Promise<void>;
  save(entry: T, change: Change): Promise<T>;
  remove(id: string, change: Change): Promise<void>;
} {
  const rows = new Map<string, T>();
  const changes: Change[] = [];
  const checkUnique = (entry: T): void => {
    for (const other of rows.values()) {
      const taken = other.id === entry.id ? undefined : keysOf(other).find((key) => keysOf(entry).includes(key));
      if (taken !== undefined) throw new SignetError('conflict', `${taken} is taken`);
    }
  };
  const now = async <R>(work: () => R): Promise<R> => {
    await Promise.resolve();
    return work();
  };
  return {
    rows,
    changes,
    insert: (entry, change) =>
      now(() => {
        checkUnique(entry);
        rows.set(entry.id, entry);
        changes.push(change);
      }),
    save: (entry, change) =>
      now(() => {
        if (rows.get(entry.id)?.version !== entry.version) throw new SignetError('conflict', 'changed by somebody else meanwhile');
        checkUnique(entry);
        const saved = { ...entry, version: entry.version + 1 };
        rows.set(entry.id, saved);
        changes.push(change);
        return saved;
      }),
    remove: (id, change) =>
      now(() => {
        if (!rows.delete(id)) throw new SignetError('not_found', 'not there');
        changes.push(change);
      }),
  };
}

export type MemoryRelyingParties = RelyingParties & { readonly rows: Map<string, RelyingPartyRecord>; readonly changes: Change[] };

export function memoryRelyingParties(...records: readonly RelyingPartyRecord[]): MemoryRelyingParties {
  const table = memoryTable<RelyingPartyRecord>(identifiersOf);
  for (const record of records) table.rows.set(record.id, record);
  const sorted = (): RelyingPartyRecord[] => [...table.rows.values()].sort((a, b) => (a.metadata.entityId < b.metadata.entityId ? -1 : 1));
  return {
    ...table,
    findByEntityId: (entityId) => Promise.resolve(sorted().find((record) => identifiersOf(record).includes(entityId))),
    findById: (id) => Promise.resolve(table.rows.get(id)),
    list: ({ text, enabled }, { after, limit }) =>
      Promise.resolve(
        sorted()
          .filter((record) => {
            const names = [...identifiersOf(record), record.metadata.displayName ?? '', record.overrides.name ?? ''].join('\n').toLowerCase();
            return text === undefined || names.includes(text.toLowerCase());
          })
          .filter((record) => enabled === undefined || record.enabled === enabled)
          .filter((record) => after === undefined || record.metadata.entityId > after)
          .slice(0, limit),
      ),
    count: () => Promise.resolve(table.rows.size),
  };
}

export type MemoryUsers = Users & { readonly rows: Map<string, User>; readonly changes: Change[] };

export function memoryUsers(...people: readonly User[]): MemoryUsers {
  const table = memoryTable<User>((user) => [normalizeUserName(user.userName)]);
  for (const user of people) table.rows.set(user.id, user);
  const sorted = (): User[] => [...table.rows.values()].sort((a, b) => (normalizeUserName(a.userName) < normalizeUserName(b.userName) ? -1 : 1));
  return {
    ...table,
    findById: (id) => Promise.resolve(table.rows.get(id)),
    findByName: (name) => {
      const key = normalizeUserName(name);
      const mailed = sorted().filter((user) => user.email !== undefined && normalizeUserName(user.email) === key);
      return Promise.resolve(sorted().find((user) => normalizeUserName(user.userName) === key) ?? (mailed.length === 1 ? mailed[0] : undefined));
    },
    list: ({ text, group, email, enabled }, { after, limit }) =>
      Promise.resolve(
        sorted()
          .filter((user) => email === undefined || normalizeUserName(user.email ?? '') === normalizeUserName(email))
          .filter((user) => text === undefined || `${user.userName}\n${user.email ?? ''}`.toLowerCase().includes(text.toLowerCase()))
          .filter((user) => group === undefined || user.groups.includes(group))
          .filter((user) => enabled === undefined || user.enabled === enabled)
          .filter((user) => after === undefined || normalizeUserName(user.userName) > normalizeUserName(after))
          .slice(0, limit),
      ),
    groups: () => {
      const names = sorted().flatMap((user) => [...new Set(user.groups)]);
      return Promise.resolve([...new Set(names)].sort().map((name) => ({ name, people: names.filter((other) => other === name).length })));
    },
    count: ({ administrators } = {}) =>
      Promise.resolve(sorted().filter((user) => administrators === undefined || (user.role !== 'none') === administrators).length),
    replacePasswordHash: (id, before, after) => {
      const user = table.rows.get(id);
      if (user?.passwordHash === before) table.rows.set(id, { ...user, passwordHash: after });
      return Promise.resolve();
    },
  };
}

export type MemorySigningKeys = SigningKeys & { readonly rows: Map<string, SigningKey>; readonly changes: Change[] };

export function memorySigningKeys(...keys: readonly SigningKey[]): MemorySigningKeys {
  const table = memoryTable<SigningKey>((key) => [key.id]);
  for (const key of keys) table.rows.set(key.id, key);
  const find = (id: string, version: number): SigningKey => {
    const key = table.rows.get(id);
    if (key === undefined) throw new SignetError('not_found', 'no such key');
    if (key.version !== version) throw new SignetError('conflict', 'changed by somebody else meanwhile');
    return key;
  };
  return {
    ...table,
    list: () => Promise.resolve([...table.rows.values()].sort((a, b) => a.createdAt - b.createdAt)),
    insertFirst: async (key) => {
      if (table.rows.size === 0) await table.insert({ ...key, state: 'active' }, { actor: 'system', action: 'make the first signing key' });
      return [...table.rows.values()];
    },
    transition: async (steps, change) => {
      await Promise.resolve();
      const moved = steps.map(({ id, version, to, at }) => ({
        ...find(id, version),
        version: version + 1,
        state: to,
        ...(to === 'active' ? { activatedAt: at } : {}),
        ...(to === 'retired' ? { retiredAt: at } : {}),
      }));
      const after = new Map([...table.rows, ...moved.map((key) => [key.id, key] as const)]);
      if ([...after.values()].filter((key) => key.state === 'active').length > 1) throw new SignetError('conflict', 'two active keys');
      for (const key of moved) table.rows.set(key.id, key);
      table.changes.push(change);
    },
    remove: async (id, version, change) => {
      if (find(id, version).state === 'active') throw new SignetError('conflict', 'it is active');
      await table.remove(id, change);
    },
  };
}

/** Only remembers whose sessions were ended. */
export function memorySessions(): Pick<SsoSessions, 'endAllOf'> & { readonly ended: string[] } {
  const ended: string[] = [];
  return {
    ended,
    endAllOf: (userId) => {
      ended.push(userId);
      return Promise.resolve();
    },
  };
}
