import { expect } from 'chai';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { explain } from '../../src/admin/explain.js';
import { type MakePreview, PREVIEW_AUDIENCE } from '../../src/admin/preview.js';
import { assemblePreview, readAssertion } from '../../src/app/preview.js';
import { loadSettings } from '../../src/config/load.js';
import type { RelyingPartyOverrides, RelyingPartyRecord } from '../../src/core/model/relying-party.js';
import type { User } from '../../src/core/model/user.js';
import { createSecretBox } from '../../src/crypto/secret-box.js';
import { openStorage, type Storage } from '../../src/storage/open.js';
import { aRecord, aUser, fakeClock } from '../support/builders.js';
import { EXPLAIN_CASES } from './explain-cases.js';

const CHANGE = { actor: 'test', action: 'set' };

describe('why somebody gets a claim, or does not', () => {
  let folder: string;
  let storage: Storage;
  let preview: MakePreview;
  let user: User;
  let record: RelyingPartyRecord;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'signet-'));
    const clock = fakeClock();
    storage = await openStorage({ databaseUrl: `sqlite:${join(folder, 'signet.db')}` }, { clock, onError: () => undefined });
    user = aUser({ groups: ['Sales', 'Finance-EU'] });
    record = aRecord();
    await storage.users.insert(user, CHANGE);
    await storage.relyingParties.insert(record, CHANGE);
    const { settings } = loadSettings({ env: {}, flags: {} });
    ({ preview } = assemblePreview({ settings, storage, box: createSecretBox('the secret of a test'), clock, onError: () => undefined }));
  });

  after(async () => {
    await storage.close();
    rmSync(folder, { recursive: true });
  });

  const put = async (changes: Partial<User> = {}, overrides: RelyingPartyOverrides = {}): Promise<void> => {
    user = await storage.users.save({ ...aUser({ groups: ['Sales', 'Finance-EU'] }), version: user.version, ...changes }, CHANGE);
    record = await storage.relyingParties.save({ ...aRecord(), version: record.version, overrides }, CHANGE);
  };

  const ask = (): ReturnType<MakePreview> => preview({ user: 'maria', application: 'https://app.example/metadata', methods: ['pwd'], address: '192.0.2.1' });

  for (const { title, overrides, user: changes = {}, claim, cause, mend } of EXPLAIN_CASES) {
    it(`names the cause, and what it says mends it: ${title}`, async () => {
      await put(changes, overrides);
      const before = explain(await ask(), claim);
      const [about] = before.claims;
      expect(before.refused !== undefined || about?.sent === false, 'it is not sent').to.equal(true);
      expect([before.refused ?? '', about?.sentence, ...(about?.chain ?? [])].join('\n')).to.match(cause);

      await put({ ...changes, ...mend.user }, mend.overrides ?? overrides);
      const after = explain(await ask(), claim);
      expect([after.refused, after.claims.some(({ sent }) => sent)]).to.deep.equal([undefined, true]);
    });
  }

  it('makes a token that is good for nothing: for nobody, by a key that is thrown away, and on no record', async () => {
    await put();
    const { token, relyingParty } = await ask();
    const facts = readAssertion(token?.serialized ?? '');
    expect(facts.audiences).to.deep.equal([PREVIEW_AUDIENCE]);
    expect(facts.audiences).not.to.include(relyingParty.entityId);
    expect(token?.serialized).to.contain('<ds:Signature');
    expect((await storage.journal.read({}, { limit: 10 })).entries).to.deep.equal([]);
    expect(await storage.signingKeys.list()).to.deep.equal([]);
  });

  it('makes no persistent name', async () => {
    await put({}, { nameIdFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent' });
    expect((await ask()).token?.name.value).to.match(/^_[0-9a-f]{40}$/u);
    expect(await storage.persistentNames.find(user.id, record.metadata.entityId)).to.equal(undefined);
  });

  it('shows what would be sent beside why there is no token', async () => {
    await put({}, { groups: ['Finance'] });
    const made = await ask();
    expect([made.refusal?.check?.id, made.token]).to.deep.equal(['user.allowed', undefined]);
    expect(explain(made).claims.filter(({ sent }) => sent).length).to.be.greaterThan(3);
  });
});
