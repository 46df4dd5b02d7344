import { expect } from 'chai';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { type Application, readVerdict, type Verdict } from '../support/service-provider.js';
import { startChromium, watch, type Watched } from '../support/services/chromium.js';
import { MARIA, theWorld, untilKnown, type World } from './world.js';

describe('a sign-on in Chromium', () => {
  let world: World;
  let browser: Browser;
  let byRedirect: Application;
  let byPost: Application;
  let wandering: Server;
  let wanderer: string;
  before(async () => {
    world = await theWorld();
    browser = await startChromium();
    const plan = { toolkit: 'samlify', signsRequests: true, wantsSigned: ['assertion', 'response'] } as const;
    const added = await world.register([
      { ...plan, name: 'chromium-redirect', binding: 'redirect', decrypts: false },
      { ...plan, name: 'chromium-post', binding: 'post', decrypts: true },
    ]);
    const [first, second] = added;
    if (first === undefined || second === undefined) throw new Error('applications are missing');
    [byRedirect, byPost] = [first, second];

    // Its reply address sends the person on to another origin.
    wandering = createServer((request, response) => {
      if (request.method === 'POST') response.writeHead(303, { location: `${world.applications.origin}/arrived` }).end();
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => wandering.listen(0, '127.0.0.1', resolve));
    const address = wandering.address();
    wanderer = `http://127.0.0.1:${String(typeof address === 'object' && address !== null ? address.port : 0)}`;
    const file = join(world.folder, 'wanderer.xml');
    writeFileSync(file, byRedirect.metadata.replaceAll(byRedirect.entityId, `${wanderer}/metadata`).replaceAll(byRedirect.acs, `${wanderer}/acs`));
    await world.node.all([
      ['rp', 'add', file, '--name', 'wanderer'],
      ['rp', 'set', `${wanderer}/metadata`, 'require-signed-requests=false'],
    ]);
    await untilKnown(world.node, { name: 'wanderer', entityId: `${wanderer}/metadata` });
  });
  after(async () => {
    wandering.close();
    await browser.close();
  });

  const signIn = async (page: Page): Promise<void> => {
    await page.fill('input[name=username]', MARIA.name);
    await page.fill('input[type=password]', MARIA.password);
    await page.press('input[type=password]', 'Enter');
  };
  const verdictOf = async (page: Page, application: Application): Promise<Verdict> => {
    await page.waitForURL(application.acs);
    const body = await page.locator('body').textContent();
    return readVerdict({ status: 200, body: body ?? '', url: new URL(page.url()), text: '', headers: {}, forms: [], hops: [] });
  };
  /** Presses what a script would have pressed. */
  const pressOn = async (page: Page, scripts: boolean): Promise<void> => {
    if (!scripts) await page.locator('form:has(input[type=hidden][name^=SAML]) button').click();
  };
  const nothingRefused = ({ problems, origins }: Watched): void => {
    expect(problems).to.deep.equal([]);
    expect([...origins].filter((origin) => origin !== world.node.baseUrl && origin !== world.applications.origin)).to.deep.equal([]);
  };

  for (const scripts of [true, false]) {
    describe(scripts ? 'with scripts' : 'without scripts (A4)', () => {
      let watched: Watched;
      beforeEach(async () => {
        watched = await watch(browser, { javaScriptEnabled: scripts });
      });
      afterEach(async () => {
        await watched.context.close();
      });

      it('goes to an application that asks by Redirect (A5, A6)', async () => {
        const { page } = watched;
        await page.goto(byRedirect.loginUrl({ relay: 'deep link' }));
        await signIn(page);
        await pressOn(page, scripts);
        const { profile, relayState, error } = await verdictOf(page, byRedirect);
        expect({ error, relayState }).to.deep.equal({ error: undefined, relayState: 'deep link' });
        expect(profile?.attributes).to.deep.include({ 'urn:oid:0.9.2342.19200300.100.1.3': 'maria@example.com' });
        nothingRefused(watched);
      });

      it('goes to an application on another site that asks by POST, signed and encrypted, and asks a second time for nothing (B3)', async () => {
        const { page } = watched;
        await page.goto(byPost.loginUrl());
        await page.getByRole('button', { name: 'Go' }).click();
        await signIn(page);
        await pressOn(page, scripts);
        expect((await verdictOf(page, byPost)).error).to.equal(undefined);

        await page.goto(byPost.loginUrl({ relay: 'again' }));
        const hop = page.waitForResponse((response) => response.request().method() === 'POST' && response.url() === world.node.url('/saml/sso'));
        await page.getByRole('button', { name: 'Go' }).click();
        const answer = await hop;
        expect([answer.status(), (await answer.request().allHeaders())['cookie']]).to.deep.equal([303, undefined]);
        await pressOn(page, scripts);
        expect(await verdictOf(page, byPost)).to.deep.include({ error: undefined, relayState: 'again' });
        nothingRefused(watched);
      });

      it('says what was wrong and goes on from there (A12)', async () => {
        const { page } = watched;
        await page.goto(byRedirect.loginUrl());
        await page.fill('input[name=username]', MARIA.name);
        await page.fill('input[type=password]', 'wrong');
        await page.getByRole('button', { name: 'Sign in' }).click();
        await page.locator('[role=alert]').waitFor();
        expect(await page.title()).to.match(/^Error: /u);
        expect(await page.locator('[role=alert]').textContent()).to.include('do not match our records');
        expect(await page.inputValue('input[name=username]')).to.equal(MARIA.name);
        expect(await page.inputValue('input[type=password]')).to.equal('');
        await signIn(page);
        await pressOn(page, scripts);
        expect((await verdictOf(page, byRedirect)).error).to.equal(undefined);
        nothingRefused(watched);
      });

      it('starts at the launcher, and signs out (SSO-14)', async () => {
        const { page } = watched;
        await page.goto(world.node.url('/'));
        await signIn(page);
        await page.waitForURL(world.node.url('/'));
        await page.getByRole('link', { name: 'chromium-redirect' }).click();
        await pressOn(page, scripts);
        expect((await verdictOf(page, byRedirect)).error).to.equal(undefined);
        await page.goto(world.node.url('/logout'));
        await page
          .getByRole('main')
          .getByRole('button', { name: /sign out/iu })
          .click();
        await page.goto(world.node.url('/'));
        expect(new URL(page.url()).pathname).to.equal('/login');
        nothingRefused(watched);
      });

      it('follows a reply address that leads on to a third origin (B4)', async () => {
        const { page } = watched;
        await page.goto(world.node.url('/login'));
        await signIn(page);
        await page.waitForURL(world.node.url('/'));
        await page.goto(world.node.url(`/saml/sso/init?sp=${encodeURIComponent(`${wanderer}/metadata`)}`));
        await pressOn(page, scripts);
        await page.waitForURL(`${world.applications.origin}/arrived`);
        nothingRefused(watched);
      });
    });
  }

  it('does not post again when somebody goes back, and answers a reload (B2)', async () => {
    const watched = await watch(browser);
    const { page, context } = watched;
    const posts: string[] = [];
    context.on('request', (request) => {
      if (request.method() === 'POST') posts.push(request.url());
    });
    await page.goto(byRedirect.loginUrl());
    await signIn(page);
    await verdictOf(page, byRedirect);
    const before = posts.length;
    await page.goBack();
    await page.getByRole('heading', { name: 'You have already signed in to chromium-redirect' }).waitFor();
    expect(posts.slice(before)).to.deep.equal([]);
    await page.reload();
    await page.getByRole('heading', { name: 'You have already signed in to chromium-redirect' }).waitFor();
    expect(posts.slice(before)).to.deep.equal([]);
    const answered = page.waitForResponse(byRedirect.acs);
    await page.getByRole('button', { name: 'Continue' }).click();
    await answered;
    nothingRefused(watched);
    await context.close();
  });

  it('keeps two tabs apart (B1)', async () => {
    const watched = await watch(browser);
    const { page, context } = watched;
    const other = await context.newPage();
    await page.goto(byRedirect.loginUrl({ relay: 'first' }));
    await other.goto(byPost.loginUrl({ relay: 'second' }));
    await other.getByRole('button', { name: 'Go' }).click();
    await other.locator('input[type=password]').waitFor();
    await signIn(other);
    expect((await verdictOf(other, byPost)).relayState).to.equal('second');
    await signIn(page);
    expect((await verdictOf(page, byRedirect)).relayState).to.equal('first');
    nothingRefused(watched);
    await context.close();
  });
});
