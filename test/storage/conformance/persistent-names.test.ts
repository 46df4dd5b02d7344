import { expect } from 'chai';
import { asId } from '../../../src/core/model/ids.js';
import type { PersistentName } from '../../../src/core/ports.js';
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

    it('lists by application and person, page by page, and filtered', async () => {
      for (const [user, where] of [
        [PETER, 'https://b'],
        [MARIA, 'https://b'],
        [PETER, 'https://a'],
        [MARIA, 'https://a'],
      ] as const) {
        await one.persistentNames.findOrCreate(user, where, `${user} at ${where}`);
      }
      const found: string[] = [];
      for (let after: PersistentName | undefined; ;) {
        const page = await other.persistentNames.list({}, { limit: 3, ...(after === undefined ? {} : { after }) });
        found.push(...page.map(({ value }) => value));
        after = page.at(-1);
        if (page.length < 3) break;
      }
      expect(found).to.deep.equal(['user-1 at https://a', 'user-2 at https://a', 'user-1 at https://b', 'user-2 at https://b']);
      const [named] = await other.persistentNames.list({ userId: PETER, spNameQualifier: 'https://b' }, { limit: 9 });
      expect(named).to.deep.include({ userId: PETER, spNameQualifier: 'https://b', value: 'user-2 at https://b' });
      expect(Math.abs(Date.now() - (named?.createdAt ?? 0))).to.be.lessThan(60_000);
      expect(await other.persistentNames.list({ userId: PETER }, { limit: 9 })).to.have.length(2);
      expect(await other.persistentNames.findOwner('https://b', 'user-2 at https://b')).to.equal(PETER);
      expect(await other.persistentNames.findOwner('https://a', 'user-2 at https://b')).to.equal(undefined);
    });

    it('takes over all names or none, and logs them', async () => {
      await one.persistentNames.findOrCreate(MARIA, 'https://a', 'hers');
      const peters = { userId: PETER, spNameQualifier: 'https://a', value: 'old-peter' };
      for (const wrong of [
        { ...peters, userId: MARIA },
        { ...peters, value: 'hers' },
      ]) {
        const error: unknown = await one.persistentNames
          .insertAll([{ ...peters, spNameQualifier: 'https://b' }, wrong], CHANGE)
          .catch((thrown: unknown) => thrown);
        expect(error).to.have.property('code', 'conflict');
      }
      expect(await other.persistentNames.find(PETER, 'https://b')).to.equal(undefined);
      await one.persistentNames.insertAll([peters], CHANGE);
      expect(await other.persistentNames.find(PETER, 'https://a')).to.equal('old-peter');
      expect(await other.persistentNames.findOrCreate(PETER, 'https://a', 'another')).to.equal('old-peter');
      const entries = await other.changeLog.read(undefined, 10);
      expect(entries.map(({ kind, objectId, before, after }) => [kind, objectId, before, after])).to.deep.equal([
        ['names', 'https://a', undefined, JSON.stringify([{ userId: PETER, value: 'old-peter' }])],
      ]);
    });

    it('takes over more names than one statement can bind', async () => {
      const many = Array.from({ length: 12_000 }, (_, index) => ({
        userId: asId<'User'>(`user-${String(index)}`),
        spNameQualifier: 'https://a',
        value: `name-${String(index)}`,
      }));
      await one.persistentNames.insertAll(many, CHANGE);
      expect(await other.persistentNames.find(asId<'User'>('user-11999'), 'https://a')).to.equal('name-11999');
    });
  });
}
