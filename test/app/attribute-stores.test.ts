import { expect } from 'chai';
import { createAttributeStores, type OpenAttributeStores } from '../../src/app/attribute-stores.js';
import { BUILT_IN_STORES } from '../../src/core/claims/attribute-store.js';
import { SignetError } from '../../src/core/errors.js';
import { passwordContext, STORES_SETTING } from '../../src/core/model/store-registration.js';
import { createSecretBox } from '../../src/crypto/secret-box.js';
import { aDirectory, aPerson, aUser, fakeClock } from '../support/builders.js';
import { freePort } from '../support/services/instance.js';
import { memoryUsers } from '../support/memory-repositories.js';
import { type MemorySettings, memorySettings } from '../support/memory-settings.js';

const box = createSecretBox('0123456789abcdef0123456789abcdef');

describe('the attribute stores of an installation', () => {
  let settings: MemorySettings;
  let stores: OpenAttributeStores;
  let told: () => void;
  const errors: unknown[] = [];

  beforeEach(() => {
    settings = memorySettings();
    const listeners: (() => void)[] = [];
    told = () => {
      for (const listener of listeners) listener();
    };
    stores = createAttributeStores({
      storedSettings: settings,
      changes: { confirm: () => Promise.resolve(), onChange: (listener) => listeners.push(listener) },
      box,
      hmac: () => Promise.resolve(Buffer.alloc(32)),
      users: memoryUsers(aUser()),
      directory: { current: () => Promise.resolve(aDirectory()) },
      clock: fakeClock(),
      changeUrl: 'https://sso.example/account',
      onError: (error) => errors.push(error),
    });
  });
  afterEach(async () => {
    await stores.close();
    expect(errors.splice(0)).to.deep.equal([]);
  });

  const register = (...list: readonly object[]): void => {
    settings.values.set(STORES_SETTING, JSON.stringify(list));
    told();
  };
  const ask = async (name: string, query = 'select 1', params: readonly string[] = []): Promise<unknown> =>
    stores.find(name)?.ask({ query, params, columns: 1, about: { person: aPerson(), relyingParty: 'https://app.example' } });
  const reason = async (name: string): Promise<string> => {
    const error: unknown = await ask(name).catch((thrown: unknown) => thrown);
    if (!(error instanceof SignetError) || error.code !== 'unavailable') throw new Error(`expected unavailable, got ${String(error)}`);
    return error.message;
  };

  it('are found without regard to case', async () => {
    expect(await ask('ACTIVE directory', ';samAccountName;{0}', [String.raw`SIGNET\maria`])).to.deep.equal([['maria']]);
    expect(await ask('_opaqueidstore', '{0};{1};{2}', ['ppid', 'maria', 'x'])).to.deep.equal([[Buffer.alloc(32).toString('base64')]]);
  });

  it('fail by name where there is none: nothing is left out silently', async () => {
    expect(await reason('HR')).to.match(/no such store/u);
  });

  it('are listed and checked for rules that are to be saved', async () => {
    register({ name: 'HR', kind: 'sql', url: 'postgres://u@h/d' });
    const { names, check } = await stores.catalogue();
    expect(new Set(names)).to.deep.equal(new Set([...BUILT_IN_STORES, 'HR']));
    expect(check('active directory', { query: '', columns: 2, params: 0 })?.level).to.equal('error');
    expect(check('hr', { query: 'select {0}', columns: 1, params: 0 })?.level).to.equal('error');
    expect(check('hr', { query: 'select {0}', columns: 1, params: 1 })).to.equal(undefined);
  });

  it('are as registered now: one that moved is asked at its new place, one that is gone is not asked', async () => {
    const [one, other] = [await freePort(), await freePort()];
    register({ name: 'HR', kind: 'sql', url: `postgres://u@127.0.0.1:${String(one)}/d` });
    expect(await reason('hr')).to.include(String(one));
    register({ name: 'HR', kind: 'sql', url: `postgres://u@127.0.0.1:${String(other)}/d` });
    expect(await reason('hr')).to.include(String(other));
    register();
    expect(await reason('hr')).to.match(/no such store/u);
  });

  it('send no password to an address it was not given for', async () => {
    const sealedPassword = box.seal('hunter2', passwordContext('postgres://u@h/d'));
    register({ name: 'HR', kind: 'sql', url: 'postgres://u@evil.example/d', sealedPassword });
    expect(await reason('HR'))
      .to.match(/password of the store "HR" cannot be opened/u)
      .and.not.include('hunter2');
  });
});
