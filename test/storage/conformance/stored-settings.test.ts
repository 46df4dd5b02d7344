import { expect } from 'chai';
import type { Storage } from '../../../src/storage/open.js';
import { atOnce, CHANGE } from '../../support/records.js';
import { type Home, targets } from '../../support/storage-targets.js';

for (const target of targets) {
  describe(`StoredSettings on ${target.name}`, () => {
    let home: Home;
    let one: Storage;
    let other: Storage;

    beforeEach(async () => {
      home = await target.makeHome();
      one = await home.open();
      other = await home.open();
    });
    afterEach(async () => home.remove());

    it('gives what was set last, and nothing for what was never set', async () => {
      expect(await one.storedSettings.get('colour')).to.equal(undefined);
      await one.storedSettings.set('colour', '"red"', CHANGE);
      await other.storedSettings.set('colour', '"blue"', CHANGE);
      expect(await one.storedSettings.get('colour')).to.equal('"blue"');
      expect(await one.storedSettings.get('Colour')).to.equal(undefined);
    });

    it('takes changes at once one after the other, and logs each with what it replaced', async () => {
      await atOnce(10, async (index) => (index % 2 === 0 ? one : other).storedSettings.set('colour', String(index), CHANGE));
      const entries = await one.changeLog.read(undefined, 100);
      expect(entries).to.have.length(10);
      expect(entries.map(({ before }) => before)).to.deep.equal([undefined, ...entries.slice(0, -1).map(({ after }) => after)]);
      expect(JSON.stringify(await other.storedSettings.get('colour'))).to.equal(entries.at(-1)?.after);
    });

    it('replaces only what is still as it was: of many at once one succeeds, the others say conflict', async () => {
      for (const before of [undefined, '"red"']) {
        const after = before === undefined ? '"red"' : '"blue"';
        const results = await Promise.allSettled(
          Array.from({ length: 8 }, async (_, index) =>
            (index % 2 === 0 ? one : other).storedSettings.replace('colour', { before, after }, CHANGE, (value) => value),
          ),
        );
        const codes = results.map((result) => (result.status === 'fulfilled' ? 'done' : String(Reflect.get(result.reason as object, 'code'))));
        expect(codes.sort()).to.deep.equal([...Array.from({ length: 7 }, () => 'conflict'), 'done']);
        expect(await other.storedSettings.get('colour')).to.equal(after);
      }
      expect(await one.changeLog.read(undefined, 100)).to.have.length(2);
    });

    it('logs of a secret only what is shown of it (M13)', async () => {
      await one.storedSettings.replace('secret', { before: undefined, after: '"abc"' }, CHANGE, (value) => String(value.length));
      await one.storedSettings.replace('secret', { before: '"abc"', after: '"abcdef"' }, CHANGE, (value) => String(value.length));
      const entries = await other.changeLog.read(undefined, 100);
      expect(entries.map(({ before, after }) => [before, after])).to.deep.equal([
        [undefined, '"5"'],
        ['"5"', '"8"'],
      ]);
    });
  });
}
