/** An EphemeralStore in memory, with expiry by a clock of the test. */
import type { Clock, EphemeralKind, EphemeralStore } from '../../src/core/ports.js';

interface Entry {
  readonly value: string;
  readonly expiresAt: number;
  readonly index: string | undefined;
}

export interface MemoryEphemeral extends EphemeralStore {
  /** Keys and values that are still in force, of one kind. */
  entries(kind: EphemeralKind): ReadonlyMap<string, string>;
}

/** One map for all kinds; every call answers in a later turn, as a real store does. */
export function memoryEphemeral(clock: Pick<Clock, 'now'>): MemoryEphemeral {
  const stored = new Map<string, Entry>();
  const full = (kind: EphemeralKind, key: string): string => `${kind} ${key}`;
  const alive = (name: string): Entry | undefined => {
    const entry = stored.get(name);
    return entry !== undefined && entry.expiresAt > clock.now() ? entry : undefined;
  };
  const set = (name: string, value: string, ttlSeconds: number, index?: string): void => {
    stored.set(name, { value, expiresAt: clock.now() + ttlSeconds * 1000, index });
  };
  const underIndex = (kind: EphemeralKind, index: string): readonly string[] =>
    [...stored.keys()].filter((name) => name.startsWith(`${kind} `) && alive(name)?.index === index);

  return {
    put: async (kind, key, value, ttlSeconds, index) => {
      await Promise.resolve();
      set(full(kind, key), value, ttlSeconds, index);
    },
    putIfAbsent: async (kind, key, value, ttlSeconds) => {
      await Promise.resolve();
      if (alive(full(kind, key)) !== undefined) return false;
      set(full(kind, key), value, ttlSeconds);
      return true;
    },
    get: async (kind, key) => {
      await Promise.resolve();
      return alive(full(kind, key))?.value;
    },
    take: async (kind, key) => {
      await Promise.resolve();
      const entry = alive(full(kind, key));
      stored.delete(full(kind, key));
      return entry?.value;
    },
    remove: async (kind, key) => {
      await Promise.resolve();
      stored.delete(full(kind, key));
    },
    count: async (kind, key, ttlSeconds) => {
      await Promise.resolve();
      const name = full(kind, key);
      const entry = alive(name);
      const next = Number(entry?.value ?? '0') + 1;
      if (entry === undefined) set(name, String(next), ttlSeconds);
      else stored.set(name, { ...entry, value: String(next) });
      return next;
    },
    findByIndex: async (kind, index) => {
      await Promise.resolve();
      return underIndex(kind, index).flatMap((name) => stored.get(name)?.value ?? []);
    },
    removeByIndex: async (kind, index) => {
      await Promise.resolve();
      for (const name of underIndex(kind, index)) stored.delete(name);
    },
    entries: (kind) =>
      new Map(
        [...stored.keys()].flatMap((name) => {
          const entry = name.startsWith(`${kind} `) ? alive(name) : undefined;
          return entry === undefined ? [] : [[name.slice(kind.length + 1), entry.value] as const];
        }),
      ),
  };
}
