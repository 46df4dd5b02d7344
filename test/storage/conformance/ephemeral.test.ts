import { expect } from 'chai';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EphemeralKind, EphemeralStore } from '../../../src/core/ports.js';
import { atOnce } from '../../support/records.js';
import { ephemeralTargets } from '../../support/ephemeral-targets.js';

const CALLERS = 20;
/** Long enough for a slow machine to look before it ends. */
const SHORT = 0.8;
const AFTER_SHORT_MS = 900;

for (const target of ephemeralTargets) {
  describe(`EphemeralStore on ${target.name}`, () => {
    let stores: readonly [EphemeralStore, EphemeralStore];
    let close: () => Promise<void>;

    before(async () => {
      const opened = await target.open();
      stores = opened.stores;
      close = opened.close;
    });
    after(async () => close());

    /** Half of the callers on one node, half on another. */
    const someNode = (index: number): EphemeralStore => stores[index % 2 === 0 ? 0 : 1];

    const specify = (kind: EphemeralKind): void => {
      it('gives back what was put, on every node', async () => {
        await stores[0].put(kind, 'put', 'value ☃ "quoted"', 60);
        expect(await stores[0].get(kind, 'put')).to.equal('value ☃ "quoted"');
        expect(await stores[1].get(kind, 'put')).to.equal('value ☃ "quoted"');
      });

      it('keeps kinds and keys apart', async () => {
        await stores[0].put(kind, 'apart', 'one', 60);
        expect(await stores[0].get(kind, 'apart ')).to.equal(undefined);
        expect(await stores[0].get(kind === 'lease' ? 'set-up' : 'lease', 'apart')).to.equal(undefined);
      });

      it('replaces value, time to live and index', async () => {
        await stores[0].put(kind, 'replace', 'old', SHORT, 'old-index');
        await stores[0].put(kind, 'replace', 'new', 60, 'new-index');
        await sleep(AFTER_SHORT_MS);
        expect(await stores[1].get(kind, 'replace')).to.equal('new');
        expect(await stores[0].findByIndex(kind, 'old-index')).to.deep.equal([]);
        expect(await stores[0].findByIndex(kind, 'new-index')).to.deep.equal(['new']);
      });

      it('forgets what has expired', async () => {
        await stores[0].put(kind, 'expire', 'value', SHORT, 'expiring');
        expect(await stores[0].get(kind, 'expire')).to.equal('value');
        await sleep(AFTER_SHORT_MS);
        expect(await stores[0].get(kind, 'expire')).to.equal(undefined);
        expect(await stores[1].take(kind, 'expire')).to.equal(undefined);
        expect(await stores[1].findByIndex(kind, 'expiring')).to.deep.equal([]);
      });

      it('lets one of twenty put a value where there is none (A03)', async () => {
        const won = await atOnce(CALLERS, async (index) => someNode(index).putIfAbsent(kind, 'once', String(index), 60));
        expect(won.filter(Boolean)).to.have.length(1);
        expect(await stores[1].get(kind, 'once')).to.equal(String(won.indexOf(true)));
      });

      it('lets one of twenty put a value where one has expired', async () => {
        await stores[0].putIfAbsent(kind, 'again', 'first', SHORT);
        expect(await stores[1].putIfAbsent(kind, 'again', 'second', 60)).to.equal(false);
        await sleep(AFTER_SHORT_MS);
        const won = await atOnce(CALLERS, async (index) => someNode(index).putIfAbsent(kind, 'again', String(index), 60));
        expect(won.filter(Boolean)).to.have.length(1);
        expect(await stores[0].get(kind, 'again')).to.equal(String(won.indexOf(true)));
      });

      it('gives a value to one of twenty takers', async () => {
        await stores[0].put(kind, 'take', 'value', 60);
        const taken = await atOnce(CALLERS, async (index) => someNode(index).take(kind, 'take'));
        expect(taken.filter((value) => value !== undefined)).to.deep.equal(['value']);
        expect(await stores[1].get(kind, 'take')).to.equal(undefined);
      });

      it('loses no count, and starts a window anew after its end', async () => {
        const counts = await atOnce(CALLERS, async (index) => someNode(index).count(kind, 'count', 60));
        expect([...counts].sort((one, other) => one - other)).to.deep.equal(Array.from({ length: CALLERS }, (_, index) => index + 1));
        expect(await stores[0].get(kind, 'count')).to.equal(String(CALLERS));
        expect(await stores[0].count(kind, 'window', SHORT)).to.equal(1);
        expect(await stores[1].count(kind, 'window', 60)).to.equal(2);
        await sleep(AFTER_SHORT_MS);
        expect(await stores[1].count(kind, 'window', 60)).to.equal(1);
      });

      it('removes, also what is not there', async () => {
        await stores[0].put(kind, 'remove', 'value', 60);
        expect(await stores[1].get(kind, 'remove')).to.equal('value');
        await stores[1].remove(kind, 'remove');
        expect(await stores[0].get(kind, 'remove')).to.equal(undefined);
        await stores[0].remove(kind, 'remove');
        await stores[0].count(kind, 'remove-count', 60);
        await stores[0].remove(kind, 'remove-count');
        expect(await stores[1].count(kind, 'remove-count', 60)).to.equal(1);
      });

      it('finds and removes by index', async () => {
        await stores[0].put(kind, 'index-1', 'one', 60, 'owner');
        await stores[1].put(kind, 'index-2', 'two', 60, 'owner');
        await stores[0].put(kind, 'index-3', 'three', 60, 'somebody else');
        expect([...(await stores[0].findByIndex(kind, 'owner'))].sort()).to.deep.equal(['one', 'two']);
        expect(await stores[0].get(kind, 'index-1')).to.equal('one');
        await stores[1].removeByIndex(kind, 'owner');
        expect(await stores[0].findByIndex(kind, 'owner')).to.deep.equal([]);
        expect(await stores[0].get(kind, 'index-1')).to.equal(undefined);
        expect(await stores[0].get(kind, 'index-3')).to.equal('three');
        await stores[0].removeByIndex(kind, 'nobody');
      });

      it('takes keys and indexes of any length and content', async () => {
        const wild = `${'k'.repeat(5000)}\0 %_'"\\☃`;
        await stores[0].put(kind, wild, 'wild', 60, wild);
        expect(await stores[1].get(kind, wild)).to.equal('wild');
        expect(await stores[1].get(kind, `${wild}x`)).to.equal(undefined);
        expect(await stores[1].findByIndex(kind, wild)).to.deep.equal(['wild']);
        expect(await stores[1].take(kind, wild)).to.equal('wild');
      });
    };

    for (const kind of target.kinds) {
      describe(kind, () => {
        specify(kind);
      });
    }
  });
}
