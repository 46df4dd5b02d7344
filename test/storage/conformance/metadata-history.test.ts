import { expect } from 'chai';
import { asId } from '../../../src/core/model/ids.js';
import { type HeldMetadata, type MetadataReading, MOST_VERSIONS } from '../../../src/core/model/metadata-history.js';
import type { RelyingPartyMetadata, RelyingPartyRecord } from '../../../src/core/model/relying-party.js';
import type { Storage } from '../../../src/storage/open.js';
import { aMetadata, aRecord, NOW, thrownBy } from '../../support/builders.js';
import { CHANGE } from '../../support/records.js';
import { type Home, targets } from '../../support/storage-targets.js';

const aParty = (name: string): RelyingPartyRecord => aRecord({ id: asId(name), metadata: aMetadata({ entityId: `urn:${name}` }) });
const aReading = (changes: Partial<MetadataReading> = {}): MetadataReading => ({ failures: 0, nextAt: NOW, ...changes });
const aHeld = (changes: Partial<HeldMetadata> = {}): HeldMetadata => ({
  metadata: aMetadata({ displayName: 'Ünïcode ☃' }),
  heldAt: NOW,
  source: { kind: 'url', location: 'https://app.example/metadata', readAt: NOW },
  reasons: ['a new host'],
  ...changes,
});

for (const target of targets) {
  describe(`MetadataHistory on ${target.name}`, () => {
    let home: Home;
    let one: Storage;
    let other: Storage;
    let party: RelyingPartyRecord;

    beforeEach(async () => {
      home = await target.makeHome();
      one = await home.open();
      other = await home.open();
      party = aParty('alpha');
      await one.relyingParties.insert(party, { actor: 'maria', action: 'add application' });
    });
    afterEach(async () => home.remove());

    const save = async (changes: Partial<RelyingPartyMetadata>, action = 'refresh application'): Promise<void> => {
      party = await one.relyingParties.save({ ...party, metadata: { ...party.metadata, ...changes } }, { actor: 'cli', action });
    };
    const versions = async (id = party.id): Promise<readonly string[]> =>
      (await other.metadataHistory.versions(id)).map(({ number, actor, why, metadata }) => `${String(number)} ${actor}: ${why}, ${metadata.displayName ?? ''}`);
    const counter = async (): Promise<number> => (await one.changeLog.read(undefined, 1000)).length;

    describe('versions', () => {
      it('are written with each change of the metadata, newest first, to the letter', async () => {
        await save({ displayName: 'Ünïcode ☃' });
        await save({ displayName: 'Third' }, 'restore metadata');
        expect(await versions()).to.deep.equal([
          '3 cli: restore metadata, Third',
          '2 cli: refresh application, Ünïcode ☃',
          '1 maria: add application, Acme Expenses',
        ]);
        const [newest] = await other.metadataHistory.versions(party.id);
        expect(newest?.metadata).to.deep.equal(party.metadata);
        expect(newest?.at).to.be.closeTo(Date.now(), 60_000);
      });

      it('are not written for anything else, nor by a save that is refused', async () => {
        party = await one.relyingParties.save({ ...party, overrides: { name: 'Other' } }, CHANGE);
        await thrownBy(() => one.relyingParties.save({ ...party, version: 7, metadata: aMetadata({ entityId: 'urn:alpha', displayName: 'Lost' }) }, CHANGE));
        expect(await versions()).to.deep.equal(['1 maria: add application, Acme Expenses']);
      });

      it('are good for longer when only the end moves on', async () => {
        await save({ validUntil: NOW });
        await save({ validUntil: NOW + 1 });
        expect(await versions()).to.have.length(1);
        expect((await other.metadataHistory.versions(party.id))[0]?.metadata.validUntil).to.equal(NOW + 1);
      });

      it(`are the newest ${String(MOST_VERSIONS)}`, async () => {
        for (let number = 2; number <= MOST_VERSIONS + 2; number += 1) await save({ displayName: String(number) });
        const kept = await versions();
        expect(kept).to.have.length(MOST_VERSIONS);
        expect([kept.at(0), kept.at(-1)].map((line) => line?.split(' ')[0])).to.deep.equal([String(MOST_VERSIONS + 2), '3']);
      });

      it('come with many changes in one transaction as well, and go with their application', async () => {
        await one.configuration.apply(
          { insert: [aParty('beta')], save: [{ ...party, metadata: { ...party.metadata, displayName: 'Two' } }] },
          { actor: 'lee', action: 'apply' },
        );
        expect(await versions()).to.deep.equal(['2 lee: apply, Two', '1 maria: add application, Acme Expenses']);
        expect(await versions(asId('beta'))).to.deep.equal(['1 lee: apply, Acme Expenses']);
        await one.metadataHistory.note(party.id, aReading());
        await one.metadataHistory.hold(party, aHeld(), CHANGE);
        await one.relyingParties.remove(party.id, CHANGE);
        expect(await versions()).to.deep.equal([]);
        expect(await other.metadataHistory.reading(party.id)).to.equal(undefined);
        expect(await other.metadataHistory.held(party.id)).to.equal(undefined);
      });
    });

    describe('readings', () => {
      it('are kept to the letter, without a version of the configuration and without an audit record', async () => {
        const before = await counter();
        const reading = aReading({
          checkedAt: 1,
          succeededAt: 2,
          failures: 3,
          lastError: 'Ünïcode ☃',
          etag: '"x"',
          lastModified: 'y',
          recordVersion: 4,
          warnedOf: 5,
        });
        // Opened now, so that it does not hear of what was before.
        const late = await home.open();
        await late.changes.confirm();
        let told = 0;
        late.changes.onChange(() => (told += 1));
        await one.metadataHistory.note(party.id, aReading());
        await one.metadataHistory.note(party.id, reading);
        await late.changes.confirm();
        expect(await late.metadataHistory.reading(party.id)).to.deep.equal(reading);
        expect([await counter(), told]).to.deep.equal([before, 0]);
        await one.metadataHistory.note(asId('gone'), reading);
        expect(await one.metadataHistory.reading(asId('gone'))).to.equal(undefined);
      });

      it('say who is due: first those that were never looked at, then the longest due', async () => {
        for (const name of ['beta', 'gamma', 'delta']) await one.relyingParties.insert(aParty(name), CHANGE);
        await one.metadataHistory.note(party.id, aReading({ nextAt: NOW + 1 }));
        await one.metadataHistory.note(asId('beta'), aReading({ nextAt: NOW }));
        await one.metadataHistory.note(asId('gamma'), aReading({ nextAt: NOW - 5 }));
        expect(await other.metadataHistory.due(NOW, 10)).to.deep.equal(['delta', 'gamma', 'beta']);
        expect(await other.metadataHistory.due(NOW, 2)).to.deep.equal(['delta', 'gamma']);
      });

      it('are due at once when the source or the way it is read is set otherwise, and not for other settings', async () => {
        const due = async (): Promise<number> => (await one.metadataHistory.due(NOW, 10)).length;
        const set = async (changes: Partial<RelyingPartyRecord>): Promise<number> => {
          await one.metadataHistory.note(party.id, aReading({ nextAt: NOW + 1 }));
          party = await one.relyingParties.save({ ...party, ...changes }, CHANGE);
          return due();
        };
        expect(await set({ overrides: { name: 'Other' } })).to.equal(0);
        expect(await set({ overrides: { refresh: { mode: 'hold' } } })).to.equal(1);
        expect(await set({ source: { kind: 'url', location: 'https://app.example/', readAt: NOW } })).to.equal(1);
        expect(await set({ source: { ...party.source, readAt: NOW + 1 } })).to.equal(0);
      });
    });

    describe('a held change', () => {
      it('is kept to the letter, replaced, dropped and taken away, each with an audit record', async () => {
        const before = await counter();
        await one.metadataHistory.hold(party, aHeld(), { actor: 'system', action: 'hold metadata' });
        expect(await other.metadataHistory.held(party.id)).to.deep.equal(aHeld());
        const dropped = aHeld({ reasons: ['another'], droppedAt: NOW });
        await one.metadataHistory.hold(party, dropped, CHANGE);
        expect(await other.metadataHistory.held(party.id)).to.deep.equal(dropped);
        await one.metadataHistory.hold(party, undefined, CHANGE);
        await one.metadataHistory.hold(party, undefined, CHANGE);
        expect(await other.metadataHistory.held(party.id)).to.equal(undefined);
        const log = (await one.changeLog.read(undefined, 1000)).slice(before);
        expect(log.map(({ action, objectId }) => `${action} ${objectId}`)).to.deep.equal(['hold metadata alpha', 'change alpha', 'change alpha']);
        expect(log[0]?.after).to.include('a new host').and.include('urn:alpha');
        expect(await thrownBy(() => one.metadataHistory.hold(aParty('gone'), aHeld(), CHANGE))).to.have.property('code', 'not_found');
      });

      it('is gone when the metadata changes, and stays when something else does', async () => {
        await one.metadataHistory.hold(party, aHeld(), CHANGE);
        party = await one.relyingParties.save({ ...party, enabled: false }, CHANGE);
        expect(await other.metadataHistory.held(party.id)).to.deep.equal(aHeld());
        await save({ displayName: 'New' });
        expect(await other.metadataHistory.held(party.id)).to.equal(undefined);
      });
    });

    it('sees all applications together', async () => {
      for (const name of ['beta', 'gamma', 'delta']) await one.relyingParties.insert(aParty(name), CHANGE);
      expect(await other.metadataHistory.overview()).to.deep.equal({ sources: 0, failing: [], held: [], oldestSuccess: undefined });
      const failing = aReading({ succeededAt: NOW - 9, failures: 2, lastError: 'gone' });
      await one.metadataHistory.note(asId('beta'), failing);
      await one.metadataHistory.note(asId('gamma'), aReading({ succeededAt: NOW }));
      await one.metadataHistory.note(asId('delta'), aReading());
      await one.metadataHistory.hold(aParty('gamma'), aHeld(), CHANGE);
      await one.metadataHistory.hold(aParty('delta'), aHeld({ droppedAt: NOW }), CHANGE);
      expect(await other.metadataHistory.overview()).to.deep.equal({
        sources: 2,
        failing: [{ id: 'beta', reading: failing }],
        held: [{ id: 'gamma', held: aHeld() }],
        oldestSuccess: NOW - 9,
      });
    });
  });
}
