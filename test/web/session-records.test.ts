import { expect } from 'chai';
import { createSessionRecords } from '../../src/web/session-records.js';
import { fakeClock } from '../support/builders.js';
import { Jar, signIn, startWeb } from './test-server.js';

describe('web/session-records', () => {
  function aStore() {
    const values = new Map<string, string>();
    const calls: string[] = [];
    return {
      values,
      calls,
      put: async (_kind: string, key: string, value: string, ttl: number) => {
        calls.push(`put ${key} ${String(ttl)}`);
        values.set(key, value);
        return Promise.resolve();
      },
      get: async (_kind: string, key: string) => {
        calls.push(`get ${key}`);
        return Promise.resolve(values.get(key));
      },
      remove: async (_kind: string, key: string) => {
        calls.push(`remove ${key}`);
        values.delete(key);
        return Promise.resolve();
      },
    };
  }

  it('asks the store at most once a second for one browser', async () => {
    const ephemeral = aStore();
    const clock = fakeClock();
    const records = createSessionRecords({ ephemeral, clock, idleSeconds: 600, onError: () => undefined });
    await records.save('a', '{"sso":"s1"}');
    expect((await records.find('a'))?.sso).to.equal('s1');
    await records.find('a');
    clock.advance(999);
    await records.find('a');
    expect(ephemeral.calls).to.deep.equal(['put a 600', 'get a']);
    clock.advance(2);
    await records.find('a');
    expect(ephemeral.calls).to.deep.equal(['put a 600', 'get a', 'get a']);
  });

  it('prolongs a record at most once a minute', async () => {
    const ephemeral = aStore();
    const clock = fakeClock();
    const records = createSessionRecords({ ephemeral, clock, idleSeconds: 600, onError: () => undefined });
    await records.save('a', '{}');
    for (let second = 0; second < 125; second += 1) {
      await records.find('a');
      clock.advance(1000);
    }
    expect(ephemeral.calls.filter((call) => call.startsWith('put'))).to.have.length(3);
  });

  it('forgets at once what this node removed or changed, and remembers no absence', async () => {
    const ephemeral = aStore();
    const records = createSessionRecords({ ephemeral, clock: fakeClock(), idleSeconds: 600, onError: () => undefined });
    expect(await records.find('a')).to.equal(undefined);
    ephemeral.values.set('a', '{"sso":"s1"}');
    expect((await records.find('a'))?.sso).to.equal('s1');
    await records.save('a', '{"sso":"s2"}');
    expect((await records.find('a'))?.sso).to.equal('s2');
    await records.remove('a');
    expect(await records.find('a')).to.equal(undefined);
  });

  it('writes nothing by looking: one record per sign-in', async () => {
    const web = await startWeb();
    const jar = new Jar();
    await web.send('/login', { jar });
    await web.send('/', { jar });
    await web.send('/no/such/page', { jar });
    expect(web.stored.size).to.equal(0);
    await signIn(web, jar);
    expect([...web.stored.keys()]).to.have.length(1);
    const [record] = web.stored.values();
    expect(JSON.parse(record ?? '')).to.have.keys(['cookie', 'sso']);
    await web.close();
  });
});
