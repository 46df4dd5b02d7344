import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { makeSigningKey } from '../../src/crypto/key-ring.js';
import { createSecretBox } from '../../src/crypto/secret-box.js';
import { systemClock } from '../../src/ops/clock.js';
import { openStorage } from '../../src/storage/open.js';
import { command, type Ran } from '../support/command-line.js';
import { metadataPath } from '../support/metadata-files.js';

const M365 = 'urn:federation:MicrosoftOnline';
const DOMAINS = ['--value', 'domain=contoso.com', '--value', 'domain=fabrikam.com'];

interface Shown {
  readonly claims: readonly { readonly claim: string }[];
  readonly preset: { readonly name: string; readonly values: Readonly<Record<string, readonly string[]>> } | null;
}

describe('applications by preset (C1)', () => {
  let folder: string;
  const run = (...args: readonly string[]): Promise<Ran> =>
    command(args, { env: { SIGNET_DATA: join(folder, 'data'), SIGNET_BASE_URL: 'https://sso.contoso.com', SIGNET_WSFED_ISSUER: 'urn:contoso:sso' } });

  async function done(...args: readonly string[]): Promise<Ran> {
    const ran = await run(...args);
    expect(ran.code, `${args.join(' ')}: ${ran.stderr}`).to.equal(0);
    return ran;
  }

  async function refused(exit: number, sentence: RegExp, ...args: readonly string[]): Promise<void> {
    const { code, stdout, stderr } = await run(...args);
    expect({ code, stdout }, stderr).to.deep.equal({ code: exit, stdout: '' });
    expect(stderr).to.match(sentence);
    expect(stderr.trimEnd().split('\n')).to.have.length(1);
  }

  async function makeKey(): Promise<string> {
    const storage = await openStorage({ databaseUrl: `sqlite:${join(folder, 'data', 'signet.db')}` }, { clock: systemClock, onError: () => undefined });
    try {
      const box = createSecretBox('a secret key for tests');
      const key = await makeSigningKey({ algorithm: 'P-256', commonName: 'sso.contoso.com', now: systemClock.now(), state: 'active', box });
      await storage.signingKeys.insert(key, { actor: 'test', action: 'add key' });
      return key.certificate;
    } finally {
      await storage.close();
    }
  }

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'signet-presets-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('are named where somebody adds such an application without one', async () => {
    const known = await done('rp', 'add-wsfed', M365, '--reply', 'https://login.microsoftonline.com/login.srf', '--dry-run');
    expect(known.stderr).to.match(/^note: this looks like Microsoft 365.*signet rp preset show microsoft-365$/mu);
    expect((await done('rp', 'add-wsfed', 'urn:contoso:intranet', '--reply', 'https://intranet.example/', '--dry-run')).stderr).not.to.include('looks like');
  });

  it('are listed and shown, for people and as JSON', async () => {
    expect((await done('rp', 'preset', 'list')).stdout)
      .to.match(/^NAME {2,}KNOWN {2,}WHAT\n/u)
      .and.match(/^dynamics-365 {2,}partly {2,}Dynamics 365/mu);
    expect(JSON.parse((await done('rp', 'preset', 'list', '--json')).stdout)).to.have.length.above(30);
    const { stdout } = await done('rp', 'preset', 'show', 'microsoft-365');
    expect(stdout)
      .to.include('--value domain=contoso.com')
      .and.include('not tried against the real thing')
      .and.include('UPN from attribute upn, else email, in {domain}; required');
    expect(JSON.parse((await done('rp', 'preset', 'show', 'microsoft-365', '--json')).stdout)).to.include({ name: 'microsoft-365', protocol: 'wsfed' });
    expect((await done('rp', 'preset', 'show', 'slack')).stdout)
      .to.match(/^signed {2,}both$/mu)
      .and.match(/\nWhat it is told:\n- Issuer \(entity ID\): \{issuer\}/u)
      .and.match(/\nHow to see that it works:\n- signet preview /u)
      .and.include('--value id-attribute=objectGUID\n      Attribute with the lasting name: ')
      .and.include('(may be left out)')
      .and.match(/from the persistent identifier; .*; required; unless id-attribute is given$/mu);
    await refused(3, /There is no preset "office"/u, 'rp', 'preset', 'show', 'office');
  });

  it('take metadata or fields where either will do, and say all that is missing in one line', async () => {
    await refused(1, /my-domain is missing: .* --value my-domain=contoso\. org-id is missing: .* --value org-id=00D/u, 'rp', 'add', '--preset', 'salesforce');
    await done('rp', 'add', metadataPath('good/minimal.xml'), '--preset', 'salesforce', '--name', 'By file');
    await done('rp', 'preset', 'fill', 'By file', 'subject=upn');
    expect((await done('rp', 'commands', 'By file')).stdout).to.include('How to see that it works');
    await done('rp', 'add', '--preset', 'salesforce', '--value', 'my-domain=contoso', '--value', 'org-id=00D000000000062');
    expect((await done('rp', 'show', 'Salesforce')).stdout).to.match(/^reply address {2,}https:\/\/contoso\.my\.salesforce\.com\?so=00D000000000062/mu);
    expect((await done('rp', 'commands', 'Salesforce')).stdout).to.include('Issuer (entity ID): https://sso.contoso.com/saml/metadata');
  });

  describe("of one's own", () => {
    const own = (changes: object): string =>
      JSON.stringify({ ...(JSON.parse(readFileSync(join('metadata', 'presets', 'zendesk.json'), 'utf8')) as object), ...changes });
    const put = (file: string, text: string, under = join('data', 'presets')): void => {
      mkdirSync(join(folder, under), { recursive: true });
      writeFileSync(join(folder, under, file), text);
    };

    it('are read from the data folder, and stand in place of those of the same name', async () => {
      put('time.json', own({ name: 'timesheets', title: 'Our timesheets' }));
      put('help.json', own({ title: 'Our help desk' }));
      const { stdout, stderr } = await done('rp', 'preset', 'list');
      expect(stderr).to.equal('');
      expect(stdout)
        .to.match(/^timesheets {2,}partly {2,}Our timesheets \(your own\)$/mu)
        .and.match(/^zendesk {2,}partly {2,}Our help desk \(your own\)$/mu);
      await done('rp', 'add', '--preset', 'timesheets', '--value', 'subdomain=contoso');
    });

    it('are read from the folder that is named, which has to be there', async () => {
      put('time.json', own({ name: 'timesheets' }), 'mine');
      const named = (path: string): Promise<Ran> =>
        command(['rp', 'preset', 'list'], { env: { SIGNET_DATA: join(folder, 'data'), SIGNET_PRESETS: join(folder, path) } });
      expect((await named('mine')).stdout).to.match(/^timesheets /mu);
      const gone = await named('gone');
      expect(gone).to.include({ code: 0 });
      expect(gone.stderr).to.match(/^problem: The folder of presets .*gone cannot be read \(ENOENT\); see SIGNET_PRESETS\.\n$/u);
    });

    it('hide no other where they cannot be used, and are never replaced in silence', async () => {
      put('zendesk.json', '{');
      put('mine.json', own({ name: 'slack', confidence: 'sure' }));
      const { stdout, stderr } = await done('rp', 'preset', 'list');
      expect(stdout).to.match(/^zendesk /mu).and.match(/^aws /mu); // prettier-ignore
      expect(stderr).to.match(/^problem: The preset mine\.json cannot be used: confidence: .*\nproblem: The preset zendesk\.json is not JSON: .*\n$/u);
      await refused(1, /The preset zendesk\.json is not JSON/u, 'rp', 'add', '--preset', 'zendesk', '--value', 'subdomain=contoso');
      await refused(1, /The preset mine\.json cannot be used: confidence/u, 'rp', 'preset', 'show', 'slack');
      await done('rp', 'add', '--preset', 'dropbox');
    });

    it('are checked, with what they would make', async () => {
      put('time.json', own({ name: 'timesheets' }));
      const file = join(folder, 'data', 'presets', 'time.json');
      expect((await done('rp', 'preset', 'check', file)).stdout)
        .to.match(/^The preset timesheets can be used\. With its examples it makes:\n/u)
        .and.match(/^identifier {2,}https:\/\/contoso\.zendesk\.com$/mu)
        .and.match(/^claim {2,}the name identifier from email; format .*emailAddress; required$/mu);
      const shown = JSON.parse((await done('rp', 'preset', 'check', file, '--json')).stdout) as { readonly application: { readonly entityId: string } };
      expect(shown.application.entityId).to.equal('https://contoso.zendesk.com');
      put('time.json', own({ replyAddresses: ['http://{subdomain}.example/acs'] }));
      await refused(1, /The preset time\.json cannot be used: reply: http:\/\/contoso\.example\/acs uses http/u, 'rp', 'preset', 'check', file);
      await refused(1, /nowhere\.json cannot be read: there is no such file/u, 'rp', 'preset', 'check', join(folder, 'nowhere.json'));
    });
  });

  it('are added, shown with their mappings, and tell the other side what is ready to run (WSF-22)', async () => {
    const added = await done('rp', 'add', '--preset', 'microsoft-365', ...DOMAINS);
    expect(added.stdout).to.equal(`Added Microsoft 365 (${M365})\n`);
    expect(added.stderr)
      .to.match(/^note: Each person needs the attribute immutableId/u)
      .and.match(new RegExp(`signet rp commands ${M365}\n$`, 'u'));

    const shown = await done('rp', 'show', M365);
    expect(shown.stdout).to.match(
      /^claim {2,}the issuer of the token from attribute upn, else email, in contoso\.com or fabrikam\.com; as http:\/\/\{domain\}/mu,
    );
    expect(shown.stdout).to.match(/^preset {2,}microsoft-365$/mu);
    const view = JSON.parse((await done('rp', 'show', M365, '--json')).stdout) as Shown;
    expect(view.claims).to.have.length(4);
    expect(view.preset?.values['domain']).to.deep.equal(['contoso.com', 'fabrikam.com']);

    const early = await done('rp', 'commands', M365);
    expect(early.stderr).to.match(/there is no signing key yet/u);
    const certificate = await makeKey();
    const { stdout, stderr } = await done('rp', 'commands', 'Microsoft 365');
    expect(stderr).to.equal('');
    expect(stdout).to.include(`\n# Federate fabrikam.com (PowerShell)\nConnect-MgGraph `).and.include(`  -SigningCertificate '${certificate}'\n`);
    expect(stdout).to.include("-IssuerUri 'http://fabrikam.com/adfs/services/trust/'").and.not.include('NextSigningCertificate');
    const other = JSON.parse((await done('rp', 'commands', M365, '--json')).stdout) as { readonly commands: readonly { readonly shell: string }[] };
    expect(other.commands.map(({ shell }) => shell)).to.include.members(['powershell', 'http']);
  });

  it("name our issuer where there is one domain, or the application's own", async () => {
    await done('rp', 'add', '--preset', 'microsoft-365', '--value', 'domain=contoso.com', '--name', 'Office');
    await makeKey();
    expect((await done('rp', 'commands', 'Office')).stdout).to.include("-IssuerUri 'urn:contoso:sso'");
    await done('rp', 'set', 'Office', 'issuer=https://sso.contoso.com/m365');
    expect((await done('rp', 'commands', 'Office')).stdout).to.include("-IssuerUri 'https://sso.contoso.com/m365'");
  });

  it('stand beside the metadata of the application where there is some, and say when it is of another protocol', async () => {
    const added = await done('rp', 'add', metadataPath('good/minimal.xml'), '--preset', 'dynamics-365', '--name', 'CRM', '--draft');
    expect(added.stdout).to.match(/^Added CRM \(.*\), switched off\n$/u);
    expect(added.stderr).to.include('note: The metadata does not speak the protocol that dynamics-365 is for.');
    const { stdout } = await done('rp', 'show', 'CRM');
    expect(stdout)
      .to.match(/^claim {2,}the name identifier from attribute windowsAccountName/mu)
      .and.match(/^preset {2,}dynamics-365$/mu);
    expect((await done('rp', 'commands', 'CRM')).stdout).to.include('https://sso.contoso.com/FederationMetadata/2007-06/FederationMetadata.xml');
  });

  it('get other values, with mappings and addresses that follow, and keep what was set beside them', async () => {
    await done('rp', 'add', '--preset', 'microsoft-365', '--value', 'domain=contoso.com', '--value', 'display-name=Contoso', '--name', 'Office');
    await done('rp', 'set', 'Office', 'lifetime=30m', 'groups=Sales');
    const both = ['domain=contoso.com', 'domain=fabrikam.com'];
    const dry = await done('rp', 'preset', 'fill', 'Office', ...both, '--dry-run');
    const filled = await done('rp', 'preset', 'fill', 'Office', ...both, 'display-name=');
    expect(dry.stdout).to.equal(`Office (${M365}) (dry run: nothing was changed)\ndomain: contoso.com -> contoso.com, fabrikam.com\n`);
    expect(filled.stdout).to.equal(`Office (${M365})\ndomain: contoso.com -> contoso.com, fabrikam.com\ndisplay-name: Contoso -> Signet\n`);
    const { stdout } = await done('rp', 'show', 'Office');
    expect(stdout).to.match(/^claim {2,}the issuer of the token from .*, in contoso\.com or fabrikam\.com;/mu);
    expect(stdout)
      .to.match(/^lifetime {2,}30m/mu)
      .and.match(/^groups {2,}Sales/mu);
    expect((await done('rp', 'preset', 'fill', 'Office', ...both)).stdout).to.equal('Nothing changed\n');
    await refused(1, /domain is "x y"/u, 'rp', 'preset', 'fill', 'Office', 'domain=x y');
    await refused(1, /domain is missing/u, 'rp', 'preset', 'fill', 'Office', 'domain=');

    await done('rp', 'add', '--preset', 'sharepoint-server', '--value', 'realm=urn:a', '--value', 'site=https://a.example');
    await done('rp', 'preset', 'fill', 'SharePoint', 'site=https://a.example', 'site=https://b.example');
    expect((await done('rp', 'show', 'SharePoint')).stdout).to.match(/^reply address {2,}https:\/\/b\.example\/_trust\/default\.aspx/mu);
    await refused(1, /it would be urn:b instead of urn:a/u, 'rp', 'preset', 'fill', 'SharePoint', 'realm=urn:b');
    await done('rp', 'add-wsfed', 'urn:c', '--reply', 'https://c.example/');
    await refused(3, /urn:c was not added with a preset/u, 'rp', 'preset', 'fill', 'urn:c', 'site=https://a.example');
  });

  it('change nothing in a dry run, and leave nothing behind when refused', async () => {
    const dry = await done('rp', 'add', '--preset', 'microsoft-365', ...DOMAINS, '--dry-run');
    expect(dry.stdout).to.equal(`Added Microsoft 365 (${M365}) (dry run: nothing was changed)\n`);
    await refused(1, /domain is missing: /u, 'rp', 'add', '--preset', 'microsoft-365');
    await refused(1, /domain is "x; calc"; give something like contoso\.com/u, 'rp', 'add', '--preset', 'microsoft-365', '--value', 'domain=x; calc');
    await refused(3, /There is no preset "office"/u, 'rp', 'add', '--preset', 'office');
    expect((await done('rp', 'list')).stdout).to.equal('no applications\n');
  });

  it('are refused where the realm is registered, and have no commands without a preset', async () => {
    await done('rp', 'add-wsfed', M365, '--reply', 'https://login.microsoftonline.com/login.srf');
    await refused(4, /is registered already/u, 'rp', 'add', '--preset', 'microsoft-365', ...DOMAINS);
    await refused(3, /was not added with a preset/u, 'rp', 'commands', M365);
  });
});
