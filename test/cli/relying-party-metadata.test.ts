import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Signer } from '../../src/core/ports.js';
import { command, type Ran } from '../support/command-line.js';
import { aKeyPair, aSigner, FEED_ENTITY, type Feed, feedText, type FeedServer, signedFeed, startFeedServer } from '../support/feeds.js';

const DAY = 86_400_000;
const EVIL = 'https://evil.example/acs';

describe('the metadata of applications over time, by command (B9, C1)', () => {
  let folder: string;
  let server: FeedServer;
  let signer: Signer;

  before(async () => {
    signer = await aSigner('feed');
  });
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'signet-metadata-'));
    server = await startFeedServer();
  });
  afterEach(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const at = (name: string): string => join(folder, name);
  const run = (...args: readonly string[]): Promise<Ran> => command(args, { env: { SIGNET_DATA: at('data') } });
  const done = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(...args);
    expect(code, `${args.join(' ')}: ${stderr}`).to.equal(0);
    return stdout;
  };
  const json = async (...args: readonly string[]): Promise<Readonly<Record<string, unknown>>> =>
    JSON.parse(await done(...args, '--json')) as Record<string, unknown>;
  const refused = async (code: number, sentence: RegExp, ...args: readonly string[]): Promise<void> => {
    const ran = await run(...args);
    expect(ran.code, args.join(' ')).to.equal(code);
    expect(ran.stderr.trimEnd().split('\n'), args.join(' ')).to.have.length(1);
    expect(ran.stderr).to.match(sentence);
    expect(ran.stdout).to.equal('');
  };
  const write = (feed: Feed = {}): string => {
    writeFileSync(at('sp.xml'), feedText(feed));
    return at('sp.xml');
  };
  const version = async (): Promise<unknown> => (await json('rp', 'show', FEED_ENTITY))['version'];

  describe('refresh', () => {
    it('applies what is harmless, and says what it means', async () => {
      await done('rp', 'add', write());
      write({ name: 'New' });
      expect(await done('rp', 'refresh', FEED_ENTITY, '--dry-run')).to.match(/^Refreshed .*\(dry run: nothing was changed\)\n/u);
      expect(await version()).to.equal(1);
      expect(await done('rp', 'refresh', FEED_ENTITY)).to.equal(
        `Refreshed New (${FEED_ENTITY})\n- name: Acme\n+ name: New\n    Only what people see of it changes.\n`,
      );
      expect(await done('rp', 'refresh', FEED_ENTITY)).to.equal(`Nothing changed in New (${FEED_ENTITY})\n`);
      expect(await version()).to.equal(2);
    });

    it('holds what is dangerous unless it is accepted; a new key that somebody asked for is taken', async () => {
      const pair = await aKeyPair('app');
      await done('rp', 'add', write());
      write({ signing: [pair.certificate] });
      expect(await done('rp', 'refresh', FEED_ENTITY)).to.include('Requests signed by its key are accepted.');
      write({ signing: [pair.certificate], acs: [EVIL] });
      const held = await run('rp', 'refresh', FEED_ENTITY);
      expect(held.code).to.equal(6);
      expect(held.stdout).to.match(/^Nothing was applied to Acme \(.*\): the reply address https:\/\/evil\.example\/acs is on a host/u);
      expect(held.stdout).to.include('    Waits: the reply address https://evil.example/acs is on a host that was not among its addresses.\n');
      expect(held.stderr).to.include(`signet rp diff ${FEED_ENTITY} --accept\n`);
      expect(await version()).to.equal(2);
      expect(await done('rp', 'show', FEED_ENTITY)).to.match(/^held change {2,}since .*evil\.example.* See: signet rp diff/mu);
      const accepted = await json('rp', 'refresh', FEED_ENTITY, '--accept');
      expect(accepted).to.include({ outcome: 'applied', version: 3 });
      await refused(3, /Nothing is held of https:\/\/app\.example/u, 'rp', 'diff', FEED_ENTITY);
    });

    it('remembers what was allowed, and reads all sources with one command', async () => {
      server.put('/a', feedText({ entityId: 'urn:a' }));
      server.put('/b', feedText({ entityId: 'urn:b' }));
      server.put('/c', feedText({ entityId: 'urn:c' }));
      for (const path of ['a', 'b', 'c']) await done('rp', 'add', `${server.origin}/${path}`, '--allow-private');
      await done('rp', 'add', write());
      expect(await done('rp', 'refresh', '--all')).to.equal(
        ['OUTCOME    APPLICATION   REASON', ...['a', 'b', 'c'].map((name) => `unchanged  Acme (urn:${name})  -`), ''].join('\n'),
      );
      server.put('/a', feedText({ entityId: 'urn:a', name: 'New' }));
      server.put('/b', feedText({ entityId: 'urn:b', acs: [EVIL] }));
      server.put('/c', (_request, response) => response.writeHead(503).end());
      const all = await run('rp', 'refresh', '--all', '--json');
      expect(all.code).to.equal(6);
      expect((JSON.parse(all.stdout) as readonly { readonly outcome: string }[]).map(({ outcome }) => outcome)).to.deep.equal(['applied', 'held', 'failed']);
    });

    it('takes no wrong use', async () => {
      await done('rp', 'add', write());
      await refused(2, /Name the application, or all of them with --all/u, 'rp', 'refresh');
      await refused(2, /--all takes no application/u, 'rp', 'refresh', FEED_ENTITY, '--all');
      await refused(2, /--all takes no application/u, 'rp', 'refresh', '--all', '--accept');
      await refused(3, /is not an application here/u, 'rp', 'refresh', 'nobody');
    });
  });

  describe('diff', () => {
    beforeEach(async () => {
      await done('rp', 'add', write());
      write({ acs: ['https://app.example/acs', EVIL] });
      expect((await run('rp', 'refresh', FEED_ENTITY)).code).to.equal(6);
    });

    it('shows what is held, and puts it in force as it was shown, whatever the source says by now', async () => {
      const shown = await run('rp', 'diff', 'Acme');
      expect(shown.stdout).to.match(/^Held since .*: Acme \(.*\)\nWhy it waits: the reply address/u);
      expect(shown.stdout).to.match(/\+ reply address: https:\/\/evil\.example\/acs .*\n {4}Tokens may be sent there\.\n {4}Waits: /u);
      write({ acs: ['https://worse.example/acs'] });
      await done('rp', 'diff', 'Acme', '--accept', '--dry-run');
      expect(await version()).to.equal(1);
      expect(await done('rp', 'diff', 'Acme', '--accept')).to.match(/^Put in force: /u);
      expect(JSON.stringify(await json('rp', 'show', 'Acme')))
        .to.include(EVIL)
        .and.not.include('worse.example');
      await refused(3, /Nothing is held/u, 'rp', 'diff', 'Acme', '--accept');
      expect(await done('changes')).to.match(/cli {2}hold metadata[\s\S]*cli {2}accept held metadata/u);
    });

    it('drops it', async () => {
      expect(await done('rp', 'diff', 'Acme', '--drop')).to.match(/^Dropped: /u);
      await refused(3, /Nothing is held/u, 'rp', 'diff', 'Acme');
      expect(await version()).to.equal(1);
      await refused(2, /exclude each other/u, 'rp', 'diff', 'Acme', '--drop', '--accept');
    });

    it('shows what differs between versions', async () => {
      await done('rp', 'diff', 'Acme', '--accept');
      write({ name: 'Three' });
      expect((await run('rp', 'refresh', FEED_ENTITY, '--accept')).code).to.equal(0);
      expect(await done('rp', 'diff', FEED_ENTITY, '1', '2')).to.match(/from version 1 to version 2\n\+ reply address: https:\/\/evil/u);
      expect(await done('rp', 'diff', FEED_ENTITY, '1')).to.match(/from what is in force to version 1\n- name: Three\n\+ name: Acme/u);
      expect(await done('rp', 'diff', FEED_ENTITY, '3')).to.match(/^Nothing differs in Three/u);
      await refused(3, /has no version 9 of its metadata; there are 1 to 3/u, 'rp', 'diff', FEED_ENTITY, '9');
      await refused(2, /"x" is not the number of a version/u, 'rp', 'diff', FEED_ENTITY, 'x');
      await refused(2, /--accept and --drop are about what is held/u, 'rp', 'diff', FEED_ENTITY, '1', '--accept');
    });
  });

  describe('versions and restore', () => {
    it('lists who changed what, and puts one back', async () => {
      await done('rp', 'add', write());
      write({ name: 'Two' });
      await done('rp', 'refresh', FEED_ENTITY);
      expect(await done('rp', 'versions', FEED_ENTITY)).to.match(
        /^VERSION {2}SINCE +BY +WHY +CHANGED\n2 .* cli {2}refresh application {2}name\n1 .* cli {2}add application +-\n$/u,
      );
      expect(await done('rp', 'restore', FEED_ENTITY, '1', '--dry-run')).to.match(/^Restored version 1 of Acme .*dry run/u);
      const restored = await run('rp', 'restore', FEED_ENTITY, '1');
      expect(restored.stdout).to.match(/^Restored version 1 of Acme .*\n- name: Two\n\+ name: Acme/u);
      expect(restored.stderr).to.equal('');
      expect(await done('rp', 'restore', FEED_ENTITY, '1')).to.match(/^Nothing differs/u);
      expect((await run('rp', 'versions', FEED_ENTITY)).stdout).to.match(/^3 .* restore version 1 of the metadata {2}name$/mu);
      await refused(3, /has no version 7/u, 'rp', 'restore', FEED_ENTITY, '7');
    });

    it('puts none back that has ended', async () => {
      // Within the tolerance for clocks it is read.
      await done('rp', 'add', write({ validUntil: Date.now() - 60_000 }));
      write({ name: 'Two' });
      await done('rp', 'refresh', FEED_ENTITY);
      await refused(1, /Version 1 ended on .*, so its sign-ons would be refused/u, 'rp', 'restore', FEED_ENTITY, '1');
      expect(await version()).to.equal(2);
    });

    it('says that changes wait from now on where the source is read by itself', async () => {
      server.put('/m', feedText({ validUntil: Date.now() + 3 * DAY }));
      await done('rp', 'add', `${server.origin}/m`, '--allow-private');
      server.put('/m', feedText({ name: 'Two' }));
      await done('rp', 'refresh', FEED_ENTITY);
      const restored = await run('rp', 'restore', FEED_ENTITY, '1');
      expect(restored.stderr).to.match(/every change that its source says waits \(refresh=hold\)[\s\S]*signet rp set \S+ refresh=\n$/u);
      expect(await json('rp', 'show', FEED_ENTITY))
        .to.have.property('refresh')
        .that.includes({ mode: 'hold', byItself: true });
    });
  });

  describe('settings', () => {
    it('take a certificate from a file or as text; from then on what it did not sign is refused (M05)', async () => {
      server.put('/m', await signedFeed(signer));
      const { certificate } = signer;
      writeFileSync(at('feed.der'), Buffer.from(certificate, 'base64'));
      writeFileSync(at('feed.pem'), `-----BEGIN CERTIFICATE-----\n${certificate.replaceAll(/.{64}/gu, '$&\n')}\n-----END CERTIFICATE-----\n`);
      await done('rp', 'add', `${server.origin}/m`, '--allow-private');
      for (const text of [at('feed.der'), at('feed.pem'), certificate]) {
        await done('rp', 'set', FEED_ENTITY, 'metadata-certificate=');
        await done('rp', 'set', FEED_ENTITY, `metadata-certificate=${text}`);
        expect(await done('rp', 'show', FEED_ENTITY)).to.match(/^metadata signed by {2,}CN=feed, until .*, sha256 [0-9a-f]{64}$/mu);
      }
      await done('rp', 'refresh', FEED_ENTITY);
      server.put('/m', feedText({ name: 'Evil' }));
      await refused(1, /The metadata is not signed/u, 'rp', 'refresh', FEED_ENTITY);
      writeFileSync(at('key.pem'), '-----BEGIN PRIVATE KEY-----\nMA==\n-----END PRIVATE KEY-----\n');
      await refused(1, /key\.pem: this is a private key; use the certificate/u, 'rp', 'set', FEED_ENTITY, `metadata-certificate=${at('key.pem')}`);
      await refused(1, /cannot be read: there is no such file/u, 'rp', 'set', FEED_ENTITY, 'metadata-certificate=missing.pem');
    });

    it('register with a certificate, and pin one with a reading', async () => {
      writeFileSync(at('feed.der'), Buffer.from(signer.certificate, 'base64'));
      server.put('/m', feedText());
      await refused(1, /The metadata is not signed/u, 'rp', 'add', `${server.origin}/m`, '--allow-private', '--certificate', at('feed.der'));
      await done('rp', 'add', `${server.origin}/m`, '--allow-private');
      server.put('/m', await signedFeed(signer));
      await done('rp', 'refresh', FEED_ENTITY, '--certificate', at('feed.der'));
      expect(await done('rp', 'show', FEED_ENTITY)).to.match(/^metadata signed by {2,}CN=feed/mu);
    });

    it('say how often and how, within bounds', async () => {
      await done('rp', 'add', write());
      const set = await done('rp', 'set', FEED_ENTITY, 'refresh=hold', 'refresh-interval=15m');
      expect(set).to.match(/refresh: as the metadata says -> hold\nrefresh-interval: as the metadata says -> 15m\n$/u);
      await refused(1, /refresh is "never"; use apply, hold or off/u, 'rp', 'set', FEED_ENTITY, 'refresh=never');
      await refused(1, /refresh-interval is "1m"; .* from 5m to 1d/u, 'rp', 'set', FEED_ENTITY, 'refresh-interval=1m');
      await done('rp', 'set', FEED_ENTITY, 'refresh=', 'refresh-interval=');
      expect(JSON.stringify(await json('rp', 'show', FEED_ENTITY))).not.to.include('15m');
    });
  });
});
