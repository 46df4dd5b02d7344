/** A Map that keeps the newest entries and forgets the oldest when there are too many: a Map keeps the order of insertion. */

export interface Newest<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
  /** Gives the entry and removes it: it is had once. */
  take(key: string): V | undefined;
  /** Removes every entry that matches, and gives their number. */
  removeWhere(matches: (value: V) => boolean): number;
}

export function createNewest<V>(most: number): Newest<V> {
  const entries = new Map<string, V>();
  return {
    get: (key) => entries.get(key),
    set: (key, value) => {
      entries.delete(key);
      entries.set(key, value);
      for (const oldest of entries.keys()) {
        if (entries.size <= most) break;
        entries.delete(oldest);
      }
    },
    take: (key) => {
      const found = entries.get(key);
      entries.delete(key);
      return found;
    },
    removeWhere: (matches) => {
      const found = [...entries].filter(([, value]) => matches(value));
      for (const [key] of found) entries.delete(key);
      return found.length;
    },
  };
}

const MOST_IDS = 10_000;

/** True at the first question about an id: an assertion is accepted once (SAML Profiles 4.1.4.5). */
export function createFirstUse(): (id: string) => boolean {
  const seen = createNewest<true>(MOST_IDS);
  return (id) => {
    if (seen.get(id) === true) return false;
    seen.set(id, true);
    return true;
  };
}
