import { expect } from 'chai';
import { setTimeout as sleep } from 'node:timers/promises';
import { promised } from '../../support/patience.js';
import { SignetError } from '../../../src/core/errors.js';
import type { SqliteDatabase } from '../../../src/storage/sql/database.js';
import { createJournal, type SqlJournal } from '../../../src/storage/sql/journal.js';
import { openSqlite } from '../../../src/storage/sql/sqlite.js';
import { thrownBy } from '../../support/builders.js';
import { aSignOnRecord, atOnce } from '../../support/records.js';
import { type Home, realClock, sqliteTarget } from '../../support/storage-targets.js';

const AWAY = new SignetError('unavailable', 'the disk that holds the database is full', { retryAfterSeconds: 5 });

describe('Journal: group commit', () => {
  let home: Home;
  let database: SqliteDatabase;
  let journal: SqlJournal;
  let groups: number[];
  let told: string[];
  let failure: Error | undefined;

  beforeEach(async () => {
    home = await sqliteTarget.makeHome();
    await home.open();
    groups = [];
    told = [];
    failure = undefined;
    const real = await openSqlite(home.databaseUrl.slice(7), realClock);
    database = {
      ...real,
      insertMany: (text, rows) => {
        if (failure !== undefined) throw failure;
        groups.push(rows.length);
        real.insertMany(text, rows);
      },
    };
    journal = createJournal({ database, onError: (error, what) => told.push(`${what}: ${String(error)}`) });
  });
  afterEach(async () => {
    await database.close();
    await home.remove();
  });

  const ids = async (): Promise<readonly string[]> => (await journal.read({}, { limit: 10_000 })).entries.map(({ id }) => id);

  it('puts what arrives in one turn of the event loop into one transaction', async () => {
    await atOnce(16, async () => journal.record(aSignOnRecord()));
    expect(groups).to.deep.equal([16]);
  });

  it('lets nobody wait who comes alone', async () => {
    for (let index = 0; index < 5; index += 1) await journal.record(aSignOnRecord());
    expect(groups).to.deep.equal([1, 1, 1, 1, 1]);
  });

  it('waits a few milliseconds where records came in company, not longer', async () => {
    await atOnce(8, async () => journal.record(aSignOnRecord()));
    const late = atOnce(8, async (index) => {
      await sleep(index / 4);
      await journal.record(aSignOnRecord());
    });
    await late;
    expect(groups.length).to.be.lessThan(6);
    const before = performance.now();
    await journal.record(aSignOnRecord());
    expect(performance.now() - before).to.be.lessThan(promised(200));
    expect(groups.reduce((sum, size) => sum + size)).to.equal(17);
  });

  it('bounds a transaction', async () => {
    await atOnce(250, async () => journal.record(aSignOnRecord()));
    expect(groups).to.deep.equal([100, 100, 50]);
  });

  it('acknowledges nothing that was not written, and says so to all who wait', async () => {
    failure = AWAY;
    const errors = await atOnce(150, async () => thrownBy(async () => journal.record(aSignOnRecord())));
    expect(new Set(errors.map((error) => error instanceof SignetError && error.code))).to.deep.equal(new Set(['unavailable']));
    failure = undefined;
    expect(await ids()).to.deep.equal([]);
    await journal.record(aSignOnRecord({ id: 'back' }));
    expect(await ids()).to.deep.equal(['back']);
  });

  it('refuses more than can wait, at once', async () => {
    const results = await Promise.allSettled(Array.from({ length: 2100 }, async () => journal.record(aSignOnRecord())));
    const refused = results.filter(({ status }) => status === 'rejected');
    expect(refused).to.have.length(100);
    expect(await ids()).to.have.length(2000);
  });

  it('lets a record that cannot be written fail alone', async () => {
    const bad = aSignOnRecord({ reference: null as unknown as string });
    const results = await Promise.allSettled([journal.record(aSignOnRecord({ id: 'a' })), journal.record(bad), journal.record(aSignOnRecord({ id: 'b' }))]);
    expect(results.map(({ status }) => status)).to.deep.equal(['fulfilled', 'rejected', 'fulfilled']);
    expect([...(await ids())].sort()).to.deep.equal(['a', 'b']);
  });

  it('keeps notes while the database is away, and writes them with the next record', async () => {
    failure = AWAY;
    journal.note(aSignOnRecord({ id: 'noted' }));
    expect(await thrownBy(async () => journal.flush())).to.have.property('code', 'unavailable');
    expect(told).to.have.length(1);
    failure = undefined;
    await journal.record(aSignOnRecord({ id: 'issued' }));
    expect([...(await ids())].sort()).to.deep.equal(['issued', 'noted']);
    expect(groups).to.deep.equal([2]);
  });

  it('drops notes when far too many wait, counts them and says so', async () => {
    for (let index = 0; index < 2500; index += 1) journal.note(aSignOnRecord());
    expect(journal.dropped()).to.equal(500);
    await journal.flush();
    expect(await ids()).to.have.length(2000);
    expect(told).to.deep.equal(['journal: Error: 500 records of refused sign-ons were dropped: too many waited to be written']);
  });
});
