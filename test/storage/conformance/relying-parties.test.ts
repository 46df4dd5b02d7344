import { expect } from 'chai';
import { asId } from '../../../src/core/model/ids.js';
import type { RelyingPartyRecord } from '../../../src/core/model/relying-party.js';
import type { Storage } from '../../../src/storage/open.js';
import { aMetadata, aRecord, thrownBy } from '../../support/builders.js';
import { atOnce, CHANGE } from '../../support/records.js';
import { type Home, targets } from '../../support/storage-targets.js';

const aParty = (name: string, changes: Partial<RelyingPartyRecord> = {}): RelyingPartyRecord =>
  aRecord({ id: asId(`id-${name}`), metadata: aMetadata({ entityId: `https://${name}.example/metadata`, displayName: `${name} app` }), ...changes });

for (const target of targets) {
  describe(`RelyingParties on ${target.name}`, () => {
    let home: Home;
    let one: Storage;
    let other: Storage;

    beforeEach(async () => {
      home = await target.makeHome();
      one = await home.open();
      other = await home.open();
    });
    afterEach(async () => home.remove());

    it('gives back what was stored, by entity id and by id, to the letter', async () => {
      const record = aParty('alpha', { overrides: { name: 'Ünïcode ☃', groups: ['Sales'], lifetimeSeconds: 60 }, enabled: false });
      await one.relyingParties.insert(record, CHANGE);
      expect(await other.relyingParties.findByEntityId('https://alpha.example/metadata')).to.deep.equal(record);
      expect(await other.relyingParties.findById(record.id)).to.deep.equal(record);
      expect(await other.relyingParties.findByEntityId('https://ALPHA.example/metadata')).to.equal(undefined);
      expect(await other.relyingParties.findById(asId('nobody'))).to.equal(undefined);
    });

    it('lets one of twenty register an entity id', async () => {
      const results = await Promise.allSettled(
        Array.from({ length: 20 }, async (_, index) =>
          (index % 2 === 0 ? one : other).relyingParties.insert({ ...aParty('alpha'), id: asId(`id-${String(index)}`) }, CHANGE),
        ),
      );
      expect(results.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
      for (const result of results) if (result.status === 'rejected') expect(result.reason).to.have.property('code', 'conflict');
      expect(await one.relyingParties.count()).to.equal(1);
      // Those who were refused left nothing behind.
      expect(await one.changeLog.read(undefined, 100)).to.have.length(1);
    });

    it('lets one of twenty save over a version', async () => {
      const record = aParty('alpha');
      await one.relyingParties.insert(record, CHANGE);
      const results = await Promise.allSettled(
        Array.from({ length: 20 }, async (_, index) =>
          (index % 2 === 0 ? one : other).relyingParties.save({ ...record, overrides: { name: String(index) } }, CHANGE),
        ),
      );
      const saved = results.filter((result) => result.status === 'fulfilled').map(({ value }) => value);
      expect(saved).to.have.length(1);
      expect(saved[0]?.version).to.equal(record.version + 1);
      expect(await one.relyingParties.findById(record.id)).to.deep.equal(saved[0]);
      for (const result of results) if (result.status === 'rejected') expect(result.reason).to.have.property('code', 'conflict');
    });

    it('refuses a save to a taken entity id, to a stale version, of what is gone', async () => {
      await one.relyingParties.insert(aParty('alpha'), CHANGE);
      const beta = aParty('beta');
      await one.relyingParties.insert(beta, CHANGE);
      const renamed = { ...beta, metadata: aParty('alpha').metadata };
      expect(await thrownBy(async () => one.relyingParties.save(renamed, CHANGE))).to.have.property('code', 'conflict');
      expect(await thrownBy(async () => one.relyingParties.save({ ...beta, version: 7 }, CHANGE))).to.have.property('code', 'conflict');
      expect(await one.relyingParties.findById(beta.id)).to.deep.equal(beta);
      await other.relyingParties.remove(beta.id, CHANGE);
      expect(await thrownBy(async () => one.relyingParties.save(beta, CHANGE))).to.have.property('code', 'not_found');
      expect(await thrownBy(async () => one.relyingParties.remove(beta.id, CHANGE))).to.have.property('code', 'not_found');
    });

    describe('further identifiers (FMD-09, M01)', () => {
      const named = (name: string, ...identifiers: readonly string[]): RelyingPartyRecord =>
        aParty(name, { metadata: aMetadata({ entityId: `https://${name}.example/metadata`, identifiers }) });

      it('find the party, those of the metadata and those set by hand, until they are taken away', async () => {
        await one.relyingParties.insert({ ...named('alpha', 'urn:alpha'), overrides: { identifiers: ['urn:alpha:two', 'urn:alpha'] } }, CHANGE);
        for (const name of ['https://alpha.example/metadata', 'urn:alpha', 'urn:alpha:two']) {
          expect((await other.relyingParties.findByEntityId(name))?.id, name).to.equal('id-alpha');
          expect((await other.relyingPartyLookup.byEntityId(name))?.id, name).to.equal('id-alpha');
        }
        expect(await other.relyingParties.findByEntityId('URN:alpha')).to.equal(undefined);
        expect((await other.relyingParties.list({ text: 'ALPHA:TWO' }, { limit: 10 })).map(({ id }) => id)).to.deep.equal(['id-alpha']);
        const saved = await one.relyingParties.save(named('alpha', 'urn:alpha:three'), CHANGE);
        expect(await other.relyingParties.findByEntityId('urn:alpha')).to.equal(undefined);
        expect((await other.relyingParties.findByEntityId('urn:alpha:three'))?.version).to.equal(saved.version);
        await one.relyingParties.remove(saved.id, CHANGE);
        expect(await other.relyingParties.findByEntityId('urn:alpha:three')).to.equal(undefined);
        await one.relyingParties.insert(named('beta', 'urn:alpha:three', 'https://alpha.example/metadata'), CHANGE);
      });

      it('belong to one party: the refusal says to which, and nothing is written', async () => {
        await one.relyingParties.insert(named('alpha', 'urn:shared'), CHANGE);
        const beta = named('beta');
        await one.relyingParties.insert(beta, CHANGE);
        for (const [record, sentence] of [
          [named('gamma', 'urn:shared'), /identifier urn:shared belongs to the relying party https:\/\/alpha\.example\/metadata already/u],
          [named('gamma', 'https://alpha.example/metadata'), /there is already a relying party with the entity id https:\/\/alpha\.example\/metadata/u],
          [{ ...named('gamma'), metadata: aMetadata({ entityId: 'urn:shared' }) }, /identifier urn:shared belongs to the relying party https:\/\/alpha/u],
        ] as const) {
          const error = await thrownBy(async () => one.relyingParties.insert(record, CHANGE));
          expect(error).to.have.property('code', 'conflict');
          expect(error.message).to.match(sentence);
        }
        const taking = { ...beta, overrides: { identifiers: ['urn:beta', 'urn:shared'] } };
        expect(await thrownBy(async () => one.relyingParties.save(taking, CHANGE))).to.have.property('code', 'conflict');
        expect(await one.relyingParties.findByEntityId('urn:beta')).to.equal(undefined);
        expect(await one.relyingParties.count()).to.equal(2);
        expect(await one.changeLog.read(undefined, 100)).to.have.length(2);
      });
    });

    it('lists by entity id in code point order, in pages, filtered', async () => {
      const names = ['b', 'B', 'a', 'a-b', 'ab', 'ä', 'Z'];
      await atOnce(names.length, async (index) =>
        one.relyingParties.insert(
          { ...aParty('x'), id: asId(String(index)), enabled: index !== 0, metadata: aMetadata({ entityId: names[index] ?? '', displayName: 'App' }) },
          CHANGE,
        ),
      );
      const ids = async (
        filter: Parameters<Storage['relyingParties']['list']>[0],
        page: Parameters<Storage['relyingParties']['list']>[1],
      ): Promise<readonly string[]> => (await other.relyingParties.list(filter, page)).map(({ metadata }) => metadata.entityId);
      const sorted = ['B', 'Z', 'a', 'a-b', 'ab', 'b', 'ä'];
      expect(await ids({}, { limit: 100 })).to.deep.equal(sorted);
      expect(await ids({}, { limit: 3 })).to.deep.equal(sorted.slice(0, 3));
      expect(await ids({}, { limit: 3, after: 'a' })).to.deep.equal(sorted.slice(3, 6));
      expect(await ids({ enabled: true }, { limit: 100 })).to.deep.equal(sorted.filter((id) => id !== 'b'));
      expect(await ids({ enabled: false }, { limit: 100 })).to.deep.equal(['b']);
    });

    it('searches entity ids and names, without regard to case, with wildcards as text', async () => {
      await one.relyingParties.insert(aParty('alpha', { overrides: { name: '100 % Travel' } }), CHANGE);
      await one.relyingParties.insert(aParty('beta'), CHANGE);
      const found = async (text: string): Promise<readonly string[]> => (await one.relyingParties.list({ text }, { limit: 10 })).map(({ id }) => id);
      expect(await found('ALPHA.EX')).to.deep.equal(['id-alpha']);
      expect(await found('% tra')).to.deep.equal(['id-alpha']);
      expect(await found('beta app')).to.deep.equal(['id-beta']);
      expect(await found('_')).to.deep.equal([]);
      expect(await found("' or 1=1 --")).to.deep.equal([]);
    });

    it('writes each change into the log with it, and what it was before', async () => {
      const record = aParty('alpha');
      await one.relyingParties.insert(record, { actor: 'maria', action: 'add relying party' });
      const saved = await one.relyingParties.save({ ...record, enabled: false }, { actor: 'cli', action: 'disable relying party' });
      await one.relyingParties.remove(record.id, { actor: 'cli', action: 'remove relying party' });
      const entries = await other.changeLog.read(undefined, 10);
      expect(entries.map(({ actor, action, kind, objectId }) => [actor, action, kind, objectId])).to.deep.equal([
        ['maria', 'add relying party', 'relying-party', record.id],
        ['cli', 'disable relying party', 'relying-party', record.id],
        ['cli', 'remove relying party', 'relying-party', record.id],
      ]);
      const read = (text: string | undefined): unknown => (text === undefined ? undefined : JSON.parse(text));
      expect(entries.map(({ before }) => read(before))).to.deep.equal([undefined, record, saved]);
      expect(entries.map(({ after }) => read(after))).to.deep.equal([record, saved, undefined]);
      expect(Math.abs((entries[0]?.at ?? 0) - Date.now())).to.be.lessThan(10_000);
      expect((await one.changeLog.read(undefined, 2)).map(({ action }) => action)).to.deep.equal(['disable relying party', 'remove relying party']);
      expect(await one.changeLog.read(Date.now() + 60_000, 10)).to.deep.equal([]);
    });
  });
}
