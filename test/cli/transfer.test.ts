import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { applyConfiguration } from '../../src/admin/transfer/apply.js';
import { applicationDocument } from '../../src/admin/transfer/application-document.js';
import { writeYaml } from '../../src/admin/transfer/yaml-write.js';
import { asId } from '../../src/core/model/ids.js';
import { aMetadata, aRecord, fakeClock, thrownBy } from '../support/builders.js';
import { command, type Ran } from '../support/command-line.js';
import { metadataPath } from '../support/metadata-files.js';
import { sqliteTarget } from '../support/storage-targets.js';

const WIKI = {
  signet: 1,
  application: 'urn:wiki',
  metadata: { replyAddresses: [{ url: 'https://wiki.example/', binding: 'http://docs.oasis-open.org/wsfed/federation/200706' }] },
};

describe('signet export and signet apply', function () {
  this.timeout(60_000);
  let folder: string;

  const run = (data: string, args: readonly string[], stdin = ''): Promise<Ran> => command(args, { env: { SIGNET_DATA: join(folder, data) }, stdin });
  async function done(data: string, args: readonly string[], stdin = ''): Promise<string> {
    const ran = await run(data, args, stdin);
    expect(ran.code, ran.stderr).to.equal(0);
    return ran.stdout;
  }

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'signet-cli-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('carry an installation to another, without a secret (M13)', async () => {
    await done('one', ['rp', 'add', metadataPath('good/full.xml'), '--name', '../../etc/passwd']);
    await done('one', ['rp', 'add-wsfed', 'urn:../../wiki', '--reply', 'https://wiki.example/']);
    await done('one', ['rp', 'rules', 'urn:../../wiki', '-'], 'c:[Type == "http://x/mail"]\r\n => issue(claim = c);\r\n');
    await done('one', ['directory', 'set', 'local', 'domain=CORP']);
    await done('one', ['store', 'add', 'sql', 'HR', '--url', 'postgres://reader@db.example/hr', '--password-stdin'], 'hunter2\n');
    await done('one', ['user', 'add', 'maria', '--password-stdin'], 'correct horse 7\n');
    await done('one', ['keys', 'rotate']);
    const text = await done('one', ['export']);
    expect(text)
      .to.match(/^# Configuration of Signet \d/u)
      .and.not.match(/hunter2|sealed|argon2|PRIVATE|maria|v1\./u);
    expect(await done('one', ['apply', '-', '--check'], text)).to.equal('Everything is as in the files\n');
    expect(await done('two', ['apply', '-'], text)).to.match(/\nApplied: 3 added, 1 changed, 0 removed\n$/u);
    expect(await done('two', ['export'])).to.equal(text);
  });

  it('write a file for each object, by names that lead nowhere (M06), and read them again', async () => {
    await done('one', ['rp', 'add-wsfed', 'urn:../../wiki', '--reply', 'https://wiki.example/']);
    await done('one', ['directory', 'set', 'local', 'domain=CORP']);
    const out = join(folder, 'config');
    expect(await done('one', ['export', '--out', `${out}/`])).to.equal(`Exported 2 objects to ${out}/\n`);
    const files = readdirSync(out, { recursive: true, encoding: 'utf8' });
    expect(files).to.have.length(3).and.include('directory.yaml');
    expect(files.find((file) => file.startsWith('applications/'))).to.match(/^applications\/urn-wiki-[0-9a-f]{8}\.yaml$/u);
    mkdirSync(join(out, '.git'));
    writeFileSync(join(out, '.git', 'broken.yaml'), '[');
    writeFileSync(join(out, 'README.md'), '[');
    symlinkSync(join(out, 'directory.yaml'), join(out, 'again.yaml'));
    expect((await run('one', ['apply', out])).stderr).to.match(/directory local is described in .*again\.yaml, line 3, column 1 already/u);
    rmSync(join(out, 'again.yaml'));
    expect(await done('one', ['apply', out])).to.equal('Everything is as in the files\n');
    writeFileSync(join(out, 'old.yml'), '# from before\n');
    expect((await run('one', ['export', '--out', out])).stderr).to.match(/other files of configuration, which apply would read as well: old\.yml/u);
  });

  it('say what would change and change nothing, then change it', async () => {
    await done('one', ['apply', '-'], writeYaml({ ...WIKI, rules: { transform: 'c:[Type == "a"]\n => issue(claim = c);\n' } }));
    const changed = writeYaml({ ...WIKI, settings: { lifetime: '2h' }, rules: { transform: 'c:[Type == "b"]\n => issue(claim = c);\n' } });
    const text = [
      '~ application urn:wiki: not as in the files',
      '    settings.lifetime: not set -> 2h',
      '    rules.transform:',
      '      - c:[Type == "a"]',
      '      + c:[Type == "b"]',
      '         => issue(claim = c);',
      '',
    ].join('\n');
    expect(await done('one', ['apply', '-', '--dry-run'], changed)).to.equal(`${text}0 to add, 1 to change, 0 to remove (dry run: nothing was changed)\n`);
    const drift = await run('one', ['apply', '-', '--check'], changed);
    expect([drift.code, drift.stdout]).to.deep.equal([6, `${text}Not as in the files: 0 to add, 1 to change, 0 to remove (nothing was changed)\n`]);
    const view = JSON.parse(await done('one', ['apply', '-', '--json'], changed)) as { readonly written: boolean; readonly objects: readonly object[] };
    expect(view.written).to.equal(true);
    expect(view.objects[0]).to.deep.include({ action: 'change', kind: 'application', id: 'urn:wiki' });
    expect(await done('one', ['apply', '-', '--check'], changed)).to.equal('Everything is as in the files\n');
    expect(await done('one', ['changes'])).to.match(/apply configuration/u);
  });

  it('refuse in one line, with the place, and change nothing', async () => {
    await done('one', ['apply', '-'], writeYaml(WIKI));
    const before = await done('one', ['export']);
    const half = writeYaml({ ...WIKI, enabled: false }) + '---\nsignet: 1\napplication: "urn:o';
    for (const [args, stdin, code, sentence] of [
      [['apply', '-'], half, 1, /^signet: standard input, line \d+, column \d+: a quote, a bracket or a colon is missing\.\n$/u],
      [['apply', '-'], '', 1, /^signet: standard input: there is nothing in this file/u],
      [['apply', join(folder, 'gone.yaml')], '', 1, /gone\.yaml cannot be read: there is no such file/u],
      [['apply', folder], '', 2, /^signet: There is no \.yaml file in /u],
      [['apply', folder, '--prune', 'prod'], '', 1, /every one with the label prod would be removed/u],
      [['apply', '-', '--yes'], writeYaml(WIKI), 2, /--yes belongs to --prune/u],
      [['export', '--metadata', 'all'], '', 2, /use facts or source/u],
      [['export', '--application', 'urn:gone'], '', 3, /is not an application here/u],
      [['export', '--out', join(folder, 'gone', 'a.yaml')], '', 1, /cannot be written \(ENOENT\)/u],
    ] as const) {
      const ran = await run('one', args, stdin);
      expect(ran.code, args.join(' ')).to.equal(code);
      expect(ran.stderr)
        .to.match(sentence)
        .and.match(/^[^\n]*\n$/u);
    }
    expect(await done('one', ['export'])).to.equal(before);
  });

  it('write to one file, and only what was asked for', async () => {
    await done('one', ['apply', '-'], `${writeYaml(WIKI)}---\n${writeYaml({ ...WIKI, application: 'urn:crm' })}`);
    const file = join(folder, 'signet.yaml');
    await done('one', ['export', '--application', 'urn:crm', '--out', file]);
    expect(readFileSync(file, 'utf8')).to.include('application: urn:crm').and.not.include('urn:wiki');
  });
});

describe('configuration that is applied to a database', () => {
  it('goes in whole or not at all, and refuses what somebody changed meanwhile', async () => {
    const home = await sqliteTarget.makeHome();
    try {
      const storage = await home.open();
      const by = { actor: 'ann', action: 'set application' };
      const [one, two] = [aRecord(), aRecord({ id: asId('rp-2'), metadata: aMetadata({ entityId: 'urn:two' }) })];
      for (const record of [one, two]) await storage.relyingParties.insert(record, by);
      const parts = {
        ...storage,
        clock: fakeClock(),
        makeId: () => 'rp-3',
        ownNames: [],
        fetchAllow: [],
        catalogue: () => Promise.resolve({ names: [], check: () => undefined }),
      };
      const documents = [one, two, { ...one, metadata: aMetadata({ entityId: 'urn:new' }) }].map((record) =>
        writeYaml({ ...applicationDocument(record), settings: { name: 'Ours' } }),
      );
      const files = [
        {
          name: 'a.yaml',
          bytes: Buffer.from([...documents, writeYaml({ signet: 1, directory: 'local', settings: { domain: 'CORP' } })].join('---\n')),
          folder: '/',
        },
      ];
      const apply = (beforeWriting: () => Promise<unknown>): Promise<unknown> => {
        const configuration: typeof storage.configuration = {
          apply: (changes, change) => beforeWriting().then(() => storage.configuration.apply(changes, change)),
        };
        return applyConfiguration({ ...parts, configuration }, files, { allowHttp: false, allowPrivate: false }, { actor: 'cli' });
      };
      const error = await thrownBy(() => apply(() => storage.relyingParties.save({ ...two, enabled: false }, by)));
      expect(error).to.include({ code: 'conflict' });
      expect(error.message).to.match(/urn:two was changed or removed by somebody else meanwhile/u);
      expect(await storage.relyingParties.findByEntityId('urn:new')).to.equal(undefined);
      expect((await storage.relyingParties.findById(one.id))?.overrides).to.deep.equal({});
      expect(await storage.localDirectories.read()).to.deep.equal({});
      await apply(() => Promise.resolve());
      expect((await storage.relyingParties.findByEntityId('urn:new'))?.overrides).to.deep.equal({ name: 'Ours' });
      const entries = (await storage.changeLog.read(undefined, 100)).filter(({ action }) => action === 'apply configuration');
      expect(entries.map(({ kind, actor }) => `${kind} ${actor}`)).to.deep.equal([
        'relying-party cli',
        'relying-party cli',
        'relying-party cli',
        'setting cli',
      ]);
      expect(JSON.parse(entries[0]?.before ?? '')).to.deep.include({ overrides: {} });
    } finally {
      await home.remove();
    }
  });
});
