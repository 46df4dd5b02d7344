import { expect } from 'chai';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { SignetError } from '../../src/core/errors.js';
import type { ChangeFeed } from '../../src/core/ports.js';
import { createReadThrough } from '../../src/storage/read-through.js';
import { thrownBy } from '../support/builders.js';
import { atOnce } from '../support/records.js';

interface Bench {
  readonly get: (key: string) => Promise<string | undefined>;
  readonly stored: Map<string, string>;
  readonly asked: string[];
  readonly change: () => void;
  /** Answers are held back until it is called. */
  readonly hold: () => () => void;
  confirm: () => Promise<void>;
}

function bench(mostKept = 100): Bench {
  let tell: () => void = () => undefined;
  let held: Promise<void> = Promise.resolve();
  const stored = new Map<string, string>();
  const asked: string[] = [];
  const made = { confirm: () => Promise.resolve() };
  const changes: ChangeFeed = {
    onChange: (listener) => {
      tell = listener;
    },
    confirm: async () => made.confirm(),
  };
  const get = createReadThrough<string>({
    changes,
    mostKept,
    load: async (key) => {
      asked.push(key);
      const value = stored.get(key);
      await held;
      return value;
    },
  });
  return Object.assign(made, {
    get,
    stored,
    asked,
    change: () => {
      tell();
    },
    hold: () => {
      let release: () => void = () => undefined;
      held = new Promise((resolve) => {
        release = resolve;
      });
      return release;
    },
  });
}

describe('Read-through cache', () => {
  it('asks once, for what is there and for what is not, until something changes', async () => {
    const cache = bench();
    cache.stored.set('a', '1');
    expect([await cache.get('a'), await cache.get('a'), await cache.get('b'), await cache.get('b')]).to.deep.equal(['1', '1', undefined, undefined]);
    expect(cache.asked).to.deep.equal(['a', 'b']);
    cache.stored.set('a', '2').set('b', '3');
    cache.change();
    expect([await cache.get('a'), await cache.get('b')]).to.deep.equal(['2', '3']);
  });

  it('makes one question of a burst', async () => {
    const cache = bench();
    cache.stored.set('a', '1');
    expect(await atOnce(50, async () => cache.get('a'))).to.deep.equal(Array.from({ length: 50 }, () => '1'));
    expect(cache.asked).to.deep.equal(['a']);
  });

  it('does not keep an answer that a change has overtaken', async () => {
    const cache = bench();
    cache.stored.set('a', 'old');
    const release = cache.hold();
    const before = cache.get('a');
    await nextTurn();
    cache.stored.set('a', 'new');
    cache.change();
    const after = cache.get('a');
    release();
    expect([await before, await after, await cache.get('a')]).to.deep.equal(['old', 'new', 'new']);
  });

  it('uses nothing it holds when the feed cannot confirm', async () => {
    const cache = bench();
    cache.stored.set('a', '1');
    await cache.get('a');
    cache.confirm = () => Promise.reject(new SignetError('unavailable', 'the database is away'));
    expect(await thrownBy(async () => cache.get('a'))).to.have.property('code', 'unavailable');
  });

  it('does not remember a failure', async () => {
    let fails = true;
    const get = createReadThrough<string>({
      changes: { onChange: () => undefined, confirm: () => Promise.resolve() },
      mostKept: 10,
      load: () => (fails ? Promise.reject(new SignetError('unavailable', 'away')) : Promise.resolve('here')),
    });
    await thrownBy(async () => get('a'));
    fails = false;
    expect(await get('a')).to.equal('here');
  });

  it('keeps a bounded number of what is there, and of what is not', async () => {
    const cache = bench(10);
    for (let index = 0; index < 3000; index += 1) await cache.get(`missing ${String(index)}`);
    cache.asked.length = 0;
    await cache.get('missing 2999');
    await cache.get('missing 0');
    await cache.get('x'.repeat(2000));
    await cache.get('x'.repeat(2000));
    expect(cache.asked).to.deep.equal(['missing 0', 'x'.repeat(2000), 'x'.repeat(2000)]);
    for (let index = 0; index < 20; index += 1) cache.stored.set(String(index), 'value');
    for (let index = 0; index < 20; index += 1) await cache.get(String(index));
    cache.asked.length = 0;
    await cache.get('19');
    await cache.get('0');
    expect(cache.asked).to.deep.equal(['0']);
  });
});
