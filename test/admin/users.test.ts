import { expect } from 'chai';
import { readAssignment } from '../../src/admin/setting-values.js';
import { createUserAdmin, type NewUser, type UserAdmin } from '../../src/admin/users.js';
import { SignetError } from '../../src/core/errors.js';
import type { User } from '../../src/core/model/user.js';
import { asId } from '../../src/core/model/ids.js';
import { personOf } from '../../src/directory/person.js';
import { aDirectory, aUser, fakeClock, NOW, thrownBy } from '../support/builders.js';
import { memorySessions, memoryUsers, type MemoryUsers } from '../support/memory-repositories.js';

const CLI = { actor: 'cli' };
const SEED = { actor: 'test', action: 'seed' };
const DRY = { actor: 'cli', dryRun: true };

describe('people as administrators handle them', () => {
  let users: MemoryUsers;
  let sessions: ReturnType<typeof memorySessions>;
  let unlocked: string[];
  let hashed: string[];
  let admin: UserAdmin;

  function make(policy: 'require' | 'advise'): UserAdmin {
    let ids = 0;
    return createUserAdmin({
      users,
      sessions,
      hasher: {
        hash: (password) => {
          hashed.push(password);
          return Promise.resolve(`hash of ${password}`);
        },
      },
      unlock: (name) => {
        unlocked.push(name);
        return Promise.resolve();
      },
      clock: fakeClock(),
      makeId: () => `id-${String((ids += 1))}`,
      directory: () => Promise.resolve({ settings: aDirectory(), personOf }),
      policy,
    });
  }

  beforeEach(() => {
    users = memoryUsers();
    sessions = memorySessions();
    unlocked = [];
    hashed = [];
    admin = make('advise');
  });

  const add = (person: NewUser): Promise<User> => admin.add(person, CLI).then(({ user }) => user);

  async function refused(run: () => unknown, code = 'invalid_input'): Promise<string> {
    const error = await thrownBy(run);
    expect(error, error.message).to.be.instanceOf(SignetError).and.include({ code });
    return error.message;
  }

  describe('add', () => {
    for (const [first, second, shared] of [
      ['maria', 'Maria@Login.Example.com', 'maria@login.example.com'],
      ['maria@login.example.com', 'maria', 'maria@login.example.com'],
      ['maria', 'SIGNET\\maria', 'signet\\maria'],
      ['signet\\Maria', 'MARIA', 'signet\\maria'],
    ] as const) {
      it(`refuses ${second} beside ${first}: applications would take one for the other (A12)`, async () => {
        users = memoryUsers(aUser({ id: asId('user-9'), userName: first, email: 'm@example.org' }));
        admin = make('advise');
        const error = await thrownBy(() => admin.add({ userName: second }, CLI));
        expect(error).to.include({ code: 'conflict', message: `Applications would take ${second} for ${first}: both would be ${shared}.` });
      });
    }

    it('takes somebody who has another UPN, or whose e-mail address is the UPN of nobody else', async () => {
      users = memoryUsers(aUser({ id: asId('user-9'), userName: 'maria', email: 'maria@login.example.com', attributes: { upn: ['m@example.org'] } }));
      admin = make('advise');
      expect((await admin.add({ userName: 'peter', email: 'peter@login.example.com' }, CLI)).user.userName).to.equal('peter');
    });

    it('makes a person with everything that was said', async () => {
      const user = await add({
        userName: ' Maria ',
        email: 'maria@example.com',
        givenName: 'Maria',
        surname: 'Silva',
        displayName: 'Maria Silva',
        groups: ['Sales', 'Everyone', 'Sales'],
        attributes: { department: ['Sales', 'EMEA'] },
        password: 'correct horse battery staple',
      });
      expect(user).to.deep.equal({
        id: 'id-1',
        version: 1,
        userName: 'Maria',
        email: 'maria@example.com',
        givenName: 'Maria',
        surname: 'Silva',
        displayName: 'Maria Silva',
        groups: ['Sales', 'Everyone'],
        attributes: { department: ['Sales', 'EMEA'] },
        enabled: true,
        role: 'none',
        passwordHash: 'hash of correct horse battery staple',
        passwordChangedAt: NOW,
        createdAt: NOW,
      });
      expect(users.changes).to.deep.equal([{ actor: 'cli', action: 'add user' }]);
      expect(await users.findByName('MARIA')).to.deep.equal(user);
    });

    it('makes the first administrator the owner, the others administrators', async () => {
      expect((await add({ userName: 'dana', admin: true })).role).to.equal('owner');
      expect((await add({ userName: 'tom', admin: true })).role).to.equal('admin');
      expect((await add({ userName: 'maria' })).role).to.equal('none');
    });

    it('refuses a name that is taken in any spelling (A12)', async () => {
      await add({ userName: 'Jose\u0301' });
      for (const userName of ['josé', 'JOSÉ', ' Jos\u00E9 '])
        expect(await refused(() => add({ userName }), 'conflict'), userName).to.match(/already a person named/u);
      expect(users.rows.size).to.equal(1);
    });

    it('refuses a name that is the e-mail address of somebody else, who would be locked out', async () => {
      await add({ userName: 'maria', email: 'maria@example.com' });
      expect(await refused(() => add({ userName: 'Maria@Example.com' }), 'conflict')).to.match(/e-mail address of maria/u);
      expect((await add({ userName: 'tom@example.com', email: 'tom@example.com' })).userName).to.equal('tom@example.com');
    });

    it('remarks on an e-mail address that two people have', async () => {
      await add({ userName: 'maria', email: 'sales@example.com' });
      const { findings } = await admin.add({ userName: 'tom', email: 'Sales@example.com' }, CLI);
      expect(findings).to.deep.equal(['maria has the address Sales@example.com as well, so nobody can sign in by it; user names still work.']);
    });

    for (const [what, person, sentence] of [
      ['an empty name', { userName: '  ' }, /user name is " {2}"; give some text/u],
      ['a zero-width space in the name (A12)', { userName: 'ma\u200Bria' }, /user name is "ma\?ria"; remove line breaks and invisible/u],
      ['a direction mark in the name (A12)', { userName: 'maria\u202E' }, /invisible/u],
      ['a line break in the name (M08)', { userName: 'maria\nroot' }, /remove line breaks/u],
      ['a NUL in the name', { userName: 'maria\0' }, /invisible/u],
      ['half of a surrogate pair', { userName: 'maria\uD83D' }, /invisible/u],
      ['a name of 257 characters', { userName: 'm'.repeat(257) }, /at most 256 characters/u],
      ['an address without @', { userName: 'maria', email: 'maria' }, /email is "maria"; give an address/u],
      ['two addresses', { userName: 'maria', email: 'a@b.example, c@d.example' }, /email is/u],
      ['a line break in the display name', { userName: 'maria', displayName: 'Maria\r\nSilva' }, /display name/u],
      ['an empty group', { userName: 'maria', groups: [''] }, /group is ""; give some text/u],
      ['an attribute name with a space', { userName: 'maria', attributes: { 'a b': ['x'] } }, /"a b" cannot name an attribute/u],
      ['an attribute name of JavaScript (M10)', { userName: 'maria', attributes: { ['__proto__']: ['x'] } }, /"__proto__" cannot name an attribute/u],
      ['a control character in a value', { userName: 'maria', attributes: { department: ['a\u0007b'] } }, /department is "a\?b"/u],
      ['an empty password', { userName: 'maria', password: '' }, /password is empty/u],
      ['an endless password', { userName: 'maria', password: 'x'.repeat(513) }, /longer than 512/u],
    ] as const) {
      it(`refuses ${what}, and writes nothing`, async () => {
        expect(await refused(() => add(person))).to.match(sentence);
        expect(users.rows.size + users.changes.length + hashed.length).to.equal(0);
      });
    }

    it('remarks on a weak password, or refuses it where people choose their own (U02)', async () => {
      const person = { userName: 'maria', password: 'password1234' };
      expect((await admin.add(person, DRY)).findings).to.deep.equal([
        'The password is weak. Use a password that is harder to guess, such as four or five words without connection: this one is among the first to be tried.',
      ]);
      expect(await refused(() => make('require').add(person, CLI))).to.match(/harder to guess/u);
    });

    it('checks everything on a dry run, and writes nothing', async () => {
      await add({ userName: 'maria' });
      await refused(() => admin.add({ userName: 'Maria' }, DRY), 'conflict');
      await admin.add({ userName: 'tom', password: 'correct horse battery staple' }, DRY);
      expect(users.rows.size).to.equal(1);
      expect(hashed).to.deep.equal([]);
    });
  });

  describe('set', () => {
    const set = (...texts: readonly string[]): Promise<User> => admin.set('maria', texts.map(readAssignment), CLI).then(({ user }) => user);

    beforeEach(async () => {
      await users.insert(aUser({ attributes: { department: ['Sales'], floor: ['3'] } }), SEED);
      users.changes.length = 0;
    });

    it('changes what is named, and leaves the rest', async () => {
      const user = await set(
        'email=maria.silva@example.com',
        'surname=Silva Santos',
        'groups=Sales,Finance',
        'attr.department=Finance',
        'attr.department=Audit',
      );
      expect(user).to.deep.equal(
        aUser({
          version: 2,
          email: 'maria.silva@example.com',
          surname: 'Silva Santos',
          groups: ['Sales', 'Finance'],
          attributes: { floor: ['3'], department: ['Finance', 'Audit'] },
        }),
      );
      expect(users.changes).to.deep.equal([{ actor: 'cli', action: 'set user' }]);
    });

    it('clears with an empty value, and renames', async () => {
      const user = await set('email=', 'given-name=', 'groups=', 'attr.floor=', 'user-name=maria.silva');
      expect(user).not.to.have.any.keys('email', 'givenName');
      expect(user).to.deep.include({ userName: 'maria.silva', groups: [], attributes: { department: ['Sales'] } });
    });

    it('gives and takes the rights of an administrator', async () => {
      expect((await set('admin=true')).role).to.equal('owner');
      expect((await set('admin=true')).role).to.equal('owner');
      expect((await set('admin=false')).role).to.equal('none');
      await add({ userName: 'dana', admin: true });
      expect((await set('admin=true')).role).to.equal('admin');
    });

    it('keeps the password', async () => {
      await admin.setPassword('maria', 'correct horse battery staple', CLI);
      expect((await set('surname=X')).passwordHash).to.equal('hash of correct horse battery staple');
    });

    for (const [text, sentence] of [
      ['colour=red', /"colour" is not a setting of a person; use user-name, email/u],
      ['role=owner', /"role" is not a setting/u],
      ['password=x', /"password" is not a setting/u],
      ['__proto__=x', /"__proto__" is not a setting/u],
      ['attr.__proto__=x', /cannot name an attribute/u],
      ['attr.=x', /cannot name an attribute/u],
      ['user-name=', /user name is ""/u],
      ['email=x', /email is "x"/u],
      ['admin=yes', /admin is "yes"; use true or false/u],
    ] as const) {
      it(`refuses ${text}, and then nothing counts`, async () => {
        expect(await refused(() => set('display-name=Other', text))).to.match(sentence);
        expect(users.changes).to.deep.equal([]);
      });
    }

    it('refuses one key twice', async () => {
      expect(await refused(() => set('email=a@b.example', 'email=c@d.example'))).to.match(/email is given 2 times/u);
    });

    it('refuses a name that somebody else has', async () => {
      await add({ userName: 'tom', email: 'tom@example.com' });
      await refused(() => set('user-name=TOM'), 'conflict');
      await refused(() => set('user-name=tom@example.com'), 'conflict');
      expect((await set('user-name=MARIA')).userName).to.equal('MARIA');
    });
  });

  describe('what ends sessions (A08)', () => {
    beforeEach(async () => {
      await users.insert(aUser(), SEED);
    });

    it('disabling does, enabling does not', async () => {
      expect((await admin.setEnabled('maria', false, CLI)).enabled).to.equal(false);
      expect(sessions.ended).to.deep.equal(['user-1']);
      expect((await admin.setEnabled('maria@example.com', true, CLI)).enabled).to.equal(true);
      expect(sessions.ended).to.deep.equal(['user-1']);
    });

    it('disabling again does, for sessions that began meanwhile', async () => {
      await admin.setEnabled('maria', false, CLI);
      await admin.setEnabled('maria', false, CLI);
      expect(sessions.ended).to.have.length(2);
      expect(users.changes.filter(({ action }) => action === 'disable user')).to.have.length(1);
    });

    it('a new password does', async () => {
      const { user, findings } = await admin.setPassword('maria', 'demo', CLI);
      expect(user).to.deep.include({ passwordHash: 'hash of demo', passwordChangedAt: NOW, version: 2 });
      expect(findings.join()).to.match(/weak/u);
      expect(sessions.ended).to.deep.equal(['user-1']);
      expect(users.changes.at(-1)).to.deep.equal({ actor: 'cli', action: 'change password' });
    });

    it('removing does', async () => {
      await admin.remove('MARIA', CLI);
      expect(users.rows.size).to.equal(0);
      expect(sessions.ended).to.deep.equal(['user-1']);
    });

    it('a dry run ends and changes nothing', async () => {
      await admin.setEnabled('maria', false, DRY);
      await admin.setPassword('maria', 'demo', DRY);
      await admin.remove('maria', DRY);
      await admin.unlock('maria', DRY);
      expect([...sessions.ended, ...unlocked, ...hashed]).to.deep.equal([]);
      expect([...users.rows.values()]).to.deep.equal([aUser()]);
    });
  });

  it('lets go of the brakes under both names people type', async () => {
    await users.insert(aUser(), SEED);
    await admin.unlock('maria', CLI);
    expect(unlocked).to.deep.equal(['maria', 'maria@example.com']);
  });

  it('says who is not there', async () => {
    for (const run of [
      () => admin.find('nobody'),
      () => admin.set('nobody', [], CLI),
      () => admin.setEnabled('nobody', true, CLI),
      () => admin.remove('nobody', CLI),
      () => admin.setPassword('nobody', 'x', CLI),
      () => admin.unlock('nobody', CLI),
    ]) {
      expect(await refused(run, 'not_found')).to.equal('There is nobody named nobody.');
    }
    expect(await refused(() => admin.find('a\nb'), 'not_found')).to.equal('There is nobody named a?b.');
  });
});
