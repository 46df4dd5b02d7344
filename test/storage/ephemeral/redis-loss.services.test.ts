import { expect } from 'chai';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'redis';
import { promised } from '../../support/patience.js';
import { asId } from '../../../src/core/model/ids.js';
import type { SsoSession } from '../../../src/core/model/sso-session.js';
import type { EphemeralStore } from '../../../src/core/ports.js';
import type { Storage } from '../../../src/storage/open.js';
import { aSession } from '../../support/builders.js';
import { freePort } from '../../support/services/instance.js';
import { type Redis, startRedis } from '../../support/services/redis.js';
import { type Home, needPostgres } from '../../support/storage-targets.js';

const lasting = (id: string): SsoSession => aSession({ id: asId(id), startedAt: Date.now(), expiresAt: Date.now() + 600_000 });
/** Nodes come to know of a copy they must not believe within half a second; this is with room for a slow machine. */
const KNOWN_MS = 1500;

describe('Losing Redis (redis-stop, -flush, -cut)', () => {
  let redis: Redis;
  let home: Home;
  let one: Storage;
  let other: Storage;

  beforeEach(async () => {
    redis = await startRedis();
    home = await needPostgres().makeHome();
    one = await open();
    other = await open();
    // Both have looked for doubts once, so that copies are made and used.
    await sleep(100);
  });
  afterEach(async () => {
    await home.remove();
    await redis.end();
  });

  const open = async (redisUrl = redis.url): Promise<Storage> => home.open({ onError: () => undefined }, { redisUrl });

  const copiesIn = async (): Promise<readonly string[]> => {
    const client = createClient({ url: redis.url });
    await client.connect();
    try {
      const keys = (await client.keys('*')).filter((key) => key.includes(':copy:'));
      const values = await Promise.all(keys.map(async (key) => client.get(key)));
      return values.filter((value) => value?.startsWith('=') === true).map(String);
    } finally {
      client.destroy();
    }
  };

  /** Stores a value and has a copy of it made: past the bar that storing it left. */
  const putWithCopy = async (store: EphemeralStore, reader: EphemeralStore, key: string): Promise<void> => {
    await store.put('sso-session', key, `value of ${key}`, 600, 'user');
    const client = createClient({ url: redis.url });
    await client.connect();
    await client.del((await client.keys('*')).filter((name) => name.endsWith(`copy:sso-session:${key}`)));
    client.destroy();
    expect(await reader.get('sso-session', key)).to.equal(`value of ${key}`);
    for (let tries = 0; !(await copiesIn()).includes(`=value of ${key}`); tries += 1) {
      expect(tries).to.be.lessThan(50);
      await sleep(20);
    }
  };

  it('costs no session when it is killed, and takes new ones', async () => {
    const session = lasting('kept');
    await one.ssoSessions.save(session);
    redis.process().kill('SIGKILL');
    const before = performance.now();
    expect(await other.ssoSessions.find(session.id)).to.deep.equal(session);
    await one.ssoSessions.save(lasting('new'));
    expect(await other.ssoSessions.find(asId('new'))).to.deep.include({ id: 'new' });
    await one.ssoSessions.end(session.id);
    expect(await one.ssoSessions.find(session.id)).to.equal(undefined);
    expect(performance.now() - before).to.be.lessThan(promised(2500));
    expect(await open()).to.have.property('ephemeral');
  });

  it('costs no session and reopens no replay when it is flushed', async () => {
    const session = lasting('kept');
    await one.ssoSessions.save(session);
    expect(await one.ephemeral.putIfAbsent('message-id', '_redeemed', '', 600)).to.equal(true);
    await one.ephemeral.put('set-up', 'token', 'value', 600);
    const client = createClient({ url: redis.url });
    await client.connect();
    await client.flushAll();
    client.destroy();
    expect(await other.ssoSessions.find(session.id)).to.deep.equal(session);
    expect(await other.ephemeral.putIfAbsent('message-id', '_redeemed', '', 600)).to.equal(false);
    expect(await other.ephemeral.take('set-up', 'token')).to.equal('value');
    expect(await other.ephemeral.take('set-up', 'token')).to.equal(undefined);
  });

  it('goes on counting in the database when it is gone, and in Redis when it is back', async () => {
    expect(await one.ephemeral.count('attempts', 'maria', 60)).to.equal(1);
    expect(await other.ephemeral.count('attempts', 'maria', 60)).to.equal(2);
    redis.process().kill('SIGKILL');
    await sleep(100);
    expect(await one.ephemeral.count('attempts', 'maria', 60)).to.equal(1);
    expect(await other.ephemeral.count('attempts', 'maria', 60)).to.equal(2);
    expect(await other.ephemeral.get('attempts', 'maria')).to.equal('2');
    await one.ephemeral.remove('attempts', 'maria');
    expect(await other.ephemeral.count('attempts', 'maria', 60)).to.equal(1);
    await redis.start();
    await sleep(1700);
    expect(await one.ephemeral.count('attempts', 'peter', 60)).to.equal(1);
    const client = createClient({ url: redis.url });
    await client.connect();
    expect((await client.keys('*')).filter((key) => key.includes(':entry:attempts:peter'))).to.have.length(1);
    client.destroy();
  });

  it('holds nobody up for more than a moment when it is silent', async () => {
    await putWithCopy(one.ephemeral, other.ephemeral, 'kept');
    redis.process().kill('SIGSTOP');
    const times: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const before = performance.now();
      expect(await other.ephemeral.get('sso-session', 'kept')).to.equal('value of kept');
      expect(await other.ephemeral.count('attempts', 'maria', 60)).to.equal(round + 1);
      times.push(performance.now() - before);
    }
    const [, , usual = 0, , longest = 0] = [...times].sort((left, right) => left - right);
    expect(longest).to.be.lessThan(promised(900));
    // Asked once, it is left alone for a while.
    expect(usual).to.be.lessThan(longest / 2);
  });

  it('does not bring a session back that was ended while it was silent', async () => {
    await putWithCopy(one.ephemeral, other.ephemeral, 'ended');
    await putWithCopy(one.ephemeral, other.ephemeral, 'ended-too');
    redis.process().kill('SIGSTOP');
    await one.ephemeral.remove('sso-session', 'ended');
    await one.ephemeral.removeByIndex('sso-session', 'user');
    redis.process().kill('SIGCONT');
    await sleep(KNOWN_MS);
    expect(await other.ephemeral.get('sso-session', 'ended')).to.equal(undefined);
    expect(await other.ephemeral.get('sso-session', 'ended-too')).to.equal(undefined);
    const third = await open();
    expect(await third.ephemeral.get('sso-session', 'ended-too')).to.equal(undefined);
  });

  it('does not let a node that still reaches it believe what a node that does not has ended', async () => {
    await putWithCopy(one.ephemeral, other.ephemeral, 'ended');
    const cutOff = await open(`redis://127.0.0.1:${String(await freePort())}`);
    await cutOff.ephemeral.remove('sso-session', 'ended');
    await sleep(KNOWN_MS);
    expect(await copiesIn()).to.deep.equal(['=value of ended']);
    expect(await other.ephemeral.get('sso-session', 'ended')).to.equal(undefined);
  });

  it('serves a session from its copy, and nothing of it once it is ended', async () => {
    await putWithCopy(one.ephemeral, other.ephemeral, 'copied');
    expect(await one.ephemeral.get('sso-session', 'copied')).to.equal('value of copied');
    await one.ephemeral.remove('sso-session', 'copied');
    expect(await copiesIn()).to.deep.equal([]);
    expect(await other.ephemeral.get('sso-session', 'copied')).to.equal(undefined);
  });
});
