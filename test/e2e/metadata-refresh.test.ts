import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type RunningNode, startNode } from '../../src/app.js';
import { loadSettings } from '../../src/config/load.js';
import { createLog } from '../../src/ops/log.js';
import { Browser, send } from '../support/browser.js';
import { command, type Ran } from '../support/command-line.js';
import { aKeyPair, aSigner, FEED_ENTITY, type Feed, type FeedServer, signedFeed, startFeedServer } from '../support/feeds.js';
import { until } from '../support/patience.js';
import { signQuery } from '../support/signed-requests.js';

const MARIA = { name: 'maria', password: 'seven quiet herons wade' } as const;
/** Of the jobs of the node, which else look each half minute; and what interface.md promises. */
const SOON_MS = 2000;

describe('a node whose applications change their metadata (IIP-MD02, MDX-03)', () => {
  let folder: string;
  let server: FeedServer;
  let node: RunningNode;
  const log: string[] = [];
  let keys: { readonly old: Awaited<ReturnType<typeof aKeyPair>>; readonly new: Awaited<ReturnType<typeof aKeyPair>> };
  let publish: (feed: Feed) => Promise<void>;

  const run = (...args: readonly string[]): Promise<Ran> =>
    command(args, { env: { SIGNET_DATA: join(folder, 'data'), SIGNET_PORT: '0', SIGNET_FETCH_ALLOW: '127.0.0.1' } });
  const done = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(...args);
    expect(code, `${args.join(' ')}: ${stderr}`).to.equal(0);
    return stdout;
  };
  const show = async (): Promise<{ readonly version: number; readonly refresh: { readonly held: { readonly reasons: readonly string[] } | null } }> =>
    JSON.parse(await done('rp', 'show', FEED_ENTITY, '--json')) as { version: number; refresh: { held: { reasons: readonly string[] } | null } };
  /** Its source is due at once when the way it is read is set otherwise. */
  const readNow = async (minutes: number): Promise<void> => {
    await done('rp', 'set', FEED_ENTITY, `refresh-interval=${String(minutes)}m`);
  };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'signet-refresh-'));
    server = await startFeedServer();
    const [feed, one, two] = await Promise.all([aSigner('feed'), aKeyPair('old'), aKeyPair('new')]);
    keys = { old: one, new: two };
    publish = async (changes) => {
      server.put('/m', await signedFeed(feed, { signsRequests: true, ...changes }));
    };
    await publish({ signing: [one.certificate] });
    writeFileSync(join(folder, 'feed.der'), Buffer.from(feed.certificate, 'base64'));
    const { settings } = loadSettings({ env: { SIGNET_DATA: join(folder, 'data'), SIGNET_PORT: '0', SIGNET_FETCH_ALLOW: '127.0.0.1' }, flags: {} });
    node = await startNode(settings, {
      version: '0.0.0',
      log: createLog({ level: 'info', node: 'test', write: (line) => log.push(line) }),
      setUpLink: () => undefined,
      jobsEveryMs: 40,
    });
    await done('user', 'add', MARIA.name, '--password', MARIA.password, '--email', 'maria@example.com');
    await done('rp', 'add', `${server.origin}/m`, '--certificate', join(folder, 'feed.der'));
  });
  after(async () => {
    await node.close(0);
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const request = (pair: typeof keys.old, acs = 'https://app.example/acs'): string => {
    const xml = `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_${String(Math.trunc(performance.now() * 1000))}" Version="2.0" IssueInstant="${new Date().toISOString()}" Destination="${node.url}/saml/sso" AssertionConsumerServiceURL="${acs}"><saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${FEED_ENTITY}</saml:Issuer></samlp:AuthnRequest>`;
    return `${node.url}/saml/sso?${signQuery(xml, pair).query}`;
  };
  const answer = async (pair: typeof keys.old, acs?: string): Promise<number> => (await send(request(pair, acs))).status;
  const signsOn = async (pair: typeof keys.old, acs = 'https://app.example/acs'): Promise<void> => {
    const browser = new Browser();
    const page = await browser.signIn(await browser.open(request(pair, acs)), MARIA);
    expect(page.forms.find((form) => form.handsOff)?.action.href).to.equal(acs);
    browser.close();
  };

  it('applies a new key that comes signed: sign-on goes on with it, and the old one is refused', async () => {
    await signsOn(keys.old);
    expect(await answer(keys.new)).to.equal(400);
    await publish({ signing: [keys.new.certificate] });
    await readNow(10);
    await until('the new key counts', async () => (await answer(keys.new)) === 200, SOON_MS);
    await signsOn(keys.new);
    expect(await answer(keys.old)).to.equal(400);
    expect(log.join('')).to.include('changed metadata was applied');
  });

  it('holds a new host until a person accepts it: sign-on goes on as before, then goes there', async () => {
    const there = 'https://new.example/acs';
    await publish({ signing: [keys.new.certificate], acs: ['https://app.example/acs', there] });
    await readNow(11);
    await until('it is held', async () => (await show()).refresh.held !== null, SOON_MS);
    expect((await show()).refresh.held?.reasons.join()).to.match(/new\.example/u);
    await signsOn(keys.new);
    expect(await answer(keys.new, there)).to.equal(400);
    const doctor = await run('doctor', '--json');
    expect([doctor.code, doctor.stdout.includes('rp.metadata-held')]).to.deep.equal([6, true]);
    const metrics = (await send(`${node.url}/metrics`)).body;
    expect(metrics).to.match(/^signet_metadata_applications\{state="held"\} 1$/mu);
    expect(metrics).to.match(/^signet_metadata_last_success_timestamp_seconds \d+/mu);
    expect(metrics).not.to.include('app.example');
    expect(node.ready().ready).to.equal(true);

    await done('rp', 'diff', FEED_ENTITY, '--accept');
    await until('it is taken', async () => (await answer(keys.new, there)) === 200, SOON_MS);
    await signsOn(keys.new, there);
  });

  it('goes back to a version, and the next reading does not undo it', async () => {
    const versions = JSON.parse(await done('rp', 'versions', FEED_ENTITY, '--json')) as readonly { readonly number: number; readonly why: string }[];
    expect(versions.map(({ number, why }) => `${String(number)} ${why}`)).to.deep.equal([
      '3 accept held metadata',
      '2 refresh application',
      '1 add application',
    ]);
    await done('rp', 'restore', FEED_ENTITY, '1');
    await until('the old key counts', async () => (await answer(keys.old)) === 200, SOON_MS);
    await readNow(12);
    await until('it is held', async () => (await show()).refresh.held !== null, SOON_MS);
    await signsOn(keys.old);
    const changes = await done('changes');
    for (const action of ['refresh application', 'hold metadata', 'accept held metadata', 'restore version 1 of the metadata'])
      expect(changes).to.include(action);
  });
});
