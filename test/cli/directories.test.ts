import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { ChangeEntry } from '../../src/core/ports.js';
import { systemClock } from '../../src/ops/clock.js';
import { openStorage } from '../../src/storage/open.js';
import { command, type Ran } from '../support/command-line.js';

const RULES = 'c:[Type == "urn:a"]\r\n => issue(claim = c);\r\n';

describe('the directory and groups, by command (C1)', () => {
  let folder: string;

  const run = (...args: readonly string[]): Promise<Ran> =>
    command(args, { env: { SIGNET_DATA: join(folder, 'data'), SIGNET_BASE_URL: 'https://login.corp.example' } });

  async function done(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await run(...args);
    expect(code, `${args.join(' ')}: ${stderr}`).to.equal(0);
    return stdout;
  }

  const json = async (...args: readonly string[]): Promise<unknown> => JSON.parse(await done(...args, '--json'));

  async function changes(): Promise<readonly ChangeEntry[]> {
    const storage = await openStorage({ databaseUrl: `sqlite:${join(folder, 'data', 'signet.db')}` }, { clock: systemClock, onError: () => undefined });
    try {
      return (await storage.changeLog.read(undefined, 50)).filter(({ objectId }) => objectId === 'directory:local');
    } finally {
      await storage.close();
    }
  }

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'signet-directory-'));
    await done('user', 'add', 'maria', '--password', 'seven quiet herons wade', '--group', 'Sales', '--group', 'Audit: West');
    await done('user', 'add', 'tom', '--password', 'nine loud magpies argue', '--group', 'Sales');
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('shows defaults, and what was set, audited with before and after', async () => {
    expect(await json('directory', 'list')).to.deep.equal([{ name: 'local', kind: 'built-in', domain: 'SIGNET', people: 2 }]);
    expect(await json('directory', 'show', 'local')).to.deep.include({ authority: 'AD AUTHORITY', domain: 'SIGNET', upnSuffix: 'login.corp.example', set: [] });
    await done('directory', 'set', 'local', 'domain=CORP', 'upn-suffix=corp.example', 'password-max-age-days=90', 'authority=Contoso', '--dry-run');
    expect(await changes()).to.deep.equal([]);
    await done(
      'directory',
      'set',
      'local',
      'domain=CORP',
      'upn-suffix=corp.example',
      'password-max-age-days=90',
      'authority=Contoso',
      'primary-group-sid=s-1-5-21-1-2-3-513',
    );
    const text = await done('directory', 'show', 'local');
    expect(text)
      .to.match(/^authority {2,}Contoso$/mu)
      .and.match(/^domain {2,}CORP$/mu)
      .and.match(/^primary group sid {2,}S-1-5-21-1-2-3-513$/mu);
    expect(text)
      .to.match(/^upn suffix {2,}corp\.example$/mu)
      .and.match(/^passwords end after {2,}90 days$/mu);
    await done('directory', 'set', 'local', 'domain=', 'authority=', 'primary-group-sid=', 'password-max-age-days=');
    expect(await json('directory', 'show', 'local')).to.deep.include({ authority: 'AD AUTHORITY', domain: 'SIGNET', set: ['upnSuffix'] });
    const [first, second] = await changes();
    expect(first).to.include({ kind: 'setting', actor: 'cli', action: 'set directory', before: undefined });
    expect([first?.after?.includes('CORP'), second?.before?.includes('CORP'), second?.after?.includes('CORP')]).to.deep.equal([true, true, false]);
  });

  it('lists groups with their SIDs, and shows who is in one', async () => {
    await done('directory', 'set', 'local', 'group-sid=Audit: West:S-1-5-21-1-2-3-1105', 'group-sid=Empty:S-1-5-21-1-2-3-1106');
    const groups = (await json('group', 'list')) as readonly Readonly<Record<string, unknown>>[];
    expect(groups.map(({ name, people, sidSet }) => [name, people, sidSet])).to.deep.equal([
      ['Audit: West', 1, true],
      ['Sales', 2, false],
      ['Empty', 0, true],
    ]);
    expect(await json('group', 'show', 'Sales')).to.deep.include({ name: 'Sales', members: ['maria', 'tom'] });
    expect(await done('group', 'show', 'Audit: West'))
      .to.match(/^sid {2,}S-1-5-21-1-2-3-1105$/mu)
      .and.match(/^people {2,}1: maria$/mu);
    await done('directory', 'set', 'local', 'group-sid=Audit: West:');
    expect(await json('group', 'show', 'Audit: West')).to.include({ sidSet: false });
    await done('directory', 'set', 'local', 'group-sid=');
    expect(((await json('group', 'list')) as readonly unknown[]).length).to.equal(2);
  });

  it('prints acceptance rules as they were given; a mistake names file, line and column, and the former stay', async () => {
    const file = join(folder, 'rules.txt');
    writeFileSync(file, RULES);
    expect(await done('directory', 'rules', 'local', file, '--dry-run')).to.match(/1 acceptance rules \(dry run/u);
    expect(await done('directory', 'rules', 'local')).to.equal('');
    await done('directory', 'rules', 'local', file);
    expect(await done('directory', 'rules', 'local')).to.equal(RULES);
    const wrong = join(folder, 'wrong.txt');
    for (const [text, sentence] of [
      ['c:[Type == "a"]\n => issue(claim = d);', /wrong\.txt: line 2, column 19: /u],
      ['=> issue(store = "HRM", types = ("urn:x"), query = "q");', /line 1, column \d+: unknown store "HRM"/u],
      ['=> issue(store = "Active Directory", types = ("urn:x"), query = "(department=x);mail");', /would need a search over all people/u],
      ['', /There is no rule in the text/u],
      [Buffer.from([0xff, 0x20]), /is no text in UTF-8/u],
    ] as const) {
      writeFileSync(wrong, text);
      const { code, stderr, stdout } = await run('directory', 'rules', 'local', wrong);
      expect([code, stdout, stderr.trimEnd().split('\n').length]).to.deep.equal([1, '', 1]);
      expect(stderr).to.match(sentence);
    }
    expect(await json('directory', 'rules', 'local')).to.deep.equal({ name: 'local', rules: RULES });
    writeFileSync(file, 'c:[] => issue(store = "active directory", types = ("urn:x"), query = ";extensionAttribute1;{0}", param = c.Value);');
    const noted = await run('directory', 'rules', 'local', file, '--dry-run');
    expect([noted.code, noted.stderr]).to.satisfy(
      ([code, hint]: [number, string]) => code === 0 && hint.includes('note: line 1') && hint.includes('extensionAttribute1 is filled only'),
    );
    expect(await done('directory', 'rules', 'local', '--clear')).to.equal('local: every claim passes\n');
    expect(await json('directory', 'rules', 'local')).to.deep.equal({ name: 'local', rules: null });
    expect((await changes()).at(-1)).to.include({ action: 'clear acceptance rules' });
  });

  const refused: readonly (readonly [args: readonly string[], exit: number, sentence: RegExp])[] = [
    [['directory', 'show', 'corp'], 3, /There is no directory named corp/u],
    [['directory', 'set', 'corp', 'domain=X'], 3, /There is no directory named corp/u],
    [['directory', 'set', 'local', 'domain'], 2, /is not KEY=VALUE/u],
    [['directory', 'set', 'local', 'colour=red'], 1, /"colour" is not a setting of a directory; use authority, domain/u],
    [['directory', 'set', 'local', 'domain=CORP\\X'], 1, /such as CORP/u],
    [['directory', 'set', 'local', 'upn-suffix=@corp.example'], 1, /such as corp\.example/u],
    [['directory', 'set', 'local', 'authority=Local Authority'], 1, /what this service says itself/u],
    [['directory', 'set', 'local', 'group-sid=S-1-5-21-1-2-3-4'], 1, /GROUP:SID/u],
    [['directory', 'set', 'local', 'group-sid=Sales:512'], 1, /such as S-1-5-21/u],
    [['directory', 'set', 'local', 'group-sid=A:S-1-5-21-1-2-3-4', 'group-sid=B:S-1-5-21-1-2-3-4'], 1, /the SID of the group A already/u],
    [['directory', 'set', 'local', 'password-max-age-days=0'], 1, /whole days from 1/u],
    [['directory', 'rules', 'local', '/nowhere/rules.txt'], 1, /rules\.txt/u],
    [['directory', 'rules', 'local', '/nowhere/rules.txt', '--clear'], 2, /leave out the file/u],
    [['group', 'show', 'sales'], 3, /There is no group named sales/u],
  ];
  for (const [args, exit, sentence] of refused) {
    it(`refuses ${args.join(' ')}, and changes nothing`, async () => {
      const before = (await changes()).length;
      const { code, stdout, stderr } = await run(...args);
      expect(stderr).to.match(sentence);
      expect([code, stdout, stderr.trimEnd().split('\n').length]).to.deep.equal([exit, '', 1]);
      expect(await changes()).to.have.length(before);
    });
  }
});
