/** Northwind Wiki over HTTP, with an issuer that the test plays. */
import { expect } from 'chai';
import { listen, type RunningSite } from '../../src/demo/shared/site.js';
import { createWiki, WIKI_COOKIE } from '../../src/demo/wiki/app.js';
import { BREAKAGES } from '../../src/demo/wiki/broken.js';
import { WIKI_REALM } from '../../src/demo/wiki/requests.js';
import { NOW } from '../support/builders.js';
import { decodeHtml } from './browser.js';
import { anIssuer, PASSIVE_URL, resultWith, tokenFor } from './fake-issuer.js';

describe('Northwind Wiki', () => {
  let site: RunningSite;
  let origin: string;
  let now: number;
  let reachable: boolean;
  before(async () => {
    site = await listen(0);
    origin = `http://localhost:${String(site.port)}`;
    const issuer = () => (reachable ? anIssuer() : Promise.reject(new Error('no answer')));
    site.use(createWiki({ origin, signetUrl: 'https://idp.example', issuer, now: () => now }));
  });
  beforeEach(() => {
    now = NOW;
    reachable = true;
  });
  after(() => site.close());

  /** Where the Wiki sends a browser, without going there. */
  const asks = async (path: string, init: RequestInit = {}): Promise<{ readonly to: URL; readonly cookie: string }> => {
    const response = await fetch(`${origin}${path}`, { redirect: 'manual', ...init });
    expect(response.status).to.equal(303);
    return { to: new URL(response.headers.get('location') ?? ''), cookie: response.headers.getSetCookie()[0]?.split(';')[0] ?? '' };
  };
  const answer = (cookie: string, fields: Readonly<Record<string, string>>): Promise<Response> =>
    fetch(`${origin}/wsfed`, { method: 'POST', body: new URLSearchParams({ wa: 'wsignin1.0', ...fields }), headers: { cookie }, redirect: 'manual' });
  const wctxOf = (to: URL): string => to.searchParams.get('wctx') ?? '';
  const signedIn = async (path = '/sign-in'): Promise<string> => {
    const { to, cookie } = await asks(path);
    const response = await answer(cookie, { wctx: wctxOf(to), wresult: resultWith(await tokenFor()) });
    expect(response.status).to.equal(303);
    return `${cookie}; ${response.headers.getSetCookie()[0]?.split(';')[0] ?? ''}`;
  };
  const read = async (path: string, cookie: string): Promise<string> => (await fetch(`${origin}${path}`, { headers: { cookie } })).text();

  it('asks Signet with its realm, its own address, a time, and a wctx that is new each time', async () => {
    const { to } = await asks('/sign-in');
    expect(to.href.startsWith(`${PASSIVE_URL}?`)).to.equal(true);
    expect(Object.fromEntries(to.searchParams)).to.deep.equal({
      wa: 'wsignin1.0',
      wtrealm: WIKI_REALM,
      wreply: `${origin}/wsfed`,
      wctx: wctxOf(to),
      wct: new Date(NOW).toISOString(),
    });
    expect(wctxOf((await asks('/sign-in')).to)).not.to.equal(wctxOf(to));
  });

  it('brings back to the page that was wanted, and shows who it is, the claims, the token and what was compared', async () => {
    const { to, cookie } = await asks('/wiki/travel');
    const response = await answer(cookie, { wctx: wctxOf(to), wresult: resultWith(await tokenFor()) });
    expect(response.headers.get('location')).to.equal('/wiki/travel');
    const session = response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    expect(await read('/wiki/travel', session)).to.include('Take the train');
    const home = await read('/', session);
    const text = decodeHtml(home);
    for (const shown of ['Hello, Maria <Silva>', 'http://schemas.xmlsoap.org/claims/Group', 'Sales', `Audience ${WIKI_REALM}`, '<saml:AttributeStatement>']) {
      expect(text).to.include(shown);
    }
    expect(home, 'and only as text').not.to.include('<saml:').and.not.to.include('<Silva>');
  });

  it('takes an answer only in the browser that asked, only once, and only for a question of its own', async () => {
    const { to, cookie } = await asks('/sign-in');
    const wresult = resultWith(await tokenFor());
    const others = (await asks('/sign-in')).cookie;
    for (const [foreign, wctx] of [
      ['', wctxOf(to)],
      [others, wctxOf(to)],
      [cookie, 'made-up'],
      [cookie, ''],
    ] as const) {
      const response = await answer(foreign, { wctx, wresult });
      expect(response.status).to.equal(400);
      expect(response.headers.getSetCookie()).to.deep.equal([]);
    }
    expect((await answer(cookie, { wctx: wctxOf(to), wresult })).status).to.equal(303);
    expect((await answer(cookie, { wctx: wctxOf(to), wresult: resultWith(await tokenFor()) })).status).to.equal(400);
    const again = await asks('/sign-in', { headers: { cookie } });
    const replayed = await answer(cookie, { wctx: wctxOf(again.to), wresult });
    expect(replayed.status).to.equal(400);
    expect(await replayed.text()).to.include('It was not used before');
    const late = await asks('/sign-in');
    now += 3_700_000;
    expect((await answer(late.cookie, { wctx: wctxOf(late.to), wresult: resultWith(await tokenFor()) })).status).to.equal(400);
  });

  it('does not look at an answer that nobody asked for, and asks itself', async () => {
    const response = await answer('', { wresult: resultWith(await tokenFor()) });
    expect(response.status).to.equal(303);
    expect(response.headers.get('location')).to.match(/^https:\/\/idp\.example\/wsfed\?wa=wsignin1\.0/u);
    expect(response.headers.getSetCookie().join()).not.to.include(`${WIKI_COOKIE}=`);
  });

  it('says what held and what did not when it refuses', async () => {
    const { to, cookie } = await asks('/sign-in');
    const response = await answer(cookie, { wctx: wctxOf(to), wresult: resultWith(await tokenFor({ audience: 'https://other.example/' })) });
    expect(response.status).to.equal(400);
    const text = decodeHtml(await response.text());
    expect(text).to.include('It is for the Wiki').and.include('Audience https://other.example/').and.include('A key of Signet signed it');
    expect(response.headers.getSetCookie()).to.deep.equal([]);
  });

  it('ends its session when Signet says so, in a frame or an image, with or without a session (WSF-20)', async () => {
    const cookie = await signedIn();
    expect(await read('/', cookie)).to.include('Hello, Maria');
    for (let time = 0; time < 2; time += 1) {
      const response = await fetch(`${origin}/wsfed?wa=wsignoutcleanup1.0`, { headers: { cookie }, redirect: 'manual' });
      expect(response.status).to.equal(200);
      expect(response.headers.get('content-type')).to.equal('image/gif');
      expect(response.headers.get('content-security-policy')).to.include('frame-ancestors https://idp.example');
      expect(response.headers.getSetCookie().join()).to.match(new RegExp(`^${WIKI_COOKIE}=;.*Max-Age=0`, 'u'));
    }
    expect(await read('/', cookie)).to.include('What everybody here knows');
  });

  const press = (path: string, cookie: string): Promise<{ readonly to: URL; readonly cookie: string }> =>
    asks(path, { method: 'POST', headers: { cookie, origin } });

  it('signs out everywhere: its own session first, then Signet', async () => {
    const cookie = await signedIn();
    const { to } = await press('/sign-out', cookie);
    expect(Object.fromEntries(to.searchParams)).to.deep.equal({ wa: 'wsignout1.0', wreply: `${origin}/signed-out` });
    expect(await read('/', cookie)).to.include('What everybody here knows');
  });

  it('asks for a fresh sign-in, and takes no older one for it', async () => {
    const cookie = await signedIn();
    const { to } = await press('/fresh', cookie);
    expect(to.searchParams.get('wfresh')).to.equal('0');
    const stale = await answer(cookie, { wctx: wctxOf(to), wresult: resultWith(await tokenFor()) });
    expect(stale.status).to.equal(400);
    expect(await stale.text()).to.include('The sign-in is fresh');
  });

  it('sends what each button says, and nothing else that is wrong', async () => {
    const cookie = await signedIn();
    const usual = (await asks('/sign-in')).to.searchParams;
    for (const { name, changes } of BREAKAGES) {
      const sent = (await press(`/break/${name}`, cookie)).to.searchParams;
      const differs = [...sent].filter(([key, value]) => key !== 'wctx' && usual.get(key) !== value);
      expect(Object.fromEntries(differs), name).to.deep.equal(changes);
    }
    expect((await fetch(`${origin}/break/nothing`, { method: 'POST' })).status).to.equal(404);
  });

  it('takes forms from its own pages only, sends a policy without scripts, and says when Signet is away', async () => {
    for (const path of ['/sign-out', '/fresh', '/break/realm']) {
      const response = await fetch(`${origin}${path}`, { method: 'POST', headers: { 'sec-fetch-site': 'same-site' }, redirect: 'manual' });
      expect(response.status, path).to.equal(403);
    }
    const response = await fetch(`${origin}/`);
    expect(response.headers.get('content-security-policy')).to.include("default-src 'none'").and.include("frame-ancestors 'none'").and.not.include('unsafe');
    expect(await response.text()).not.to.match(/<script|style=|onload/iu);
    expect((await fetch(`${origin}/nowhere`)).status).to.equal(404);
    reachable = false;
    const away = await fetch(`${origin}/sign-in`, { redirect: 'manual' });
    expect(away.status).to.equal(503);
    expect(await away.text()).to.include('cannot reach Signet');
  });
});
