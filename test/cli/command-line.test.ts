import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { systemClock } from '../../src/ops/clock.js';
import { openStorage, type Storage } from '../../src/storage/open.js';
import { cleanEnvironment, command, MAIN, type Ran, signet } from '../support/command-line.js';
import { aSignOn } from '../support/memory-journal.js';
import { metadataPath } from '../support/metadata-files.js';

const ENTITY = 'https://app.example/saml/metadata';
const ESCAPE = /\u001b/u;

const VERBS: Readonly<Record<string, readonly string[]>> = {
  serve: [],
  config: [],
  health: [],
  doctor: [],
  log: [],
  trace: [],
  user: ['add', 'list', 'show', 'set', 'disable', 'enable', 'remove', 'unlock', 'password', 'import'],
  rp: ['add', 'add-wsfed', 'list', 'show', 'set', 'enable', 'disable', 'remove', 'refresh', 'diff', 'versions', 'restore', 'preset', 'commands'],
  directory: ['list', 'show', 'set', 'rules'],
  group: ['list', 'show'],
  keys: ['list', 'rotate', 'promote', 'retire'],
  store: ['add', 'list', 'show', 'test', 'remove'],
  names: ['export', 'import'],
};

describe('the command line (C1)', () => {
  let folder: string;
  let data: string;

  const run = (args: readonly string[], stdin = '', env: Readonly<Record<string, string>> = {}): Promise<Ran> =>
    command(args, { env: { SIGNET_DATA: data, ...env }, stdin });

  /** The same in a process of its own. */
  const spawned = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> =>
    signet(args, { env: { SIGNET_DATA: data, ...env }, cwd: folder });

  const at = (name: string): string => join(folder, name);

  async function done(...args: readonly string[]): Promise<Ran> {
    const ran = await run(args);
    expect(ran.code, `${args.join(' ')}: ${ran.stderr}`).to.equal(0);
    return ran;
  }

  async function json(...args: readonly string[]): Promise<unknown> {
    return JSON.parse((await done(...args, '--json')).stdout);
  }

  /** Bad input: the exit code, one clear line on stderr, nothing on stdout. */
  function expectRefusal({ code, stdout, stderr }: Ran, exit: number, sentence: RegExp, what: string): void {
    expect(stderr, what).to.match(sentence);
    expect(code, `${what}: ${stderr}`).to.equal(exit);
    expect(stdout, what).to.equal('');
    expect(stderr.trimEnd().split('\n'), what).to.have.length(1);
    expect(stderr, what).not.to.match(/\n {4}at /u);
    expect(stderr, what).not.to.match(ESCAPE);
  }

  async function withStorage<T>(work: (storage: Storage) => Promise<T>): Promise<T> {
    const storage = await openStorage({ databaseUrl: `sqlite:${join(data, 'signet.db')}` }, { clock: systemClock, onError: () => undefined });
    try {
      return await work(storage);
    } finally {
      await storage.close();
    }
  }

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'signet-cli-'));
    data = join(folder, 'data');
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  describe('help', () => {
    it('has two examples at every level, without colour', async () => {
      const levels = Object.entries(VERBS).flatMap(([noun, verbs]) => [[noun], ...verbs.map((verb) => [noun, verb])]);
      for (const level of [[], ...levels]) {
        const { code, stdout, stderr } = await run([...level, '--help'], '', { FORCE_COLOR: '1' });
        const name = level.join(' ');
        expect(code, name).to.equal(0);
        expect(stderr, name).to.equal('');
        expect(stdout, name).to.match(new RegExp(`^Usage: signet ${level.join(' ')}`, 'u'));
        expect(stdout.match(/^ {2}\$ signet /gmu), name).to.have.length(2);
        expect(stdout, name).not.to.match(ESCAPE);
      }
    });

    it('lists every command, and is what the program says without one', async () => {
      const { code, stdout } = await run([]);
      expect(code).to.equal(0);
      for (const noun of Object.keys(VERBS)) expect(stdout).to.match(new RegExp(`^ {2}${noun}[ [].* {2}\\S`, 'mu'));
      expect((await run(['help', 'user'])).stdout).to.match(/^Usage: signet user/u);
      expect((await run(['user', 'help', 'add'])).stdout).to.match(/^Usage: signet user add/u);
      expect((await run(['--version'])).stdout).to.match(/^\d+\.\d+\.\d+\n$/u);
    });

    it('offers --dry-run wherever something is written', async () => {
      const writing = [
        ...['add', 'set', 'disable', 'enable', 'remove', 'unlock', 'password', 'import'].map((verb) => ['user', verb]),
        ...['add', 'add-wsfed', 'set', 'enable', 'disable', 'remove', 'refresh', 'diff', 'restore'].map((verb) => ['rp', verb]),
        ...['rotate', 'import', 'promote', 'retire'].map((verb) => ['keys', verb]),
        ...['add', 'remove'].map((verb) => ['store', verb]),
        ['names', 'import'],
      ];
      for (const level of writing) {
        expect((await run([...level, '--help'])).stdout, level.join(' ')).to.include('--dry-run');
      }
    });
  });

  describe('wrong use (exit 2)', () => {
    for (const [args, sentence] of [
      [['ust'], /unknown command 'ust'; did you mean user\?/u],
      [['user', 'lst'], /unknown command 'lst'; did you mean list\?/u],
      [['user'], /user needs one of add, list, .*; see: signet user --help$/mu],
      [['rp', 'list', '--jason'], /unknown option '--jason'; did you mean --json\?/u],
      [['rp', 'add'], /Name the file or address of the metadata, or a preset/u],
      [['rp', 'preset'], /preset needs one of list, show, check, fill; see: signet rp preset --help$/mu],
      [['rp', 'add', 'a', 'b'], /too many arguments/u],
      [['rp', 'set', ENTITY], /missing required argument 'assignment'/u],
      [['rp', 'set', ENTITY, 'sign'], /"sign" is not KEY=VALUE/u],
      [['rp', 'add', 'x.xml', '--enable', '--draft'], /--enable and --draft exclude each other/u],
      [['rp', 'add-wsfed', '--reply', 'https://a.example/'], /missing required argument 'wtrealm'/u],
      [['rp', 'add-wsfed', 'urn:a'], /required option '--reply <url>' not specified/u],
      [['rp', 'add-wsfed', 'urn:a', '--reply', 'https://a.example/', '--enable', '--draft'], /--enable and --draft exclude each other/u],
      [['rp', 'add', 'x.xml', '--value', 'domain=contoso.com'], /--value belongs to --preset/u],
      [['rp', 'add', '--preset', 'microsoft-365', '--value', 'contoso.com'], /"contoso.com" is not KEY=VALUE/u],
      [['rp', 'add', 'x.xml', '--preset', 'microsoft-365', '--value', 'domain=contoso.com'], /microsoft-365 takes no metadata; leave out "x.xml"/u],
      [['rp', 'add', '--preset', 'dynamics-365'], /dynamics-365 needs the metadata of the application/u],
      [['user', 'set', 'maria'], /Nothing is to be set/u],
      [['user', 'password', 'maria'], /Give the password with --password-stdin/u],
      [['user', 'add', 'maria', '--password', 'x', '--password-stdin'], /given in several ways/u],
      [['user', 'list', '--limit', 'many'], /--limit is "many"; give a whole number/u],
      [['keys', 'rotate', '--algorithm', 'DSA'], /--algorithm is "DSA"; use one of RSA-2048/u],
      [['log', '--limit', '-1'], /--limit is "-1"/u],
      [['idp', 'add', 'x.xml'], /unknown command 'add'/u],
      [['--data'], /option '--data <dir>' argument missing/u],
    ] as const) {
      it(args.join(' '), async () => {
        expectRefusal(await run(args), 2, sentence, args.join(' '));
      });
    }

    it('says it as JSON when asked', async () => {
      const { code, stdout, stderr } = await run(['user', 'lst', '--json']);
      expect([code, stdout]).to.deep.equal([2, '']);
      expect(JSON.parse(stderr)).to.deep.equal({ error: { code: 'wrong_use', message: "unknown command 'lst'; did you mean list?" } });
    });
  });

  it('refuses what cannot be used, is not there, or is taken, with its exit code', async () => {
    await done('user', 'add', 'maria', '--password', 'correct horse battery staple');
    await done('rp', 'add', metadataPath('good/minimal.xml'));
    writeFileSync(join(folder, 'people.csv'), 'name\nmaria\n');
    const before = JSON.stringify([await json('user', 'list'), await json('rp', 'list'), await json('keys', 'list')]);
    const cases: readonly (readonly [readonly string[], number, RegExp])[] = [
      [['user', 'add', 'MARIA'], 4, /There is already a person named MARIA/u],
      [['user', 'add', 'to\u200Bm'], 1, /user name is "to\?m"/u],
      [['user', 'add', 'tom', '--email', 'x'], 1, /email is "x"/u],
      [['user', 'add', 'tom', '--attr', 'x'], 1, /attr is "x"; write it as NAME=VALUE/u],
      [['user', 'add', 'tom', '--password-file', 'none.txt'], 1, /none\.txt cannot be read: there is no such file/u],
      [['user', 'show', 'nobody'], 3, /nobody named nobody/u],
      [['user', 'remove', 'nobody'], 3, /nobody named nobody/u],
      [['user', 'unlock', 'nobody'], 3, /nobody named nobody/u],
      [['user', 'set', 'maria', 'colour=red'], 1, /"colour" is not a setting of a person/u],
      [['user', 'set', 'maria', 'surname=X', 'email=x'], 1, /email is "x"/u],
      [['user', 'import', at('people.csv')], 1, /line 2: There is already a person named maria\. Nobody was added/u],
      [['user', 'import', 'none.csv'], 1, /none\.csv cannot be read/u],
      [['rp', 'add', metadataPath('good/minimal.xml')], 4, /registered already/u],
      [['rp', 'add', metadataPath('broken/certificate-weak.xml')], 1, /RSA key of .* has 1024 bits/u],
      [['rp', 'add', metadataPath('broken/external-entity.xml')], 1, /document type declaration/u],
      [['rp', 'add', 'none.xml'], 1, /none\.xml cannot be read: there is no such file/u],
      [['rp', 'add', folder], 1, /cannot be read: it is a folder/u],
      [['rp', 'add', 'file:///etc/passwd'], 1, /metadata is fetched by https only/u],
      [['rp', 'add', 'http://127.0.0.1:9/x'], 1, /loopback address.*--allow-private/u],
      [['rp', 'set', ENTITY, 'sign=none'], 1, /sign is "none"; use assertion, response or both/u],
      [['rp', 'set', ENTITY, 'token-type=saml11'], 1, /token-type is a setting of WS-Federation/u],
      [['rp', 'set', 'urn:nobody', 'sign=both'], 3, /urn:nobody is not an application here/u],
      [['rp', 'show', 'urn:nobody'], 3, /not an application/u],
      [['rp', 'refresh', ENTITY, metadataPath('broken/no-reply-address.xml')], 1, /no AssertionConsumerService/u],
      [['keys', 'promote'], 3, /no next key/u],
      [['keys', 'retire'], 3, /no old key/u],
      [['trace', 'SGN-2222-2222'], 3, /Nothing is on record under SGN-2222-2222/u],
      [['trace', 'x'], 1, /"x" is not a reference/u],
      [['log', '--since', 'yesterday'], 1, /since is "yesterday"/u],
    ];
    for (const [args, exit, sentence] of cases) {
      expectRefusal(await run(args), exit, sentence, args.join(' '));
    }
    expect(JSON.stringify([await json('user', 'list'), await json('rp', 'list'), await json('keys', 'list')]), 'nothing changed').to.equal(before);
    const { stderr, code } = await run(['user', 'show', 'nobody', '--json']);
    expect([code, JSON.parse(stderr)]).to.deep.equal([3, { error: { code: 'not_found', message: 'There is nobody named nobody.' } }]);
  });

  it('says when the store cannot be reached (exit 5), and when settings cannot be used (exit 1)', async () => {
    const away = { SIGNET_DATABASE_URL: 'postgres://signet@127.0.0.1:9/signet', SIGNET_SECRET_KEY: '0123456789abcdef' };
    expectRefusal(await run(['user', 'list'], '', away), 5, /database does not answer/u, 'away');
    expectRefusal(
      await run(['user', 'list'], '', { SIGNET_PORT: 'many', SIGNET_WORKERS: '0' }),
      1,
      /SIGNET_PORT is "many".*SIGNET_WORKERS is "0"/u,
      'settings',
    );
    expectRefusal(await run(['user', 'list', '--config', 'none.json']), 1, /SIGNET_CONFIG: the file none\.json cannot be read/u, 'file');
    writeFileSync(join(folder, 'plain'), '');
    expectRefusal(await run(['user', 'list', '--data', join(folder, 'plain')]), 1, /data folder .* cannot be made/u, 'data');
  });

  it('ends as a process with these codes, each stream for its purpose', async () => {
    for (const [args, code, stdout, stderr] of [
      [['user', 'add', 'maria', '--password', 'correct horse battery staple'], 0, /^Added maria\n$/u, /^$/u],
      [['user', 'add', 'maria'], 4, /^$/u, /^signet: There is already a person named maria\.\n$/u],
      [['user', 'add', 'to\u200Bm'], 1, /^$/u, /^signet: user name is "to\?m"; .*\n$/u],
      [['user', 'show', 'tom'], 3, /^$/u, /^signet: There is nobody named tom\.\n$/u],
      [['usr'], 2, /^$/u, /^signet: unknown command 'usr'; did you mean user\?\n$/u],
      [['user', 'list', '--json'], 0, /^\[\n/u, /^$/u],
    ] as const) {
      const ran = await spawned(args);
      expect(ran.code, args.join(' ')).to.equal(code);
      expect(ran.stdout, args.join(' ')).to.match(stdout);
      expect(ran.stderr, args.join(' ')).to.match(stderr);
    }
  });

  describe('user', () => {
    it('adds with everything, lists, shows, changes and removes', async () => {
      const added = await done(
        'user',
        'add',
        'maria',
        '--password',
        'demo',
        '--email',
        'maria@example.com',
        '--given-name',
        'Maria',
        '--surname',
        'Silva',
        '--display-name',
        'Maria Silva',
        '--group',
        'Sales',
        '--group',
        'a,b',
        '--attr',
        'department=Sales',
        '--attr',
        'department=EMEA',
        '--attr',
        'x=y=z',
      );
      expect(added.stdout).to.equal('Added maria\n');
      expect(added.stderr).to.match(/^note: The password is weak/u);
      expect(await json('user', 'show', 'MARIA@example.com')).to.deep.include({
        userName: 'maria',
        groups: ['Sales', 'a,b'],
        attributes: { department: ['Sales', 'EMEA'], x: ['y=z'] },
        enabled: true,
        role: 'none',
        hasPassword: true,
        version: 1,
      });
      expect((await done('user', 'show', 'maria')).stdout).to.match(/^attr\.department {2}Sales, EMEA$/mu);
      await done('user', 'set', 'maria', 'surname=Santos', '--group', 'a,b', '--group', 'Ops', '--attr', 'x=', '--admin');
      const changed = await json('user', 'show', 'maria');
      expect(changed).to.deep.include({ surname: 'Santos', groups: ['a,b', 'Ops'], attributes: { department: ['Sales', 'EMEA'] }, role: 'owner' });
      expect(JSON.stringify(changed)).not.to.include('argon2');
      await done('user', 'disable', 'maria');
      expect(await json('user', 'list', '--disabled')).to.have.length(1);
      await done('user', 'enable', 'maria');
      expect(await json('user', 'list', '--disabled')).to.deep.equal([]);
      expect((await done('user', 'list', '--group', 'Ops')).stdout).to.match(
        /^NAME {2,}EMAIL .*\nmaria {2}maria@example\.com {2}enabled {2}owner {2}a,b, Ops\n$/u,
      );
      expect((await done('user', 'list', '--text', 'nobody')).stdout).to.equal('nobody\n');
      await done('user', 'remove', 'maria');
      expect(await json('user', 'list')).to.deep.equal([]);
      const changes = await withStorage((storage) => storage.changeLog.read(undefined, 100));
      expect(changes.map(({ actor, action }) => `${actor}: ${action}`)).to.deep.equal([
        'cli: add user',
        'cli: set user',
        'cli: disable user',
        'cli: enable user',
        'cli: remove user',
      ]);
    });

    it('takes passwords from standard input and from files, without their line end, and ends sessions', async () => {
      await run(['user', 'add', 'maria', '--password-stdin'], 'from the pipe \n');
      const { verify } = await import('@node-rs/argon2');
      const hashOf = async (): Promise<string> => (await withStorage((storage) => storage.users.findByName('maria')))?.passwordHash ?? '';
      expect(await verify(await hashOf(), 'from the pipe ')).to.equal(true);
      const user = await withStorage((storage) => storage.users.findByName('maria'));
      if (user === undefined) throw new Error('maria is missing');
      const now = systemClock.now();
      const session = {
        id: 'session-1' as never,
        userId: user.id,
        userName: 'maria',
        authentication: { methods: ['pwd'], contextClass: 'x', at: now },
        startedAt: now,
        expiresAt: now + 3_600_000,
      };
      await withStorage((storage) => storage.ssoSessions.save(session));
      writeFileSync(join(folder, 'pw'), 'from the file\r\n');
      await done('user', 'password', 'maria', '--password-file', at('pw'));
      expect(await verify(await hashOf(), 'from the file')).to.equal(true);
      expect(await withStorage((storage) => storage.ssoSessions.find(session.id))).to.equal(undefined);
    });

    it('lets go of the brakes', async () => {
      await done('user', 'add', 'Maria', '--password', 'demo');
      await withStorage((storage) => storage.ephemeral.put('attempts', 'level pair 192.0.2.0/24 maria', '9', 3600, 'maria'));
      await done('user', 'unlock', 'maria');
      expect(await withStorage((storage) => storage.ephemeral.findByIndex('attempts', 'maria'))).to.deep.equal([]);
    });

    it('imports a file, all or nothing', async () => {
      writeFileSync(join(folder, 'people.csv'), 'name,password,groups\r\nmaria,correct horse battery staple,Sales;Ops\r\n"tom, jr.",,\r\n');
      expect((await done('user', 'import', at('people.csv'), '--dry-run')).stdout).to.equal('Added 2 people (dry run: nothing was changed)\n');
      expect(await json('user', 'list')).to.deep.equal([]);
      expect((await done('user', 'import', at('people.csv'))).stdout).to.equal('Added 2 people\n');
      expect(await json('user', 'list')).to.have.length(2);
    });
  });

  describe('rp', () => {
    it('adds from a file, says what is next, sets, refreshes and removes', async () => {
      writeFileSync(join(folder, 'sp.xml'), readFileSync(metadataPath('good/minimal.xml')));
      const dry = await done('rp', 'add', at('sp.xml'), '--dry-run');
      expect(dry.stdout).to.equal(`Added ${ENTITY} (dry run: nothing was changed)\n`);
      const added = await done('rp', 'add', at('sp.xml'), '--name', 'Acme Expenses', '--draft');
      expect(added.stdout).to.equal(`Added Acme Expenses (${ENTITY}), switched off\n`);
      expect(added.stderr).to.include('next: give the application our metadata: http://localhost:8080/saml/metadata\n');
      expect(added.stderr).to.include(`http://localhost:8080/saml/sso/init?sp=${encodeURIComponent(ENTITY)}`);
      await done('rp', 'enable', ENTITY);
      const set = await done('rp', 'set', 'Acme Expenses', 'sign=assertion', 'groups=Sales,Ops', 'reply=https://app.example/b', 'reply=https://app.example/c');
      expect(set.stdout).to.include('sign: as the metadata says -> assertion\n');
      const shown = await json('rp', 'show', ENTITY);
      expect(shown).to.deep.include({ entityId: ENTITY, name: 'Acme Expenses', enabled: true, version: 3 });
      expect(shown).to.have.property('settings').that.deep.includes({
        key: 'reply',
        metadata: 'https://app.example/saml/acs',
        override: 'https://app.example/b, https://app.example/c',
        otherwise: 'none',
      });
      expect((await done('rp', 'show', ENTITY)).stdout).to.match(
        /^reply {2,}https:\/\/app\.example\/b, https:\/\/app\.example\/c {2}https:\/\/app\.example\/saml\/acs {2,}none$/mu,
      );
      expect((await done('rp', 'refresh', ENTITY)).stdout).to.equal(`Nothing changed in Acme Expenses (${ENTITY})\n`);
      writeFileSync(join(folder, 'sp.xml'), readFileSync(metadataPath('good/minimal.xml'), 'utf8').replace('/saml/acs', '/saml/acs2'));
      const refreshed = await done('rp', 'refresh', ENTITY);
      expect(refreshed.stdout).to.include(
        [
          '- reply address: https://app.example/saml/acs (HTTP-POST, index 0)',
          '    Requests that ask for their answer there are refused.',
          '+ reply address: https://app.example/saml/acs2 (HTTP-POST, index 0)',
          '    Tokens may be sent there.\n',
        ].join('\n'),
      );
      await done('rp', 'disable', ENTITY);
      expect((await done('rp', 'list', '--disabled')).stdout).to.equal(
        `NAME           STATE     PROTOCOL  IDENTIFIER\nAcme Expenses  disabled  SAML 2.0  ${ENTITY}\n`,
      );
      await done('rp', 'remove', ENTITY);
      expect((await done('rp', 'list')).stdout).to.equal('no applications\n');
    });

    it('registers an application of WS-Federation by hand, and shows and sets what is its own (FMD-09)', async () => {
      const REALM = 'urn:northwind:wiki';
      const args = [
        'rp',
        'add-wsfed',
        REALM,
        '--reply',
        'https://wiki.example/',
        '--reply',
        'https://wiki.example/two',
        '--identifier',
        'https://wiki.example/',
      ];
      expect((await done(...args, '--dry-run')).stdout).to.equal(`Added ${REALM} (dry run: nothing was changed)\n`);
      expect((await done('rp', 'list')).stdout).to.equal('no applications\n');
      const added = await done(...args, '--name', 'Wiki', '--token-type', 'saml20', '--draft');
      expect(added.stdout).to.equal(`Added Wiki (${REALM}), switched off\n`);
      expect(added.stderr.split('\n').slice(0, -1)).to.deep.equal([
        'next: give the application our federation metadata: http://localhost:8080/FederationMetadata/2007-06/FederationMetadata.xml',
        `next: or, by hand: sign-in address http://localhost:8080/wsfed, issuer http://localhost:8080/saml/metadata, realm ${REALM}`,
        `next: people open it at http://localhost:8080/wsfed?wa=wsignin1.0&wtrealm=${encodeURIComponent(REALM)}`,
        `next: switch it on with: signet rp enable ${REALM}`,
      ]);
      expect(await json('rp', 'show', 'https://wiki.example/')).to.deep.include({
        entityId: REALM,
        protocols: ['wsfed'],
        identifiers: [REALM, 'https://wiki.example/'],
        enabled: false,
      });
      const set = await done('rp', 'set', REALM, 'token-type=', 'trust-version=1.3', 'identifier=urn:wiki:old');
      expect(set.stdout).to.include('token-type: saml20 -> not set\n').and.include('trust-version: not set -> 1.3\n');
      const shown = (await done('rp', 'show', 'urn:wiki:old')).stdout;
      for (const line of [
        /^identifier {4,}urn:northwind:wiki$/mu,
        /^identifier {4,}https:\/\/wiki\.example\/$/mu,
        /^identifier {4,}urn:wiki:old$/mu,
        /^protocol {4,}WS-Federation$/mu,
        /^reply address {2,}https:\/\/wiki\.example\/two \(WS-Federation\)$/mu,
        /^registered {4,}by hand, /mu,
        /^token-type {4,}- +- +saml11$/mu,
        /^trust-version {4,}1\.3 +- +2005$/mu,
      ]) {
        expect(shown).to.match(line);
      }
      expect(shown, 'what is about SAML only').not.to.match(/^(sign|require-signed-requests) /mu);
      expect((await done('rp', 'list')).stdout).to.equal(`NAME  STATE     PROTOCOL       IDENTIFIER\nWiki  disabled  WS-Federation  ${REALM}\n`);
      expectRefusal(await run(['rp', 'refresh', REALM]), 1, /was registered by hand: there is no metadata to read again/u, 'refresh');
      expectRefusal(await run(args), 4, /is registered already\. To change it, use: signet rp set urn:northwind:wiki$/mu, 'again');
      expectRefusal(await run(['rp', 'add-wsfed', 'urn:b', '--reply', 'http://b.example/']), 1, /uses http.*--allow-http/u, 'http');
      expectRefusal(await run(['rp', 'add-wsfed', 'urn:b', '--reply', 'https://b.example/', '--token-type', 'jwt']), 1, /token-type is "jwt"/u, 'type');
      expectRefusal(await run(['rp', 'set', REALM, 'sign=both']), 1, /sign is a setting of SAML 2\.0/u, 'sign');
      await withStorage(async ({ changeLog }) => {
        expect((await changeLog.read(undefined, 10)).map(({ actor, action }) => [actor, action])).to.deep.equal([
          ['cli', 'add application'],
          ['cli', 'set application'],
        ]);
      });
    });

    it('fetches from an address in a private network when told, by option or by setting', async () => {
      const server = createServer((_request, response) => response.end(readFileSync(metadataPath('good/minimal.xml'))));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/metadata`;
      try {
        expectRefusal(await run(['rp', 'add', url]), 1, /which metadata is not fetched from/u, url);
        expect((await run(['rp', 'add', url, '--dry-run'], '', { SIGNET_FETCH_ALLOW: '127.0.0.0/8' })).code).to.equal(0);
        await done('rp', 'add', url, '--allow-private');
        expect((await done('rp', 'refresh', ENTITY, '--allow-private')).stdout).to.match(/^Nothing changed/u);
      } finally {
        server.close();
      }
    });

    it('leaves nothing in the folders but the data it names (M06)', async () => {
      const text = readFileSync(metadataPath('good/minimal.xml'), 'utf8').replace(ENTITY, '../../../escaped');
      writeFileSync(join(folder, 'sp.xml'), text);
      await done('rp', 'add', at('sp.xml'), '--name', '../name');
      expect(readdirSync(folder).sort()).to.deep.equal(['data', 'sp.xml']);
      expect(readdirSync(data).filter((name) => !name.startsWith('signet.db') && name !== 'secret.key')).to.deep.equal([]);
      expect(existsSync(join(folder, '..', 'escaped'))).to.equal(false);
    });
  });

  it('keys: rotate, promote with its waiting time, retire', async () => {
    await done('keys', 'rotate', '--algorithm', 'p-256');
    await done('keys', 'promote');
    expect(await json('keys', 'rotate', '--dry-run')).to.include({ state: 'next', algorithm: 'RSA-2048' });
    const next = await json('keys', 'rotate');
    expect(next).not.to.have.property('sealedPrivateKey');
    expectRefusal(await run(['keys', 'rotate']), 1, /There is a next key already/u, 'rotate');
    expectRefusal(await run(['keys', 'promote']), 1, /Promote it in 6 hours, or now with --force/u, 'promote');
    await done('rp', 'add', metadataPath('good/minimal.xml'));
    await done('keys', 'promote', '--rp', ENTITY, '--force');
    expect(await json('keys', 'list')).to.have.length(2);
    expect((await done('keys', 'list')).stdout).to.match(new RegExp(`next .*${ENTITY}`, 'u'));
    await done('keys', 'promote', '--force');
    await done('keys', 'retire');
    const [only, ...others] = (await json('keys', 'list')) as readonly Readonly<Record<string, unknown>>[];
    expect(others).to.deep.equal([]);
    expect(only).to.include({ state: 'active', algorithm: 'RSA-2048' });
  });

  describe('log and trace', () => {
    beforeEach(async () => {
      await done('user', 'list');
      const now = systemClock.now();
      await withStorage(async (storage) => {
        for (const n of [1, 2, 3])
          await storage.journal.record(
            aSignOn({ id: `_t${String(n)}`, tokenId: `_t${String(n)}`, reference: `SGN-AAAA-000${String(n)}`, at: now - 10_000 + n }),
          );
        await storage.journal.record(
          aSignOn({
            id: '_r',
            reference: 'SGN-BBBB-2222',
            at: now,
            outcome: 'refused',
            check: 'request.destination',
            user: 'tom',
            relyingParty: 'urn:other',
            trace: { startedAt: now, checks: [{ id: 'request.destination', result: 'failed', observed: 'a', expected: 'b' }], steps: [] },
          }),
        );
      });
    });

    const references = (stdout: string): unknown[] =>
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { reference: unknown }).reference);

    it('prints one JSON object a line, with exactly the fields of the contract', async () => {
      const { stdout } = await done('log', '--json');
      expect(references(stdout)).to.deep.equal(['SGN-AAAA-0001', 'SGN-AAAA-0002', 'SGN-AAAA-0003', 'SGN-BBBB-2222']);
      expect(Object.keys(JSON.parse(stdout.split('\n')[0] ?? '{}') as object)).to.deep.equal([
        'time',
        'reference',
        'outcome',
        'protocol',
        'relyingParty',
        'user',
        'tokenId',
        'inResponseTo',
        'check',
      ]);
      expect((await done('log')).stdout).to.match(/SGN-BBBB-2222 {2}refused {4}tom {2}urn:other {2}request\.destination\n$/u);
    });

    it('filters and limits', async () => {
      expect(references((await done('log', '--json', '--since', 'SGN-AAAA-0002')).stdout)).to.deep.equal(['SGN-AAAA-0003', 'SGN-BBBB-2222']);
      expect(references((await done('log', '--json', '--since', '5s')).stdout)).to.deep.equal(['SGN-BBBB-2222']);
      expect(references((await done('log', '--json', '--user', 'TOM')).stdout)).to.deep.equal(['SGN-BBBB-2222']);
      expect(references((await done('log', '--json', '--rp', 'https://app.example/metadata', '--limit', '1')).stdout)).to.deep.equal(['SGN-AAAA-0003']);
      expect((await done('log', '--rp', 'urn:nobody')).stdout).to.equal('');
    });

    it('follows what comes, until it is interrupted', async () => {
      const child = spawn(process.execPath, [MAIN, 'log', '--follow', '--json', '--limit', '1'], { env: cleanEnvironment({ SIGNET_DATA: data }) });
      let stdout = '';
      const seen = (text: string): Promise<void> =>
        new Promise((resolve) => {
          const look = (): void => {
            if (stdout.includes(text)) resolve();
          };
          child.stdout.on('data', look);
          look();
        });
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
      const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
      await seen('SGN-BBBB-2222');
      await withStorage((storage) => storage.journal.record(aSignOn({ id: '_late', reference: 'SGN-CCCC-3333', at: systemClock.now() })));
      await seen('SGN-CCCC-3333');
      child.kill('SIGINT');
      expect(await ended).to.equal(0);
      expect(references(stdout)).to.deep.equal(['SGN-BBBB-2222', 'SGN-CCCC-3333']);
    });

    it('shows the trace in words, and as JSON', async () => {
      const { stdout } = await done('trace', 'bbbb-2222');
      expect(stdout).to.include('  FAILED request.destination Sent to a; this is b.\n');
      expect(await json('trace', 'SGN-BBBB-2222')).to.have.nested.property('[0].trace.checks[0].expected', 'b');
    });
  });

  it('is quiet when the reader of a pipe goes away', async () => {
    const rows = Array.from({ length: 3000 }, (_, at) => `person-${String(at)}`);
    await done('user', 'list');
    await withStorage(async (storage) => {
      for (const at of rows.keys()) await storage.journal.record(aSignOn({ id: `_p${String(at)}`, at: systemClock.now() }));
    });
    for (const args of [
      ['log', '--json'],
      ['user', '--help'],
    ]) {
      const child = spawn(process.execPath, [MAIN, ...args], { env: cleanEnvironment({ SIGNET_DATA: data }) });
      let stderr = '';
      child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
      child.stdout.destroy();
      const code = await new Promise((resolve) => child.on('close', resolve));
      expect([code, stderr], args.join(' ')).to.deep.equal([0, '']);
    }
  });

  it('config shows values with their sources, and no secret (M13)', async () => {
    const env = { SIGNET_SECRET_KEY: 'a very secret key of mine', SIGNET_DATABASE_URL: 'postgres://signet:pa55word@db.example/signet', SIGNET_PORTS: '1' };
    writeFileSync(join(folder, 'signet.config.json'), JSON.stringify({ port: 8443 }));
    const { code, stdout, stderr } = await spawned(['config'], env);
    expect(code).to.equal(0);
    expect(stdout).to.match(/^SIGNET_PORT {2,}file {2,}8443$/mu);
    expect(stdout).to.match(/^SIGNET_DATA {2,}environment {2}/mu);
    expect(stdout).to.match(/^SIGNET_HOST {2,}default {2,}127\.0\.0\.1$/mu);
    expect(stderr).to.match(/^warning: SIGNET_PORTS is not a setting of Signet; did you mean SIGNET_PORT\?.*\n$/u);
    const asJson = await run(['config', '--json', '--data', '/elsewhere'], '', env);
    expect(JSON.parse(asJson.stdout))
      .to.have.property('settings')
      .that.deep.includes({ name: 'SIGNET_DATA', value: '/elsewhere', source: 'flag', help: 'Data folder: database, secret key.' });
    expect(stdout + asJson.stdout).not.to.match(/pa55word|very secret/u);
    expect(existsSync(data), 'looking makes nothing').to.equal(false);
  });

  it('health says what the node says of itself', async () => {
    let ready = true;
    const server = createServer((request, response) => {
      if (request.url === '/readyz') response.writeHead(ready ? 200 : 503).end(ready ? 'ready\n' : 'not ready\nthe disk is full\nthe clock is off\n');
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const port = String((server.address() as AddressInfo).port);
    try {
      const own = await run(['health'], '', { SIGNET_PORT: port });
      expect([own.code, own.stdout]).to.deep.equal([0, 'ready\n']);
      ready = false;
      const ran = await run(['health', '--url', `http://127.0.0.1:${port}/`]);
      expect([ran.code, ran.stdout]).to.deep.equal([1, 'not ready: the disk is full; the clock is off\n']);
      const asJson = await run(['health', '--json'], '', { SIGNET_PORT: port });
      expect([asJson.code, JSON.parse(asJson.stdout)]).to.deep.equal([
        1,
        { url: `http://127.0.0.1:${port}/readyz`, ready: false, reasons: ['the disk is full', 'the clock is off'] },
      ]);
    } finally {
      server.close();
    }
    expect((await run(['health'], '', { SIGNET_PORT: port })).code).to.equal(1);
    expectRefusal(await run(['health', '--url', 'nowhere']), 1, /nowhere is not a web address/u, 'health');
  });

  it('doctor finds what is wrong (exit 6), makes nothing, and finds nothing when all is well', async () => {
    const fresh = await run(['doctor']);
    expect([fresh.code, fresh.stdout]).to.deep.equal([
      6,
      `problem: There is no database at ${join(data, 'signet.db')} yet. Start a node: signet serve makes it.\n`,
    ]);
    expect(existsSync(data)).to.equal(false);
    mkdirSync(data, { mode: 0o755 });
    await done('user', 'add', 'dana', '--password', 'correct horse battery staple', '--admin');
    const ids = async (env: Readonly<Record<string, string>> = {}): Promise<unknown> => {
      const { code, stdout } = await run(['doctor', '--json'], '', env);
      expect(code).to.equal(6);
      return (JSON.parse(stdout) as { findings: { id: string }[] }).findings.map(({ id }) => id);
    };
    const here = await ids();
    expect(here).to.include.members(['folder.rights', 'key.none-active']);
    rmSync(data, { recursive: true });
    await done('user', 'add', 'dana', '--password', 'correct horse battery staple', '--admin');
    await done('keys', 'rotate', '--algorithm', 'P-256');
    await done('keys', 'promote');
    const well = await run(['doctor']);
    expect([well.code, well.stdout]).to.deep.equal([0, 'Nothing is wrong\n']);
    expect(await ids({ SIGNET_BASE_URL: 'http://login.example.com', SIGNET_PROT: '1' })).to.deep.equal(['settings.warning', 'settings.http']);
    expect(await ids({ SIGNET_DATABASE_URL: 'postgres://signet@127.0.0.1:9/signet', SIGNET_SECRET_KEY: '0123456789abcdef' })).to.deep.equal([
      'store.unreachable',
    ]);
    expect(await ids({ SIGNET_PORT: 'many' })).to.deep.equal(['settings.unusable']);
    expect(await ids({ SIGNET_SECRET_KEY: 'another secret key' })).to.deep.equal(['key.not-usable']);
  });
});
