import { expect } from 'chai';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { aSignOnRecord } from '../../support/records.js';
import { type Home, needPostgres } from '../../support/storage-targets.js';

describe('Journal on PostgreSQL, with a commit that takes its time', () => {
  let home: Home;

  beforeEach(async () => {
    home = await needPostgres().makeHome();
  });
  afterEach(async () => home.remove());

  it('does not read past a record whose number was given out before and whose commit comes later', async () => {
    const [slow, quick, reader] = [await home.open(), await home.open(), await home.open()];
    const client = new pg.Client({ connectionString: home.databaseUrl });
    await client.connect();
    await client.query(`create function dawdle() returns trigger as 'begin perform pg_sleep(0.5); return new; end' language plpgsql`);
    await client.query(`create trigger dawdle before insert on journal for each row when (new.reference = 'SGN-SLOW-SLOW') execute function dawdle()`);
    await client.end();

    const late = slow.journal.record(aSignOnRecord({ id: 'late', reference: 'SGN-SLOW-SLOW' }));
    await sleep(200);
    await quick.journal.record(aSignOnRecord({ id: 'quick' }));
    const seen: string[] = [];
    let after = '0';
    for (const wait of [late, Promise.resolve(), Promise.resolve()]) {
      const page = await reader.journal.read({}, { after, limit: 10 });
      seen.push(...page.entries.map(({ id }) => id));
      after = page.cursor ?? after;
      await wait;
    }
    expect([...seen].sort()).to.deep.equal(['late', 'quick']);
  });
});
