import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { adfsTrust, exporterFiles, toClixml, toDiagnostics, toJson, toZip } from '../support/adfs-exports.js';
import { command, type Ran } from '../support/command-line.js';

interface Shown {
  readonly applied: boolean;
  readonly trusts: readonly { readonly name: string; readonly grade: string; readonly action: string }[];
  readonly missing: { readonly groups: readonly string[] };
}

describe('trusts of AD FS, by command (B12, C1)', () => {
  let folder: string;
  let files = 0;

  const run = (...args: readonly string[]): Promise<Ran> => command(args, { env: { SIGNET_DATA: join(folder, 'data') } });
  const adfs = (...args: readonly string[]): Promise<Ran> => run('import', 'adfs', ...args);
  const applications = async (): Promise<string> => (await run('rp', 'list')).stdout;

  function file(content: string | Uint8Array, name = `export-${String((files += 1))}`): string {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  }

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'signet-import-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('shows each with its grade and what to do next, and writes nothing unless told to', async () => {
    const path = file(toClixml(['Slack', 'AWS', 'Group policy'], { utf16: true, list: true }));
    const { code, stdout } = await adfs(path);
    expect(code).to.equal(0);
    expect(stdout).to.match(/^ready +add +Slack \(https:\/\/slack\.com\)$/mu);
    expect(stdout).to.match(/^look +- +Amazon Web Services .*"CLD-AWS-", but the values that come here start with "CL-AWS-"/mu);
    expect(stdout).to.include('3 trusts: 1 ready, 2 to look at, 0 that cannot.\nNothing was written: --apply adds 1 and changes 0.');
    expect(stdout).to.include('put people into the groups Buyers, Sales');
    expect(await applications()).to.equal('no applications\n');
  });

  it('writes them with --apply, those to look at on request, and says so when there is nothing to change', async () => {
    const path = file(toZip(exporterFiles(['Slack', 'AWS'])));
    expect((await adfs(path, '--apply', '--label', 'farm-1')).stdout).to.include('Written: 1 added, 0 changed.');
    expect((await adfs(path, '--apply', '--label', 'farm-1')).stdout).to.include('Nothing to change.');
    expect((await adfs(path, '--apply', '--include', 'look', '--label', 'farm-1')).stdout).to.include('Written: 1 added, 0 changed.');
    expect(await applications())
      .to.include('https://slack.com')
      .and.to.include('urn:amazon:webservices');
    expect((await run('changes')).stdout).to.include('import from AD FS: Slack');
    expect((await run('changes', '--json')).stdout).to.include('farm-1');
  });

  for (const [what, bytes] of [
    ['JSON in UTF-16', (): Buffer => toJson(['Slack', 'Salesforce'], { utf16: true, numbersForEnums: true })],
    ['JSON in UTF-8', (): Buffer => toJson(['Slack', 'Salesforce'])],
    ['one document after the other', (): Buffer => toClixml(['Slack', 'Salesforce'])],
  ] as const) {
    it(`reads ${what}`, async () => {
      const { trusts } = JSON.parse((await adfs(file(bytes()), '--json')).stdout) as Shown;
      expect(trusts.map(({ name, grade, action }) => [name, grade, action])).to.deep.equal([
        ['Slack', 'ready', 'add'],
        ['Salesforce', 'ready', 'add'],
      ]);
    });
  }

  it('shows rules three ways, what is carried over and left behind with --details', async () => {
    const { stdout } = await adfs(file(toClixml(['Slack'])), '--details');
    for (const line of [
      '== Slack (',
      'transform rule 1: Looks up mail, sAMAccountName, givenName and sn in Active Directory and sends them as',
      '  in AD FS\n    @RuleTemplate = "LdapClaims"',
      '  here, as mappings\n    [',
      '        "claim": "User.Email",',
      '  here: the same',
      'Carried over\n',
      '  TokenLifetime: lifetime 1h',
      'Left behind\n',
      '  SigningCertificateRevocationCheck (CheckChainExcludeRoot): keys are trusted by themselves here',
    ]) {
      expect(stdout).to.include(line);
    }
  });

  it('ends with 6 where something cannot come over, and takes the others', async () => {
    const path = file(toClixml(['Slack']));
    const { code, stdout } = await adfs(path, file(toDiagnostics(['Salesforce'])), '--apply');
    expect([code, stdout.includes('Written: 1 added')]).to.deep.equal([6, true]);
    expect(await applications()).to.not.include('salesforce');
  });

  it('reads partners, and says that nobody signs in through them yet', async () => {
    const path = file(toClixml(['Partner by SAML']));
    await adfs(path, '--apply', '--include', 'look');
    const { stdout, stderr } = await run('idp', 'list');
    expect(stdout).to.include('https://sso.partner.example/idp');
    expect(stderr).to.match(/people cannot sign in through partner IdPs in this version/u);
    expect((await run('idp', 'rules', 'Partner by SAML')).stdout).to.equal(adfsTrust('Partner by SAML')['AcceptanceTransformRules']);
    expect((await run('idp', 'rules', 'Partner by SAML', file('c:[] => issue(claim = c);'))).stdout).to.include(
      'Partner by SAML (https://sso.partner.example/idp) has these acceptance rules',
    );
    expect((await run('idp', 'remove', 'Partner by SAML', '--dry-run')).stdout).to.include('dry run: nothing was changed');
    expect((await run('idp', 'remove', 'Partner by SAML')).code).to.equal(0);
    expect((await run('idp', 'show', 'Partner by SAML')).code).to.equal(3);
  });

  it('are the same again in another installation, by way of files: export, apply, export', async () => {
    const path = file(toClixml(['Slack', 'Dynamics', 'Restricted authentication', 'Own policy', 'Everything'], { list: true }));
    await adfs(path, '--apply', '--include', 'look', '--label', 'farm-1');
    const { stdout: exported } = await run('export');
    const other = (...args: readonly string[]): Promise<Ran> => command(args, { env: { SIGNET_DATA: join(folder, 'other') } });
    const applied = await other('apply', file(exported, 'signet.yaml'));
    expect([applied.code, applied.stderr.includes('rules.delegation')]).to.deep.equal([0, false]);
    expect((await other('export')).stdout).to.equal(exported);
    await other('rp', 'set', 'https://slack.com', 'lifetime=2h');
    expect((await other('apply', join(folder, 'signet.yaml'), '--check')).code).to.equal(6);
  });

  it('shows a file of rules, and puts it in force for an application that is named', async () => {
    await run('rp', 'add-wsfed', 'urn:wiki', '--reply', 'https://wiki.example/', '--name', 'Wiki');
    const text = 'c:[Type == "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn"]\r\n => issue(claim = c);\r\n';
    const path = file(text, 'rules.txt');
    expect((await adfs(path)).stdout).to.include('rules.txt: 1 transform rule');
    expect((await adfs(path, '--rp', 'Wiki')).stdout).to.include('Nothing was written: --apply makes these the transform rules of urn:wiki.');
    expect((await run('rp', 'rules', 'Wiki')).stdout).to.equal('');
    expect((await adfs(path, '--rp', 'Wiki', '--apply')).stdout).to.include('These are the transform rules of urn:wiki now.');
    expect((await run('rp', 'rules', 'Wiki')).stdout).to.equal(text);
    expect((await adfs(path, '--rp', 'Wiki', '--apply')).stdout).to.include('Nothing to change.');
    const broken = await adfs(file('c:[Type == "a"] => issue(claim = d);', 'broken.txt'), '--rp', 'Wiki', '--apply');
    expect([broken.code, broken.stdout]).to.deep.equal([1, '']);
    expect(broken.stderr).to.match(/^signet: \S+broken\.txt: line 1, column \d+: [^\n]+\n$/u);
  });

  for (const [what, args, code, message] of [
    ['another grade', ['--include', 'cannot'], 2, /--include takes look/u],
    ['both ways at once', ['--apply', '--dry-run'], 2, /exclude each other/u],
    ['a name that no trust has', ['--only', 'Nothing'], 3, /No trust in the files is named Nothing; there is Slack\./u],
    ['an application for trusts', ['--rp', 'Wiki'], 2, /--rp takes one file with transform rules/u],
    ['a set there is none of', ['--set', 'everything'], 2, /is not a rule set/u],
  ] as const) {
    it(`refuses ${what} in one line, and writes nothing`, async () => {
      const ran = await adfs(file(toClixml(['Slack'])), ...args);
      expect([ran.code, ran.stdout]).to.deep.equal([code, '']);
      expect(ran.stderr)
        .to.match(message)
        .and.to.match(/^signet: [^\n]+\n$/u);
    });
  }

  for (const [what, content] of [
    ['nothing of AD FS', '<html/>'],
    ['a document type declaration', '<!DOCTYPE x []><Objs xmlns="http://schemas.microsoft.com/powershell/2004/04"/>'],
    ['half a document', toClixml(['Slack']).subarray(0, 2000)],
  ] as const) {
    it(`refuses a file with ${what} in one line, with --apply as without (X01, M12)`, async () => {
      const ran = await adfs(file(toClixml(['Slack'])), file(content, 'bad.xml'), '--apply');
      expect([ran.code, ran.stdout]).to.deep.equal([1, '']);
      expect(ran.stderr).to.match(/^signet: \S+bad\.xml [^\n]+\n$/u);
      expect(await applications()).to.equal('no applications\n');
    });
  }
});
