/** `npm run demo` as a process: people sign in at Acme over HTTP, every Break-something button, what the command line says. */
import { execFile, spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { type Breakage, BREAKAGES } from '../../src/demo/acme/broken.js';
import { ACME_COOKIE } from '../../src/demo/acme/app.js';
import { createBrowser, decodeHtml, type Page } from './browser.js';

const DEMO = fileURLToPath(new URL('../../src/demo/main.js', import.meta.url));
const SIGNET = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const REFERENCE = /SGN-[2-9A-HJ-NP-TV-Z]{4}-[2-9A-HJ-NP-TV-Z]{4}/u;
const run = promisify(execFile);

interface Announced {
  readonly signet: { readonly url: string };
  readonly acme: { readonly url: string; readonly entityId: string };
  readonly people: readonly { readonly userName: string; readonly password: string; readonly enabled: boolean }[];
  readonly data: string;
}

type DemoProcess = ChildProcessByStdio<null, Readable, Readable>;

function launch(...more: readonly string[]): DemoProcess {
  return spawn(process.execPath, [DEMO, '--port', '0', '--acme-port', '0', '--json', ...more], { stdio: ['ignore', 'pipe', 'pipe'] });
}

async function announced(demo: DemoProcess): Promise<Announced> {
  let said = '';
  demo.stderr.on('data', (piece: Buffer) => (said += piece.toString()));
  const [line] = (await Promise.race([once(demo.stdout, 'data'), once(demo, 'exit')])) as [unknown];
  if (!Buffer.isBuffer(line)) throw new Error(`the demo ended with ${String(line)}: ${said}`);
  return JSON.parse(line.toString()) as Announced;
}

async function ended(demo: DemoProcess, signal: NodeJS.Signals): Promise<number | null> {
  const exit = once(demo, 'exit') as Promise<[number | null]>;
  demo.kill(signal);
  return (await exit)[0];
}

async function signet(data: string, ...command: readonly string[]): Promise<string> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SIGNET_')));
  const { stdout } = await run(process.execPath, [SIGNET, ...command, '--data', data], { env });
  return stdout;
}

describe('npm run demo', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'signet-demo-test-'));
  const data = join(folder, 'data');
  let demo: DemoProcess;
  let about: Announced;

  before(async () => {
    demo = launch('--keep', data);
    about = await announced(demo);
  });
  after(async () => {
    if (demo.exitCode === null) await ended(demo, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  const at = (path: string): string => `${about.acme.url}${path}`;

  it('signs maria in at Acme, who is told five attributes and verifies what it got', async () => {
    const browser = createBrowser();
    const login = await browser.get(at('/sign-in'));
    expect(login.url)
      .to.match(/^http:\/\/localhost:\d+\//u)
      .and.satisfy((url: string) => url.startsWith(about.signet.url));
    const home = await browser.signIn(login, 'maria', 'demo');
    expect(home.url).to.equal(at('/'));
    expect(home.heading).to.equal('Hello, Maria Keller');
    const text = decodeHtml(home.body);
    for (const value of ['maria@example.com', 'Maria', 'Keller', 'Sales', 'Staff', 'isMemberOf']) expect(text).to.include(value);
    expect(text).to.include('The response is signed with a key of Signet').and.include('The assertion is signed as well');
    expect(text).to.include('<saml:AttributeStatement>', 'the assertion is shown as text');
    expect(home.body).not.to.include('<saml:', 'and only as text');
  });

  it('keeps the page that was wanted in RelayState (BND-09)', async () => {
    const browser = createBrowser();
    const wanted = await browser.signIn(await browser.get(at('/expenses/1042')), 'tom', 'demo');
    expect(wanted.url).to.equal(at('/expenses/1042'));
    expect(wanted.heading).to.equal('Dinner with Northwind');
  });

  it('takes a sign-on that starts at Signet, and follows no RelayState that leads elsewhere (SSO-14, BND-10)', async () => {
    const browser = createBrowser();
    await browser.signIn(await browser.get(at('/sign-in')), 'maria', 'demo');
    const init = await browser.get(
      `${about.signet.url}/saml/sso/init?${new URLSearchParams({ sp: about.acme.entityId, RelayState: 'https://elsewhere.example/' }).toString()}`,
    );
    const page = await browser.handOff(init);
    expect(page.url).to.equal(at('/'));
    expect(decodeHtml(page.body)).to.include('Nobody asked for it');
  });

  it('signs out of Acme only, and comes back without a password', async () => {
    const browser = createBrowser();
    const home = await browser.signIn(await browser.get(at('/sign-in')), 'maria', 'demo');
    const signOut = home.forms.find((form) => form.action === at('/sign-out'));
    expect(browser.cookies('localhost')).to.include(`${ACME_COOKIE}=`);
    const out = await browser.submit(signOut ?? expect.fail('no sign-out form'));
    expect(out.heading).to.equal('You are signed out of Acme');
    expect(browser.cookies('localhost')).not.to.include(`${ACME_COOKIE}=`);
    expect((await browser.get(at('/'))).heading).to.equal('Receipts in, money out');
    expect((await browser.handOff(await browser.get(at('/sign-in')))).heading).to.equal('Hello, Maria Keller');
  });

  it('lets ines in nowhere: she is disabled', async () => {
    const browser = createBrowser();
    const page = await browser.signIn(await browser.get(at('/sign-in')), 'ines', 'demo');
    expect(page.url.startsWith(about.signet.url)).to.equal(true);
    expect(page.forms.some((form) => form.hasPassword)).to.equal(true);
  });

  it('takes a form of its own only, and an assertion once', async () => {
    const from = await fetch(at('/sign-out'), { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' }, redirect: 'manual' });
    expect(from.status).to.equal(403);
    const foreign = await fetch(at('/break/unsigned'), { method: 'POST', headers: { origin: 'https://elsewhere.example' }, redirect: 'manual' });
    expect(foreign.status).to.equal(403);

    const browser = createBrowser();
    await browser.signIn(await browser.get(at('/sign-in')), 'maria', 'demo');
    const handOff = (await browser.get(at('/sign-in'))).forms.find((form) => 'SAMLResponse' in form.fields) ?? expect.fail('no hand-off');
    expect((await browser.submit(handOff)).status).to.equal(200);
    const again = await browser.submit(handOff);
    expect(again.status).to.equal(400);
    expect(again.heading).to.equal('Acme did not accept the answer');
    const forged = await browser.submit(handOff, { SAMLResponse: Buffer.from('<samlp:Response').toString('base64') });
    expect(forged.status).to.equal(400);
  });

  it('sends a policy without scripts, and looks nothing like Signet', async () => {
    const response = await fetch(at('/'));
    expect(response.headers.get('content-security-policy')).to.include("default-src 'none'").and.not.include('unsafe');
    expect(await response.text()).not.to.match(/<script|style=|onload/iu);
    expect((await fetch(at('/acme.css'))).headers.get('content-type')).to.include('text/css');
    expect((await fetch(at('/nowhere'))).status).to.equal(404);
  });

  describe('Break something (B5)', () => {
    const HEADINGS: Readonly<Record<string, string>> = {
      'reply-address': 'The application asked for something we could not accept',
      unsigned: 'We could not be sure who sent you here',
      identifier: 'This application is not set up here',
    };

    for (const breakage of BREAKAGES) {
      it(`${breakage.button}: ends ${breakage.ends}, and the trace names ${breakage.check}`, async () => {
        const browser = createBrowser();
        const home = await browser.signIn(await browser.get(at('/sign-in')), 'maria', 'demo');
        const page = await press(breakage, browser, home);
        const reference = REFERENCE.exec(page.body)?.[0] ?? expect.fail(`no reference on ${page.url}`);
        if (breakage.ends === 'at Signet') {
          expect(page.status).to.equal(400);
          expect(page.url.startsWith(about.signet.url)).to.equal(true);
          expect(page.heading).to.equal(HEADINGS[breakage.name]);
        } else {
          expect(page.status).to.equal(403);
          expect(page.url).to.equal(at('/saml/acs'));
          expect(page.heading).to.equal('Signet did not sign you in');
          expect(decodeHtml(page.body)).to.include(breakage.sent);
        }
        // What is only noted is written within 200 ms.
        await sleep(500);
        const trace = JSON.parse(await signet(data, 'trace', reference, '--json')) as readonly { readonly check?: string; readonly outcome: string }[];
        expect(trace.map((entry) => entry.check)).to.deep.equal([breakage.check]);
        expect(trace[0]?.outcome).to.equal('refused');
      });
    }

    async function press(breakage: Breakage, browser: ReturnType<typeof createBrowser>, home: Page): Promise<Page> {
      const form = home.forms.find((entry) => entry.action === at(`/break/${breakage.name}`)) ?? expect.fail(`no button for ${breakage.name}`);
      return browser.handOff(await browser.submit(form));
    }
  });

  it('does what its table says: groups=Finance refuses maria and lets tom in', async () => {
    await signet(data, 'rp', 'set', about.acme.entityId, 'groups=Finance');
    try {
      await sleep(2000);
      const [maria, tom] = [createBrowser(), createBrowser()];
      const refused = await maria.signIn(await maria.get(at('/sign-in')), 'maria', 'demo');
      expect(refused.status).to.equal(403);
      const welcome = await tom.signIn(await tom.get(at('/sign-in')), 'tom', 'demo');
      expect(welcome.heading).to.equal('Hello, Tom Okafor');
    } finally {
      await signet(data, 'rp', 'set', about.acme.entityId, 'groups=');
      await sleep(2000);
    }
  });
});

describe('npm run demo, its life', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'signet-demo-life-'));
  const running = new Set<DemoProcess>();
  const start = async (...more: readonly string[]): Promise<{ readonly demo: DemoProcess; readonly about: Announced }> => {
    const demo = launch(...more);
    running.add(demo);
    return { demo, about: await announced(demo) };
  };
  after(() => {
    for (const demo of running) demo.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  it('ends on SIGTERM and SIGINT with 0, keeps what --keep names, and starts again on it', async () => {
    const data = join(folder, 'data');
    const first = await start('--keep', data);
    expect(await ended(first.demo, 'SIGTERM')).to.equal(0);
    expect(existsSync(join(data, 'signet.db'))).to.equal(true);
    expect(readFileSync(join(data, 'signet.log'), 'utf8')).not.to.include('SAMLResponse');
    const second = await start('--keep', data);
    const browser = createBrowser();
    const home = await browser.signIn(await browser.get(`${second.about.acme.url}/sign-in`), 'dana', 'demo');
    expect(home.heading).to.equal('Hello, Dana Ruiz');
    expect(await ended(second.demo, 'SIGINT')).to.equal(0);
  });

  it('removes its temporary folder', async () => {
    const { demo, about } = await start();
    expect(existsSync(about.data)).to.equal(true);
    expect(await ended(demo, 'SIGTERM')).to.equal(0);
    expect(existsSync(about.data)).to.equal(false);
  });

  it('refuses a folder that holds something else, and unknown options', async () => {
    const occupied = mkdtempSync(join(folder, 'occupied-'));
    writeFileSync(join(occupied, 'signet.db'), 'somebody’s');
    const refused = await run(process.execPath, [DEMO, '--keep', occupied]).catch((error: unknown) => error as { code: number; stderr: string });
    expect(refused).to.include({ code: 2 });
    expect(refused.stderr).to.include('something else than demo data');
    expect(readFileSync(join(occupied, 'signet.db'), 'utf8')).to.equal('somebody’s');
    const unknown = await run(process.execPath, [DEMO, '--wrong']).catch((error: unknown) => error as { code: number; stderr: string });
    expect(unknown).to.include({ code: 2 });
    expect((await run(process.execPath, [DEMO, '--help'])).stdout).to.include('--keep DIR');
  });
});
