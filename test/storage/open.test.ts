import { expect } from 'chai';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promised } from '../support/patience.js';
import { openStorage } from '../../src/storage/open.js';
import { thrownBy } from '../support/builders.js';
import { aSignOnRecord } from '../support/records.js';
import { freePort } from '../support/services/instance.js';
import { realClock, sqliteTarget } from '../support/storage-targets.js';

const PARTS = { clock: realClock, onError: () => undefined };

describe('openStorage', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'signet-test-'));
  });
  afterEach(async () => rm(folder, { recursive: true }));

  it('refuses addresses it does not understand, with the setting to correct', async () => {
    for (const databaseUrl of ['', 'sqlite:', 'mysql://localhost/signet', join(folder, 'signet.db'), 'postgres://[']) {
      const error = await thrownBy(async () => openStorage({ databaseUrl }, PARTS));
      expect(error, databaseUrl).to.have.property('code', 'invalid_input');
      expect(error.message).to.contain('SIGNET_DATABASE_URL');
    }
    const error = await thrownBy(async () => openStorage({ databaseUrl: `sqlite:${join(folder, 'signet.db')}`, redisUrl: 'http://localhost' }, PARTS));
    expect(error).to.have.property('code', 'invalid_input');
    expect(error.message).to.contain('SIGNET_REDIS_URL');
  });

  it('makes a database file that nobody else may read', async () => {
    const storage = await openStorage({ databaseUrl: `sqlite:${join(folder, 'signet.db')}` }, PARTS);
    await storage.journal.record(aSignOnRecord());
    for (const file of ['signet.db', 'signet.db-wal', 'signet.db-shm']) expect((await stat(join(folder, file))).mode & 0o777, file).to.equal(0o600);
    await storage.close();
  });

  it('says unavailable where the file cannot be used, and touches nothing', async () => {
    expect(await thrownBy(async () => openStorage({ databaseUrl: `sqlite:${join(folder, 'missing', 'signet.db')}` }, PARTS))).to.have.property(
      'code',
      'unavailable',
    );
    await writeFile(join(folder, 'text'), 'this is no database, and it is longer than the header of one '.repeat(20));
    const error = await thrownBy(async () => openStorage({ databaseUrl: `sqlite:${join(folder, 'text')}` }, PARTS));
    expect(error).to.have.property('code', 'unavailable');
    expect((await stat(join(folder, 'text'))).size).to.equal(61 * 20);
  });

  it('says unavailable within its bounds where no PostgreSQL listens', async () => {
    const before = performance.now();
    const error = await thrownBy(async () => openStorage({ databaseUrl: 'postgres://nobody@127.0.0.1:1/signet' }, PARTS));
    expect(error).to.have.property('code', 'unavailable');
    expect(performance.now() - before).to.be.lessThan(promised(6000));
  });

  it('opens, and works, with Redis away', async () => {
    const redisUrl = `redis://127.0.0.1:${String(await freePort())}`;
    const storage = await openStorage({ databaseUrl: `sqlite:${join(folder, 'signet.db')}`, redisUrl }, PARTS);
    await storage.ephemeral.put('web-session', 'key', 'value', 60);
    expect(await storage.ephemeral.get('web-session', 'key')).to.equal('value');
    expect(await storage.ephemeral.count('attempts', 'maria', 60)).to.equal(1);
    await storage.close();
  });

  it('gives the clock of the database', async () => {
    const home = await sqliteTarget.makeHome();
    const storage = await home.open();
    expect(Math.abs((await storage.ping()) - Date.now())).to.be.lessThan(5000);
    await home.remove();
  });

  it('writes what waits when it is closed', async () => {
    const databaseUrl = `sqlite:${join(folder, 'signet.db')}`;
    const storage = await openStorage({ databaseUrl }, PARTS);
    storage.journal.note(aSignOnRecord({ id: 'noted' }));
    await storage.close();
    const again = await openStorage({ databaseUrl }, PARTS);
    expect((await again.journal.read({}, { limit: 10 })).entries.map(({ id }) => id)).to.deep.equal(['noted']);
    await again.close();
  });
});
