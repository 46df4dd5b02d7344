import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import pg from 'pg';
import { promised } from '../../support/patience.js';
import type { Storage } from '../../../src/storage/open.js';
import { openStorage } from '../../../src/storage/open.js';
import { aUser } from '../../support/builders.js';
import { aSignOnRecord, CHANGE } from '../../support/records.js';
import { type Postgres, startPostgres } from '../../support/services/postgres.js';
import { realClock } from '../../support/storage-targets.js';

const CALLS = 20;

describe('PostgreSQL away (pg-restart, pg-cut, pg-flaky)', () => {
  let postgres: Postgres;
  let storage: Storage;

  beforeEach(async () => {
    postgres = await startPostgres();
    storage = await openStorage({ databaseUrl: postgres.url }, { clock: realClock, onError: () => undefined });
    await storage.users.insert(aUser(), CHANGE);
  });
  afterEach(async () => {
    signalAll('SIGCONT');
    await storage.close();
    await postgres.end();
  });

  /** The server is many processes. */
  const signalAll = (signal: NodeJS.Signals): void => {
    const main = postgres.process().pid ?? 0;
    const children = spawnSync('pgrep', ['-P', String(main)], { encoding: 'utf8' })
      .stdout.trim()
      .split('\n')
      .filter(Boolean);
    for (const pid of [main, ...children.map(Number)]) process.kill(pid, signal);
  };

  const ask = async (): Promise<string> => {
    const results = await Promise.allSettled([
      ...Array.from({ length: CALLS }, async () => storage.users.findById(aUser().id)),
      ...Array.from({ length: CALLS }, async () => storage.journal.record(aSignOnRecord())),
      storage.ping(),
    ]);
    const codes = results.map((result) => (result.status === 'fulfilled' ? 'fine' : String(Reflect.get(result.reason as object, 'code'))));
    return [...new Set(codes)].join();
  };

  const wellWithin = async (milliseconds: number): Promise<void> => {
    const deadline = performance.now() + promised(milliseconds);
    let answer = await ask();
    while (answer !== 'fine' && performance.now() < deadline) answer = await ask();
    expect(answer).to.equal('fine');
  };

  it('says unavailable within six seconds when it is stopped, and is back within three', async () => {
    expect(await ask()).to.equal('fine');
    await postgres.stop();
    const before = performance.now();
    expect(await ask()).to.equal('unavailable');
    expect(performance.now() - before).to.be.lessThan(promised(6000));
    await postgres.start();
    await wellWithin(3000);
  });

  it('says unavailable within eight seconds when it is silent, and is back within five', async () => {
    expect(await ask()).to.equal('fine');
    signalAll('SIGSTOP');
    const before = performance.now();
    expect(await ask()).to.equal('unavailable');
    expect(performance.now() - before).to.be.lessThan(promised(8000));
    signalAll('SIGCONT');
    await wellWithin(5000);
  });

  it('asks again where a connection was reset, and doubles no record', async () => {
    expect(await ask()).to.equal('fine');
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    const entries = Array.from({ length: 60 }, () => aSignOnRecord());
    const reset = async (): Promise<void> => {
      await client.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'signet'");
    };
    const [results] = await Promise.all([
      Promise.allSettled(
        entries.map(async (entry, index) => {
          await new Promise((resolve) => setTimeout(resolve, index * 30));
          await storage.journal.record(entry);
          await storage.users.findById(aUser().id);
        }),
      ),
      (async () => {
        for (let round = 0; round < 2; round += 1) {
          await new Promise((resolve) => setTimeout(resolve, 800));
          await reset();
        }
      })(),
    ]);
    await client.end();
    expect(results.filter(({ status }) => status === 'rejected')).to.deep.equal([]);
    const wanted = new Set(entries.map(({ id }) => id));
    const stored = (await storage.journal.read({}, { limit: 1000 })).entries.map(({ id }) => id).filter((id) => wanted.has(id));
    expect(stored).to.have.length(60);
    expect(new Set(stored)).to.deep.equal(wanted);
  });

  it('bounds how many wait: more are refused at once', async () => {
    const results = await Promise.allSettled(Array.from({ length: 500 }, async (_, index) => storage.persistentNames.find(aUser().id, String(index))));
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [String(Reflect.get(result.reason as object, 'code'))] : []));
    expect(new Set(refused)).to.deep.equal(new Set(['unavailable']));
    expect(refused.length).to.be.greaterThan(200);
  });
});
