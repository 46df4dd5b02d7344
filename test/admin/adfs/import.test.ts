import { expect } from 'chai';
import { convertPartner } from '../../../src/admin/adfs/convert-partner.js';
import { convertTrust } from '../../../src/admin/adfs/convert.js';
import type { ImportPlan } from '../../../src/admin/adfs/import.js';
import { aRecord, thrownBy } from '../../support/builders.js';
import { ADFS_TRUSTS, type AdfsTrustName, CHECKER_TRUSTS, readTrust } from '../../support/adfs-exports.js';
import { CHANGE, DOING, type Installation, openInstallation } from './installation.js';
import { aTrust } from './trusts.js';

const NAMES = Object.keys(ADFS_TRUSTS) as readonly AdfsTrustName[];

describe('an import from AD FS', () => {
  let here: Installation;
  const open = async (): Promise<void> => {
    here = await openInstallation();
  };
  const close = (): Promise<void> => here.close();
  const actions = ({ entries }: ImportPlan): readonly string[] => entries.map(({ action }) => action);

  describe('of applications', () => {
    beforeEach(open);
    afterEach(close);

    it('writes what is ready in one step, on record, and nothing the second time', async () => {
      const trusts = (['Slack', 'Salesforce', 'SharePoint'] as const).map((name) => readTrust(name));
      const first = await here.plan(trusts);
      expect(await here.stored(), 'a plan writes nothing').to.deep.equal([]);
      expect(actions(first)).to.deep.equal(['add', 'add', 'add']);
      expect(await here.admin.apply(first, DOING)).to.equal(true);
      expect(await here.stored()).to.deep.equal(['https://corp.my.salesforce.com', 'https://slack.com', 'urn:corp:sharepoint']);
      const written = (await here.storage.changeLog.read(undefined, 50)).filter(({ action }) => action === 'import from AD FS');
      expect(written.map(({ actor, kind }) => `${actor} ${kind}`)).to.deep.equal(['cli relying-party', 'cli relying-party', 'cli relying-party']);
      const again = await here.plan(trusts);
      expect([actions(again), await here.admin.apply(again, DOING)]).to.deep.equal([['same', 'same', 'same'], false]);
    });

    it('takes all of every kind over twice, and changes nothing the second time', async () => {
      const trusts = NAMES.map((name) => readTrust(name));
      expect(await here.run(trusts, { includeLook: true })).to.equal(true);
      const again = await here.plan(trusts, { includeLook: true });
      expect(new Set(actions(again))).to.deep.equal(new Set(['same', 'leave']));
      expect(await here.admin.apply(again, DOING)).to.equal(false);
    });

    it('writes nothing on a dry run', async () => {
      expect(await here.admin.apply(await here.plan([readTrust('Slack')]), { ...DOING, dryRun: true })).to.equal(true);
      expect(await here.stored()).to.deep.equal([]);
    });

    it('leaves what wants a look, and takes it on request; never what cannot be used', async () => {
      const trusts = [readTrust('AWS'), aTrust({ Identifier: ['urn:broken'], IssuanceTransformRules: 'nonsense' })];
      expect(await here.run(trusts)).to.equal(false);
      expect(await here.run(trusts, { includeLook: true })).to.equal(true);
      expect(await here.stored()).to.deep.equal(['urn:amazon:webservices']);
    });

    it('takes only those that are named, by name or identifier, and says which there are', async () => {
      const trusts = [readTrust('Slack'), readTrust('Salesforce'), readTrust('SharePoint')];
      await here.run(trusts, { only: ['slack', 'urn:corp:mysites'] });
      expect(await here.stored()).to.deep.equal(['https://slack.com', 'urn:corp:sharepoint']);
      const error = await thrownBy(() => here.plan(trusts, { only: ['Slak'] }));
      expect(error.message).to.equal('No trust in the files is named Slak; there is Slack, Salesforce or SharePoint intranet.');
    });

    it('leaves an application alone that was registered in another way, unless it is to be changed', async () => {
      await here.storage.relyingParties.insert(aRecord({ metadata: { ...aRecord().metadata, entityId: 'https://slack.com' } }), CHANGE);
      const [entry] = (await here.plan([readTrust('Slack')])).entries;
      expect([entry?.action, entry?.why]).to.deep.equal([
        'leave',
        'an application of this identifier is registered already and was not imported; to change it, use --update',
      ]);
      expect(await here.run([readTrust('Slack')], { update: true })).to.equal(true);
      expect((await here.storage.relyingParties.findByEntityId('https://slack.com'))?.overrides.labels).to.deep.equal(['ad-fs']);
    });

    it('changes what AD FS changed since, and keeps what was set here beside it', async () => {
      await here.run([readTrust('Slack')]);
      const before = await here.storage.relyingParties.findByEntityId('https://slack.com');
      if (before === undefined) throw new Error('not imported');
      await here.storage.relyingParties.save({ ...before, overrides: { ...before.overrides, groups: ['Sales'], labels: ['ad-fs', 'mine'] } }, CHANGE);
      const trust = readTrust('Slack', { TokenLifetime: 30 });
      const [entry] = (await here.plan([trust])).entries;
      expect([entry?.action, entry?.why]).to.deep.equal(['change', 'changes lifetimeSeconds']);
      await here.run([trust]);
      expect((await here.storage.relyingParties.findByEntityId('https://slack.com'))?.overrides).to.deep.include({
        groups: ['Sales'],
        labels: ['ad-fs', 'mine'],
        lifetimeSeconds: 1800,
      });
    });

    it('keeps the entity ID that people are known under, and metadata that was read again since', async () => {
      await here.run([readTrust('SharePoint')]);
      const moved = readTrust('SharePoint', { Identifier: ['urn:corp:mysites', 'urn:corp:sharepoint', 'urn:corp:third'] });
      await here.run([moved]);
      expect((await here.storage.relyingParties.findByEntityId('urn:corp:third'))?.metadata.entityId).to.equal('urn:corp:sharepoint');

      await here.run([readTrust('Dynamics')]);
      const before = await here.storage.relyingParties.findByEntityId('https://crm.corp.example/');
      if (before === undefined) throw new Error('not imported');
      const metadata = { ...before.metadata, displayName: 'CRM' };
      await here.storage.relyingParties.save({ ...before, metadata, source: { ...before.source, readAt: before.createdAt + 1 } }, CHANGE);
      expect(actions(await here.plan([readTrust('Dynamics')]))).to.deep.equal(['same']);
    });

    it('writes nothing when somebody else changed one of them meanwhile, or took a name', async () => {
      await here.run([readTrust('Slack')]);
      const later = await here.plan([readTrust('Slack', { TokenLifetime: 30 }), readTrust('Salesforce')]);
      const before = await here.storage.relyingParties.findByEntityId('https://slack.com');
      if (before === undefined) throw new Error('not imported');
      await here.storage.relyingParties.save({ ...before, enabled: false }, CHANGE);
      expect((await thrownBy(() => here.admin.apply(later, DOING))).message).to.match(/changed or removed by somebody else meanwhile/u);
      expect(await here.stored()).to.deep.equal(['https://slack.com']);
    });

    it('counts a trust that two files hold once, and refuses files that do not agree', async () => {
      const [one, other] = [readTrust('Slack'), { ...readTrust('Slack'), file: 'all.xml' }];
      expect(actions(await here.plan([one, other]))).to.deep.equal(['add']);
      const changed = { ...other, properties: { ...other.properties, Enabled: false } };
      expect((await thrownBy(() => here.plan([one, changed]))).message).to.equal(
        'Slack.xml and all.xml hold the same trust, and do not agree; name the newer one only.',
      );
      const twin = readTrust('Slack', { Name: 'Slack, too' });
      const { entries } = await here.plan([one, twin]);
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
      it(`gives ${name}: ${grades[name] ?? 'ready'}`, () => {
        const context = { ...here.context, groups: [{ name: 'Staff', sid: 'S-1-5-21-1-2-3-1105' }] };
        const trust = readTrust(name);
        const { grade, findings } = trust.kind === 'relying-party' ? convertTrust(trust, context) : convertPartner(trust, context);
        expect(grade, JSON.stringify(findings)).to.equal(grades[name] ?? 'ready');
      });
    }

    it('gives nothing of the last section of adfs.md another than ready', () => {
      expect(CHECKER_TRUSTS.filter((name) => name in grades)).to.deep.equal([]);
    });
  });
});
