/** An address where a signed document of metadata of ours is read. */
import { createHash } from 'node:crypto';
import type { Instant } from '../../../core/model/ids.js';
import type { Clock, KeyRing, Signer } from '../../../core/ports.js';
import type { Route } from '../../../http/route.js';
import type { EntityDescription } from './write.js';

export interface MetadataRouteParts {
  readonly clock: Clock;
  readonly keyRing: KeyRing;
  readonly makeId: () => string;
}

export interface MetadataDocument extends Pick<Route, 'path' | 'anyCase'> {
  /** Writes and signs it. */
  readonly write: (now: Pick<EntityDescription, 'id' | 'certificates' | 'now'>, signer: Signer) => Promise<string>;
}

const TYPE = 'application/samlmetadata+xml';
/** Signed once and served for this long, so that asking for metadata costs no signature. */
const KEEP_MS = 60_000;

interface Kept {
  readonly keys: string;
  readonly madeAt: Instant;
  readonly xml: string;
  readonly etag: string;
}

/** GET only. A change of keys is in the next answer. */
export function createMetadataRoute(parts: MetadataRouteParts, { write, ...address }: MetadataDocument): Route {
  let kept: Kept | undefined;

  const current = async (): Promise<Kept> => {
    const now = parts.clock.now();
    const published = await parts.keyRing.published();
    const keys = published.map((key) => `${key.keyId}:${key.state}`).join(' ');
    if (kept?.keys === keys && now - kept.madeAt < KEEP_MS && now >= kept.madeAt) return kept;
    const signer = await parts.keyRing.signerFor(undefined);
    const xml = await write({ id: parts.makeId(), certificates: published.map((key) => key.certificate), now }, signer);
    kept = { keys, madeAt: now, xml, etag: `"${createHash('sha256').update(xml).digest('base64url').slice(0, 27)}"` };
    return kept;
  };

  return {
    ...address,
    methods: ['GET'],
    bodyLimit: 0,
    handle: async (inbound) => {
      const { xml, etag } = await current();
      const headers = { etag, 'cache-control': 'public, max-age=300' };
      if (inbound.headers['if-none-match'] === etag) return { kind: 'text', status: 304, type: TYPE, body: '', headers };
      return { kind: 'text', status: 200, type: TYPE, body: `<?xml version="1.0" encoding="UTF-8"?>\n${xml}`, headers };
    },
  };
}
