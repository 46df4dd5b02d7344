import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { until } from '../support/patience.js';
import { cleanEnvironment, command, MAIN, type Ran } from '../support/command-line.js';
import { metadataPath } from '../support/metadata-files.js';

const ENTITY = 'https://app.example/saml/metadata';

describe('the command line beside a running node', () => {
  let folder: string;
  let node: ChildProcess;
  let base: string;
  let exited: Promise<number | null>;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'signet-node-'));
    node = spawn(process.execPath, [MAIN, 'serve'], {
      env: cleanEnvironment({ SIGNET_DATA: folder, SIGNET_PORT: '0', SIGNET_DRAIN_MS: '0' }),
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    exited = new Promise((resolve) => node.on('close', resolve));
    base = await new Promise<string>((resolve, reject) => {
      let log = '';
      node.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
        log += chunk;
        const port = /"port":(\d+)/u.exec(log)?.[1];
        if (port !== undefined) resolve(`http://localhost:${port}`);
      });
      node.on('close', () => {
        reject(new Error(`the node ended: ${log}`));
      });
    });
  });

  after(async () => {
    node.kill('SIGTERM');
    const code = await exited;
    rmSync(folder, { recursive: true, force: true });
    expect(code, 'SIGTERM ends it well').to.equal(0);
  });

  async function done(...args: readonly string[]): Promise<Ran> {
    const ran = await command(args, { env: { SIGNET_DATA: folder } });
    expect(ran.code, ran.stderr).to.equal(0);
    return ran;
  }

  /** Asks until it is so, for the two seconds of the contract. */
  async function soon(what: string, isSo: () => Promise<boolean>): Promise<void> {
    await until(what, isSo, 2000, 50);
  }

  const statusOf = async (path: string): Promise<number> => (await fetch(`${base}${path}`, { redirect: 'manual' })).status;
  const certificates = async (): Promise<number> => ((await (await fetch(`${base}/saml/metadata`)).text()).match(/<ds:X509Certificate>/gu) ?? []).length;

  it('is seen within two seconds, without a restart', async () => {
    const start = `/saml/sso/init?sp=${encodeURIComponent(ENTITY)}`;
    expect(await statusOf(start)).to.equal(400);
    await done('rp', 'add', metadataPath('good/minimal.xml'));
    await soon('added', async () => (await statusOf(start)) !== 400);
    await done('rp', 'disable', ENTITY);
    await soon('disabled', async () => (await statusOf(start)) === 400);
    await done('rp', 'enable', ENTITY);
    await soon('enabled', async () => (await statusOf(start)) !== 400);
    await done('rp', 'remove', ENTITY);
    await soon('removed', async () => (await statusOf(start)) === 400);
  });

  it('puts files of configuration in force within two seconds', async () => {
    const start = `/saml/sso/init?sp=${encodeURIComponent(ENTITY)}`;
    const document = `signet: 1\napplication: ${ENTITY}\nmetadata: ${metadataPath('good/minimal.xml')}\n`;
    const apply = (text: string): Promise<Ran> => command(['apply', '-'], { env: { SIGNET_DATA: folder }, stdin: text });
    expect((await apply(document)).code).to.equal(0);
    await soon('added', async () => (await statusOf(start)) !== 400);
    expect((await apply(`${document}enabled: false\n`)).code).to.equal(0);
    await soon('disabled', async () => (await statusOf(start)) === 400);
    await done('rp', 'remove', ENTITY);
  });

  it('leaves a trace that the log finds by its reference', async () => {
    const page = await (await fetch(`${base}/saml/sso/init?sp=urn:nobody`)).text();
    const reference = /SGN-[0-9A-Z]{4}-[0-9A-Z]{4}/u.exec(page)?.[0] ?? '';
    expect(reference).not.to.equal('');
    await soon('on record', async () => (await command(['trace', reference], { env: { SIGNET_DATA: folder } })).code === 0);
    expect((await done('trace', reference)).stdout).to.include('FAILED request.issuer-known urn:nobody is not an application here.');
    expect((await done('log', '--json', '--limit', '1')).stdout).to.include(`"reference":"${reference}","outcome":"refused"`);
  });

  it('rolls keys over under its eyes (MET-15)', async () => {
    // One in the signature, one for each key that is published.
    expect(await certificates()).to.equal(2);
    await done('keys', 'rotate', '--algorithm', 'P-256');
    await soon('published', async () => (await certificates()) === 3);
    await done('keys', 'promote', '--force');
    await soon('promoted', async () => (await (await fetch(`${base}/saml/metadata`)).text()).includes('ecdsa-sha256"></ds:SignatureMethod>'));
    expect(await certificates()).to.equal(3);
    await done('keys', 'retire');
    await soon('retired', async () => (await certificates()) === 2);
  });

  it('tells its health', async () => {
    const ran = await command(['health'], { env: { SIGNET_DATA: folder, SIGNET_PORT: new URL(base).port } });
    expect([ran.code, ran.stdout]).to.deep.equal([0, 'ready\n']);
  });
});
