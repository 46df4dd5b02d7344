import { expect } from 'chai';
import { createStoreAdmin, type StoreAdmin } from '../../src/admin/attribute-stores.js';
import { readSqlAddress } from '../../src/admin/store-address.js';
import { SignetError } from '../../src/core/errors.js';
import { aMetadata, aRecord } from '../support/builders.js';
import { memoryRelyingParties } from '../support/memory-repositories.js';
import { type MemorySettings, memorySettings } from '../support/memory-settings.js';

const DOING = { actor: 'test' };
const URL_HR = 'postgres://reader@db.example/hr';

async function refusal(work: Promise<unknown>): Promise<SignetError> {
  const error: unknown = await work.then(
    () => new Error('it was not refused'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof SignetError)) throw error;
  return error;
}

describe('attribute stores of an administrator', () => {
  let settings: MemorySettings;
  let admin: StoreAdmin;
  let acceptance: string | undefined;

  beforeEach(() => {
    settings = memorySettings();
    acceptance = undefined;
    admin = createStoreAdmin({
      storedSettings: settings,
      relyingParties: memoryRelyingParties(
        aRecord({ overrides: { rules: { transform: 'c:[] => issue( Store = "hr", types = ("x"), query = "select 1");' } } }),
        aRecord({
          id: 'rp-2' as never,
          metadata: aMetadata({ entityId: 'https://other.example' }),
          overrides: { rules: { transform: '=> issue(Type = "HR", Value = "HR");' } },
        }),
      ),
      localDirectories: { read: () => Promise.resolve(acceptance === undefined ? {} : { acceptance }) },
      seal: (password, url) => `sealed(${String(password.length)}) for ${url}`,
    });
  });

  it('keeps the address without its password, which is sealed for that address', async () => {
    await admin.addSql({ name: 'HR', url: 'postgres://reader:hunter2@db.example:5433/hr' }, DOING);
    expect(await admin.list()).to.deep.equal([
      { name: 'HR', kind: 'sql', url: 'postgres://reader@db.example:5433/hr', sealedPassword: 'sealed(7) for postgres://reader@db.example:5433/hr' },
    ]);
    expect(JSON.stringify([...settings.values])).not.to.include('hunter2');
  });

  it('audits before and after without the password, sealed or not (M13)', async () => {
    await admin.addSql({ name: 'HR', url: URL_HR, password: 'hunter2' }, DOING);
    await admin.addSql({ name: 'hr', url: 'postgres://other@db.example/hr' }, { ...DOING, replace: true });
    const shown = (name: string, user: string, hasPassword: boolean): string =>
      JSON.stringify([{ name, kind: 'sql', url: `postgres://${user}@db.example/hr`, hasPassword }]);
    expect(settings.audits).to.deep.equal([
      { before: undefined, after: shown('HR', 'reader', true) },
      { before: shown('HR', 'reader', true), after: shown('hr', 'other', false) },
    ]);
  });

  it('has each name once, without regard to case', async () => {
    await admin.addSql({ name: 'HR', url: URL_HR }, DOING);
    expect(await refusal(admin.addSql({ name: 'hr', url: URL_HR }, DOING))).to.include({ code: 'conflict' });
    expect((await admin.find('hR')).name).to.equal('HR');
    await admin.addSql({ name: 'Assets 2.x_y-z', url: URL_HR }, DOING);
    expect((await admin.list()).map(({ name }) => name)).to.deep.equal(['Assets 2.x_y-z', 'HR']);
  });

  for (const name of ['', ' ', 'active directory', '_OpaqueIdStore', '_mine', 'a"b', 'a;b', 'a\nb', 'x'.repeat(65), '-x', 'a\u202Eb']) {
    it(`refuses the name ${JSON.stringify(name.slice(0, 30))}`, async () => {
      expect(await refusal(admin.addSql({ name, url: URL_HR }, DOING))).to.include({ code: 'invalid_input' });
      expect(settings.values).to.have.property('size', 0);
    });
  }

  it('changes nothing when it is only tried out', async () => {
    const dry = { ...DOING, dryRun: true };
    await admin.addSql({ name: 'HR', url: URL_HR }, dry);
    expect(await admin.list()).to.deep.equal([]);
    await admin.addSql({ name: 'Spare', url: URL_HR }, DOING);
    await admin.remove('spare', dry);
    expect(await admin.list()).to.have.length(1);
  });

  it('is not removed while rules ask it, unless forced', async () => {
    await admin.addSql({ name: 'HR', url: URL_HR }, DOING);
    acceptance = 'c:[] => add(store = "HR", types = ("x"), query = "select 1");';
    expect(await admin.usedBy('HR')).to.deep.equal(['the directory "local"', 'https://app.example/metadata']);
    acceptance = undefined;
    const error = await refusal(admin.remove('HR', DOING));
    expect(error).to.include({ code: 'invalid_input' });
    expect(error.message).to.match(/^The rules of https:\/\/app\.example\/metadata ask "HR"/u);
    expect(await admin.list()).to.have.length(1);
    await admin.remove('HR', { ...DOING, force: true });
    expect(await admin.list()).to.deep.equal([]);
  });

  it('says what is not there, and what is built in', async () => {
    expect((await refusal(admin.find('HR'))).message).to.match(/no attribute store "HR"/u);
    const error = await refusal(admin.remove('active directory', DOING));
    expect(error).to.include({ code: 'not_found' });
    expect(error.message).to.match(/built in/u);
  });
});

describe('the address of a SQL store', () => {
  for (const [text, url, password] of [
    ['postgres://u@h/d', 'postgres://u@h/d', undefined],
    ['postgresql://u:p%40ss%3A@h:6543/d?sslmode=verify-full', 'postgresql://u@h:6543/d?sslmode=verify-full', 'p@ss:'],
  ] as const) {
    it(`takes ${url}`, () => {
      expect(readSqlAddress(text)).to.deep.equal({ url, password });
    });
  }

  for (const text of [
    'mysql://u:hunter2@h/d',
    'u:hunter2@h/d',
    'postgres://h/d',
    'postgres://u:hunter2@h',
    'postgres://u:hunter2@h/d/e',
    'postgres://u:hunter2@h/d?password=x',
    'postgres://u:hunter2@h/d?host=evil.example',
    'postgres://u:hunter2@h/d?sslmode=prefer',
    'postgres://u:hunter2%zz@h/d',
    'postgres://u:hunter2@h/d#x',
  ]) {
    it(`refuses ${text}, without repeating the password`, () => {
      expect(() => readSqlAddress(text))
        .to.throw(SignetError)
        .with.property('message')
        .that.does.not.include('hunter2');
    });
  }
});
