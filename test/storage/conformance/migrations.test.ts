import { expect } from 'chai';
import { asId } from '../../../src/core/model/ids.js';
import type { SigningKey } from '../../../src/core/model/signing-key.js';
import { openStorage } from '../../../src/storage/open.js';
import { migrate, schemaLevel } from '../../../src/storage/sql/migrate.js';
import { MIGRATIONS } from '../../../src/storage/sql/migrations/index.js';
import type { Migration } from '../../../src/storage/sql/migrations/migration.js';
import { openPostgres } from '../../../src/storage/sql/postgres.js';
import { openSqlite } from '../../../src/storage/sql/sqlite.js';
import type { Database } from '../../../src/storage/sql/database.js';
import { aMetadata, aRecord, NOW, thrownBy } from '../../support/builders.js';
import { atOnce, CHANGE } from '../../support/records.js';
import { type Home, realClock, targets } from '../../support/storage-targets.js';

const NODES = 6;
const LEVEL = MIGRATIONS.at(-1)?.level ?? 0;

const aKey = (name: string): SigningKey => ({
  id: asId(name),
  version: 1,
  state: 'active',
  algorithm: 'RSA-2048',
  certificate: name,
  sealedPrivateKey: name,
  createdAt: NOW,
  expiresAt: NOW,
});

for (const target of targets) {
  describe(`Migrations on ${target.name}`, () => {
    let home: Home;
    const opened: Database[] = [];

    beforeEach(async () => {
      home = await target.makeHome();
    });
    afterEach(async () => {
      await Promise.all(opened.splice(0).map(async (database) => database.close()));
      await home.remove();
    });

    const openDatabase = async (): Promise<Database> => {
      const url = home.databaseUrl;
      const database = url.startsWith('sqlite:') ? await openSqlite(url.slice(7), realClock) : openPostgres({ url, onError: () => undefined });
      opened.push(database);
      return database;
    };

    it('run once when all nodes start at once on an empty database; one first signing key (cold start, herd)', async () => {
      const keys = await atOnce(NODES, async (index) => {
        const storage = await home.open();
        return storage.signingKeys.insertFirst(aKey(`key-${String(index)}`));
      });
      for (const list of keys) expect(list).to.deep.equal(keys[0]);
      expect(keys[0]).to.have.length(1);
      const database = await openDatabase();
      const levels = await database.statement<{ readonly level: number }>('select level from schema_levels')();
      expect(levels.map(({ level }) => level)).to.deep.equal(MIGRATIONS.map(({ level }) => level));
    });

    it('leave a database alone that is up to date', async () => {
      const first = await home.open();
      await first.relyingParties.insert(aRecord(), CHANGE);
      const again = await home.open();
      expect(await again.relyingParties.count()).to.equal(1);
      expect(await schemaLevel(await openDatabase())).to.equal(LEVEL);
    });

    it('find applications that were registered before there were further identifiers, and during an upgrade by the version before', async () => {
      const database = await openDatabase();
      await migrate(database, home.databaseUrl, realClock, MIGRATIONS.slice(0, 1));
      const document = JSON.stringify({ metadata: aRecord().metadata, overrides: {}, source: aRecord().source, createdAt: NOW, updatedAt: NOW });
      const insert = async (id: string, entityId: string): Promise<unknown> =>
        database.statement("insert into relying_parties (id, version, entity_id, enabled, search, document) values (?, 1, ?, 1, '', ?)")(
          id,
          entityId,
          document,
        );
      await insert('old', 'urn:old');
      const { relyingParties } = await home.open();
      await insert('meanwhile', 'urn:meanwhile');
      for (const id of ['old', 'meanwhile']) expect((await relyingParties.findByEntityId(`urn:${id}`))?.id).to.equal(id);
      const taking = aRecord({ id: asId('new'), metadata: { ...aRecord().metadata, entityId: 'urn:new', identifiers: ['urn:old'] } });
      expect(await thrownBy(async () => relyingParties.insert(taking, CHANGE))).to.have.property('code', 'conflict');
    });

    it('keep the metadata of applications that were there before as their first version, and what the version before wrote meanwhile', async () => {
      const database = await openDatabase();
      await migrate(database, home.databaseUrl, realClock, MIGRATIONS.slice(0, 2));
      const { metadata, source } = aRecord({ metadata: aMetadata({ displayName: 'Ünïcode ☃ "quoted"' }) });
      const document = (displayName: string): string =>
        JSON.stringify({ metadata: { ...metadata, displayName }, overrides: {}, source, createdAt: NOW, updatedAt: NOW });
      await database.statement("insert into relying_parties (id, version, entity_id, enabled, search, document) values ('old', 1, 'urn:old', 1, '', ?)")(
        document('Ünïcode ☃ "quoted"'),
      );
      const { relyingParties, metadataHistory } = await home.open();
      const names = async (): Promise<readonly unknown[]> =>
        (await metadataHistory.versions(asId('old'))).map(({ number, metadata: { displayName } }) => [number, displayName]);
      expect(await metadataHistory.versions(asId('old'))).to.deep.include({
        number: 1,
        at: NOW,
        actor: 'system',
        why: 'before versions were kept',
        metadata: { ...metadata, displayName: 'Ünïcode ☃ "quoted"' },
      });
      await database.statement("update relying_parties set version = 2, document = ? where id = 'old'")(document('Two'));
      const record = await relyingParties.findById(asId('old'));
      if (record === undefined) throw new Error('it is gone');
      const saved = await relyingParties.save({ ...record, metadata: { ...metadata, displayName: 'Three' } }, CHANGE);
      expect(await names()).to.deep.equal([
        [3, 'Three'],
        [2, 'Two'],
        [1, 'Ünïcode ☃ "quoted"'],
      ]);
      await relyingParties.save({ ...saved, metadata: { ...metadata, displayName: 'Four' } }, CHANGE);
      expect(await names()).to.have.length(4);
    });

    const next = (changes: Partial<Migration> = {}): Migration => ({
      level: LEVEL + 1,
      name: 'next',
      minApp: 1,
      statements: () => ['create table something_new (id text primary key)', "insert into something_new (id) values ('made')"],
      ...changes,
    });

    it('run once when many nodes upgrade at once', async () => {
      await home.open();
      await atOnce(NODES, async () => migrate(await openDatabase(), home.databaseUrl, realClock, [...MIGRATIONS, next()]));
      const database = await openDatabase();
      expect(await schemaLevel(database)).to.equal(LEVEL + 1);
      expect(await database.statement('select id from something_new')()).to.have.length(1);
      // The version before goes on working on the new schema.
      await (await home.open()).relyingParties.insert(aRecord(), CHANGE);
    });

    it('leave nothing half done', async () => {
      await home.open();
      const database = await openDatabase();
      const broken = next({ statements: () => ['create table half_done (id text primary key)', 'insert into nowhere (id) values (1)'] });
      await thrownBy(async () => migrate(database, home.databaseUrl, realClock, [...MIGRATIONS, broken]));
      expect(await schemaLevel(database)).to.equal(LEVEL);
      await thrownBy(async () => database.statement('select id from half_done')());
    });

    it('are refused where a newer version has made the schema unusable for this one', async () => {
      await home.open();
      await migrate(await openDatabase(), home.databaseUrl, realClock, [...MIGRATIONS, next({ minApp: LEVEL + 1 })]);
      const error = await thrownBy(async () => openStorage({ databaseUrl: home.databaseUrl }, { clock: realClock, onError: () => undefined }));
      expect(error).to.have.property('code', 'conflict');
      expect(error.message).to.contain('newer Signet');
    });
  });
}
