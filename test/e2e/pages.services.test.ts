import { expect } from 'chai';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { axeFindings, startChromium, watch } from '../support/services/chromium.js';
import { MARIA, theWorld, type World } from './world.js';

interface Shown {
  readonly name: string;
  /** Brings the page up, from a profile in which nobody is signed in. */
  readonly show: (page: Page) => Promise<void>;
}

const SIZES = [
  { width: 1280, height: 800 },
  { width: 320, height: 640 },
] as const;

describe('pages in Chromium', () => {
  let world: World;
  let browser: Browser;
  before(async () => {
    world = await theWorld();
    browser = await startChromium();
    const plan = { toolkit: 'node-saml', binding: 'redirect', signsRequests: false, decrypts: false, wantsSigned: ['assertion', 'response'] } as const;
    await world.register([
      { ...plan, name: 'pages-expenses', title: 'Acme Expenses' },
      { ...plan, name: 'pages-wiki', title: 'Northwind-Wiki-with-a-name-that-is-far-too-long-to-stand-on-one-line' },
      { ...plan, name: 'pages-ledger', title: 'Ledger', settings: ['groups=Finance'] },
    ]);
  });
  after(async () => {
    await browser.close();
  });

  const start = (name: string): string => `${world.applications.origin}/${name}/login`;
  const signIn = async (page: Page, password: string = MARIA.password): Promise<void> => {
    await page.fill('input[name=username]', MARIA.name);
    await page.fill('input[type=password]', password);
    await page.press('input[type=password]', 'Enter');
    await page.waitForLoadState();
  };
  const signedIn = async (page: Page): Promise<void> => {
    await page.goto(world.node.url('/login'));
    await signIn(page);
    await page.waitForURL(world.node.url('/'));
  };
  const goTo = async (page: Page, address: string): Promise<void> => {
    await page.goto(address);
  };
  const link = (): string => /http:\S+\/welcome\/\S+/u.exec(world.node.stderr())?.[0] ?? '';

  const PAGES: readonly Shown[] = [
    { name: 'sign-in', show: (page) => goTo(page, world.node.url('/login')) },
    { name: 'sign-in for an application', show: (page) => goTo(page, start('pages-expenses')) },
    {
      name: 'sign-in with a mistake',
      show: async (page) => {
        await page.goto(start('pages-expenses'));
        await signIn(page, 'wrong');
        await page.locator('[role=alert]').waitFor();
      },
    },
    {
      name: 'sign-in again',
      show: async (page) => {
        await signedIn(page);
        await page.goto(`${start('pages-expenses')}?force=1`);
      },
    },
    {
      name: 'hand-off',
      show: async (page) => {
        await page.route('**/assets/post.*.js', (route) => route.abort());
        await signedIn(page);
        await page.goto(start('pages-expenses'));
      },
    },
    { name: 'launcher', show: (page) => signedIn(page) },
    {
      name: 'launcher with nothing found',
      show: async (page) => {
        await signedIn(page);
        await page.goto(world.node.url('/?q=zzz'));
      },
    },
    {
      name: 'sign-out',
      show: async (page) => {
        await signedIn(page);
        await page.goto(world.node.url('/logout'));
      },
    },
    {
      name: 'signed out',
      show: async (page) => {
        await signedIn(page);
        await page.goto(world.node.url('/logout'));
        await page
          .getByRole('main')
          .getByRole('button', { name: /sign out/iu })
          .click();
        await page.waitForLoadState();
      },
    },
    { name: 'error: their turn', show: (page) => goTo(page, world.node.url('/saml/sso/init?sp=nobody')) },
    {
      name: 'error: no access',
      show: async (page) => {
        await signedIn(page);
        await page.goto(start('pages-ledger'));
      },
    },
    { name: 'error: no such address', show: (page) => goTo(page, world.node.url('/nowhere')) },
    { name: 'support', show: (page) => goTo(page, world.node.url('/support?code=AUTHORIZATION_FAILURE&rp=x&tid=SGN-2345-6789')) },
    { name: 'a reference', show: (page) => goTo(page, world.node.url('/error/SGN-2345-6789')) },
    { name: 'welcome', show: (page) => goTo(page, link()) },
    {
      name: 'welcome with a mistake',
      show: async (page) => {
        await page.goto(link());
        await page.fill('input[name=username]', 'dana');
        await page.fill('input[name=email]', 'dana@example.com');
        await page.fill('input[type=password]', 'password');
        await page.press('input[type=password]', 'Enter');
        await page.waitForLoadState();
      },
    },
  ];

  it('are looked at by something that finds faults', async () => {
    const { page, context } = await watch(browser);
    await page.setContent('<title>x</title><img src="data:,"><p style="color:#ccc;background:#fff">pale</p>');
    expect((await axeFindings(page)).map((finding) => finding.split(':', 1)[0])).to.include.members(['image-alt', 'color-contrast', 'html-has-lang']);
    await context.close();
  });

  for (const { name, show } of PAGES) {
    it(`${name}: no finding in light and dark, wide and narrow; no sideways scroll; one heading, a title (A1, A2, A5, A6, A13)`, async () => {
      const findings: string[] = [];
      const watched = await watch(browser, { viewport: SIZES[0], colorScheme: 'light' } satisfies BrowserContextOptions);
      const { page } = watched;
      await show(page);
      for (const colorScheme of ['light', 'dark'] as const) {
        for (const size of SIZES) {
          await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
          await page.setViewportSize(size);
          findings.push(...(await axeFindings(page)).map((finding) => `${colorScheme} ${String(size.width)}: ${finding}`));
          const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
          if (overflow > 0) findings.push(`${colorScheme} ${String(size.width)}: scrolls ${String(overflow)} px sideways`);
        }
      }
      expect(findings).to.deep.equal([]);
      expect(await page.locator('h1').count()).to.equal(1);
      expect(await page.title()).to.match(/\S – \S/u);
      const lang = await page.locator('html').getAttribute('lang');
      expect(lang).to.equal('en');
      // The hand-off script was held back by the test itself.
      expect(watched.problems.filter((problem) => !problem.includes('post.'))).to.deep.equal([]);
      expect([...watched.origins]).to.deep.equal(watched.origins.size === 0 ? [] : [world.node.baseUrl]);
      await watched.context.close();
    });
  }

  it('sign-in is done by keyboard alone, in the order as seen, with the ring in sight (A3)', async () => {
    const { page, context } = await watch(browser, { viewport: SIZES[0] });
    await page.goto(start('pages-expenses'));
    // The name field has the focus already; go round once from the top of the page.
    await page.evaluate('document.body.tabIndex = -1; document.body.focus()');
    const stops: { readonly name: string; readonly y: number; readonly outline: string }[] = [];
    for (let count = 0; count < 20; count += 1) {
      await page.keyboard.press('Tab');
      const stop = await page.evaluate<{ name: string; y: number; outline: string } | null>(`(() => {
        const at = document.activeElement;
        if (at === null || at === document.body) return null;
        const style = getComputedStyle(at);
        return { name: at.id || at.textContent.trim(), y: at.getBoundingClientRect().top, outline: style.outlineStyle + ' ' + style.outlineWidth };
      })()`);
      if (stop === null || stops.some((before) => before.name === stop.name)) break;
      stops.push(stop);
    }
    const names = stops.map((stop) => stop.name);
    expect(names[0]).to.match(/skip/iu);
    const fields = names.filter((stop) => ['username', 'password', 'Sign in'].includes(stop));
    expect(fields).to.deep.equal(['username', 'password', 'Sign in']);
    const inForm = stops.slice(1);
    expect(inForm.map((stop) => stop.y)).to.deep.equal(inForm.map((stop) => stop.y).sort((a, b) => a - b));
    for (const { name, outline } of stops) expect(outline, name).to.match(/^(?!none)\w+ [1-9]/u);
    await page.focus('#username');
    await page.keyboard.type(MARIA.name);
    await page.keyboard.press('Tab');
    await page.keyboard.type(MARIA.password);
    await page.keyboard.press('Enter');
    await page.waitForURL(`${world.applications.origin}/**`);
    await context.close();
  });

  it('sign-in loads little, and nothing twice (A15)', async () => {
    const { page, context } = await watch(browser);
    const sizes: number[] = [];
    const counting: Promise<void>[] = [];
    page.on('requestfinished', (request) => {
      counting.push(
        request.sizes().then(({ responseBodySize }) => {
          sizes.push(responseBodySize);
        }),
      );
    });
    await page.goto(world.node.url('/login'), { waitUntil: 'networkidle' });
    await Promise.all(counting);
    expect(sizes.length).to.be.at.most(6);
    expect(sizes.reduce((sum, size) => sum + size, 0)).to.be.at.most(75 * 1024);
    const cold = sizes.length;
    await page.goto(world.node.url('/login?again'), { waitUntil: 'networkidle' });
    await Promise.all(counting);
    expect(sizes.slice(cold).filter((size) => size > 0).length, 'fetched again').to.be.at.most(2);
    await context.close();
  });

  it('targets are large enough to be hit (A8)', async () => {
    const { page, context } = await watch(browser, { viewport: SIZES[1] });
    await page.goto(start('pages-expenses'));
    const small = await page.evaluate<readonly string[]>(`[...document.querySelectorAll('a, button, input:not([type=hidden])')]
      .filter((target) => !target.closest('p') && target.getClientRects().length > 0)
      .filter((target) => target.getBoundingClientRect().height < 24 && getComputedStyle(target).position !== 'absolute')
      .map((target) => target.outerHTML.slice(0, 120))`);
    expect(small).to.deep.equal([]);
    const primary = await page.locator('form .btn-1').boundingBox();
    expect(primary?.height).to.be.at.least(40);
    await context.close();
  });
});
