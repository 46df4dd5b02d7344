/**
 * Message ids this node answered lately. A repeated AuthnRequest grants nothing and is answered again
 * (SSO-15); the trace notes it, so that a log shows reloads and resends for what they are.
 */
import { createBoundedMap } from '../../core/bounded-map.js';
import type { Instant } from '../../core/model/ids.js';

export interface SeenMessages {
  /** When this id of this issuer was first seen, or undefined; remembers it. */
  mark(issuer: string, id: string, now: Instant): Instant | undefined;
}

/** Keeps at most `limit` ids in memory. */
export function createSeenMessages(limit: number): SeenMessages {
  const seen = createBoundedMap<string, Instant>(limit);
  return {
    mark: (issuer, id, now) => {
      const key = `${issuer} ${id}`;
      const before = seen.get(key);
      if (before === undefined) seen.set(key, now);
      return before;
    },
  };
}
