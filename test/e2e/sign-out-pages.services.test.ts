import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { axeFindings, startChromium, watch, type Watched } from '../support/services/chromium.js';
import { type Person, personAt, type SignOutWorld, theSignOutWorld } from './sign-out-world.js';

const SIZES = [
  { width: 1280, height: 800 },
  { width: 320, height: 640 },
] as const;

describe('the pages of a sign-out in Chromium', () => {
  let at: SignOutWorld;
  let browser: Browser;
  let watched: Watched;
  let page: Page;
  let person: Person;
  before(async () => {
    at = await theSignOutWorld();
    browser = await startChromium();
  });
  after(async () => {
    await browser.close();
  });
  beforeEach(async () => {
    watched = await watch(browser, { viewport: SIZES[0], colorScheme: 'light' });
    page = watched.page;
    person = personAt(at, page, true);
    await person.signIn();
  });
  afterEach(async () => {
    await watched.context.close();
  });

  const faults = async (): Promise<readonly string[]> => {
    const findings: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const size of SIZES) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.setViewportSize(size);
        findings.push(...(await axeFindings(page)).map((finding) => `${colorScheme} ${String(size.width)}: ${finding}`));
        const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
        if (overflow > 0) findings.push(`${colorScheme} ${String(size.width)}: scrolls ${String(overflow)} px sideways`);
      }
    }
    return findings;
  };

  it('have no fault in light and dark, wide and narrow, and keep the frames from the keyboard (A1, A2, A3, A5)', async () => {
    for (const lost of Object.values(at.lost)) await person.lose(lost);
    await person.open(at.expenses);
    await person.open(at.wiki);
    // The page would go on while it is looked at.
    await page.route('**/assets/logout.*.js', (route) => route.abort());
    await page.route('**/logout', async (route) => {
      const response = await route.fetch();
      const headers = Object.fromEntries(Object.entries(response.headers()).filter(([name]) => name !== 'refresh'));
      await route.fulfill({ response, headers });
    });
    await page.goto(at.world.node.url('/logout'));
    await person.pressSignOut();
    await page.getByRole('heading', { name: 'You are signed out here' }).waitFor();
    expect(await page.locator('iframe').count()).to.equal(6);
    expect(await faults()).to.deep.equal([]);
    const stops: string[] = [];
    for (let count = 0; count < 8; count += 1) {
      await page.keyboard.press('Tab');
      stops.push(await page.evaluate<string>('document.activeElement.tagName'));
    }
    expect(stops).to.include('A').and.not.include('IFRAME');

    await page.unrouteAll();
    await page.getByRole('link', { name: 'Show the result now' }).click();
    expect(Object.keys(await person.results())).to.have.length(4);
    expect(await faults()).to.deep.equal([]);
    expect(watched.problems).to.deep.equal([]);
  });

  for (const reads of [false, true]) {
    it(reads ? 'stay while somebody reads' : 'go back by themselves', async () => {
      await person.lose(at.lost.samlGone);
      await person.open(at.expenses);
      await page.clock.install();
      await page.goto(at.expenses.logoutUrl, { waitUntil: 'commit' });
      await person.results();
      const sentence = page.locator('#soon');
      expect(await sentence.textContent()).to.contain('Press a key, click or scroll to stay.');
      if (reads) {
        await page.keyboard.press('Tab');
        expect(await sentence.textContent()).to.equal('This page stays until you continue.');
        await page.clock.fastForward(20_000);
        expect(new URL(page.url()).pathname).to.equal('/logout/done');
        await page.locator('#back').click();
      } else {
        await page.clock.fastForward(8000);
      }
      await page.waitForURL(`${at.expenses.slo}**`);
      expect(await page.locator('body').textContent()).to.contain('"signedOut":true');
      expect(watched.problems).to.deep.equal([]);
    });
  }

  it('take a second click on Sign out for the first', async () => {
    await person.open(at.expenses);
    await page.goto(at.world.node.url('/logout'));
    await page.getByRole('main').getByRole('button', { name: 'Sign out' }).dblclick();
    expect(await person.results()).to.deep.equal({ 'Acme Expenses': 'confirmed' });
  });

  it('a token of WS-Federation is not sent twice by going back (B2)', async () => {
    await watched.context.clearCookies();
    await page.goto(at.wiki.loginUrl);
    await person.fillIn();
    await page.waitForURL(at.wiki.reply);
    const posts: string[] = [];
    watched.context.on('request', (request) => {
      if (request.method() === 'POST') posts.push(request.url());
    });
    await page.goBack();
    await page.getByRole('heading', { name: 'You have already signed in to Northwind Wiki' }).waitFor();
    expect(posts).to.deep.equal([]);
  });
});
