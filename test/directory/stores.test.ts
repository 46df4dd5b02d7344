import { expect } from 'chai';
import type { BuiltInStore, StoreRow } from '../../src/core/claims/attribute-store.js';
import type { Person } from '../../src/core/model/person.js';
import { createDirectoryStores } from '../../src/directory/stores.js';
import { aDirectory, aPerson, fakeClock, NOW, thrownBy } from '../support/builders.js';
import { memoryUsers } from '../support/memory-repositories.js';

const DAY = 86_400_000;
const stores = createDirectoryStores({
  users: memoryUsers(),
  directory: { current: () => Promise.resolve(aDirectory()) },
  clock: fakeClock(),
  changeUrl: 'https://login.example.com/account',
});

function storeNamed(name: string): BuiltInStore {
  const store = stores.find((known) => known.name === name);
  if (store === undefined) throw new Error(`there is no ${name}`);
  return store;
}

function ask(name: string, columns: number, person: Partial<Person> = {}): Promise<readonly StoreRow[]> {
  return storeNamed(name).store.ask({ query: '{0};', params: ['x'], columns, about: { person: aPerson({}, person), relyingParty: 'https://app.example' } });
}

describe('the stores of the built-in directory', () => {
  it('are called as AD FS calls them', () => {
    expect(stores.map(({ name }) => name)).to.deep.equal(['Active Directory', '_PasswordExpiryStore', '_ProxyCredentialStore']);
  });

  const expiries: readonly (readonly [title: string, expires: number | undefined, row: StoreRow | undefined])[] = [
    ['nothing while passwords do not end', undefined, undefined],
    ['nothing more than two weeks before', NOW + 14 * DAY, undefined],
    ['moment, days and address within two weeks', NOW + 14 * DAY - 1, ['2026-12-08T08:59:59.999Z', '13', 'https://login.example.com/account']],
    ['no days on the last day', NOW + 1000, ['2026-11-24T09:00:01.000Z', '0', 'https://login.example.com/account']],
    ['no days afterwards', NOW - 3 * DAY, ['2026-11-21T09:00:00.000Z', '0', 'https://login.example.com/account']],
  ];
  for (const [title, expires, row] of expiries) {
    it(`_PasswordExpiryStore gives ${title}`, async () => {
      expect(await ask('_PasswordExpiryStore', 3, expires === undefined ? {} : { passwordExpiresAt: expires })).to.deep.equal(row === undefined ? [] : [row]);
    });
  }

  it('_PasswordExpiryStore wants its three types, when a rule is saved and when it is asked', async () => {
    const { check } = storeNamed('_PasswordExpiryStore');
    expect(check({ query: '{0};', columns: 3, params: 1 })).to.equal(undefined);
    const problem = check({ query: '{0};', columns: 2, params: 1 });
    expect(problem).to.deep.include({ level: 'error' });
    expect(await thrownBy(() => ask('_PasswordExpiryStore', 2))).to.include({ code: 'invalid_input', message: problem?.sentence });
  });

  it('_ProxyCredentialStore is known, gives nothing, and says so when a rule is saved', async () => {
    expect(await ask('_ProxyCredentialStore', 1)).to.deep.equal([]);
    expect(storeNamed('_ProxyCredentialStore').check({ query: 'isProxySid({0})', columns: 1, params: 1 })?.level).to.equal('note');
  });
});
