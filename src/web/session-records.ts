/**
 * What stands behind a session cookie: one small record in the ephemeral store, read by express-session and by the
 * dispatcher in front of it. A store that does not answer is an error, never "signed out".
 */
import type { Clock, EphemeralStore } from '../core/ports.js';
import { createBoundedMap } from '../core/bounded-map.js';

export interface SessionRecord {
  /** The record as express-session wrote it. */
  readonly json: string;
  /** The SSO session of this browser. */
  readonly sso: string | undefined;
}

export interface SessionRecords {
  /** Rejects when the store does not answer. Prolongs the record at most once a minute, in the background. */
  find(id: string): Promise<SessionRecord | undefined>;
  save(id: string, json: string): Promise<void>;
  remove(id: string): Promise<void>;
}

export interface SessionRecordParts {
  readonly ephemeral: Pick<EphemeralStore, 'put' | 'get' | 'remove'>;
  readonly clock: Clock;
  /** Seconds without a visit after which the record is gone. */
  readonly idleSeconds: number;
  readonly onError: (error: unknown, what: string) => void;
}

/** How long a record may be used without asking the store, when other nodes share it. */
const FRESH_MS = 1000;
const PROLONG_MS = 60_000;
const REMEMBERED = 10_000;

interface Known {
  readonly readAt: number;
  readonly record: Promise<SessionRecord | undefined>;
}

/** Records with a cache of at most a second. */
export function createSessionRecords(parts: SessionRecordParts): SessionRecords {
  const known = createBoundedMap<string, Known>(REMEMBERED);
  const prolonged = createBoundedMap<string, number>(REMEMBERED);
  const { ephemeral, clock } = parts;

  const prolong = (id: string, json: string): void => {
    const now = clock.monotonic();
    const last = prolonged.get(id);
    if (last !== undefined && now - last < PROLONG_MS) return;
    prolonged.set(id, now);
    ephemeral.put('web-session', id, json, parts.idleSeconds).catch((error: unknown) => {
      parts.onError(error, 'prolonging a browser session');
    });
  };

  const load = async (id: string): Promise<SessionRecord | undefined> => {
    const json = await ephemeral.get('web-session', id);
    if (json === undefined) return undefined;
    prolong(id, json);
    return { json, sso: readSso(json) };
  };

  return {
    find: async (id) => {
      const now = clock.monotonic();
      const entry = known.get(id);
      if (entry !== undefined && now - entry.readAt < FRESH_MS) return entry.record;
      const record = load(id);
      known.set(id, { readAt: now, record });
      try {
        const found = await record;
        // Somebody else may sign this browser in a moment later, on another node: what is absent is asked for again.
        if (found === undefined) known.delete(id);
        return found;
      } catch (error) {
        known.delete(id);
        throw error;
      }
    },
    save: async (id, json) => {
      known.delete(id);
      prolonged.set(id, clock.monotonic());
      await ephemeral.put('web-session', id, json, parts.idleSeconds);
      known.delete(id);
    },
    remove: async (id) => {
      known.delete(id);
      await ephemeral.remove('web-session', id);
      known.delete(id);
    },
  };
}

function readSso(json: string): string | undefined {
  const record: unknown = JSON.parse(json);
  if (typeof record !== 'object' || record === null || !('sso' in record)) return undefined;
  return typeof record.sso === 'string' ? record.sso : undefined;
}
