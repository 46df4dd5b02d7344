/** What is held and how sources were read, in memory; versions are written by a real store only. */
import type { RelyingPartyId } from '../../src/core/model/ids.js';
import type { HeldMetadata, MetadataReading } from '../../src/core/model/metadata-history.js';
import type { Change, MetadataHistory } from '../../src/core/ports.js';

export type MemoryMetadataHistory = MetadataHistory & { readonly changes: Change[] };

export function memoryMetadataHistory(): MemoryMetadataHistory {
  const readings = new Map<RelyingPartyId, MetadataReading>();
  const waiting = new Map<RelyingPartyId, HeldMetadata>();
  const changes: Change[] = [];
  return {
    changes,
    versions: () => Promise.resolve([]),
    due: () => Promise.resolve([]),
    reading: (id) => Promise.resolve(readings.get(id)),
    note: (id, reading) => Promise.resolve(void readings.set(id, reading)),
    held: (id) => Promise.resolve(waiting.get(id)),
    hold: ({ id }, held, change) => {
      if (held !== undefined || waiting.has(id)) changes.push(change);
      if (held === undefined) waiting.delete(id);
      else waiting.set(id, held);
      return Promise.resolve();
    },
    overview: () =>
      Promise.resolve({
        sources: readings.size,
        failing: [...readings].filter(([, { failures }]) => failures > 0).map(([id, reading]) => ({ id, reading })),
        held: [...waiting].filter(([, { droppedAt }]) => droppedAt === undefined).map(([id, held]) => ({ id, held })),
        oldestSuccess: undefined,
      }),
  };
}
