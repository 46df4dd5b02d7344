import { expect } from 'chai';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { SignetError } from '../../../src/core/errors.js';
import { createChangeFeed, type WatchingFeed } from '../../../src/storage/sql/change-feed.js';
import type { SqliteDatabase } from '../../../src/storage/sql/database.js';
import { openSqlite } from '../../../src/storage/sql/sqlite.js';
import { fakeClock, thrownBy } from '../../support/builders.js';
import { type Home, realClock, sqliteTarget } from '../../support/storage-targets.js';

describe('Change feed: what was confirmed, and when', () => {
  let home: Home;
  let real: SqliteDatabase;
  let feed: WatchingFeed;
  let clock: ReturnType<typeof fakeClock>;
  let asked: number;
  let answer: () => Promise<number>;
  let told: number;

  beforeEach(async () => {
    home = await sqliteTarget.makeHome();
    await home.open();
    real = await openSqlite(home.databaseUrl.slice(7), realClock);
    clock = fakeClock();
    asked = 0;
    told = 0;
    answer = () => Promise.resolve(1);
    feed = createChangeFeed({
      database: {
        ...real,
        version: async () => {
          asked += 1;
          return answer();
        },
      },
      clock,
      onError: () => undefined,
    });
    feed.onChange(() => {
      told += 1;
    });
    await feed.confirm();
  });
  afterEach(async () => {
    feed.close();
    await real.close();
    await home.remove();
  });

  it('asks nobody within three seconds, and the store after them', async () => {
    const before = asked;
    clock.advance(3000);
    await feed.confirm();
    expect(asked).to.equal(before);
    clock.advance(1);
    answer = () => Promise.resolve(2);
    await feed.confirm();
    expect([asked, told]).to.deep.equal([before + 1, 1]);
  });

  it('confirms nothing when the store is away', async () => {
    clock.advance(4000);
    answer = () => Promise.reject(new SignetError('unavailable', 'away'));
    expect(await thrownBy(async () => feed.confirm())).to.have.property('code', 'unavailable');
  });

  it('does not take the answer to a question from before a freeze (zombie-key)', async () => {
    let reply: (version: number) => void = () => undefined;
    clock.advance(4000);
    answer = () =>
      new Promise((resolve) => {
        reply = resolve;
      });
    const before = asked;
    const first = feed.confirm();
    await nextTurn();
    // Frozen here, with the question on its way; what it is told then is long overtaken.
    clock.advance(60_000);
    const afterThaw = feed.confirm();
    answer = () => Promise.resolve(9);
    reply(1);
    await Promise.all([first, afterThaw]);
    expect(asked - before).to.be.greaterThan(1);
    expect(told).to.equal(1);
  });

  it('tells of this node’s own changes at once, and does not tell twice', async () => {
    feed.committed(2);
    expect(told).to.equal(1);
    answer = () => Promise.resolve(2);
    clock.advance(4000);
    await feed.confirm();
    expect(told).to.equal(1);
  });

  it('tells again when another node’s change came in between', async () => {
    feed.committed(3);
    answer = () => Promise.resolve(3);
    clock.advance(4000);
    await feed.confirm();
    expect(told).to.equal(2);
  });
});
