import { expect } from 'chai';
import { setTimeout as sleep } from 'node:timers/promises';
import { promised } from '../../support/patience.js';
import type { Storage } from '../../../src/storage/open.js';
import { aRecord } from '../../support/builders.js';
import { CHANGE } from '../../support/records.js';
import { type Home, targets } from '../../support/storage-targets.js';

/** The contract is two seconds. */
const SEEN_MS = 2000;

for (const target of targets) {
  describe(`ChangeFeed on ${target.name}`, () => {
    let home: Home;
    let one: Storage;
    let other: Storage;

    beforeEach(async () => {
      home = await target.makeHome();
      one = await home.open();
      other = await home.open();
      await Promise.all([one.changes.confirm(), other.changes.confirm()]);
    });
    afterEach(async () => home.remove());

    it('tells this node at once and another within two seconds, after the commit', async () => {
      const told: string[] = [];
      one.changes.onChange(() => told.push('one'));
      const seen = new Promise<void>((resolve) => {
        other.changes.onChange(resolve);
      });
      const before = performance.now();
      await one.relyingParties.insert(aRecord(), CHANGE);
      expect(told).to.deep.equal(['one']);
      await seen;
      expect(performance.now() - before).to.be.lessThan(promised(SEEN_MS));
      expect(await other.relyingParties.findById(aRecord().id)).to.deep.equal(aRecord());
    });

    it('tells nobody of sign-ons and sessions', async () => {
      let told = 0;
      one.changes.onChange(() => (told += 1));
      other.changes.onChange(() => (told += 1));
      await one.ephemeral.put('sso-session', 'key', 'value', 60);
      await sleep(1300);
      expect(told).to.equal(0);
    });

    it('shows what changed elsewhere through the lookups within two seconds, and keeps what did not the same object', async () => {
      const alpha = aRecord();
      const beta = aRecord({ id: 'rp-2' as typeof alpha.id, metadata: { ...alpha.metadata, entityId: 'https://beta.example' } });
      await one.relyingParties.insert(alpha, CHANGE);
      await one.relyingParties.insert(beta, CHANGE);
      await sleep(1200);
      const kept = await other.relyingPartyLookup.byEntityId(alpha.metadata.entityId);
      const changing = await other.relyingPartyLookup.byEntityId(beta.metadata.entityId);
      expect([kept?.enabled, changing?.enabled]).to.deep.equal([true, true]);
      await one.relyingParties.save({ ...beta, enabled: false }, CHANGE);
      const deadline = performance.now() + promised(SEEN_MS);
      while ((await other.relyingPartyLookup.byEntityId(beta.metadata.entityId))?.enabled === true) {
        expect(performance.now()).to.be.lessThan(deadline);
        await sleep(20);
      }
      expect((await one.relyingPartyLookup.byId(beta.id))?.enabled).to.equal(false);
      expect(await other.relyingPartyLookup.byEntityId(alpha.metadata.entityId)).to.equal(kept);
    });
  });
}
