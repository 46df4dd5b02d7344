import { expect } from 'chai';
import type { Doing } from '../../src/admin/doing.js';
import { importUsers } from '../../src/admin/user-import.js';
import { createUserAdmin, type UserAdmin } from '../../src/admin/users.js';
import { SignetError } from '../../src/core/errors.js';
import { personOf } from '../../src/directory/person.js';
import { aDirectory, aUser, fakeClock, thrownBy } from '../support/builders.js';
import { memorySessions, memoryUsers, type MemoryUsers } from '../support/memory-repositories.js';

const CLI = { actor: 'cli' };

describe('people from a CSV file', () => {
  let users: MemoryUsers;
  let admin: UserAdmin;

  beforeEach(() => {
    users = memoryUsers();
    let ids = 0;
    admin = createUserAdmin({
      users,
      hasher: { hash: (password) => Promise.resolve(`hash of ${password}`) },
      sessions: memorySessions(),
      unlock: () => Promise.resolve(),
      clock: fakeClock(),
      makeId: () => `id-${String((ids += 1))}`,
      directory: () => Promise.resolve({ settings: aDirectory(), personOf }),
      policy: 'advise',
    });
  });

  const load = (text: string | Buffer, doing: Doing = CLI): ReturnType<typeof importUsers> => importUsers(admin, Buffer.from(text), doing);

  async function refused(text: string | Buffer): Promise<string> {
    const error = await thrownBy(() => load(text));
    expect(error, error.message).to.be.instanceOf(SignetError).and.include({ code: 'invalid_input' });
    expect(error.message).not.to.include('\n');
    expect(users.rows.size + users.changes.length, 'nobody was added').to.equal(0);
    return error.message;
  }

  it('adds everybody, with groups, attributes and passwords', async () => {
    const text =
      '\uFEFFname,password,email,given-name,surname,display-name,groups,attr.Department,admin\r\n' +
      'maria,correct horse battery staple,maria@example.com,Maria,Silva,"Silva, Maria",Sales;Everyone,Sales;EMEA,\r\n' +
      'tom,,,,,"Tom ""T"" Miller",,,true\r\n';
    const { names, findings } = await load(text);
    expect(names).to.deep.equal(['maria', 'tom']);
    expect(findings).to.deep.equal([]);
    const [maria, tom] = [...users.rows.values()];
    expect(maria).to.deep.include({
      displayName: 'Silva, Maria',
      groups: ['Sales', 'Everyone'],
      attributes: { Department: ['Sales', 'EMEA'] },
      passwordHash: 'hash of correct horse battery staple',
    });
    expect(tom).to.deep.include({ displayName: 'Tom "T" Miller', groups: [], role: 'owner' });
    expect(tom).not.to.have.any.keys('passwordHash', 'email');
  });

  it('remarks on weak passwords with their lines', async () => {
    expect((await load('name,password\nmaria,demo\n')).findings.join()).to.match(/^line 2: The password is weak/u);
  });

  it('only checks on a dry run', async () => {
    expect((await load('name\nmaria\n', { ...CLI, dryRun: true })).names).to.deep.equal(['maria']);
    expect(users.rows.size).to.equal(0);
  });

  for (const [what, text, sentence] of [
    ['an unknown column', 'name,colour\nmaria,red\n', /^line 1: "colour" is not a column; use name, password/u],
    ['semicolons between columns', 'name;password\nmaria;x\n', /^line 1: "name;password" is not a column; .*separated by commas/u],
    ['no column for the name', 'email\nmaria@example.com\n', /^line 1: there is no column "name"/u],
    ['a column twice', 'name,email,Email\nmaria,,\n', /^line 1: the column "email" stands twice/u],
    ['too few fields', 'name,email\nmaria\n', /^line 2: there are 1 fields, and 2 columns/u],
    ['a mistake in the last row', 'name,email\nmaria,maria@example.com\ntom,x\n', /^line 3: email is "x"/u],
    ['a name twice', 'name\nmaria\ntom\nMARIA\n', /^line 4: MARIA stands on line 2 already/u],
    ['an invisible character', 'name\nma\u200Bria\n', /^line 2: user name is "ma\?ria"/u],
    ['nobody', 'name\n', /holds nobody/u],
    ['nothing', '', /holds nobody/u],
    ['a quote that is never closed', 'name\n"maria\n', /^line 2: a quote is opened/u],
    ['another encoding', Buffer.from('name\nJos\xe9\n', 'latin1'), /not UTF-8/u],
    ['what is no flag', 'name,admin\nmaria,perhaps\n', /^line 2: admin is "perhaps"; use true or false/u],
    ['an attribute of JavaScript', 'name,attr.__proto__\nmaria,x\n', /cannot name an attribute|stands/u],
  ] as const) {
    it(`refuses ${what}, with the line`, async () => {
      expect(await refused(text)).to.match(sentence);
    });
  }

  it('shows the first mistakes, and counts the others', async () => {
    const message = await refused(`name,email\n${['a', 'b', 'c', 'd', 'e'].map((name) => `${name},x\n`).join('')}`);
    expect(message).to.match(/line 2: .* line 3: .* line 4: .* And 2 more\. Nobody was added\./u);
  });

  it('refuses a name that is taken, before the first is added', async () => {
    users = memoryUsers(aUser());
    admin = createUserAdmin({
      users,
      hasher: { hash: () => Promise.resolve('x') },
      sessions: memorySessions(),
      unlock: () => Promise.resolve(),
      clock: fakeClock(),
      makeId: () => 'id',
      directory: () => Promise.resolve({ settings: aDirectory(), personOf }),
      policy: 'advise',
    });
    const error = await thrownBy(() => load('name\ntom\nMaria\n'));
    expect(error.message).to.match(/line 3: There is already a person named Maria/u);
    expect(users.changes).to.deep.equal([]);
  });

  it('says how far it came when the store stops it', async () => {
    let inserted = 0;
    const failing: Pick<UserAdmin, 'add' | 'check'> = {
      check: admin.check,
      add: (person, doing) =>
        inserted === 2 ? Promise.reject(new SignetError('unavailable', 'the database does not answer.')) : ((inserted += 1), admin.add(person, doing)),
    };
    const error = await thrownBy(() => importUsers(failing, Buffer.from('name\na\nb\nc\nd\n'), CLI));
    expect(error).to.include({ code: 'unavailable', message: 'line 4: the database does not answer. The 2 people before it were added.' });
  });
});
