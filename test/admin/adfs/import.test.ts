import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { ConvertContext } from '../../../src/admin/adfs/conversion.js';
import type { AdfsTrust } from '../../../src/admin/adfs/export.js';
import { type AdfsImport, createAdfsImport, type ImportOptions, type ImportPlan } from '../../../src/admin/adfs/import.js';
import { textsOf } from '../../../src/admin/adfs/trust-reader.js';
import { createPartnerAdmin } from '../../../src/admin/partner-idps.js';
import type { MakePreview, Preview } from '../../../src/admin/preview.js';
import { assembleClaims } from '../../../src/app/claims.js';
import { assemblePreview } from '../../../src/app/preview.js';
import { loadSettings } from '../../../src/config/load.js';
import { createSecretBox } from '../../../src/crypto/secret-box.js';
import { openStorage, type Storage } from '../../../src/storage/open.js';
import { aRecord, aUser, fakeClock, thrownBy } from '../../support/builders.js';
import { ADFS_TRUSTS, adfsTrust, type AdfsTrustName, CHECKER_TRUSTS, readTrust } from '../../support/adfs-exports.js';
import { aContext, aTrust } from './trusts.js';

const CHANGE = { actor: 'test', action: 'set' };
const DOING = { actor: 'cli' };
const PLAIN: ImportOptions = { only: [], includeLook: false, update: false };
const NAMES = Object.keys(ADFS_TRUSTS) as readonly AdfsTrustName[];

describe('an import from AD FS', () => {
  let folder: string;
  let storage: Storage;
  let admin: AdfsImport;
  let preview: MakePreview;
  let context: ConvertContext;
  const clock = fakeClock();

  const open = async (): Promise<void> => {
    folder = mkdtempSync(join(tmpdir(), 'signet-adfs-'));
    storage = await openStorage({ databaseUrl: `sqlite:${join(folder, 'signet.db')}` }, { clock, onError: () => undefined });
    let made = 0;
    admin = createAdfsImport({ ...storage, clock, makeId: () => `imported-${String((made += 1))}` });
    const { settings } = loadSettings({ env: {}, flags: {} });
    const about = { settings, storage, box: createSecretBox('the secret of a test'), clock, onError: () => undefined };
    ({ preview } = assemblePreview(about));
    context = aContext({ catalogue: await assembleClaims(about).stores.catalogue() });
    const person = { userName: 'maria', email: 'maria@corp.example', groups: ['Sales', 'CL-AWS-123456789012-Admin'] };
    await storage.users.insert(aUser({ ...person, attributes: { userPrincipalName: ['maria@corp.example'], department: ['Purchasing'] } }), CHANGE);
    await storage.localDirectories.update((record) => ({ ...record, domain: 'CORP', upnSuffix: 'corp.example' }), CHANGE);
  };
  const close = async (): Promise<void> => {
    await storage.close();
    rmSync(folder, { recursive: true });
  };

  const plan = (trusts: readonly AdfsTrust[], options: Partial<ImportOptions> = {}): Promise<ImportPlan> =>
    admin.plan({ trusts }, context, { ...PLAIN, ...options });
  const run = async (trusts: readonly AdfsTrust[], options: Partial<ImportOptions> = {}): Promise<boolean> => admin.apply(await plan(trusts, options), DOING);
  const stored = async (): Promise<readonly string[]> => (await storage.relyingParties.list({}, { limit: 500 })).map(({ metadata }) => metadata.entityId);
  const actions = ({ entries }: ImportPlan): readonly string[] => entries.map(({ action }) => action);

  describe('of applications', () => {
    beforeEach(open);
    afterEach(close);

    it('writes what is ready in one step, on record, and nothing the second time', async () => {
      const trusts = (['Slack', 'Salesforce', 'SharePoint'] as const).map((name) => readTrust(name));
      const first = await plan(trusts);
      expect(await stored(), 'a plan writes nothing').to.deep.equal([]);
      expect(actions(first)).to.deep.equal(['add', 'add', 'add']);
      expect(await admin.apply(first, DOING)).to.equal(true);
      expect(await stored()).to.deep.equal(['https://corp.my.salesforce.com', 'https://slack.com', 'urn:corp:sharepoint']);
      const written = (await storage.changeLog.read(undefined, 50)).filter(({ action }) => action === 'import from AD FS');
      expect(written.map(({ actor, kind }) => `${actor} ${kind}`)).to.deep.equal(['cli relying-party', 'cli relying-party', 'cli relying-party']);
      const again = await plan(trusts);
      expect([actions(again), await admin.apply(again, DOING)]).to.deep.equal([['same', 'same', 'same'], false]);
    });

    it('takes all of every kind over twice, and changes nothing the second time', async () => {
      const trusts = NAMES.map((name) => readTrust(name));
      expect(await run(trusts, { includeLook: true })).to.equal(true);
      const again = await plan(trusts, { includeLook: true });
      expect(new Set(actions(again))).to.deep.equal(new Set(['same', 'leave']));
      expect(await admin.apply(again, DOING)).to.equal(false);
    });

    it('writes nothing on a dry run', async () => {
      expect(await admin.apply(await plan([readTrust('Slack')]), { ...DOING, dryRun: true })).to.equal(true);
      expect(await stored()).to.deep.equal([]);
    });

    it('leaves what wants a look, and takes it on request; never what cannot be used', async () => {
      const trusts = [readTrust('AWS'), aTrust({ Identifier: ['urn:broken'], IssuanceTransformRules: 'nonsense' })];
      expect(await run(trusts)).to.equal(false);
      expect(await run(trusts, { includeLook: true })).to.equal(true);
      expect(await stored()).to.deep.equal(['urn:amazon:webservices']);
    });

    it('takes only those that are named, by name or identifier, and says which there are', async () => {
      const trusts = [readTrust('Slack'), readTrust('Salesforce'), readTrust('SharePoint')];
      await run(trusts, { only: ['slack', 'urn:corp:mysites'] });
      expect(await stored()).to.deep.equal(['https://slack.com', 'urn:corp:sharepoint']);
      const error = await thrownBy(() => plan(trusts, { only: ['Slak'] }));
      expect(error.message).to.equal('No trust in the files is named Slak; there is Slack, Salesforce or SharePoint intranet.');
    });

    it('leaves an application alone that was registered in another way, unless it is to be changed', async () => {
      await storage.relyingParties.insert(aRecord({ metadata: { ...aRecord().metadata, entityId: 'https://slack.com' } }), CHANGE);
      const [entry] = (await plan([readTrust('Slack')])).entries;
      expect([entry?.action, entry?.why]).to.deep.equal([
        'leave',
        'an application of this identifier is registered already and was not imported; to change it, use --update',
      ]);
      expect(await run([readTrust('Slack')], { update: true })).to.equal(true);
      expect((await storage.relyingParties.findByEntityId('https://slack.com'))?.overrides.labels).to.deep.equal(['ad-fs']);
    });

    it('changes what AD FS changed since, and keeps what was set here beside it', async () => {
      await run([readTrust('Slack')]);
      const before = await storage.relyingParties.findByEntityId('https://slack.com');
      if (before === undefined) throw new Error('not imported');
      await storage.relyingParties.save({ ...before, overrides: { ...before.overrides, groups: ['Sales'], labels: ['ad-fs', 'mine'] } }, CHANGE);
      const trust = readTrust('Slack', { TokenLifetime: 30 });
      const [entry] = (await plan([trust])).entries;
      expect([entry?.action, entry?.why]).to.deep.equal(['change', 'changes lifetimeSeconds']);
      await run([trust]);
      expect((await storage.relyingParties.findByEntityId('https://slack.com'))?.overrides).to.deep.include({
        groups: ['Sales'],
        labels: ['ad-fs', 'mine'],
        lifetimeSeconds: 1800,
      });
    });

    it('keeps the entity ID that people are known under, and metadata that was read again since', async () => {
      await run([readTrust('SharePoint')]);
      const moved = readTrust('SharePoint', { Identifier: ['urn:corp:mysites', 'urn:corp:sharepoint', 'urn:corp:third'] });
      await run([moved]);
      expect((await storage.relyingParties.findByEntityId('urn:corp:third'))?.metadata.entityId).to.equal('urn:corp:sharepoint');

      await run([readTrust('Dynamics')]);
      const before = await storage.relyingParties.findByEntityId('https://crm.corp.example/');
      if (before === undefined) throw new Error('not imported');
      const metadata = { ...before.metadata, displayName: 'CRM' };
      await storage.relyingParties.save({ ...before, metadata, source: { ...before.source, readAt: before.createdAt + 1 } }, CHANGE);
      expect(actions(await plan([readTrust('Dynamics')]))).to.deep.equal(['same']);
    });

    it('writes nothing when somebody else changed one of them meanwhile, or took a name', async () => {
      await run([readTrust('Slack')]);
      const later = await plan([readTrust('Slack', { TokenLifetime: 30 }), readTrust('Salesforce')]);
      const before = await storage.relyingParties.findByEntityId('https://slack.com');
      if (before === undefined) throw new Error('not imported');
      await storage.relyingParties.save({ ...before, enabled: false }, CHANGE);
      expect((await thrownBy(() => admin.apply(later, DOING))).message).to.match(/changed or removed by somebody else meanwhile/u);
      expect(await stored()).to.deep.equal(['https://slack.com']);
    });

    it('counts a trust that two files hold once, and refuses files that do not agree', async () => {
      const [one, other] = [readTrust('Slack'), { ...readTrust('Slack'), file: 'all.xml' }];
      expect(actions(await plan([one, other]))).to.deep.equal(['add']);
      const changed = { ...other, properties: { ...other.properties, Enabled: false } };
      expect((await thrownBy(() => plan([one, changed]))).message).to.equal(
        'Slack.xml and all.xml hold the same trust, and do not agree; name the newer one only.',
      );
      const twin = readTrust('Slack', { Name: 'Slack, too' });
      const { entries } = await plan([one, twin]);
      expect(entries.map(({ action, why }) => `${action} ${why ?? ''}`)).to.deep.equal([
        'add ',
        'leave its identifier https://slack.com is in these files a second time, as that of Slack',
      ]);
    });
  });

  describe('grades', () => {
    before(open);
    after(close);

    const grades: Readonly<Record<string, 'ready' | 'look' | 'cannot'>> = {
      AWS: 'look',
      'Group policy': 'look',
      Templafy: 'look',
      Everything: 'look',
      'Active Directory': 'look',
      'Partner by SAML': 'look',
      'Partner by WS-Fed': 'look',
    };
    for (const name of NAMES) {
      it(`grades ${name}: ${grades[name] ?? 'ready'}`, async () => {
        context = { ...context, groups: [{ name: 'Staff', sid: 'S-1-5-21-1-2-3-1105' }] };
        const [entry] = (await plan([readTrust(name)])).entries;
        expect(entry?.conversion.grade, JSON.stringify(entry?.conversion.findings)).to.equal(grades[name] ?? 'ready');
      });
    }

    it('has nothing of the last section of adfs.md in another grade than ready', () => {
      expect(CHECKER_TRUSTS.filter((name) => name in grades)).to.deep.equal([]);
    });
  });

  describe('issues what AD FS issued', () => {
    const NAME_ID = 'urn:oasis:names:tc:SAML:';
    before(async () => {
      await open();
      await run(
        NAMES.map((name) => readTrust(name)),
        { includeLook: true },
      );
    });
    after(close);

    const issued = (name: AdfsTrustName, protocol: 'saml' | 'wsfed'): Promise<Preview> =>
      preview({
        user: 'maria',
        application: textsOf(adfsTrust(name)['Identifier'])[0] ?? '',
        protocol,
        methods: ['pwd'],
        address: '10.20.0.7',
      });
    const claims = ({ claims: { released } }: Preview): Readonly<Record<string, readonly string[]>> =>
      Object.fromEntries(
        released.filter(({ otherwise }) => otherwise === undefined).map(({ claim, values }) => [claim.slice(claim.lastIndexOf('/') + 1), values]),
      );
    const nameOf = ({ token, refusal }: Preview): readonly unknown[] => [refusal?.message, token?.name.value, token?.name.format.replace(NAME_ID, '')];

    for (const [name, protocol, expectedName, expected] of [
      [
        'Slack',
        'saml',
        ['CORP\\maria', '2.0:nameid-format:persistent'],
        { 'User.Email': ['maria@corp.example'], 'User.Username': ['maria'], first_name: ['Maria'], last_name: ['Silva'] },
      ],
      ['Salesforce', 'saml', ['maria@corp.example', '1.1:nameid-format:unspecified'], {}],
      ['ServiceNow', 'saml', ['maria@corp.example', '1.1:nameid-format:emailAddress'], { emailaddress: ['maria@corp.example'] }],
      ['Google', 'saml', ['maria@corp.example', '1.1:nameid-format:emailAddress'], { emailaddress: ['maria@corp.example'] }],
      [
        'AWS',
        'saml',
        ['CORP\\maria', '2.0:nameid-format:persistent'],
        { RoleSessionName: ['maria'], Role: ['CL-AWS-123456789012-Admin'], SessionDuration: ['43200'] },
      ],
      [
        'SharePoint',
        'wsfed',
        undefined,
        { emailaddress: ['maria@corp.example'], role: ['corp.example\\Sales', 'corp.example\\CL-AWS-123456789012-Admin'], upn: ['maria@corp.example'] },
      ],
    ] as const) {
      it(`${name}, over ${protocol}`, async () => {
        const token = await issued(name, protocol);
        if (expectedName !== undefined) expect(nameOf(token)).to.deep.equal([undefined, ...expectedName]);
        expect(token.refusal?.message).to.equal(undefined);
        expect(claims(token)).to.deep.equal(expected);
      });
    }

    it('Dynamics, over WS-Federation, with the SID and the account name', async () => {
      const token = await issued('Dynamics', 'wsfed');
      expect(Object.keys(claims(token))).to.deep.equal(['upn', 'primarysid', 'name']);
      expect(claims(token)['name']).to.deep.equal(['CORP\\maria']);
    });

    it('Microsoft 365, over WS-Federation, with the issuer of each of two domains', async () => {
      const token = await issued('Microsoft 365', 'wsfed');
      expect([token.tokenType, token.refusal?.message, token.token?.issuer]).to.deep.equal(['saml11', undefined, 'http://corp.example/adfs/services/trust/']);
      expect(claims(token)['ImmutableID']).to.deep.equal([token.token?.name.value]);
      const maria = await storage.users.findByName('maria');
      if (maria === undefined) throw new Error('gone');
      await storage.users.save({ ...maria, attributes: { userPrincipalName: ['maria@sales.example'] } }, CHANGE);
      const other = await preview({ user: 'maria', application: 'urn:federation:MicrosoftOnline', protocol: 'wsfed', methods: ['pwd'] });
      expect(other.token?.issuer).to.equal('http://sales.example/adfs/services/trust/');
    });

    it('nobody where AD FS would let nobody in', async () => {
      const token = await issued('Nobody allowed', 'saml');
      expect(token.refusal?.check?.id).to.equal('user.authorized');
      expect((await issued('Group rules', 'saml')).refusal?.check?.id).to.equal('user.authorized');
      expect((await issued('Own policy', 'saml')).refusal?.check?.id).to.equal('user.policy');
      expect((await issued('Group policy', 'saml')).refusal?.check?.id, 'in Sales').to.equal(undefined);
      expect((await issued('Other claims provider', 'saml')).refusal?.check?.id, 'of no partner').to.equal('user.allowed');
      expect((await issued('Several claims providers', 'saml')).refusal?.check?.id, 'of Active Directory').to.equal(undefined);
    });
  });

  describe('of partners', () => {
    beforeEach(open);
    afterEach(close);

    const partners = (): ReturnType<typeof createPartnerAdmin> =>
      createPartnerAdmin({ storedSettings: storage.storedSettings, catalogue: () => Promise.resolve(context.catalogue) });

    it('keeps what is known of them, with every property accounted for', async () => {
      const { entries } = await plan([readTrust('Partner by SAML')], { includeLook: true });
      const { conversion } = entries[0] ?? {};
      const accounted = [...(conversion?.carried ?? []), ...(conversion?.leftBehind ?? [])].map(({ property }) => property);
      expect(accounted).to.include.members(
        'AcceptanceTransformRules, OrganizationalAccountSuffix, TokenSigningCertificates, RequiredNameIdFormat, AllowCreate, SamlAuthenticationRequestIndex, SamlAuthenticationRequestParameters, SamlAuthenticationRequestProtocolBinding, SupportsMFA, AnchorClaimType'.split(
          ', ',
        ),
      );
      expect(new Set(accounted).size).to.equal(accounted.length);
      await run([readTrust('Partner by SAML'), readTrust('Partner by WS-Fed')], { includeLook: true });
      const found = await partners().find('partner by saml');
      expect(found).to.deep.include({
        identifier: 'https://sso.partner.example/idp',
        domains: ['partner.example', 'sales.partner.example'],
        protocols: ['saml'],
        notes: 'Ask for Ms Berger',
        secondFactor: true,
      });
      expect(found.certificates).to.have.length(2);
      expect(found.requests).to.deep.include({ signed: true, allowCreate: false, parameters: 'Index', index: 1 });
      expect(found.endpoints.map(({ use }) => use)).to.deep.equal(['single-sign-on', 'single-sign-on', 'logout']);
      expect((await partners().list()).map(({ name }) => name)).to.deep.equal(['Partner by WS-Fed', 'Partner by SAML']);
    });

    it('leaves the directory of the company to the built-in one', async () => {
      const { entries } = await plan([readTrust('Active Directory')], { includeLook: true });
      expect(entries.map(({ action, conversion }) => [action, conversion.findings[0]?.id, conversion.rules.length])).to.deep.equal([
        ['leave', 'adfs.own-directory', 2],
      ]);
    });

    it('takes other acceptance rules, and is taken away', async () => {
      await run([readTrust('Partner by WS-Fed')], { includeLook: true });
      const { partner, changed } = await partners().setRules('Partner by WS-Fed', 'c:[] => issue(claim = c);', DOING);
      expect([changed, partner.acceptance]).to.deep.equal([true, 'c:[] => issue(claim = c);']);
      expect((await thrownBy(() => partners().setRules('Partner by WS-Fed', 'c:[', DOING))).message).to.match(/^line 1, column /u);
      await partners().remove('Partner by WS-Fed', DOING);
      expect((await thrownBy(() => partners().find('Partner by WS-Fed'))).message).to.equal(
        'Partner by WS-Fed is not a partner IdP here; see: signet idp list',
      );
    });
  });
});
