import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import pg from 'pg';
import { promised } from '../support/patience.js';
import { createAttributeStores } from '../../src/app/attribute-stores.js';
import { createStoreAdmin } from '../../src/admin/attribute-stores.js';
import { passwordContext } from '../../src/core/model/store-registration.js';
import { createSecretBox } from '../../src/crypto/secret-box.js';
import { createDirectorySettings } from '../../src/storage/local-directory.js';
import { aPerson } from '../support/builders.js';
import { type Home, needPostgres, realClock } from '../support/storage-targets.js';

const DOING = { actor: 'test' };
/** What a running node may take to see a change. */
const FRESH_MS = 2000;

describe('SQL stores of a running node', () => {
  let home: Home;

  beforeEach(async () => {
    home = await needPostgres().makeHome();
  });
  afterEach(async () => home.remove());

  it('are asked, moved and closed as somebody else registers, changes and removes them, within 2 s', async () => {
    const [node, other] = [await home.open(), await home.open()];
    const box = createSecretBox('0123456789abcdef0123456789abcdef');
    const admin = createStoreAdmin({ ...other, seal: (password, url) => box.seal(password, passwordContext(url)) });
    const errors: unknown[] = [];
    const stores = createAttributeStores({
      ...node,
      box,
      hmac: () => Promise.resolve(Buffer.alloc(32)),
      directory: createDirectorySettings({ directories: node.localDirectories, changes: node.changes, baseUrl: 'https://sso.example' }),
      clock: realClock,
      changeUrl: 'https://sso.example/account',
      onError: (error) => errors.push(error),
    });
    const ask = async (): Promise<unknown> =>
      stores
        .find('HR')
        ?.ask({ query: 'select current_user::text', params: [], columns: 1, about: { person: aPerson(), relyingParty: 'https://app.example' } })
        .catch((error: unknown) => (error instanceof Error ? error.message : error));
    const client = new pg.Client({ connectionString: home.databaseUrl });
    await client.connect();
    const connections = async (): Promise<number> => {
      const { rowCount } = await client.query(
        "select 1 from pg_stat_activity where application_name = 'signet-attribute-store' and datname = current_database()",
      );
      return rowCount ?? 0;
    };
    const soon = async (check: () => Promise<boolean>): Promise<boolean> => {
      const until = performance.now() + promised(FRESH_MS);
      while (!(await check())) {
        if (performance.now() > until) return false;
        await sleep(50);
      }
      return true;
    };
    try {
      await client.query('do $$ begin create role hr_other login; exception when duplicate_object then null; end $$');
      expect(await ask()).to.match(/no such store/u);
      await admin.addSql({ name: 'hr', url: home.databaseUrl, password: 'any' }, DOING);
      expect(await soon(async () => JSON.stringify(await ask()) === '[["postgres"]]')).to.equal(true);
      expect(await connections()).to.equal(1);

      await admin.addSql({ name: 'hr', url: home.databaseUrl.replace('postgres@', 'hr_other@') }, { ...DOING, replace: true });
      expect(await soon(async () => JSON.stringify(await ask()) === '[["hr_other"]]')).to.equal(true);
      expect(await soon(async () => (await connections()) === 1)).to.equal(true);

      // Nobody asks any more.
      await admin.remove('HR', DOING);
      expect(await soon(async () => (await connections()) === 0)).to.equal(true);
      expect(await ask()).to.match(/no such store/u);
    } finally {
      await client.end();
      await stores.close();
    }
    expect(errors).to.deep.equal([]);
  });
});
