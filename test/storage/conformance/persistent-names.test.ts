import { expect } from 'chai';
import { asId } from '../../../src/core/model/ids.js';
import type { Storage } from '../../../src/storage/open.js';
import { aUser } from '../../support/builders.js';
import { atOnce, CHANGE } from '../../support/records.js';
import { type Home, targets } from '../../support/storage-targets.js';

const MARIA = asId<'User'>('user-1');
const PETER = asId<'User'>('user-2');

for (const target of targets) {
  describe(`PersistentNames on ${target.name}`, () => {
    let home: Home;
    let one: Storage;
    let other: Storage;

    beforeEach(async () => {
      home = await target.makeHome();
      one = await home.open();
      other = await home.open();
    });
    afterEach(async () => home.remove());

    it('lets the first of twenty candidates stand, for all', async () => {
      const names = await atOnce(20, async (index) =>
        (index % 2 === 0 ? one : other).persistentNames.findOrCreate(MARIA, 'https://a', `name ${String(index)}`),
      );
      expect(new Set(names)).to.have.property('size', 1);
      expect(await other.persistentNames.find(MARIA, 'https://a')).to.equal(names[0]);
      expect(await one.persistentNames.findOrCreate(MARIA, 'https://a', 'another')).to.equal(names[0]);
    });

    it('keeps people and relying parties apart', async () => {
      expect(await one.persistentNames.find(MARIA, 'https://a')).to.equal(undefined);
      await one.persistentNames.findOrCreate(MARIA, 'https://a', 'maria-a');
      expect(await one.persistentNames.findOrCreate(MARIA, 'https://b', 'maria-b')).to.equal('maria-b');
      expect(await one.persistentNames.findOrCreate(PETER, 'https://a', 'peter-a')).to.equal('peter-a');
      expect(await other.persistentNames.find(PETER, 'https://b')).to.equal(undefined);
    });

    it('never gives a name to somebody else, also after its owner is gone (SAML Core 8.3.7)', async () => {
      await one.users.insert(aUser({ id: MARIA }), CHANGE);
      await one.persistentNames.findOrCreate(MARIA, 'https://a', 'taken');
      await one.users.remove(MARIA, CHANGE);
      let given: string | undefined;
      try {
        given = await other.persistentNames.findOrCreate(PETER, 'https://a', 'taken');
      } catch {
        given = undefined;
      }
      expect(given).to.equal(undefined);
    });
  });
}
