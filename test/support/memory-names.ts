/** Persistent names in memory. */
import { SignetError } from '../../src/core/errors.js';
import type { Change, PersistentName, PersistentNameRegister } from '../../src/core/ports.js';

export interface MemoryNames extends PersistentNameRegister {
  readonly rows: PersistentName[];
  readonly changes: Change[];
}

export function memoryNames(): MemoryNames {
  const rows: PersistentName[] = [];
  const changes: Change[] = [];
  const keyOf = ({ spNameQualifier, userId }: PersistentName): string => JSON.stringify([spNameQualifier, userId]);
  const find: MemoryNames['find'] = async (userId, where) => {
    await Promise.resolve();
    return rows.find((row) => row.userId === userId && row.spNameQualifier === where)?.value;
  };
  return {
    rows,
    changes,
    find,
    findOrCreate: async (userId, spNameQualifier, candidate) => {
      const known = await find(userId, spNameQualifier);
      if (known === undefined) rows.push({ userId, spNameQualifier, value: candidate });
      return known ?? candidate;
    },
    findOwner: (where, value) => Promise.resolve(rows.find((row) => row.spNameQualifier === where && row.value === value)?.userId),
    list: ({ userId, spNameQualifier }, { after, limit }) =>
      Promise.resolve(
        [...rows]
          .sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))
          .filter((row) => (userId ?? row.userId) === row.userId && (spNameQualifier ?? row.spNameQualifier) === row.spNameQualifier)
          .filter((row) => after === undefined || keyOf(row) > keyOf(after))
          .slice(0, limit)
          .map((row) => ({ ...row, createdAt: 0 })),
      ),
    insertAll: async (names, change) => {
      for (const name of names) {
        if ((await find(name.userId, name.spNameQualifier)) !== undefined) throw new SignetError('conflict', 'taken');
      }
      if (names.length === 0) return;
      rows.push(...names);
      changes.push(change);
    },
  };
}
