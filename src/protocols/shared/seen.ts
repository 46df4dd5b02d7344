/**
 * Message ids this node answered lately. A repeated AuthnRequest grants nothing and is answered again
 * (SSO-15); the trace notes it, so that a log shows reloads and resends for what they are.
 */
import type { Instant } from '../../core/model/ids.js';

export interface SeenMessages {
  /** When this id of this issuer was first seen, or undefined; remembers it. */
  mark(issuer: string, id: string, now: Instant): Instant | undefined;
}

/** Keeps the newest `limit` ids in memory. */
export function createSeenMessages(limit: number): SeenMessages {
  let young = new Map<string, Instant>();
  let old = new Map<string, Instant>();
  return {
    mark: (issuer, id, now) => {
      const key = `${issuer} ${id}`;
      const before = young.get(key) ?? old.get(key);
      if (before !== undefined) return before;
      if (young.size >= limit / 2) {
        old = young;
        young = new Map();
      }
      young.set(key, now);
      return undefined;
    },
  };
}
