import { expect } from 'chai';
import { until } from '../../support/patience.js';
import type { Storage } from '../../../src/storage/open.js';
import { thrownBy } from '../../support/builders.js';
import { aSignOnRecord, atOnce } from '../../support/records.js';
import { type Home, targets } from '../../support/storage-targets.js';

for (const target of targets) {
  describe(`Journal on ${target.name}`, () => {
    let home: Home;
    let one: Storage;
    let other: Storage;

    beforeEach(async () => {
      home = await target.makeHome();
      one = await home.open();
      other = await home.open();
    });
    afterEach(async () => home.remove());

    const idsOf = async (storage: Storage): Promise<readonly string[]> => (await storage.journal.read({}, { limit: 10_000 })).entries.map(({ id }) => id);

    it('gives back a record as it was written, on another node, as soon as record() resolves', async () => {
      const entry = aSignOnRecord({
        id: '_token',
        tokenId: '_token',
        inResponseTo: '_request',
        user: 'Mária ☃ \u0000',
        check: 'request.destination',
        code: 'malformed_request',
      });
      await one.journal.record(entry);
      const { entries } = await other.journal.read({}, { limit: 10 });
      expect(entries).to.deep.equal([JSON.parse(JSON.stringify(entry))]);
    });

    it('keeps every record of many at once, each once', async () => {
      const entries = Array.from({ length: 300 }, () => aSignOnRecord());
      await atOnce(300, async (index) => (index % 2 === 0 ? one : other).journal.record(entries[index] ?? aSignOnRecord()));
      const ids = await idsOf(one);
      expect(ids).to.have.length(300);
      expect(new Set(ids)).to.deep.equal(new Set(entries.map(({ id }) => id)));
    });

    it('takes the same record twice as one: in one transaction, in two, from two nodes', async () => {
      const entry = aSignOnRecord();
      await Promise.all([one.journal.record(entry), one.journal.record(entry), other.journal.record(entry)]);
      await one.journal.record(entry);
      expect(await idsOf(one)).to.deep.equal([entry.id]);
    });

    it('reads in the order of time, and what has one time in the order of writing', async () => {
      const at = Date.now();
      for (const id of ['a', 'b', 'c']) await one.journal.record(aSignOnRecord({ id, at }));
      await one.journal.record(aSignOnRecord({ id: 'before', at: at - 1000 }));
      expect(await idsOf(other)).to.deep.equal(['before', 'a', 'b', 'c']);
    });

    it('goes on from a cursor without missing or repeating any, in pages and as records come', async () => {
      for (let index = 0; index < 7; index += 1) await one.journal.record(aSignOnRecord({ id: String(index), at: 1_700_000_000_000 + index }));
      const seen: string[] = [];
      let cursor: string | undefined;
      for (;;) {
        const page = await other.journal.read({}, { limit: 3, ...(cursor === undefined ? {} : { after: cursor }) });
        cursor = page.cursor;
        if (page.entries.length === 0) break;
        seen.push(...page.entries.map(({ id }) => id));
      }
      expect(seen).to.deep.equal(['0', '1', '2', '3', '4', '5', '6']);
      // Written later with an earlier time: it is new all the same.
      await one.journal.record(aSignOnRecord({ id: 'late', at: 1_600_000_000_000 }));
      const next = await other.journal.read({}, { limit: 3, after: cursor ?? '' });
      expect(next.entries.map(({ id }) => id)).to.deep.equal(['late']);
    });

    it('misses none while several nodes write at once', async () => {
      const written = atOnce(400, async (index) => {
        const entry = aSignOnRecord();
        await new Promise((resolve) => setTimeout(resolve, index / 2));
        await (index % 2 === 0 ? one : other).journal.record(entry);
        return entry.id;
      });
      const finished = { yet: false };
      const all = written.finally(() => {
        finished.yet = true;
      });
      const reader = await home.open();
      const seen: string[] = [];
      let after = '0';
      for (;;) {
        const last = finished.yet;
        const page = await reader.journal.read({}, { after, limit: 50 });
        seen.push(...page.entries.map(({ id }) => id));
        after = page.cursor ?? after;
        if (last && page.entries.length === 0) break;
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      expect(seen).to.have.length(400);
      expect(new Set(seen)).to.deep.equal(new Set(await all));
    });

    it('begins at the newest where that is asked for', async () => {
      for (let index = 0; index < 5; index += 1) await one.journal.record(aSignOnRecord({ id: String(index), at: 1_700_000_000_000 + index }));
      const newest = await one.journal.read({}, { limit: 2, from: 'newest' });
      expect(newest.entries.map(({ id }) => id)).to.deep.equal(['3', '4']);
      const since = await one.journal.read({}, { limit: 2, after: newest.cursor ?? '' });
      expect(since.entries).to.deep.equal([]);
    });

    it('filters by time, reference, user and relying party', async () => {
      const base = 1_700_000_000_000;
      await one.journal.record(aSignOnRecord({ id: 'a', at: base, reference: 'SGN-AAAA-AAAA', user: 'Maria' }));
      await one.journal.record(aSignOnRecord({ id: 'b', at: base + 1, reference: 'SGN-BBBB-BBBB', user: 'peter' }));
      await one.journal.record(aSignOnRecord({ id: 'c', at: base + 2, reference: 'SGN-BBBB-BBBB', relyingParty: 'https://other.example' }));
      const ids = async (filter: Parameters<Storage['journal']['read']>[0], from: 'oldest' | 'newest' = 'oldest'): Promise<readonly string[]> =>
        (await one.journal.read(filter, { limit: 10, from })).entries.map(({ id }) => id);
      expect(await ids({ since: base + 1 })).to.deep.equal(['b', 'c']);
      expect(await ids({ since: base + 3 })).to.deep.equal([]);
      expect(await ids({ reference: 'SGN-BBBB-BBBB' })).to.deep.equal(['b', 'c']);
      expect(await ids({ user: ' MARIA' })).to.deep.equal(['a', 'c']);
      expect(await ids({ user: 'maria' }, 'newest')).to.deep.equal(['a', 'c']);
      expect(await ids({ relyingParty: 'https://other.example' })).to.deep.equal(['c']);
      expect(await ids({ since: base + 1, user: 'maria', relyingParty: 'https://other.example' })).to.deep.equal(['c']);
    });

    it('refuses a cursor it never gave', async () => {
      expect(await thrownBy(async () => one.journal.read({}, { limit: 1, after: "1' or '1" }))).to.have.property('code', 'invalid_input');
    });

    it('writes notes within 200 ms and a moment, and all of them when flushed', async () => {
      const noted = performance.now();
      one.journal.note(aSignOnRecord({ id: 'noted', outcome: 'refused' }));
      const seen = await idsOf(other);
      if (performance.now() - noted < 200) expect(seen).to.deep.equal([]);
      await until('it is written', async () => (await idsOf(other)).join() === 'noted', 500);
      for (let index = 0; index < 250; index += 1) one.journal.note(aSignOnRecord({ outcome: 'refused' }));
      await one.journal.flush();
      expect(await idsOf(other)).to.have.length(251);
      expect(one.journal.dropped()).to.equal(0);
    });

    it('takes names of any length, and one that somebody typed does not stop the others', async () => {
      const typed = 'x'.repeat(20_000);
      await Promise.all([
        one.journal.record(aSignOnRecord({ id: 'long', user: typed, relyingParty: typed })),
        one.journal.record(aSignOnRecord({ id: 'short' })),
      ]);
      expect([...(await idsOf(other))].sort()).to.deep.equal(['long', 'short']);
      const { entries } = await other.journal.read({ user: typed }, { limit: 1 });
      expect(entries[0]?.user).to.equal(typed);
    });
  });
}
