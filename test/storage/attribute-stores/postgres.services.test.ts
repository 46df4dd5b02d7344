import { expect } from 'chai';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { promised } from '../../support/patience.js';
import type { StoreRow } from '../../../src/core/claims/attribute-store.js';
import { SignetError } from '../../../src/core/errors.js';
import { createSqlStore, type SqlStore } from '../../../src/storage/attribute-stores/postgres.js';
import { aPerson } from '../../support/builders.js';
import { freePort } from '../../support/services/instance.js';
import { type Postgres, startPostgres } from '../../support/services/postgres.js';

const PASSWORD = 'p@ss:w/rd %41';

describe('a SQL store over PostgreSQL', () => {
  let postgres: Postgres;
  let store: SqlStore;

  const ask = (query: string, params: readonly string[] = [], columns = 1, of: SqlStore = store): Promise<readonly StoreRow[]> =>
    of.ask({ query, params, columns, about: { person: aPerson(), relyingParty: 'https://app.example' } });

  async function failure(work: Promise<unknown>): Promise<SignetError> {
    const error: unknown = await work.then(
      () => new Error('it was answered'),
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof SignetError)) throw error;
    return error;
  }

  const administer = async (...statements: readonly string[]): Promise<readonly unknown[]> => {
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    try {
      let rows: readonly unknown[] = [];
      for (const statement of statements) rows = (await client.query<Record<string, unknown>>(statement)).rows;
      return rows;
    } finally {
      await client.end();
    }
  };

  before(async () => {
    postgres = await startPostgres();
    await administer(
      'create table staff (name text, department text, badge int, since timestamptz)',
      "insert into staff values ('maria', 'Sales', 7, '2020-02-03 04:05:06+02'), ('Jürgen 東京 🙂', null, 8, null), ('many', 'a', 1, null), ('many', 'b', 2, null)",
      `create role reader login password '${PASSWORD}'`,
      'create table secrets (x text)',
      'grant select on staff to reader',
    );
    const rules = join(postgres.folder, 'data', 'pg_hba.conf');
    writeFileSync(rules, `host all reader 127.0.0.1/32 scram-sha-256\n${readFileSync(rules, 'utf8')}`);
    await administer('select pg_reload_conf()');
  });
  after(async () => postgres.end());
  beforeEach(() => {
    store = createSqlStore({ url: postgres.url });
  });
  afterEach(async () => store.close());

  it('gives rows, each with a value for each column; null is none', async () => {
    expect(await ask('select department, badge from staff where name = {0}', ['maria'], 2)).to.deep.equal([['Sales', '7']]);
    expect(await ask('select department from staff where name = {0} order by badge', ['many'])).to.deep.equal([['a'], ['b']]);
    expect(await ask('select department, name from staff where name = {0}', ['Jürgen 東京 🙂'], 2)).to.deep.equal([[undefined, 'Jürgen 東京 🙂']]);
    expect(await ask('select name from staff where name = {0}', ['nobody'])).to.deep.equal([]);
  });

  for (const value of ["'; drop table staff; --", "' or '1'='1", String.raw`\'; delete from staff; --`, '$1', '{0}', '"', "''", '', '%', '\u{1F642}"\n\t']) {
    it(`binds ${JSON.stringify(value)} as a value and nothing else`, async () => {
      expect(await ask('select {0}', [value])).to.deep.equal([[value]]);
      expect(await ask('select name from staff where name = {0}', [value])).to.deep.equal([]);
      expect(await administer('select 1 from staff')).to.have.length(4);
    });
  }

  it('takes the same placeholder twice as one parameter, in any order', async () => {
    expect(await ask('select {1} || {0} || {1}', ['a', 'b'])).to.deep.equal([['bab']]);
    expect(await ask('select name from staff where badge = {0}', ['7'])).to.deep.equal([['maria']]);
  });

  it('keeps two columns of one name apart', async () => {
    expect(await store.query('select 1 as x, {0} as x', ['2'])).to.deep.equal({ columns: ['x', 'x'], rows: [['1', '2']] });
    expect(await ask('select 1 as x, 2 as x', [], 2)).to.deep.equal([['1', '2']]);
  });

  for (const [expression, text] of [
    ['true', 'true'],
    ['false', 'false'],
    ['42::int8', '42'],
    ['1.50::numeric(5,2)', '1.50'],
    ['0.1::float8', '0.1'],
    ["'2026-11-25'::date", '2026-11-25'],
    ["'2026-11-25 08:00:00.25'::timestamp", '2026-11-25T08:00:00.25'],
    ["'2026-11-25 08:00:00+02'::timestamptz", '2026-11-25T06:00:00Z'],
    ["'infinity'::timestamptz", 'infinity'],
    ["'1 day 2 hours'::interval", 'P1DT2H'],
    [String.raw`'\x00ff10'::bytea`, 'AP8Q'],
    ["'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'::uuid", 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
    [`'{"a":1}'::jsonb`, '{"a": 1}'],
    ["''", ''],
    [String.raw`'a\b'`, String.raw`a\b`],
  ] as const) {
    it(`writes ${expression} as ${JSON.stringify(text)}`, async () => {
      expect(await ask(`select ${expression}`)).to.deep.equal([[text]]);
    });
  }

  it('writes the same text whatever the server is set to', async () => {
    await administer(
      "alter database postgres set timezone = 'Asia/Tokyo'",
      "alter database postgres set datestyle = 'SQL, DMY'",
      'alter database postgres set standard_conforming_strings = off',
    );
    try {
      expect(await ask(String.raw`select since, 'a\b' from staff where name = 'maria'`, [], 2)).to.deep.equal([['2020-02-03T02:05:06Z', String.raw`a\b`]]);
    } finally {
      await administer('alter database postgres reset all');
    }
  });

  it('refuses arrays, and says what to do', async () => {
    const error = await failure(ask("select array['a','b']"));
    expect(error).to.include({ code: 'invalid_input' });
    expect(error.message).to.match(/column 1 .* use unnest/u);
    expect(await ask("select unnest(array['a','b'])")).to.deep.equal([['a'], ['b']]);
  });

  it('refuses other columns than the rule has types, with and without rows', async () => {
    expect((await failure(ask('select 1, 2'))).message).to.equal('the statement gives 2 columns, and the rule names 1 type');
    expect((await failure(ask("select name from staff where name = 'nobody'", [], 3))).message).to.match(/1 column, and the rule names 3 types/u);
  });

  it('gives a thousand rows, and refuses more (bounded)', async () => {
    expect(await ask('select * from generate_series(1, 1000)')).to.have.length(1000);
    const error = await failure(ask('select * from generate_series(1, 100000)'));
    expect(error).to.include({ code: 'unavailable' });
    expect(error.message).to.match(/more than 1000 rows/u);
  });

  it('writes nothing, by whatever way', async () => {
    await administer("create or replace function sneak() returns int as 'insert into staff values (''eve''); select 1' language sql volatile");
    for (const [query, sentence] of [
      ["with x as (insert into staff values ('eve') returning 1) select * from x", /refused the question \(SQLSTATE (?:0A000|25006)\)/u],
      ['select sneak()', /SQLSTATE 25006\): cannot execute INSERT in a read-only transaction/u],
      ['select 1 into newtable', /SQLSTATE/u],
      ["select set_config('transaction_read_only', 'off', true), sneak()", /SQLSTATE 25/u],
      ["select nextval('nothing')", /SQLSTATE 42P01/u],
    ] as const) {
      const error = await failure(ask(query));
      expect(error.code, query).to.equal('unavailable');
      expect(error.message, query).to.match(sentence);
    }
    expect(await administer("select 1 from staff where name = 'eve'")).to.have.length(0);
  });

  it('names what the server says about a mistake, and works on afterwards', async () => {
    expect((await failure(ask('select x from nowhere'))).message).to.match(
      /^the database at 127\.0\.0\.1:\d+ refused the question \(SQLSTATE 42P01\): relation "nowhere"/u,
    );
    expect((await failure(ask('select from from'))).message).to.match(/SQLSTATE 42601/u);
    expect((await failure(ask('select name from staff where badge = {0}', ['x'.repeat(500)]))).message.length).to.be.lessThan(300);
    expect(await ask('select 1')).to.deep.equal([['1']]);
  });

  it('gives a slow statement three seconds, and the connection serves the next', async () => {
    const before = performance.now();
    const error = await failure(ask('select pg_sleep(100)::text'));
    expect(performance.now() - before).to.be.within(2500, promised(5000));
    expect(error.message).to.match(/^the database at 127\.0\.0\.1:\d+ did not answer in time$/u);
    expect(await ask('select 1')).to.deep.equal([['1']]);
  });

  it('signs in with a password of any characters, and never says it (M13)', async () => {
    const url = postgres.url.replace('postgres@', 'reader@');
    const right = createSqlStore({ url, password: PASSWORD });
    const wrong = createSqlStore({ url, password: 'hunter2-is-wrong' });
    try {
      expect(await ask('select badge from staff where name = {0}', ['maria'], 1, right)).to.deep.equal([['7']]);
      expect((await failure(ask('select x from secrets', [], 1, right))).message).to.match(/SQLSTATE 42501\): permission denied/u);
      const error = await failure(ask('select 1', [], 1, wrong));
      expect(error).to.include({ code: 'unavailable' });
      expect(error.message)
        .to.match(/SQLSTATE 28P01/u)
        .and.not.include('hunter2');
      expect((await failure(wrong.query('select 1', []))).message).to.match(/SQLSTATE 28P01/u);
    } finally {
      await right.close();
      await wrong.close();
    }
  });

  it('says unavailable where nobody listens, and after it was closed', async () => {
    const port = await freePort();
    const away = createSqlStore({ url: `postgres://reader@127.0.0.1:${String(port)}/x`, password: 'hunter2' });
    const error = await failure(ask('select 1', [], 1, away));
    expect(error).to.include({ code: 'unavailable', message: `the database at 127.0.0.1:${String(port)} cannot be reached (ECONNREFUSED)` });
    await away.close();
    expect((await failure(ask('select 1', [], 1, away))).code).to.equal('unavailable');
  });

  it('holds at most four connections, and ends them when it is closed', async () => {
    const busy = createSqlStore({ url: postgres.url });
    const answers = await Promise.all(Array.from({ length: 12 }, () => ask('select pg_sleep(0.1)::text', [], 1, busy)));
    expect(answers).to.have.length(12);
    const count = "select 1 from pg_stat_activity where application_name = 'signet-attribute-store'";
    const before = await administer(count);
    expect(before.length).to.be.within(1, 4);
    await busy.close();
    expect(await administer('select pg_sleep(0.2)', count)).to.have.length(0);
  });

  it('comes back after the server was away', async () => {
    expect(await ask('select 1')).to.deep.equal([['1']]);
    await postgres.stop();
    expect((await failure(ask('select 1'))).code).to.equal('unavailable');
    await postgres.start();
    expect(await ask('select 1')).to.deep.equal([['1']]);
  });
});
