import { expect } from 'chai';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../../src/core/ports.js';
import { connectRedis, type RedisConnection } from '../../../src/storage/ephemeral/redis-connection.js';
import { createSessionCopies, type SessionCopies } from '../../../src/storage/ephemeral/session-copies.js';
import { createSqlEphemeral, type SqlEphemeral } from '../../../src/storage/ephemeral/sql.js';
import { openStorage, type Storage } from '../../../src/storage/open.js';
import type { Database } from '../../../src/storage/sql/database.js';
import { openSqlite } from '../../../src/storage/sql/sqlite.js';
import { type Home, needRedis, realClock, sqliteTarget } from '../../support/storage-targets.js';

describe('Copies of sessions in Redis', () => {
  let home: Home;
  let storage: Storage;
  let database: Database;
  let sql: SqlEphemeral;
  let connection: RedisConnection;
  let copies: SessionCopies;
  let ahead = 0;

  /** A clock whose monotonic side can be made to have stood still for this process, as after a freeze. */
  const clock: Clock = { now: () => Date.now(), monotonic: () => performance.now() + ahead };

  beforeEach(async () => {
    ahead = 0;
    home = await sqliteTarget.makeHome();
    storage = await openStorage({ databaseUrl: home.databaseUrl }, { clock, onError: () => undefined });
    database = await openSqlite(home.databaseUrl.slice(7), realClock);
    sql = createSqlEphemeral({ database, onError: () => undefined });
    connection = await connectRedis({ url: needRedis(), clock, onError: () => undefined });
    copies = createSessionCopies({ connection, prefix: `signet-test-${randomBytes(6).toString('hex')}:`, sql, clock });
    await sleep(50);
  });
  afterEach(async () => {
    copies.close();
    connection.close();
    sql.close();
    await database.close();
    await storage.close();
    await home.remove();
  });

  const found = async (): Promise<string> => {
    // A copy is made in the background.
    await sleep(50);
    const answer = await copies.find('sso-session', 'key');
    return answer.kind === 'copy' ? answer.value : answer.kind;
  };

  it('are made where nothing is, and expire with their session', async () => {
    expect(await found()).to.equal('none');
    copies.make('sso-session', 'key', { value: 'value', milliseconds: 1000 }, clock.monotonic());
    expect(await found()).to.equal('value');
    await sleep(1100);
    expect(await found()).to.equal('none');
  });

  it('are not made by a reader who asked the database before a change', async () => {
    const askedAt = clock.monotonic();
    await copies.bar('sso-session', ['key']);
    copies.make('sso-session', 'key', { value: 'before the change', milliseconds: 60_000 }, askedAt);
    expect(await found()).to.equal('unusable');
  });

  it('are not made by a reader who was frozen since', async () => {
    const askedAt = clock.monotonic();
    ahead += 6000;
    await sleep(700);
    copies.make('sso-session', 'key', { value: 'old', milliseconds: 60_000 }, askedAt);
    expect(await found()).to.equal('none');
  });

  it('are not believed by a node that was frozen, until it has looked for doubts', async () => {
    copies.make('sso-session', 'key', { value: 'value', milliseconds: 60_000 }, clock.monotonic());
    expect(await found()).to.equal('value');
    ahead += 2000;
    expect((await copies.find('sso-session', 'key')).kind).to.equal('unusable');
    await sleep(700);
    expect(await found()).to.equal('value');
  });

  it('are not believed while another node is in doubt', async () => {
    copies.make('sso-session', 'key', { value: 'value', milliseconds: 60_000 }, clock.monotonic());
    expect(await found()).to.equal('value');
    const cutOff = createSessionCopies({ connection: { send: () => Promise.reject(new Error('cut')), close: () => undefined }, prefix: 'x', sql, clock });
    await cutOff.bar('sso-session', ['key']);
    cutOff.close();
    await sleep(700);
    expect(await found()).to.equal('unusable');
  });
});
