/** A journal in memory that reads as the port says: in the order of writing, with cursors that are good for going on. */
import type { Journal, SignOnRecord } from '../../src/core/ports.js';
import { normalizeUserName } from '../../src/core/model/user.js';
import { NOW } from './builders.js';

export function aSignOn(changes: Partial<SignOnRecord> = {}): SignOnRecord {
  return {
    id: '_token1',
    reference: 'SGN-7Q4M-X2KD',
    at: NOW,
    event: 'sign-on',
    outcome: 'issued',
    protocol: 'saml',
    relyingParty: 'https://app.example/metadata',
    user: 'maria',
    tokenId: '_token1',
    inResponseTo: '_request1',
    trace: { startedAt: NOW - 12, checks: [], steps: [] },
    ...changes,
  };
}

export function memoryJournal(...entries: SignOnRecord[]): Pick<Journal, 'read'> & { readonly entries: SignOnRecord[]; reads: number } {
  const journal = {
    entries,
    reads: 0,
    read: (
      { since, reference, user, relyingParty }: Parameters<Journal['read']>[0],
      { after, from, limit }: Parameters<Journal['read']>[1],
    ): ReturnType<Journal['read']> => {
      journal.reads += 1;
      const start = Number(after ?? 0);
      const found = journal.entries
        .map((entry, at) => ({ entry, seq: at + 1 }))
        .filter(({ seq }) => seq > start)
        .filter(({ entry }) => since === undefined || entry.at >= since)
        .filter(({ entry }) => reference === undefined || entry.reference === reference)
        .filter(({ entry }) => user === undefined || (entry.user !== undefined && normalizeUserName(entry.user) === normalizeUserName(user)))
        .filter(({ entry }) => relyingParty === undefined || entry.relyingParty === relyingParty);
      const page = after === undefined && from === 'newest' ? found.slice(-limit) : found.slice(0, limit);
      const last = page.at(-1);
      return Promise.resolve({ entries: page.map(({ entry }) => entry), cursor: String(page.length < limit ? journal.entries.length : (last?.seq ?? start)) });
    },
  };
  return journal;
}
