import { expect } from 'chai';
import { asId } from '../../../src/core/model/ids.js';
import type { User } from '../../../src/core/model/user.js';
import type { Storage } from '../../../src/storage/open.js';
import { aUser, thrownBy } from '../../support/builders.js';
import { CHANGE } from '../../support/records.js';
import { type Home, targets } from '../../support/storage-targets.js';

const somebody = (name: string, changes: Partial<User> = {}): User =>
  aUser({ id: asId(`id-${name}`), userName: name, email: `${name}@example.com`, ...changes });

for (const target of targets) {
  describe(`Users on ${target.name}`, () => {
    let home: Home;
    let one: Storage;
    let other: Storage;

    beforeEach(async () => {
      home = await target.makeHome();
      one = await home.open();
      other = await home.open();
    });
    afterEach(async () => home.remove());

    it('gives back what was stored, to the letter', async () => {
      const user = somebody('maria', {
        attributes: { 'cost-centre': ['1', '2'] },
        passwordHash: '$argon2id$1',
        passwordChangedAt: 5,
        role: 'owner',
        enabled: false,
      });
      await one.users.insert(user, CHANGE);
      expect(await other.users.findById(user.id)).to.deep.equal(user);
      const { email: _email, givenName: _given, surname: _surname, displayName: _display, ...bare } = somebody('peter', { groups: [] });
      await one.users.insert(bare, CHANGE);
      expect(await other.users.findById(bare.id)).to.deep.equal(bare);
    });

    it('finds by name without regard to case and form, and by e-mail when one person has it', async () => {
      await one.users.insert(somebody('José', { email: 'shared@example.com' }), CHANGE);
      await one.users.insert(somebody('peter', { email: 'Peter@Example.com' }), CHANGE);
      expect((await one.users.findByName(' JOSE\u0301 '))?.userName).to.equal('José');
      expect((await one.users.findByName('peter@example.COM'))?.userName).to.equal('peter');
      expect((await one.users.findByName('shared@example.com'))?.userName).to.equal('José');
      await one.users.insert(somebody('anna', { email: 'Shared@example.com' }), CHANGE);
      expect(await one.users.findByName('shared@example.com')).to.equal(undefined);
      expect(await one.users.findByName('nobody')).to.equal(undefined);
    });

    it('takes a name before an e-mail of the same text', async () => {
      await one.users.insert(somebody('peter', { email: 'anna' }), CHANGE);
      await one.users.insert(somebody('anna'), CHANGE);
      expect((await one.users.findByName('anna'))?.userName).to.equal('anna');
    });

    it('lets one of twenty have a user name, whatever its case', async () => {
      const results = await Promise.allSettled(
        Array.from({ length: 20 }, async (_, index) =>
          (index % 2 === 0 ? one : other).users.insert(somebody(index % 3 === 0 ? 'MARIA' : 'maria', { id: asId(String(index)) }), CHANGE),
        ),
      );
      expect(results.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
      for (const result of results) if (result.status === 'rejected') expect(result.reason).to.have.property('code', 'conflict');
      expect(await one.users.count()).to.equal(1);
    });

    it('lets one of twenty save over a version, groups and all', async () => {
      const user = somebody('maria');
      await one.users.insert(user, CHANGE);
      const results = await Promise.allSettled(
        Array.from({ length: 20 }, async (_, index) => (index % 2 === 0 ? one : other).users.save({ ...user, groups: [`group ${String(index)}`] }, CHANGE)),
      );
      const saved = results.filter((result) => result.status === 'fulfilled').map(({ value }) => value);
      expect(saved).to.have.length(1);
      const group = saved[0]?.groups[0] ?? '';
      expect((await one.users.list({ group }, { limit: 10 })).map(({ id }) => id)).to.deep.equal([user.id]);
      expect(await one.users.list({ group: 'Sales' }, { limit: 10 })).to.deep.equal([]);
    });

    it('refuses what is stale, taken or gone', async () => {
      const maria = somebody('maria');
      await one.users.insert(maria, CHANGE);
      await one.users.insert(somebody('peter'), CHANGE);
      expect(await thrownBy(async () => one.users.save({ ...maria, version: 3 }, CHANGE))).to.have.property('code', 'conflict');
      expect(await thrownBy(async () => one.users.save({ ...maria, userName: 'Peter' }, CHANGE))).to.have.property('code', 'conflict');
      await one.users.remove(maria.id, CHANGE);
      expect(await thrownBy(async () => one.users.save(maria, CHANGE))).to.have.property('code', 'not_found');
      expect(await thrownBy(async () => one.users.remove(maria.id, CHANGE))).to.have.property('code', 'not_found');
    });

    it('lists by name, in pages, filtered by text, group and state', async () => {
      await one.users.insert(somebody('Zoe', { groups: ['Sales'], displayName: 'Zoe Z' }), CHANGE);
      await one.users.insert(somebody('anna', { enabled: false, groups: [] }), CHANGE);
      await one.users.insert(somebody('Bert', { groups: ['Sales', 'Sales', 'HR'] }), CHANGE);
      const names = async (filter: Parameters<Storage['users']['list']>[0], after?: string): Promise<readonly string[]> =>
        (await other.users.list(filter, { limit: 2, ...(after === undefined ? {} : { after }) })).map(({ userName }) => userName);
      expect(await names({})).to.deep.equal(['anna', 'Bert']);
      expect(await names({}, 'Bert')).to.deep.equal(['Zoe']);
      expect(await names({ group: 'Sales' })).to.deep.equal(['Bert', 'Zoe']);
      expect(await names({ enabled: false })).to.deep.equal(['anna']);
      expect(await names({ text: 'zOE z' })).to.deep.equal(['Zoe']);
      expect(await names({ text: 'BERT@' })).to.deep.equal(['Bert']);
    });

    it('lists everybody with an address, whatever its case, and every group that anybody is in', async () => {
      await one.users.insert(somebody('peter', { email: 'Shared@example.com', groups: ['Sales', 'audit'] }), CHANGE);
      await one.users.insert(somebody('anna', { email: 'shared@Example.com', groups: ['Sales'] }), CHANGE);
      await one.users.insert(somebody('zoe', { email: 'not-shared@example.com', groups: ['Zeta'] }), CHANGE);
      expect((await other.users.list({ email: 'SHARED@example.com' }, { limit: 10 })).map(({ userName }) => userName)).to.deep.equal(['anna', 'peter']);
      expect(await other.users.groups()).to.deep.equal([
        { name: 'Sales', people: 2 },
        { name: 'Zeta', people: 1 },
        { name: 'audit', people: 1 },
      ]);
    });

    it('counts everybody and administrators', async () => {
      await one.users.insert(somebody('maria', { role: 'owner' }), CHANGE);
      await one.users.insert(somebody('peter', { role: 'admin' }), CHANGE);
      await one.users.insert(somebody('anna'), CHANGE);
      expect(await one.users.count()).to.equal(3);
      expect(await one.users.count({ administrators: true })).to.equal(2);
      expect(await one.users.count({ administrators: false })).to.equal(1);
    });

    it('replaces a password hash only while it is the one that was verified', async () => {
      const user = somebody('maria', { passwordHash: 'old' });
      await one.users.insert(user, CHANGE);
      await one.users.replacePasswordHash(user.id, 'wrong', 'new');
      expect((await other.users.findById(user.id))?.passwordHash).to.equal('old');
      await one.users.replacePasswordHash(user.id, 'old', 'new');
      expect(await other.users.findById(user.id)).to.deep.equal({ ...user, passwordHash: 'new' });
    });

    it('writes each change into the log, without the password hash', async () => {
      const user = somebody('maria', { passwordHash: 'secret-hash' });
      await one.users.insert(user, CHANGE);
      await one.users.save({ ...user, passwordHash: 'other-hash' }, CHANGE);
      await one.users.remove(user.id, CHANGE);
      const entries = await one.changeLog.read(undefined, 10);
      expect(entries.map(({ kind, objectId }) => [kind, objectId])).to.deep.equal(Array.from({ length: 3 }, () => ['user', user.id]));
      expect(JSON.stringify(entries)).to.not.contain('hash');
    });

    it('keeps thousands of groups of one person', async () => {
      const groups = Array.from({ length: 12_000 }, (_, index) => `group ${String(index)}`);
      const user = somebody('maria', { groups });
      await one.users.insert(user, CHANGE);
      expect((await other.users.findById(user.id))?.groups).to.deep.equal(groups);
      expect(await other.users.list({ group: 'group 11999' }, { limit: 2 })).to.have.length(1);
    });
  });
}
