import { expect } from 'chai';
import { writeNames } from '../../src/admin/name-rows.js';
import { createNameAdmin, type NameAdmin } from '../../src/admin/names.js';
import { SignetError } from '../../src/core/errors.js';
import { asId } from '../../src/core/model/ids.js';
import { aMetadata, aRecord, aUser } from '../support/builders.js';
import { memoryNames, type MemoryNames } from '../support/memory-names.js';
import { memoryRelyingParties, memoryUsers } from '../support/memory-repositories.js';

const APP = 'https://app.example/metadata';
const DOING = { actor: 'test' };
const PERSISTENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent';

describe('names of people at applications', () => {
  let names: MemoryNames;
  let admin: NameAdmin;

  beforeEach(() => {
    names = memoryNames();
    admin = createNameAdmin({
      names,
      users: memoryUsers(aUser(), aUser({ id: asId('user-2'), userName: '=cmd()', email: 'peter@example.com' })),
      relyingParties: memoryRelyingParties(aRecord({ metadata: aMetadata({ identifiers: ['urn:app'] }) })),
      pairwiseId: ({ userId, relyingParty }) => Promise.resolve(`${userId}@${relyingParty}`),
    });
  });

  const load = (text: string, dryRun = false): ReturnType<NameAdmin['load']> => admin.load(Buffer.from(text), { ...DOING, dryRun });
  const refusal = async (text: string): Promise<string> => {
    const error: unknown = await load(text).catch((thrown: unknown) => thrown);
    if (!(error instanceof SignetError) || error.code !== 'invalid_input') throw new Error(`expected a refusal, got ${String(error)}`);
    expect(names.changes).to.deep.equal([]);
    return error.message;
  };

  it('come over from a file once, and the same file changes nothing the second time', async () => {
    const file = `user,relyingParty,value\nmaria,urn:app,old-1\npeter@example.com,${APP},"old,2"\n`;
    expect(await load(file, true)).to.deep.equal({ added: 2, known: 0 });
    expect(names.changes).to.deep.equal([]);
    expect(await load(file)).to.deep.equal({ added: 2, known: 0 });
    expect(await names.find(asId('user-1'), APP)).to.equal('old-1');
    expect(await names.find(asId('user-2'), APP)).to.equal('old,2');
    expect(names.changes).to.deep.equal([{ actor: 'test', action: 'import names' }]);
    expect(await load(file)).to.deep.equal({ added: 0, known: 2 });
  });

  it('leave and come back as they are, whatever a spreadsheet would do with them (CWE-1236)', async () => {
    for (const [index, value] of ['=1+1', '+x', "'quoted", "'=x", '-a', '@b', '"', 'a,b', 'ü 東京'].entries()) {
      names.rows.splice(0);
      await names.insertAll([{ userId: asId('user-2'), spNameQualifier: APP, value }], { actor: 'test', action: 'x' });
      const file = writeNames((await admin.list({})).names);
      for (const line of file.trimEnd().split('\r\n').slice(1)) expect(line, String(index)).not.to.match(/(?:^|,)"?[=+\-@]/u);
      names.rows.splice(0);
      await load(file);
      expect(await names.find(asId('user-2'), APP), value).to.equal(value);
    }
  });

  it('are listed by person and application; those of people who are gone are only counted', async () => {
    await names.insertAll(
      [
        { userId: asId('user-1'), spNameQualifier: APP, value: 'a' },
        { userId: asId('user-1'), spNameQualifier: 'https://other.example', value: 'b' },
        { userId: asId('gone'), spNameQualifier: APP, value: 'c' },
      ],
      { actor: 'test', action: 'x' },
    );
    expect((await admin.list({ relyingParty: APP })).names).to.deep.equal([{ user: 'maria', relyingParty: APP, format: PERSISTENT, value: 'a', created: 0 }]);
    expect((await admin.list({ user: aUser() })).names.map(({ value }) => value)).to.deep.equal(['a', 'b']);
    expect(await admin.list({})).to.include({ gone: 1 });
  });

  it('are computed where they are pairwise', async () => {
    expect((await admin.listPairwise({ relyingParty: APP })).map(({ user, value }) => [user, value])).to.deep.equal([
      ['=cmd()', `user-2@${APP}`],
      ['maria', `user-1@${APP}`],
    ]);
    expect(await admin.listPairwise({ relyingParty: APP, user: aUser() })).to.have.length(1);
  });

  for (const [what, rows, sentence] of [
    ['somebody unknown', 'nobody,urn:app,x', /^line 2: there is nobody called nobody\. No name was taken over\.$/u],
    ['an unknown application', 'maria,urn:else,x', /no application urn:else/u],
    ['an empty name', 'maria,urn:app,', /1 to 256 characters/u],
    ['a name that is too long', `maria,urn:app,${'x'.repeat(257)}`, /1 to 256 characters/u],
    ['white space around a name', 'maria,urn:app," x"', /white space/u],
    ['two names for one person', `maria,urn:app,x\nmaria,${APP},y`, /^line 3: maria has the name "x" .* never changed/u],
    ['one name for two people', `maria,urn:app,x\npeter@example.com,${APP},x`, /^line 3: the name "x" is somebody else's/u],
    ['a row that is too short', 'maria,urn:app', /there are 2 fields, and 3 columns/u],
  ] as const) {
    it(`are refused with ${what}`, async () => {
      expect(await refusal(`user,relyingParty,value\n${rows}\n`)).to.match(sentence);
    });
  }

  it('are refused where the file is no list of names', async () => {
    expect(await refusal('user,relyingParty\nmaria,urn:app\n')).to.match(/no column "value"/u);
    expect(await refusal('user,relyingParty,value,mail\n1,2,3,4\n')).to.match(/"mail" is not a column/u);
    expect(await refusal('user,relyingParty,value,user\n1,2,3,4\n')).to.match(/stands twice/u);
    expect(await refusal('user,relyingParty,value\n')).to.match(/holds no names/u);
    expect(await refusal('user,relyingParty,format,value\nmaria,urn:app,transient,x\n')).to.match(/only persistent names/u);
    const bytes = await admin.load(Buffer.from([0xff, 0xfe, 0x41]), DOING).catch((error: unknown) => error);
    expect(bytes)
      .to.have.property('message')
      .that.matches(/not UTF-8/u);
  });

  it('are refused where they are stored otherwise: a name is never changed and never given again', async () => {
    await names.insertAll([{ userId: asId('user-1'), spNameQualifier: APP, value: 'hers' }], { actor: 'test', action: 'x' });
    names.changes.splice(0);
    expect(await refusal('user,relyingParty,value\nmaria,urn:app,other\n')).to.match(/maria has the name "hers"/u);
    expect(await refusal('user,relyingParty,value\npeter@example.com,urn:app,hers\n')).to.match(/somebody else's/u);
  });
});
