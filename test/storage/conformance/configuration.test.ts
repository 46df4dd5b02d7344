import { expect } from 'chai';
import { asId } from '../../../src/core/model/ids.js';
import type { RelyingPartyRecord } from '../../../src/core/model/relying-party.js';
import type { Storage } from '../../../src/storage/open.js';
import { aMetadata, aRecord } from '../../support/builders.js';
import { CHANGE } from '../../support/records.js';
import { type Home, targets } from '../../support/storage-targets.js';

const aParty = (entityId: string): RelyingPartyRecord => aRecord({ id: asId(entityId), metadata: aMetadata({ entityId }) });

for (const target of targets) {
  describe(`Configuration on ${target.name}`, () => {
    let home: Home;
    let store: Storage;

    beforeEach(async () => {
      home = await target.makeHome();
      store = await home.open();
      for (const name of ['urn:one', 'urn:two', 'urn:three']) await store.relyingParties.insert(aParty(name), CHANGE);
    });
    afterEach(async () => home.remove());

    const stored = async (name: string): Promise<RelyingPartyRecord> => {
      const found = await store.relyingParties.findByEntityId(name);
      if (found === undefined) throw new Error(`${name} is not there`);
      return found;
    };
    const names = async (): Promise<readonly string[]> =>
      (await store.relyingParties.list({}, { limit: 10 })).map(({ metadata, version }) => `${metadata.entityId} ${String(version)}`);
    const setting = (before: string | undefined, after: string): { name: string; before: string | undefined; after: string; shown: () => string } => ({
      name: 'colour',
      before,
      after,
      shown: () => '"a colour"',
    });

    it('adds, saves and removes at once, with a record of each', async () => {
      const [one, two] = [await stored('urn:one'), await stored('urn:two')];
      await store.configuration.apply(
        { insert: [aParty('urn:four')], save: [{ ...one, enabled: false }], remove: [two], settings: [setting(undefined, '"red"')] },
        CHANGE,
      );
      expect(await names()).to.deep.equal(['urn:four 1', 'urn:one 2', 'urn:three 1']);
      expect((await stored('urn:one')).enabled).to.equal(false);
      expect(await store.storedSettings.get('colour')).to.equal('"red"');
      const log = await store.changeLog.read(undefined, 4);
      expect(log.map(({ kind, before, after }) => [kind, before !== undefined, after !== undefined])).to.deep.equal([
        ['relying-party', true, false],
        ['relying-party', true, true],
        ['relying-party', false, true],
        ['setting', false, true],
      ]);
      expect(log.at(-1)?.after).to.equal('"\\"a colour\\""');
    });

    it('lets one party take the name that another gives up', async () => {
      const [one, two] = [await stored('urn:one'), await stored('urn:two')];
      const named = { ...one, overrides: { identifiers: ['urn:shared'] } };
      await store.relyingParties.save(named, CHANGE);
      const before = await stored('urn:one');
      await store.configuration.apply(
        {
          save: [
            { ...two, overrides: { identifiers: ['urn:shared'] } },
            { ...before, overrides: {} },
          ],
        },
        CHANGE,
      );
      expect((await stored('urn:shared')).metadata.entityId).to.equal('urn:two');
    });

    const refused: readonly [string, (record: RelyingPartyRecord) => Promise<Parameters<Storage['configuration']['apply']>[0]>, RegExp][] = [
      ['a stale version', (one) => Promise.resolve({ save: [{ ...one, version: 7 }] }), /changed or removed by somebody else/u],
      ['a removal of what changed', (one) => Promise.resolve({ remove: [{ ...one, version: 7 }] }), /changed or removed by somebody else/u],
      [
        'a taken name',
        () => Promise.resolve({ insert: [{ ...aParty('urn:two'), id: asId('another') }] }),
        /already a relying party with the entity id urn:two/u,
      ],
      ['a setting that changed', () => Promise.resolve({ settings: [setting('"green"', '"red"')] }), /colour was changed by somebody else/u],
    ];
    for (const [what, make, sentence] of refused) {
      it(`writes nothing at all with ${what}`, async () => {
        const changes = await make(await stored('urn:one'));
        const three = await stored('urn:three');
        const error: unknown = await store.configuration
          .apply({ ...changes, insert: [aParty('urn:four'), ...(changes.insert ?? [])], remove: [three, ...(changes.remove ?? [])] }, CHANGE)
          .catch((reason: unknown) => reason);
        expect(error).to.have.property('code', 'conflict');
        expect(String(error)).to.match(sentence);
        expect(await names()).to.deep.equal(['urn:one 1', 'urn:three 1', 'urn:two 1']);
        expect(await store.storedSettings.get('colour')).to.equal(undefined);
        expect(await store.changeLog.read(undefined, 10)).to.have.length(3);
      });
    }
  });
}
