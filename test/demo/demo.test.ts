/** `npm run demo` as a process: people sign in at Acme and the Wiki over HTTP, every Break-something button, what the command line says. */
import { execFile, spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { BREAKAGES as ACME_BREAKAGES } from '../../src/demo/acme/broken.js';
import { ACME_COOKIE } from '../../src/demo/acme/app.js';
import { BREAKAGES as WIKI_BREAKAGES } from '../../src/demo/wiki/broken.js';
import { command } from '../support/command-line.js';
import { eventually } from '../support/patience.js';
import { type Browser, createBrowser, decodeHtml, type Page } from './browser.js';

const DEMO = fileURLToPath(new URL('../../src/demo/main.js', import.meta.url));
const REFERENCE = /SGN-[2-9A-HJ-NP-TV-Z]{4}-[2-9A-HJ-NP-TV-Z]{4}/u;
const run = promisify(execFile);

interface Announced {
  readonly signet: { readonly url: string };
  readonly acme: { readonly url: string; readonly entityId: string };
  readonly wiki: { readonly url: string; readonly realm: string };
  readonly people: readonly { readonly userName: string; readonly password: string; readonly enabled: boolean }[];
  readonly data: string;
}

type DemoProcess = ChildProcessByStdio<null, Readable, Readable>;

function launch(...more: readonly string[]): DemoProcess {
  return spawn(process.execPath, [DEMO, '--port', '0', '--acme-port', '0', '--wiki-port', '0', '--json', ...more], { stdio: ['ignore', 'pipe', 'pipe'] });
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

async function signet(data: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await command([...args, '--data', data]);
  expect(code, stderr).to.equal(0);
  return stdout;
}

async function pressAt(browser: Browser, page: Page, path: string): Promise<Page> {
  const form = page.forms.find((entry) => new URL(entry.action).pathname === path) ?? expect.fail(`no button for ${path} at ${page.url}`);
  return browser.submit(form);
}

describe('npm run demo', () => {
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
  const wiki = (path: string): string => `${about.wiki.url}${path}`;

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

  it('signs out of Acme and of Signet: the next sign-in asks for the password (SLO-08)', async () => {
    const browser = createBrowser();
    const home = await browser.signIn(await browser.get(at('/sign-in')), 'maria', 'demo');
    expect(browser.cookies('localhost')).to.include(`${ACME_COOKIE}=`);
    const out = await pressAt(browser, home, '/sign-out');
    expect(out.url).to.equal(at('/signed-out'));
    expect(browser.cookies('localhost')).not.to.include(`${ACME_COOKIE}=`);
    expect((await browser.get(at('/'))).heading).to.equal('Receipts in, money out');
    expect((await browser.get(at('/sign-in'))).forms.some((form) => form.hasPassword)).to.equal(true);
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

    for (const breakage of ACME_BREAKAGES) {
      it(`Acme, ${breakage.button}: ends ${breakage.ends}, and the trace names ${breakage.check}`, async () => {
        const browser = createBrowser();
        const home = await browser.signIn(await browser.get(at('/sign-in')), 'maria', 'demo');
        const page = await press(breakage.name, browser, home);
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
        await mustBeTraced(page, breakage.check);
      });
    }

    for (const breakage of WIKI_BREAKAGES) {
      it(`the Wiki, ${breakage.button}: ends ${breakage.ends}, and the trace names ${breakage.check}`, async () => {
        const browser = createBrowser();
        const home = await browser.signIn(await browser.get(wiki('/sign-in')), 'maria', 'demo');
        const page = await press(breakage.name, browser, home);
        expect(page.status).to.be.within(400, 403);
        expect(page.url.startsWith(`${about.signet.url}/wsfed`)).to.equal(true);
        expect(page.forms.map((form) => form.action).join()).not.to.include('elsewhere.example');
        await mustBeTraced(page, breakage.check);
      });
    }

    async function press(name: string, browser: Browser, home: Page): Promise<Page> {
      return browser.handOff(await pressAt(browser, home, `/break/${name}`));
    }

    async function mustBeTraced(page: Page, check: string): Promise<void> {
      const reference = REFERENCE.exec(page.body)?.[0] ?? expect.fail(`no reference on ${page.url}`);
      await eventually(async () => {
        const trace = JSON.parse(await signet(data, 'trace', reference, '--json')) as readonly { readonly check?: string; readonly outcome: string }[];
        expect(trace.map((entry) => entry.check)).to.deep.equal([check]);
        expect(trace[0]?.outcome).to.equal('refused');
      });
    }
  });

  describe('Northwind Wiki beside it', () => {
    it('lets in who is signed in at Acme, without being asked, at the page that was wanted', async () => {
      const browser = createBrowser();
      await browser.signIn(await browser.get(at('/sign-in')), 'maria', 'demo');
      const page = await browser.handOff(await browser.get(wiki('/wiki/travel')));
      expect(page.url).to.equal(wiki('/wiki/travel'));
      expect(page.heading).to.equal('Travelling for work');
      const home = await browser.get(wiki('/'));
      expect(home.heading).to.equal('Hello, Maria Keller');
      const text = decodeHtml(home.body);
      for (const shown of [
        'maria@example.com',
        'http://schemas.microsoft.com/ws/2008/06/identity/claims/role',
        'reader',
        'SAML 1.1',
        'A key of Signet signed it',
      ]) {
        expect(text).to.include(shown);
      }
    });

    it('and the other way round', async () => {
      const browser = createBrowser();
      const home = await browser.signIn(await browser.get(wiki('/sign-in')), 'tom', 'demo');
      expect(home.heading).to.equal('Hello, Tom Okafor');
      expect((await browser.handOff(await browser.get(at('/expenses/1042')))).heading).to.equal('Dinner with Northwind');
    });

    it('takes a sign-on that starts at Signet by asking itself', async () => {
      const browser = createBrowser();
      await browser.signIn(await browser.get(at('/sign-in')), 'maria', 'demo');
      const start = `${about.signet.url}/wsfed?${new URLSearchParams({ wa: 'wsignin1.0', wtrealm: about.wiki.realm }).toString()}`;
      const page = await browser.handOff(await browser.get(start));
      expect(page.url).to.equal(wiki('/'));
      expect(page.heading).to.equal('Hello, Maria Keller');
    });

    it('signed out at Acme, nobody is signed in at either, nor at Signet (SLO-16)', () => endsEverywhere(at, wiki, 1));

    it('signed out at the Wiki likewise (SLO-16, WSF-17)', () => endsEverywhere(wiki, at, 2));

    /** `told`: whoever asked by SAML is not told; in WS-Federation everybody is. */
    async function endsEverywhere(site: typeof at, other: typeof at, told: number): Promise<void> {
      const browser = createBrowser();
      await browser.signIn(await browser.get(at('/sign-in')), 'maria', 'demo');
      await browser.handOff(await browser.get(wiki('/sign-in')));
      const end = await goThrough(browser, await pressAt(browser, await browser.get(site('/')), '/sign-out'), told);
      expect(end.url).to.equal(site('/signed-out'));
      for (const open of [site, other]) expect((await browser.get(open('/'))).heading).not.to.include('Hello');
      for (const open of [site, other]) expect((await browser.get(open('/sign-in'))).forms.some((form) => form.hasPassword)).to.equal(true);
    }

    /** What a browser does with the page that tells the others: it loads the frames, and somebody goes on. */
    async function goThrough(browser: Browser, page: Page, told: number): Promise<Page> {
      expect(page.url.startsWith(about.signet.url), page.url).to.equal(true);
      const frames = [...page.body.matchAll(/<iframe\b[^>]*>/gu)].map(
        ([tag]) => /data-direct="([^"]*)"/u.exec(tag)?.[1] ?? /src="([^"]*)"/u.exec(tag)?.[1] ?? '',
      );
      expect(frames).to.have.length(told);
      for (const frame of frames) await browser.get(new URL(decodeHtml(frame), page.url).href);
      const on = /data-done="([^"]*)"/u.exec(page.body)?.[1] ?? expect.fail('nothing leads on');
      const done = await browser.get(new URL(decodeHtml(on), page.url).href);
      // A clean-up request of WS-Federation has no answer, so the page stays, and says so, until somebody goes back.
      const back = /id="back" href="([^"]*)"/u.exec(done.body)?.[1];
      return back === undefined ? done : browser.get(decodeHtml(back));
    }

    it('asks for the password again when a fresh sign-in is wanted (WSF-06)', async () => {
      const browser = createBrowser();
      const home = await browser.signIn(await browser.get(wiki('/sign-in')), 'maria', 'demo');
      const login = await pressAt(browser, home, '/fresh');
      expect(login.forms.some((form) => form.hasPassword)).to.equal(true);
      expect(decodeHtml((await browser.signIn(login, 'maria', 'demo')).body)).to.include('The sign-in is fresh');
    });

    it('reads SAML 2.0 tokens as well', async () => {
      await signet(data, 'rp', 'set', about.wiki.realm, 'token-type=saml20');
      try {
        await eventually(async () => {
          const browser = createBrowser();
          expect(decodeHtml((await browser.signIn(await browser.get(wiki('/sign-in')), 'maria', 'demo')).body)).to.include('SAML 2.0');
        });
      } finally {
        await signet(data, 'rp', 'set', about.wiki.realm, 'token-type=');
      }
    });
  });

  it('does what its table says: groups=Finance refuses maria and lets tom in', async () => {
    const [maria, tom] = [createBrowser(), createBrowser()];
    await maria.signIn(await maria.get(at('/sign-in')), 'maria', 'demo');
    const groups = async (value: string, status: number): Promise<void> => {
      await signet(data, 'rp', 'set', about.acme.entityId, `groups=${value}`);
      await eventually(async () => {
        expect((await maria.handOff(await maria.get(at('/sign-in')))).status).to.equal(status);
      });
    };
    await groups('Finance', 403);
    try {
      const welcome = await tom.signIn(await tom.get(at('/sign-in')), 'tom', 'demo');
      expect(welcome.heading).to.equal('Hello, Tom Okafor');
    } finally {
      await groups('', 200);
    }
  });
});

describe('npm run demo, its life', () => {
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
    // The Wiki's port is another one now.
    expect((await browser.handOff(await browser.get(`${second.about.wiki.url}/sign-in`))).heading).to.equal('Hello, Dana Ruiz');
    expect(await ended(second.demo, 'SIGINT')).to.equal(0);
  });

  it('removes its temporary folder', async () => {
    const { demo, about } = await start();
    expect(existsSync(about.data)).to.equal(true);
    expect(await ended(demo, 'SIGTERM')).to.equal(0);
    expect(existsSync(about.data)).to.equal(false);
    const refused = await fetch(about.wiki.url).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(TypeError, 'the Wiki has ended as well');
  });

  it('takes the Wiki with it when it is killed', async () => {
    const { demo, about } = await start();
    expect((await fetch(about.wiki.url)).status).to.equal(200);
    await ended(demo, 'SIGKILL');
    rmSync(about.data, { recursive: true, force: true });
    const answers = (): Promise<boolean> =>
      fetch(about.wiki.url).then(
        () => true,
        () => false,
      );
    await eventually(async () => {
      expect(await answers()).to.equal(false);
    });
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
