import { expect } from 'chai';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { explain } from '../../src/admin/explain.js';
import { readAssignment } from '../../src/admin/setting-values.js';
import { assignUserSettings } from '../../src/admin/user-fields.js';
import { type MakePreview, PREVIEW_AUDIENCE } from '../../src/admin/preview.js';
import { assemblePreview, readAssertion } from '../../src/app/preview.js';
import { loadSettings } from '../../src/config/load.js';
import { CLAIM } from '../../src/core/model/claim.js';
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

  for (const { title, overrides, user: changes = {}, claim, cause, mend, advice } of EXPLAIN_CASES) {
    it(`names the cause, and what it says mends it: ${title}`, async () => {
      await put(changes, overrides);
      const before = explain(await ask(), claim);
      const [about] = before.claims;
      expect(before.refused !== undefined || about?.sent === false, 'it is not sent').to.equal(true);
      expect([before.refused ?? '', about?.sentence, ...(about?.chain ?? [])].join('\n')).to.match(cause);

      const isSent = async (): Promise<unknown> => {
        const after = explain(await ask(), claim);
        return [after.refused, after.claims.some(({ sent }) => sent)];
      };
      await put({ ...changes, ...mend.user }, mend.overrides ?? overrides);
      expect(await isSent()).to.deep.equal([undefined, true]);

      const commands = [...before.advice, ...(about?.advice ?? [])].filter((line) => line.startsWith('signet user set '));
      expect(commands).to.deep.equal(advice === undefined ? [] : [`signet user set maria ${advice}`]);
      if (advice === undefined) return;
      const assignments = advice.replace('=VALUE', '=maria@example.com').split(' ').map(readAssignment); // prettier-ignore
      await put({ ...changes, ...assignUserSettings({ ...user, ...changes }, assignments), version: user.version }, overrides);
      expect(await isSent(), advice).to.deep.equal([undefined, true]);
    });
  }

  it('leaves nothing behind: no key, no name, no record of a change (rule 6)', async () => {
    const claims = (['persistent', 'pairwise', 'transient'] as const).map((identifier) => ({ claim: `urn:${identifier}`, from: [{ identifier }] }));
    const transform = 'issue(store = "_OpaqueIdStore", types = ("urn:opaque"), query = "{0};{1};{2}", param = "ppid", param = "maria", param = "x");';
    for (const overrides of [{ claims }, { rules: { transform: `=> ${transform}` } }]) {
      await put({}, overrides);
      const before = await storage.changeLog.read(undefined, 1000);
      const { token, refusal, claims: made } = await ask();
      expect(refusal).to.equal(undefined);
      expect(token).to.not.equal(undefined);
      expect(made.released).to.have.length(overrides.claims?.length ?? 1);
      expect(await storage.changeLog.read(undefined, 1000)).to.deep.equal(before);
      expect(await storage.storedSettings.get('pairwise-key')).to.equal(undefined);
      expect(await storage.persistentNames.list({}, { limit: 10 })).to.deep.equal([]);
      expect((await storage.journal.read({}, { limit: 10 })).entries).to.deep.equal([]);
    }
  });

  /** Everything that is said about one claim, without what people set. */
  const said = async (overrides: RelyingPartyOverrides, claim: string, changes: Partial<User> = {}): Promise<readonly string[]> => {
    await put(changes, overrides);
    const { refused, reasons, advice, claims } = explain(await ask(), claim);
    const [about] = claims;
    return [
      ...(refused === undefined ? [] : [refused]),
      ...reasons,
      ...advice,
      ...(about === undefined ? [] : [about.sentence, ...about.chain, ...about.advice]),
    ];
  };
  const role = (value: string, group: string): string =>
    `c:[Type == "${CLAIM.group}", Value == "${group}"] => issue(Type = "${CLAIM.role}", Value = "${value}");\n`;

  it('says of a claim that is sent which rules could have made more of it, and did not', async () => {
    const transform = role('approver', 'Finance') + role('reader', 'Sales') + role('auditor', 'Audit');
    expect(await said({ rules: { transform } }, 'role')).to.deep.equal([
      'Sent Role "reader" because the Group claim is "Sales" (rule 2, line 2).',
      'The Group claim comes from the directory local (AD AUTHORITY).',
      'It leaves as an attribute of that name.',
      'Rule 1, line 1 did not match: no Group claim is "Finance". Nearest: "Finance-EU".',
      'Rule 3, line 3 did not match: no Group claim is "Audit"; there is "Sales" and 1 more.',
    ]);
  });

  it('says of a rule that makes several claims only what it did about the one', async () => {
    const types = [CLAIM.email, CLAIM.role, 'urn:phone', 'urn:a', 'urn:b', 'urn:c', 'urn:d'];
    const query = ';mail,displayName,telephoneNumber,mail,mail,mail,mail;{0}';
    const list = types.map((type) => `"${type}"`).join(', ');
    const transform = `c:[Type == "${CLAIM.windowsAccountName}"] => issue(store = "Active Directory", types = (${list}), query = "${query}", param = c.Value);`;
    const account = 'because the Windows account name claim is "SIGNET\\maria" (rule 1, line 1)';
    expect(await said({ rules: { transform } }, 'urn:d')).to.deep.equal([
      `Sent urn:d "maria@example.com" ${account}.`,
      'It is mail in the store "Active Directory".',
      'The Windows account name claim comes from the directory local (AD AUTHORITY).',
      'It leaves as an attribute of that name.',
    ]);
    expect(await said({ rules: { transform } }, 'urn:phone')).to.include(
      'Rule 1, line 1 matched, but the store "Active Directory" has no value for telephoneNumber.',
    );
    expect(await said({ rules: { transform } }, 'urn:phone')).to.include('signet user set maria attr.telephoneNumber=VALUE');
    const { claims } = explain(await ask());
    expect(claims.map(({ reason }) => reason)).to.include(`mail in the store "Active Directory", ${account}`);
  });

  it('says of a claim that the token tells elsewhere that it is not sent', async () => {
    const transform = `c:[Type == "${CLAIM.authenticationMethod}"] => issue(claim = c);`;
    const [sentence] = await said({ rules: { transform } }, 'authenticationMethod');
    expect(sentence).to.equal('It is carried by the authentication statement, as it happened.');
    expect(explain(await ask()).claims.map(({ sent, values }) => [sent, values])).to.deep.equal([[false, []]]);
  });

  it('says of rules that let nobody in what each of them wants', async () => {
    const authorization = role('x', 'Finance').replace(CLAIM.role, CLAIM.permit);
    expect((await said({ rules: { authorization } }, 'mail')).slice(0, 4)).to.deep.equal([
      'maria gets no token by the authorization rules: no rule permits.',
      'Rule 1, line 1 did not match: no Group claim is "Finance". Nearest: "Finance-EU".',
      'signet user set maria group=Sales group=Finance-EU group=Finance',
      'signet rp rules https://app.example/metadata FILE --set authorization',
    ]);
  });

  it('says where a constant, an attribute and the request come from', async () => {
    const claims = [
      { claim: 'a', from: [{ constant: 'x' }] },
      { claim: 'b', from: [{ attribute: 'mail' }] },
      { claim: 'c', from: [{ claim: CLAIM.insideCorporateNetwork }] },
    ];
    expect((await said({ claims }, 'a'))[1]).to.equal('It leaves as an attribute of that name.');
    expect((await said({ claims }, 'b'))[1]).to.equal('The attribute mail comes from the directory local (AD AUTHORITY).');
    expect((await said({ claims }, 'c'))[1]).to.equal('The Inside Corporate Network claim comes from the request and the sign-in.');
  });

  it('says of a claim that is only added how it would be sent', async () => {
    const transform = `=> add(Type = "${CLAIM.role}", Value = "x");`;
    expect(await said({ rules: { transform } }, 'role')).to.include('It is made for later rules only, by rule 1 (line 1): issue in place of add sends it.');
  });

  it('names the value that differs in letter case where the rule has another', async () => {
    expect(await said({ rules: { transform: role('x', 'sales') } }, 'role')).to.include('write "Sales" in rule 1 (line 1), or change the directory');
  });

  it('says why a person has their name where no rule gives it', async () => {
    const format = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress';
    expect(await said({}, 'nameid')).to.deep.equal([
      'It is sent; no rule gives it, so it follows its format urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified: the user name.',
    ]);
    expect((await said({ nameIdFormat: format }, 'name identifier'))[0]).to.match(/emailAddress: the e-mail address\.$/u);
  });

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

  it('says whose people may use it and which sign-in is allowed, and what would mend that', async () => {
    for (const [overrides, sentence, advice] of [
      [
        { identitySources: ['Contoso'] },
        /comes from elsewhere than this application takes people from: Contoso; this is local/u,
        /sources=Contoso sources=local$/u,
      ],
      [{ allowedAuthnContexts: ['urn:x'] }, /signed in otherwise than this application allows: urn:x; it was urn:oasis/u, /allowed-authn-contexts=$/u],
    ] as const) {
      await put({}, overrides);
      const told = explain(await ask());
      expect(told.refused).to.match(sentence);
      expect(told.advice.join()).to.match(advice);
    }
  });
});
