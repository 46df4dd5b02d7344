import { expect } from 'chai';
import { asId } from '../../src/core/model/ids.js';
import { aRelyingParty } from '../support/builders.js';
import { loginPage } from '../../src/authn/login-page.js';
import { aRoute, hidden, Jar, MARIA, pendingFor, signIn, startWeb, type TestWeb, TOM } from './test-server.js';

const ACME = aRelyingParty();
const WIKI = aRelyingParty({ id: asId('rp-2'), entityId: 'https://wiki.example', name: 'Wiki' });

describe('web/pages/login', () => {
  let web: TestWeb;
  let jar: Jar;
  beforeEach(async () => {
    web = await startWeb({ pending: { acme: pendingFor(ACME, 'SGN-ACME-2222'), wiki: pendingFor(WIKI, 'SGN-WKKX-3333') } });
    jar = new Jar();
  });
  afterEach(() => web.close());

  const token = async (): Promise<string> => hidden((await web.send('/login', { jar })).body, 'csrf') ?? '';

  it('is a plain form: one username, one password, hidden fields', async () => {
    const { status, body } = await web.send('/login', { jar });
    expect(status).to.equal(200);
    expect(body.match(/<form /gu)).to.have.length(1);
    expect(body.match(/type="password"/gu)).to.have.length(1);
    expect(body)
      .to.match(/<form class="stack" method="post" action="\/login">/u)
      .and.match(/name="username" type="text"/u)
      .and.match(/name="password" type="password"/u);
  });

  it('stores nothing for a visitor and for a failed sign-in', async () => {
    await signIn(web, jar, { name: 'maria', password: 'wrong' });
    expect(web.stored.size).to.equal(0);
    expect([...jar.cookies.keys()]).to.deep.equal(['signet-visit']);
  });

  it('goes to the launcher after a sign-in without a request, and on with one that waits', async () => {
    const plain = await signIn(web, jar);
    expect([plain.status, plain.headers.location]).to.deep.equal([303, '/']);
    const other = new Jar();
    const waiting = await signIn(web, other, MARIA, { pending: 'acme' });
    expect([waiting.status, waiting.headers.location]).to.deep.equal([303, '/login/continue?id=acme']);
    expect(web.attempts.at(-1)).to.include({ reference: 'SGN-ACME-2222', entityId: ACME.entityId, clientAddress: '127.0.0.1', familiar: false });
  });

  it('gives one text and one status for whatever was wrong, and never the password back (U01)', async () => {
    const bodies = [];
    for (const name of ['maria', 'nobody']) {
      const reply = await signIn(web, new Jar(), { name, password: 'wr0ng-secret' });
      expect(reply.status).to.equal(401);
      bodies.push(reply.body.replaceAll(name, 'NAME').replaceAll(/value="[\w-]{43}"/gu, 'value="TOKEN"'));
      expect(reply.body).to.contain('That user name and password do not match our records.').and.not.contain('wr0ng-secret');
      expect(reply.body)
        .to.contain('<title>Error: Sign in – Example Corp</title>')
        .and.match(/id="alert" role="alert" tabindex="-1" autofocus/u);
      expect(reply.body)
        .to.contain(`value="${name}"`)
        .and.match(/id="password"[^>]* aria-invalid="true" aria-describedby="alert"/u);
    }
    expect(bodies[0]).to.equal(bodies[1]);
  });

  it('speaks of Caps Lock from the third time', async () => {
    await signIn(web, jar, { name: 'maria', password: 'a' });
    await signIn(web, jar, { name: 'maria', password: 'b' });
    expect((await signIn(web, jar, { name: 'maria', password: 'c' })).body).to.contain('Caps Lock may be on');
  });

  it('slows down with 429 and Retry-After, and says until when (U02)', async () => {
    const slowed = await signIn(web, jar, { name: 'slow', password: 'x' });
    expect([slowed.status, slowed.headers['retry-after']]).to.deep.equal([429, '90']);
    expect(slowed.body).to.contain('Too many attempts. Try again at <time datetime="2026-11-24T09:01:30.000Z" data-local="time">09:01 UTC</time>, or contact');
    const queue = await signIn(web, jar, { name: 'queue', password: 'x' });
    expect([queue.status, queue.headers['retry-after']]).to.deep.equal([429, '2']);
    expect(queue.body).to.contain('value="queue"');
  });

  it('adopts no session id that it did not make (U04)', async () => {
    for (const planted of ['s%3Achosen.by-somebody', 'chosen', 's%3Achosen', '%zz', 's%3A.']) {
      const browser = new Jar();
      browser.cookies.set('signet', planted);
      expect((await signIn(web, browser)).status).to.equal(303);
      expect(browser.cookies.get('signet'))
        .to.match(/^s%3A[\w-]{32}\./u)
        .and.not.contain('chosen');
    }
    expect([...web.stored.keys()].some((key) => key.includes('chosen'))).to.equal(false);
  });

  it('renews the id of a browser that is signed in, and the old id is dead (U04)', async () => {
    await signIn(web, jar);
    const old = new Jar();
    old.cookies.set('signet', jar.cookies.get('signet') ?? '');
    // The form was shown before the first sign-in, in another tab.
    const shown = new Jar();
    const csrf = hidden((await web.send('/login', { jar: shown })).body, 'csrf') ?? '';
    jar.cookies.set('signet-visit', shown.cookies.get('signet-visit') ?? '');
    const second = await web.send('/login', { jar, form: { csrf, username: MARIA.name, password: MARIA.password } });
    expect(second.status).to.equal(303);
    expect(jar.cookies.get('signet')).to.not.equal(old.cookies.get('signet'));
    expect((await web.send('/', { jar: old })).headers.location).to.equal('/login');
    expect((await web.send('/', { jar })).status).to.equal(200);
  });

  it('sets cookies for itself only: HttpOnly, SameSite, Secure and prefixed on https, no Domain (U05)', async () => {
    const plain = await signIn(web, jar);
    for (const cookie of plain.headers['set-cookie'] ?? [])
      expect(cookie)
        .to.match(/; Path=\/; HttpOnly; SameSite=Lax/u)
        .and.not.match(/domain/iu);
    for (const [baseUrl, prefix, path] of [
      ['https://login.example', '__Host-', '/'],
      ['https://login.example/idp', '__Secure-', '/idp'],
    ] as const) {
      const secure = await startWeb({ baseUrl });
      const base = path === '/' ? '' : path;
      const reply = await signIn(secure, new Jar(), MARIA, {}, base);
      expect(reply.status).to.equal(303);
      const lines = reply.headers['set-cookie'] ?? [];
      expect(lines.map((line) => line.split('=')[0]).sort()).to.deep.equal([`${prefix}signet`, `${prefix}signet-device`]);
      for (const line of lines) {
        expect(line)
          .to.contain(`; Path=${path};`)
          .and.contain('; HttpOnly')
          .and.contain('; Secure')
          .and.contain('; SameSite=Lax')
          .and.not.match(/domain/iu);
      }
      await secure.close();
    }
  });

  it('accepts a form only from the page shown to this browser (U06)', async () => {
    const csrf = await token();
    const form = { username: MARIA.name, password: MARIA.password };
    const without = await web.send('/login', { jar, form });
    const wrong = await web.send('/login', { jar, form: { ...form, csrf: 'x'.repeat(43) } });
    const foreignBrowser = await web.send('/login', { jar: new Jar(), form: { ...form, csrf } });
    const planted = new Jar();
    planted.cookies.set('signet-visit', '<script>');
    const badVisit = await web.send('/login', { jar: planted, form: { ...form, csrf } });
    for (const reply of [without, wrong, foreignBrowser, badVisit]) {
      expect(reply.status).to.equal(403);
      expect(reply.body).to.contain('This page was open for a long time. Please sign in again.').and.contain('value="maria"');
    }
    expect(web.attempts).to.have.length(0);
    expect(web.stored.size).to.equal(0);
  });

  it('refuses a form that another site sent, token or not (U06)', async () => {
    const csrf = await token();
    const form = { csrf, username: MARIA.name, password: MARIA.password };
    const foreign: Readonly<Record<string, string>>[] = [
      { origin: 'https://evil.example' },
      { origin: 'http://localhost.evil.example' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site', origin: 'null' },
    ];
    for (const headers of foreign) {
      const reply = await web.send('/login', { jar, form, headers });
      expect(reply.status, JSON.stringify(headers)).to.equal(403);
      expect(reply.body).to.contain('This form did not come from our page').and.not.contain('type="password"');
    }
    expect(web.attempts).to.have.length(0);
    expect(web.refusals[0]).to.equal('SGN-TEST-2345 refused /login foreign: a sign-in form from another site');
    const own = await web.send('/login', { jar, form, headers: { 'sec-fetch-site': 'same-origin', origin: 'null' } });
    expect(own.status).to.equal(303);
  });

  it('goes nowhere that a request names (U08)', async () => {
    for (const target of ['//evil.example', 'https://evil.example', '/\\evil.example', 'javascript:alert(1)']) {
      const reply = await signIn(web, new Jar(), MARIA, { pending: target, next: target, returnTo: target, RelayState: target });
      expect(reply.status).to.equal(401);
      expect(reply.headers.location).to.equal(undefined);
      const get = await web.send(`/login?next=${encodeURIComponent(target)}&returnTo=${encodeURIComponent(target)}`);
      expect(get.body).to.not.contain('evil.example');
    }
  });

  it('takes text where text is meant (U10)', async () => {
    const csrf = await token();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    for (const body of [
      `csrf=${csrf}&username[]=maria&password=x`,
      `csrf=${csrf}&username=maria&password[$ne]=`,
      `csrf=${csrf}&username=maria&username=tom&password=x`,
      `csrf=${csrf}&username=maria`,
      `csrf=${csrf}&username=maria%00&password=x`,
    ]) {
      expect((await web.send('/login', { jar, body, headers })).status, body.slice(48)).to.equal(400);
    }
    const json = await web.send('/login', {
      jar,
      body: JSON.stringify({ csrf, username: 'maria', password: 'correct horse' }),
      headers: { 'content-type': 'application/json' },
    });
    expect(json.status).to.equal(415);
    expect(web.attempts).to.have.length(0);
  });

  it('takes no password from the query', async () => {
    const csrf = await token();
    const reply = await web.send('/login?username=maria&password=correct%20horse', { jar, form: { csrf, username: '', password: '' } });
    expect(reply.status).to.equal(401);
    expect(web.attempts).to.have.length(0);
  });

  it('shows what was typed as text (U09)', async () => {
    const reply = await signIn(web, jar, { name: '"><img src=x onerror=alert(1)> <%= 7*7 %>', password: 'x' });
    expect(reply.body).to.contain('value="&#34;&gt;&lt;img src=x onerror=alert(1)&gt; &lt;%= 7*7 %&gt;"').and.not.contain('<img');
  });

  it('keeps two tabs with two applications apart (SSO-16)', async () => {
    const first = await token();
    const second = await token();
    expect(second).to.equal(first);
    const form = { csrf: first, username: MARIA.name, password: MARIA.password };
    const toWiki = await web.send('/login', { jar, form: { ...form, pending: 'wiki' } });
    const toAcme = await web.send('/login', { jar, form: { ...form, pending: 'acme' } });
    expect([toWiki.headers.location, toAcme.headers.location]).to.deep.equal(['/login/continue?id=wiki', '/login/continue?id=acme']);
  });

  it('takes the same form again after the back button (B2)', async () => {
    const form = { csrf: await token(), username: MARIA.name, password: MARIA.password, pending: 'acme' };
    expect((await web.send('/login', { jar, form })).status).to.equal(303);
    const again = await web.send('/login', { jar, form });
    expect([again.status, again.headers.location]).to.deep.equal([303, '/login/continue?id=acme']);
  });

  it('says so when the page was open for too long, and goes to the launcher after the next sign-in', async () => {
    const late = await signIn(web, jar, MARIA, { pending: 'ended' });
    expect(late.status).to.equal(401);
    expect(late.body).to.contain('This page was open for a long time. Please sign in again.');
    expect(hidden(late.body, 'pending')).to.equal(undefined);
    expect(web.attempts).to.have.length(0);
    const form = { csrf: hidden(late.body, 'csrf') ?? '', username: MARIA.name, password: MARIA.password };
    expect((await web.send('/login', { jar, form })).headers.location).to.equal('/');
  });

  it('offers another account where the name stood fixed', async () => {
    const csrf = await token();
    const reply = await web.send('/login', { jar, form: { csrf, pending: 'acme', another: '1' } });
    expect(reply.status).to.equal(200);
    expect(hidden(reply.body, 'pending')).to.equal('acme');
    expect(reply.body).to.not.match(/id="username"[^>]* readonly/u);
    expect(reply.body).to.contain('to continue to <strong>Acme Expenses</strong>');
  });

  it('knows a device on which this person signed in before (U03)', async () => {
    await signIn(web, jar);
    const browser = new Jar();
    browser.cookies.set('signet-device', jar.cookies.get('signet-device') ?? '');
    await signIn(web, browser, { name: 'maria', password: 'wrong' });
    await signIn(web, browser, { name: 'tom', password: 'wrong' });
    expect(web.attempts.slice(-2).map((attempt) => attempt.familiar)).to.deep.equal([true, false]);
  });

  it("ends another person's session first, and keeps the same person's applications", async () => {
    const form = { csrf: await token(), username: MARIA.name, password: MARIA.password };
    await web.send('/login', { jar, form });
    const participant = { protocol: 'saml', relyingParty: ACME.entityId, sessionIndex: '_1', name: { value: 'x', format: 'y' } } as const;
    web.participants.set('sso-1', [participant]);
    await web.send('/login', { jar, form });
    expect([...web.ssoSessions.keys()]).to.deep.equal(['sso-2']);
    expect(web.participants.get('sso-2')).to.deep.equal([participant]);
    await web.send('/login', { jar, form: { ...form, username: TOM.name, password: TOM.password } });
    expect([...web.ssoSessions].map(([id, session]) => [id, session.userName])).to.deep.equal([['sso-3', 'tom']]);
    expect(web.participants.get('sso-3')).to.equal(undefined);
  });

  it('signs in again on a page that was shown within a session, and refuses its form to others (U06)', async () => {
    const asked = await startWeb({
      routes: [
        aRoute({
          handle: async () => Promise.resolve(loginPage({ alert: 'fresh', userName: 'maria', nameFixed: true, pending: 'acme', applicationName: 'Acme' })),
        }),
      ],
      pending: { acme: pendingFor(ACME) },
    });
    await signIn(asked, jar);
    const page = await asked.send('/saml/sso', { jar });
    const form = { csrf: hidden(page.body, 'csrf') ?? '', pending: 'acme', fixed: '1', username: MARIA.name, password: 'wrong' };
    const other = new Jar();
    await signIn(asked, other);
    expect((await asked.send('/login', { jar: other, form })).status).to.equal(403);
    const wrong = await asked.send('/login', { jar, form });
    expect(wrong.status).to.equal(401);
    expect(wrong.body).to.match(/id="username"[^>]* readonly/u);
    const right = await asked.send('/login', { jar, form: { ...form, password: MARIA.password } });
    expect([right.status, right.headers.location]).to.deep.equal([303, '/login/continue?id=acme']);
    await asked.close();
  });

  it('sends who is signed in from the form to the launcher', async () => {
    await signIn(web, jar);
    const reply = await web.send('/login', { jar });
    expect([reply.status, reply.headers.location]).to.deep.equal([303, '/']);
  });
});
