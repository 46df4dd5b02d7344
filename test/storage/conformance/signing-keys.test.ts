import { expect } from 'chai';
import { asId } from '../../../src/core/model/ids.js';
import type { SigningKey } from '../../../src/core/model/signing-key.js';
import type { Storage } from '../../../src/storage/open.js';
import { NOW, thrownBy } from '../../support/builders.js';
import { atOnce, CHANGE } from '../../support/records.js';
import { type Home, targets } from '../../support/storage-targets.js';

const aKey = (name: string, changes: Partial<SigningKey> = {}): SigningKey => ({
  id: asId(name),
  version: 1,
  state: 'next',
  algorithm: 'RSA-2048',
  certificate: `certificate of ${name}`,
  sealedPrivateKey: `sealed ${name}`,
  createdAt: NOW,
  expiresAt: NOW + 1000,
  ...changes,
});

for (const target of targets) {
  describe(`SigningKeys on ${target.name}`, () => {
    let home: Home;
    let one: Storage;
    let other: Storage;

    beforeEach(async () => {
      home = await target.makeHome();
      one = await home.open();
      other = await home.open();
    });
    afterEach(async () => home.remove());

    const states = async (): Promise<readonly string[]> => (await other.signingKeys.list()).map(({ id, state }) => `${id} ${state}`);

    it('lets one of twenty nodes make the first key, and shows it to all (herd)', async () => {
      const lists = await atOnce(20, async (index) => (index % 2 === 0 ? one : other).signingKeys.insertFirst(aKey(`key-${String(index)}`)));
      expect(lists[0]).to.have.length(1);
      for (const list of lists) expect(list).to.deep.equal(lists[0]);
      expect(lists[0]?.[0]).to.include({ state: 'active', activatedAt: NOW });
      expect(await one.changeLog.read(undefined, 100)).to.have.length(1);
    });

    it('takes a key through its life, oldest first in the list', async () => {
      await one.signingKeys.insertFirst(aKey('first'));
      await one.signingKeys.insert(aKey('second', { createdAt: NOW + 1, chain: ['its issuer'] }), CHANGE);
      expect(await states()).to.deep.equal(['first active', 'second next']);
      await one.signingKeys.transition(
        [
          { id: asId('second'), version: 1, to: 'active', at: NOW + 2 },
          { id: asId('first'), version: 1, to: 'retired', at: NOW + 2 },
        ],
        CHANGE,
      );
      expect(await states()).to.deep.equal(['first retired', 'second active']);
      const [first, second] = await other.signingKeys.list();
      expect(first).to.include({ version: 2, retiredAt: NOW + 2, sealedPrivateKey: 'sealed first' });
      expect(second).to.deep.include({ version: 2, activatedAt: NOW + 2, certificate: 'certificate of second', chain: ['its issuer'] });
    });

    it('never has two active keys, and changes nothing when one step is refused', async () => {
      await one.signingKeys.insertFirst(aKey('first'));
      await one.signingKeys.insert(aKey('second', { createdAt: NOW + 1 }), CHANGE);
      const refused = await Promise.all([
        thrownBy(async () => one.signingKeys.insert(aKey('third', { state: 'active' }), CHANGE)),
        thrownBy(async () => one.signingKeys.transition([{ id: asId('second'), version: 1, to: 'active', at: NOW }], CHANGE)),
        thrownBy(async () =>
          one.signingKeys.transition(
            [
              { id: asId('first'), version: 1, to: 'retired', at: NOW },
              { id: asId('second'), version: 9, to: 'active', at: NOW },
            ],
            CHANGE,
          ),
        ),
      ]);
      for (const error of refused) expect(error).to.have.property('code', 'conflict');
      expect(await thrownBy(async () => one.signingKeys.transition([{ id: asId('nobody'), version: 1, to: 'next', at: NOW }], CHANGE))).to.have.property(
        'code',
        'not_found',
      );
      expect(await states()).to.deep.equal(['first active', 'second next']);
    });

    it('lets one of twenty promotions through', async () => {
      await one.signingKeys.insertFirst(aKey('first'));
      await one.signingKeys.insert(aKey('second', { createdAt: NOW + 1 }), CHANGE);
      const results = await Promise.allSettled(
        Array.from({ length: 20 }, async (_, index) =>
          (index % 2 === 0 ? one : other).signingKeys.transition(
            [
              { id: asId('first'), version: 1, to: 'retired', at: NOW },
              { id: asId('second'), version: 1, to: 'active', at: NOW },
            ],
            CHANGE,
          ),
        ),
      );
      expect(results.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
      expect(await states()).to.deep.equal(['first retired', 'second active']);
    });

    it('removes a key with its private part, but never the active one, nor one that changed meanwhile', async () => {
      await one.signingKeys.insertFirst(aKey('first'));
      await one.signingKeys.insert(aKey('second', { createdAt: NOW + 1 }), CHANGE);
      for (const [name, version, code] of [
        ['first', 1, 'conflict'],
        ['second', 2, 'conflict'],
        ['nobody', 1, 'not_found'],
      ] as const) {
        expect(await thrownBy(async () => one.signingKeys.remove(asId(name), version, CHANGE)), name).to.have.property('code', code);
      }
      expect(await states()).to.deep.equal(['first active', 'second next']);
      await one.signingKeys.remove(asId('second'), 1, CHANGE);
      expect(await states()).to.deep.equal(['first active']);
      const last = (await one.changeLog.read(undefined, 10)).at(-1);
      expect(last).to.deep.include({ ...CHANGE, kind: 'signing-key', objectId: 'second', after: undefined });
      expect(last?.before).to.contain('certificate of second').and.not.contain('sealed');
    });

    it('keeps the private key out of the change log', async () => {
      await one.signingKeys.insertFirst(aKey('first'));
      await one.signingKeys.transition([{ id: asId('first'), version: 1, to: 'retired', at: NOW }], CHANGE);
      const entries = await one.changeLog.read(undefined, 10);
      expect(entries).to.have.length(2);
      expect(JSON.stringify(entries)).to.not.contain('sealed');
    });
  });
}
