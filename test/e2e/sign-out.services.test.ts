import { expect } from 'chai';
import type { Browser } from 'playwright-core';
import { promised } from '../support/patience.js';
import { startChromium, watch, type Watched } from '../support/services/chromium.js';
import { type Lost, type Person, personAt, type SignOutWorld, theSignOutWorld } from './sign-out-world.js';

/** From the press of the button to the result, whatever the applications do (B15). */
const LONGEST_MS = 8000;

describe('sign-out in Chromium', () => {
  let at: SignOutWorld;
  let browser: Browser;
  before(async () => {
    at = await theSignOutWorld();
    browser = await startChromium();
  });
  after(async () => {
    await browser.close();
  });

  for (const scripts of [true, false]) {
    describe(scripts ? 'with scripts' : 'without scripts (A4)', () => {
      let watched: Watched;
      let person: Person;
      /** What Acme Expenses has of somebody else. */
      let others: readonly string[];
      beforeEach(async () => {
        watched = await watch(browser, { javaScriptEnabled: scripts });
        person = personAt(at, watched.page, scripts);
        others = await at.expenses.sessions();
        await person.signIn();
      });
      afterEach(async () => {
        await watched.context.close();
      });

      /** Nobody is signed in anywhere any more, and no policy stood in the way (A5). */
      const allEnded = async (): Promise<void> => {
        expect({ expenses: await at.expenses.sessions(), wiki: at.wiki.signedIn() }).to.deep.equal({ expenses: others, wiki: undefined });
        await watched.page.goto(at.world.node.url('/'));
        expect(new URL(watched.page.url()).pathname).to.equal('/login');
        expect(watched.problems).to.deep.equal([]);
      };
      const answered = async (): Promise<void> => {
        await watched.page.waitForURL(`${at.expenses.slo}**`);
        expect(await watched.page.locator('body').textContent()).to.contain('"signedOut":true');
      };

      it('goes from SAML to WS-Federation without being asked, and a sign-out at one ends both (SLO-16)', async () => {
        await person.open(at.expenses);
        await person.open(at.wiki);
        expect(at.wiki.signedIn()).to.be.a('string');
        expect(await at.expenses.sessions()).to.have.length(others.length + 1);
        await watched.page.goto(at.expenses.logoutUrl, { waitUntil: 'commit' });
        await person.untilOver();
        await answered();
        await allEnded();
      });

      it('goes from WS-Federation to SAML without being asked, and a sign-out at the other ends both (SLO-16, WSF-17, WSF-18)', async () => {
        await watched.page.getByRole('link', { name: 'Northwind Wiki' }).click();
        await person.goOn();
        await person.open(at.expenses);
        await watched.page.goto(at.wiki.logoutUrl, { waitUntil: 'commit' });
        await person.untilOver();
        await watched.page.waitForURL(at.wiki.reply);
        expect(await watched.page.locator('p').textContent()).to.equal('Nobody is signed in');
        await allEnded();
      });

      const cases: readonly { readonly start: 'us' | 'SAML' | 'WS-Federation'; readonly lose: keyof SignOutWorld['lost'] }[] = [
        { start: 'us', lose: 'samlGone' },
        { start: 'us', lose: 'samlHangs' },
        { start: 'us', lose: 'wsfedGone' },
        { start: 'us', lose: 'wsfedHangs' },
        { start: 'SAML', lose: 'wsfedGone' },
        { start: 'SAML', lose: 'samlHangs' },
        { start: 'WS-Federation', lose: 'samlGone' },
        { start: 'WS-Federation', lose: 'wsfedHangs' },
      ];
      for (const { start, lose } of cases) {
        it(`started by ${start} with ${lose} ends in time, names it, and ends the others (SLO-07, SLO-11, WSF-19, B15)`, async () => {
          const lost: Lost = at.lost[lose];
          const { page } = watched;
          await person.lose(lost);
          await person.open(at.expenses);
          await person.open(at.wiki);
          if (start === 'us') await page.goto(at.world.node.url('/logout'));
          const started = performance.now();
          if (start === 'us') await person.pressSignOut();
          else await page.goto(start === 'SAML' ? at.expenses.logoutUrl : at.wiki.logoutUrl, { waitUntil: 'commit' });
          await page.waitForURL((url) => url.pathname === '/logout/done' || url.href === at.wiki.reply || url.href.startsWith(at.expenses.slo), {
            waitUntil: 'commit',
          });
          expect(performance.now() - started).to.be.lessThan(promised(LONGEST_MS));

          const word = lost.result[scripts ? 'scripts' : 'plain'];
          if (start === 'us' || word !== 'asked') {
            const silent = word === 'asked' ? 0 : 1;
            expect(await person.results()).to.deep.equal({
              ...(start === 'SAML' ? {} : { 'Acme Expenses': 'confirmed' }),
              'Northwind Wiki': 'asked',
              [lost.name]: word,
            });
            expect(await page.getByText('Close the browser to be sure.').count()).to.equal(1);
            expect(await page.getByRole('link', { name: `Open ${lost.name} to sign out there` }).count()).to.equal(silent);
            if (start !== 'us') await page.locator('#back').click();
          } else {
            // As far as anybody can tell all went well: who asked is answered at once.
            await person.untilOver();
          }
          if (start === 'SAML') await answered();
          if (start === 'WS-Federation') await page.waitForURL(at.wiki.reply);
          await allEnded();
        });
      }

      it('asks an application that takes POST only in a frame with a form of ours', async () => {
        await person.open(at.ledger);
        const [session = ''] = await at.ledger.sessions();
        await watched.page.goto(at.world.node.url('/logout'));
        await person.pressSignOut();
        // Without script nobody presses the button of that form: then it is said that no answer came.
        expect(await person.results()).to.deep.equal({ Ledger: scripts ? 'confirmed' : 'asked, no answer' });
        expect((await at.ledger.sessions()).includes(session)).to.equal(!scripts);
        expect(watched.problems).to.deep.equal([]);
      });
    });
  }
});
