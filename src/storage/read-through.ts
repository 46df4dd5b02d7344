/** A bounded read-through cache of configuration: what it holds is used only while the change feed vouches for it. */
import type { ChangeFeed } from '../core/ports.js';
import { createBoundedMap } from '../core/bounded-map.js';

const MOST_MISSING = 1000;
/** What nobody would register is not worth remembering as missing (SAML Core 8.3.6 bounds entity ids at 1024). */
const LONGEST_MISSING = 1024;

export interface ReadThroughParts<V> {
  readonly changes: ChangeFeed;
  readonly load: (key: string) => Promise<V | undefined>;
  readonly mostKept: number;
}

/**
 * Makes the cache. Many who ask for the same thing at once share one question; what was asked before a change is
 * answered but not kept. Rejects with `unavailable` when the feed cannot confirm that nothing changed.
 */
export function createReadThrough<V>({ changes, load, mostKept }: ReadThroughParts<V>): (key: string) => Promise<V | undefined> {
  const kept = createBoundedMap<string, { readonly value: V; readonly generation: number }>(mostKept);
  const missing = createBoundedMap<string, number>(MOST_MISSING);
  const loading = new Map<string, Promise<V | undefined>>();
  let generation = 0;
  changes.onChange(() => {
    generation += 1;
    loading.clear();
  });

  const keep = (key: string, value: V | undefined): void => {
    if (value !== undefined) kept.set(key, { value, generation });
    else kept.delete(key);
    if (value === undefined && key.length <= LONGEST_MISSING) missing.set(key, generation);
  };

  const loadOnce = (key: string): Promise<V | undefined> => {
    const underWay = loading.get(key);
    if (underWay !== undefined) return underWay;
    const started = load(key).then((value) => {
      if (loading.get(key) === started) keep(key, value);
      return value;
    });
    loading.set(key, started);
    const done = (): void => {
      if (loading.get(key) === started) loading.delete(key);
    };
    started.then(done, done);
    return started;
  };

  return async (key) => {
    await changes.confirm();
    const known = kept.get(key);
    if (known?.generation === generation) return known.value;
    if (missing.get(key) === generation) return undefined;
    return loadOnce(key);
  };
}
