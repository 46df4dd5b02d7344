import { expect } from 'chai';
import { Browser, passwordForm, type Shown } from '../support/browser.js';
import { type Application, readVerdict } from '../support/service-provider.js';
import { MARIA, referenceOf, signedIn, theWorld, TOM, traceOf, type World } from './world.js';

const instantOf = (xml: string): number => Date.parse(/AuthnInstant="([^"]*)"/u.exec(xml)?.[1] ?? '');
const assertionOf = (xml: string): string => /<saml:Assertion [^>]*\bID="([^"]*)"/u.exec(xml)?.[1] ?? '';

describe('a sign-on as a person meets it', () => {
  let world: World;
  let expenses: Application;
  let wiki: Application;
  let ledger: Application;
  before(async () => {
    world = await theWorld();
    const plan = { toolkit: 'node-saml', signsRequests: false, decrypts: false, wantsSigned: ['assertion', 'response'] } as const;
    const added = await world.register([
      { ...plan, name: 'flow-expenses', binding: 'redirect' },
      { ...plan, name: 'flow-wiki', binding: 'post' },
      { ...plan, name: 'flow-ledger', binding: 'redirect', settings: ['groups=Finance'] },
    ]);
    const [first, second, third] = added;
    if (first === undefined || second === undefined || third === undefined) throw new Error('applications are missing');
    [expenses, wiki, ledger] = [first, second, third];
  });

  const arrive = async (browser: Browser, page: Shown): Promise<ReturnType<typeof readVerdict>> => readVerdict(await browser.handOff(page));

  it('starts at the launcher as well, with an answer to no request (SSO-14)', async () => {
    const browser = await signedIn(world);
    const launcher = await browser.open(world.node.url('/'));
    const link = /href="([^"]*flow-expenses[^"]*)"/u.exec(launcher.body)?.[1] ?? '';
    const verdict = await arrive(browser, await browser.open(new URL(link.replaceAll('&amp;', '&'), launcher.url)));
    expect(verdict).to.deep.include({ status: 200, relayState: undefined });
    expect(verdict.xml).to.not.include('InResponseTo');
    const withState = await browser.open(world.node.url(`/saml/sso/init?sp=${encodeURIComponent(wiki.entityId)}&RelayState=%2Fstart%3Fa%3D1`));
    expect(await arrive(browser, withState)).to.deep.include({ status: 200, relayState: '/start?a=1' });
  });

  it('keeps what was asked through a wrong password (SSO-16, U01)', async () => {
    const browser = new Browser();
    const wrong = await browser.signIn(await browser.open(expenses.loginUrl({ relay: 'r1' })), { ...MARIA, password: 'not it' });
    expect(wrong.status).to.equal(401);
    expect(wrong.text).to.include('do not match our records');
    expect(await arrive(browser, await browser.signIn(wrong, MARIA))).to.deep.include({ status: 200, relayState: 'r1' });
  });

  it('asks a second application nothing (SSO)', async () => {
    const browser = await signedIn(world);
    expect((await arrive(browser, await browser.open(expenses.loginUrl()))).status).to.equal(200);
    expect((await arrive(browser, await browser.open(wiki.loginUrl()))).status).to.equal(200);
  });

  it('takes a cross-site post without the cookie over one hop, with no second sign-in (B3)', async () => {
    const browser = await signedIn(world);
    const start = await browser.open(wiki.loginUrl({ relay: 'hop' }));
    const form = start.forms.find((candidate) => candidate.handsOff);
    if (form === undefined) throw new Error('no form');
    const page = await browser.submit(start, form);
    expect(page.hops.map(({ method, status, cookies }) => [method, status, cookies])).to.deep.equal([
      ['POST', 303, false],
      ['GET', 200, true],
    ]);
    expect(page.hops[1]?.url.pathname).to.equal('/login/continue');
    expect(page.forms.some((candidate) => candidate.asksPassword)).to.equal(false);
    expect(await arrive(browser, page)).to.deep.include({ status: 200, relayState: 'hop' });
  });

  it('brings two tabs to their own applications, whichever signs in first (B1, SSO-16)', async () => {
    const browser = new Browser();
    const first = await browser.open(expenses.loginUrl({ relay: 'tab 1' }));
    const second = await browser.handOff(await browser.open(wiki.loginUrl({ relay: 'tab 2' })));
    const viaSecond = await arrive(browser, await browser.signIn(second, MARIA));
    const viaFirst = await arrive(browser, await browser.signIn(first, MARIA));
    expect([viaFirst, viaSecond].map(({ status, relayState }) => [status, relayState])).to.deep.equal([
      [200, 'tab 1'],
      [200, 'tab 2'],
    ]);
    expect(viaFirst.xml).to.include(`Destination="${expenses.acs}"`);
    expect(viaSecond.xml).to.include(`Destination="${wiki.acs}"`);
  });

  it('answers a reload and a form sent twice, each with a token and a record of its own (B2, SSO-15)', async () => {
    const browser = new Browser();
    const form = await browser.open(expenses.loginUrl());
    const first = await browser.signIn(form, MARIA);
    const reloaded = await browser.open(first.url);
    const resubmitted = await browser.signIn(form, MARIA);
    const again = await browser.open(form.url);
    const pages = [first, reloaded, resubmitted, again];
    expect(pages.map((page) => page.status)).to.deep.equal([200, 200, 200, 200]);
    const ids = pages.map((page) => assertionOf(messageOf(page)));
    expect(new Set(ids).size).to.equal(pages.length);
    const [logged] = await world.node.all([['log', '--rp', expenses.entityId, '--json']]);
    for (const id of ids) expect(logged).to.include(id);
  });

  it('asks for the password again where an application wants that, and says when it was given (CORE-14)', async () => {
    const browser = await signedIn(world);
    const before = await arrive(browser, await browser.open(expenses.loginUrl()));
    const asked = Date.now();
    const page = await browser.open(expenses.loginUrl({ force: true }));
    expect(page.text).to.include('asks you to confirm it is you');
    expect(passwordForm(page).fields.get('username')).to.equal('maria');
    const after = await arrive(browser, await browser.signIn(page, MARIA));
    expect(instantOf(before.xml)).to.be.lessThan(asked);
    expect(instantOf(after.xml)).to.be.at.least(asked - 1000);
    expect(instantOf(after.xml)).to.be.greaterThan(instantOf(before.xml));
  });

  it('shows no page where none is allowed (CORE-15)', async () => {
    const nobody = new Browser();
    const refused = await arrive(nobody, await nobody.open(expenses.loginUrl({ passive: true })));
    expect(refused.xml).to.include('status:NoPassive').and.not.include('<saml:Assertion');
    const browser = await signedIn(world);
    expect((await arrive(browser, await browser.open(expenses.loginUrl({ passive: true })))).status).to.equal(200);
  });

  it('tells who may not use an application so, with the way back behind a button (SSO-06)', async () => {
    const browser = await signedIn(world);
    const page = await browser.open(ledger.loginUrl());
    expect(page.status).to.equal(403);
    expect(page.text).to.include('flow-ledger');
    expect((await traceOf(world.node, referenceOf(page))).map((record) => record['check'])).to.deep.equal(['user.allowed']);
    const form = page.forms.find((candidate) => candidate.handsOff);
    if (form === undefined) throw new Error('no way back');
    expect(readVerdict(await browser.submit(page, form)).xml)
      .to.include('status:RequestDenied')
      .and.not.include('<saml:Assertion');
    const finance = await signedIn(world, TOM);
    expect((await arrive(finance, await finance.open(ledger.loginUrl()))).profile?.attributes).to.deep.include({
      'urn:oid:0.9.2342.19200300.100.1.3': 'tom@example.com',
    });
  });

  it('ends on the server when somebody signs out: the old cookie opens nothing (U05)', async () => {
    const browser = await signedIn(world);
    await arrive(browser, await browser.open(expenses.loginUrl()));
    const cookies = browser.jar.header(new URL(world.node.baseUrl), 'same-site') ?? '';
    const ask = await browser.open(world.node.url('/logout'));
    expect(ask.text).to.include('flow-expenses');
    const form = ask.forms.find((candidate) => candidate.method === 'POST' && candidate.action.pathname === '/logout');
    if (form === undefined) throw new Error('no form');
    const done = await browser.submit(ask, form);
    expect(done.status).to.equal(200);
    const thief = new Browser();
    thief.jar.keep(new URL(world.node.baseUrl), cookies.split('; '));
    expect((await thief.open(world.node.url('/'))).url.pathname).to.equal('/login');
    expect(passwordForm(await thief.open(expenses.loginUrl())).method).to.equal('POST');
  });

  it('answers the same request in another browser: a request grants nothing (SSO-15)', async () => {
    const maria = await signedIn(world);
    const page = await maria.open(expenses.loginUrl());
    const elsewhere = await signedIn(world, TOM);
    const again = await elsewhere.open(page.url);
    expect(again.status).to.equal(200);
    expect(messageOf(again)).to.include('tom@example.com').and.not.include('maria@example.com');
  });

  it('returns RelayState byte for byte, up to 2 KiB (BND-09, I04)', async () => {
    const browser = await signedIn(world);
    for (const relay of [' ', '0', `"><script>alert(1)</script>\r\n'`, 'é😀%2F+', 'r'.repeat(2048)]) {
      const page = await browser.open(world.node.url(`/saml/sso/init?sp=${encodeURIComponent(expenses.entityId)}&RelayState=${encodeURIComponent(relay)}`));
      expect(page.forms.find((form) => form.handsOff)?.fields.get('RelayState')).to.equal(relay);
      expect(page.body).to.not.include('<script>alert');
    }
  });

  it('takes a bookmark of the form to the launcher', async () => {
    const browser = await signedIn(world);
    expect((await browser.open(world.node.url('/login'))).url.pathname).to.equal('/');
    expect((await browser.open(world.node.url('/login/continue?id=long-gone'))).url.pathname).to.equal('/');
  });
});

function messageOf(page: Shown): string {
  const form = page.forms.find((candidate) => candidate.handsOff);
  return Buffer.from(form?.fields.get('SAMLResponse') ?? '', 'base64').toString();
}
