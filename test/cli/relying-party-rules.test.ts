import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { command, type Ran } from '../support/command-line.js';
import { CLAIM_RULES } from '../support/claim-rules.js';

const WIKI = 'urn:wiki';
const GROUP = 'http://schemas.xmlsoap.org/claims/Group';
const ROLE = 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role';
const RULE = `@RuleName = "Readers"\nc:[Type == "${GROUP}", Value == "Sales"]\n => issue(Type = "${ROLE}", Value = "reader");\n`;
const MAPPINGS = '[{ "claim": "role", "from": [{ "attribute": "department" }] }]';

describe('rules of an application, by command (C1)', () => {
  let folder: string;

  const run = (args: readonly string[], stdin = ''): Promise<Ran> => command(args, { env: { SIGNET_DATA: join(folder, 'data') }, stdin });

  async function done(args: readonly string[], stdin = ''): Promise<Ran> {
    const ran = await run(args, stdin);
    expect(ran.code, `${args.join(' ')}: ${ran.stderr}`).to.equal(0);
    return ran;
  }

  function file(name: string, content: string | Uint8Array): string {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  }

  const rules = (...args: readonly string[]): readonly string[] => ['rp', 'rules', WIKI, ...args];
  const stored = async (...args: readonly string[]): Promise<string> => (await done(rules(...args))).stdout;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'signet-rules-'));
    const groups = ['Sales', 'AWS-123456789012-Admin', 'CL-AWS-Prod'].flatMap((group) => ['--group', group]);
    await done(['user', 'add', 'maria', '--password', 'seven quiet herons wade', '--email', 'maria@contoso.example', '--attr', 'employeeType=00e1', ...groups]);
    await done(['rp', 'add-wsfed', WIKI, '--reply', 'https://wiki.example/signin', '--name', 'Wiki']);
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  for (const [what, text, bytes] of [
    ['UTF-8', RULE, RULE],
    ['UTF-16 with a byte order mark, as PowerShell writes it', RULE, Buffer.from(`\uFEFF${RULE}`, 'utf16le')],
    ['CRLF', RULE.replaceAll('\n', '\r\n'), RULE.replaceAll('\n', '\r\n')],
  ] as const) {
    it(`takes a file in ${what}, prints it to the character, and says in words what it does`, async () => {
      await done(rules('--clear'));
      const { stdout } = await done(rules(file('rules.txt', bytes)));
      expect(stdout).to.equal('Wiki (urn:wiki): 1 transform rule\n  1. Sends Role "reader" to members of the group Sales\n');
      expect(await stored()).to.equal(text);
    });
  }

  it('reads standard input, changes nothing on a dry run or twice the same', async () => {
    await done(rules('--clear'));
    expect((await done(rules('-', '--dry-run'), RULE)).stdout).to.match(/dry run: nothing was changed/u);
    expect(await stored()).to.equal('');
    await done(rules('-'), RULE);
    expect((await done(rules('-'), RULE)).stdout).to.match(/^Nothing changed: Wiki \(urn:wiki\) has these rules already\n/u);
  });

  it('takes a set away, and says so', async () => {
    await done(rules(file('rules.txt', RULE)));
    expect((await done(rules('--clear'))).stdout).to.equal('Wiki (urn:wiki) has no transform rules now\n');
    expect((await done(rules('--clear'))).stdout).to.equal('Nothing changed: Wiki (urn:wiki) has no transform rules\n');
    expect((await done(rules())).stderr).to.match(/^note: .* gets what its metadata requests, else the default claims\.\n$/u);
  });

  it('keeps the former rules when new ones are refused, with one line that names file and place', async () => {
    await done(rules(file('rules.txt', RULE)));
    for (const [text, line] of [
      ['c:[Type == "a"] => issue(claim = d);', /^signet: .*bad\.txt: line 1, column 34: unknown label d/u],
      ['\n\nc:[Type == “a”] => issue(claim = c);', /^signet: .*bad\.txt: line 3, column 12: found the typographic quote/u],
      ['[{ "claim": "role" }]', /^signet: .*bad\.txt: Mapping 1/u],
    ] as const) {
      const { code, stdout, stderr } = await run(rules(file('bad.txt', text)));
      expect([code, stdout, stderr.split('\n').length]).to.deep.equal([1, '', 2]);
      expect(stderr).to.match(line);
    }
    expect(await stored()).to.equal(RULE);
  });

  it('refuses a set that there is not as wrong use, and both a file and --clear', async () => {
    const { code, stderr } = await run(rules('--set', 'authorisation'));
    expect([code, stderr]).to.deep.equal([
      2,
      'signet: "authorisation" is not a rule set; use transform, authorization, delegation, impersonation or additional.\n',
    ]);
    expect((await run(rules('x.txt', '--clear'))).code).to.equal(2);
  });

  it('says what an empty set does', async () => {
    const empty = file('empty.txt', '');
    expect((await done(rules(empty))).stderr).to.match(/no claim leaves but a name identifier/u);
    expect((await done(rules(empty, '--set', 'authorization', '--dry-run'))).stderr).to.match(/nobody gets in by this set/u);
  });

  it('shows with the application, in words and as JSON, what decides about claims and access', async () => {
    const shown = async (): Promise<string> => (await done(['rp', 'show', WIKI])).stdout;
    await done(rules('--clear'));
    expect(await shown()).to.match(/^claims +the default claims$/mu);
    await done(rules('-'), MAPPINGS);
    expect(await shown()).to.match(/^claims +1 mapping$/mu);
    await done(rules('-'), RULE);
    await done(rules('-', '--set', 'authorization'), '');
    await done(['rp', 'policy', WIKI, 'Permit specific group', '--group', 'Sales']);
    const text = await shown();
    expect(text).to.match(/^claims +1 rule in the claim rule language; see: signet rp rules urn:wiki$/mu);
    expect(text).to.match(/^authorization rules +0 rules in the claim rule language$/mu);
    expect(text).to.match(/^access policy +Permit specific group: in the group Sales$/mu);
    const view = JSON.parse((await done(['rp', 'show', WIKI, '--json'])).stdout) as Readonly<Record<string, unknown>>;
    expect(view).to.deep.include({ claimsFrom: 'rules', claims: [], rules: { transform: RULE, authorization: '' } });
    expect(view['accessPolicy']).to.deep.include({ name: 'Permit specific group' });
    await done(rules('--clear', '--set', 'authorization'));
    await done(['rp', 'policy', WIKI, '--clear']);
  });

  it('stand in place of the mappings of a preset, which come back when they are cleared and it is filled in again', async () => {
    const app = 'urn:sharepoint:portal';
    const fill = ['rp', 'preset', 'fill', app, 'site=https://portal.example'];
    await done(['rp', 'add', '--preset', 'sharepoint-server', '--value', `realm=${app}`, '--value', 'site=https://portal.example']);
    const { stdout: mappings } = await done(['rp', 'rules', app]);
    await done(['rp', 'rules', app, '-'], RULE);
    const filled = await done(['rp', 'preset', 'fill', app, 'site=https://other.example']);
    expect(filled.stderr).to.match(/note: transform rules decide which claims leave/u);
    expect((await done(['rp', 'rules', app])).stdout).to.equal(RULE);
    await done(['rp', 'rules', app, '--clear']);
    expect((await done(fill)).stdout).to.match(/claims: nothing -> those of the preset/u);
    expect((await done(['rp', 'rules', app])).stdout).to.equal(mappings);
    expect((await done(fill)).stdout).to.equal('Nothing changed\n');
  });

  it('fits a preview into 120 columns, with short names of claims', async () => {
    await done(rules('-'), CLAIM_RULES.get('salesforce'));
    const lines = (await done(['preview', 'maria', WIKI])).stdout.split('\n');
    expect(lines.filter((line) => line.length > 120)).to.deep.equal([]);
    expect(lines).to.include('CLAIM            VALUE                  WHY');
  });

  /** [rules of the fixtures, what a person who fits gets] */
  for (const [name, expected] of [
    ['aws', ['RoleSessionName +maria@contoso\\.example', 'arn:aws:iam::123456789012:role/Admin', 'SessionDuration +28800']],
    ['aws-mistaken-prefix', ['Role +CL-AWS-Prod']],
    ['salesforce', ['Name Identifier +maria@contoso\\.example', 'User\\.ProfileId +00e1', 'Role +not sent']],
    ['office365', ['AD FS 1\\.x UPN +maria@localhost', 'ImmutableID ', 'Inside Corporate Network +false']],
    ['sharepoint', ['E-Mail Address +maria@contoso\\.example', 'Role +Sales, ', 'Primary SID +S-1-5-21-']],
    ['attributes', ['urn:oid:1\\.3\\.6\\.1\\.4\\.1\\.5923\\.1\\.1\\.1\\.6 +maria@university\\.example', 'Authentication Method +not sent']],
    ['group-filters', ['Role +Guest', 'pair +maria@localhost', 'many-groups +not sent']],
    ['identifiers', ['name identifier +[A-Za-z0-9+/]{43}= \\(.*persistent\\)']],
    ['odd-spacing', ['UPN +maria@localhost']],
  ] as const) {
    it(`runs the rules of ${name} as they came from AD FS`, async () => {
      await done(rules('-'), CLAIM_RULES.get(name));
      const { stdout } = await done(['preview', 'maria', WIKI]);
      for (const pattern of expected) expect(stdout).to.match(new RegExp(pattern, 'u'));
    });
  }
});
