import { expect } from 'chai';
import { createFirstAdmin, type FirstAdmin, type FirstAdminForm } from '../../src/admin/first-admin.js';
import { SignetError } from '../../src/core/errors.js';
import { aUser, fakeClock, thrownBy } from '../support/builders.js';
import { memoryEphemeral, type MemoryEphemeral } from '../support/memory-ephemeral.js';
import { memoryUsers, type MemoryUsers } from '../support/memory-repositories.js';

const FORM: FirstAdminForm = { userName: 'dana', displayName: 'Dana Owner', email: 'dana@example.com', password: 'correct horse battery staple' };

describe('the first administrator (M11)', () => {
  let users: MemoryUsers;
  let clock: ReturnType<typeof fakeClock>;
  let ephemeral: MemoryEphemeral;
  let firstAdmin: FirstAdmin;

  function make(people: MemoryUsers): FirstAdmin {
    let ids = 0;
    return createFirstAdmin({
      users: people,
      ephemeral,
      clock,
      hasher: { hash: (password) => Promise.resolve(`hash of ${password}`) },
      makeToken: () => `token-${String((ids += 1))}`,
      makeId: () => `id-${String((ids += 1))}`,
    });
  }

  beforeEach(() => {
    users = memoryUsers();
    clock = fakeClock();
    ephemeral = memoryEphemeral(clock);
    firstAdmin = make(users);
  });

  async function token(): Promise<string> {
    const issued = await firstAdmin.issueToken();
    if (issued === undefined) throw new Error('no token');
    return issued;
  }

  async function codeOf(run: () => unknown): Promise<string> {
    const error = await thrownBy(run);
    return error instanceof SignetError ? error.code : error.message;
  }

  it('makes the owner, once', async () => {
    const link = await token();
    expect(await firstAdmin.isOpen(link)).to.equal(true);
    const user = await firstAdmin.accept(link, FORM);
    expect(user).to.deep.include({ userName: 'dana', role: 'owner', enabled: true, email: 'dana@example.com', passwordHash: `hash of ${FORM.password}` });
    expect(users.changes).to.deep.equal([{ actor: 'dana', action: 'first administrator' }]);
    expect(await firstAdmin.isOpen(link)).to.equal(false);
    expect(await codeOf(() => firstAdmin.accept(link, { ...FORM, userName: 'eve' }))).to.equal('not_found');
    expect(users.rows.size).to.equal(1);
  });

  it('gives no link where an administrator exists, and closes those it gave', async () => {
    const link = await token();
    await users.insert(aUser({ role: 'admin' }), { actor: 'cli', action: 'add user' });
    expect(await firstAdmin.issueToken()).to.equal(undefined);
    expect(await firstAdmin.isOpen(link)).to.equal(false);
    expect(await codeOf(() => firstAdmin.accept(link, FORM))).to.equal('not_found');
  });

  it('knows nothing of strangers and of yesterday', async () => {
    const link = await token();
    for (const other of ['', 'token-9', `${link} `, 'first-admin']) expect(await firstAdmin.isOpen(other), other).to.equal(false);
    expect(await codeOf(() => firstAdmin.accept('token-9', FORM))).to.equal('not_found');
    clock.advance(24 * 3_600_000 + 1);
    expect(await firstAdmin.isOpen(link)).to.equal(false);
  });

  it('keeps no token that somebody who reads the store could use', async () => {
    const link = await token();
    expect(await ephemeral.get('set-up', link)).to.equal(undefined);
    expect([...ephemeral.entries('set-up').keys()].join(' ')).not.to.include(link);
    expect(ephemeral.entries('set-up').size).to.equal(1);
  });

  for (const [what, form, sentence] of [
    ['no name', { ...FORM, userName: ' ' }, /user name/u],
    ['invisible characters in the name (A12)', { ...FORM, userName: 'da\u200Bna' }, /user name.*invisible/u],
    ['no address', { ...FORM, email: '' }, /email is empty/u],
    ['an address that is none', { ...FORM, email: 'dana' }, /email is "dana"/u],
    ['a short password', { ...FORM, password: 'short' }, /at least 12/u],
    ['a password that is the name', { ...FORM, userName: 'danathegreat', password: 'danathegreat' }, /name or the e-mail/u],
  ] as const) {
    it(`refuses ${what} with a sentence, and the link stays good`, async () => {
      const link = await token();
      const error = await thrownBy(() => firstAdmin.accept(link, form));
      expect(error).to.be.instanceOf(SignetError).and.include({ code: 'invalid_input' });
      expect(error.message).to.match(sentence);
      expect(users.rows.size).to.equal(0);
      expect(await firstAdmin.isOpen(link)).to.equal(true);
    });
  }

  it('refuses a name that is taken, and the link stays good', async () => {
    await users.insert(aUser({ userName: 'Dana', role: 'none' }), { actor: 'cli', action: 'add user' });
    const link = await token();
    expect(await codeOf(() => firstAdmin.accept(link, FORM))).to.equal('conflict');
    expect(await firstAdmin.isOpen(link)).to.equal(true);
  });

  it('lets one of many go on that come at once, with one link or with several', async () => {
    const links = [await token(), await token()];
    const attempts = ['a', 'b', 'c', 'd'].map((name, at) => firstAdmin.accept(links[at % 2] ?? '', { ...FORM, userName: name }));
    const outcomes = await Promise.allSettled(attempts);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
    expect([...users.rows.values()].map(({ role }) => role)).to.deep.equal(['owner']);
  });

  it('opens the link again when the store refused the person', async () => {
    const link = await token();
    const failing = make({ ...users, insert: () => Promise.reject(new SignetError('unavailable', 'the database does not answer')) });
    expect(await codeOf(() => failing.accept(link, FORM))).to.equal('unavailable');
    expect((await firstAdmin.accept(link, FORM)).role).to.equal('owner');
  });
});
