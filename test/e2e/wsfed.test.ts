import { expect } from 'chai';
import { Browser, passwordForm, send, type Shown } from '../support/browser.js';
import type { Form } from '../support/html-forms.js';
import { readIdp } from '../support/service-provider/toolkit.js';
import { type Application, readVerdict } from '../support/service-provider.js';
import { accept, type Delivered, readDelivery, registerWsfed, signInQuery } from '../support/wsfed-party.js';
import { MARIA, referenceOf, signedIn, theWorld, TOM, traceOf, type World } from './world.js';

const REALM = 'urn:e2e:wiki';
const REPLY = 'https://wiki.example/signin-wsfed';
const LEDGER = 'https://ledger.example/';
/** As an ASP.NET application sends it, and more: beyond 2 KB, with everything that could be lost on the way. */
const STATE = `rm=0&id=passive&ru=%2freports%3fid%3d1&note="<é+ 漢>"&${'q='.repeat(1200)}`;

describe('WS-Federation, end to end', () => {
  let world: World;
  let expenses: Application;
  let certificate: string;
  let issuer: string;
  before(async () => {
    world = await theWorld();
    const plan = { toolkit: 'node-saml', binding: 'redirect', signsRequests: false, decrypts: false, wantsSigned: ['assertion', 'response'] } as const;
    const [added] = await world.register([{ ...plan, name: 'wsfed-expenses' }]);
    if (added === undefined) throw new Error('no application');
    expenses = added;
    await registerWsfed(
      world.node,
      { realm: LEDGER, reply: 'https://ledger.example/', options: ['--name', 'Ledger'], settings: ['groups=Finance'] },
      { realm: REALM, reply: REPLY, options: ['--name', 'Northwind Wiki'] },
    );
    [certificate = ''] = readIdp(world.idpMetadata, 'redirect').certificates;
    issuer = world.node.url('/saml/metadata');
  });

  const judged = (page: Shown): Delivered & { readonly seen: ReturnType<typeof accept> } => {
    const delivery = readDelivery(page);
    return { ...delivery, seen: accept(delivery.wresult, { certificate, issuer, realm: REALM, now: Date.now() }) };
  };
  const form = (path: string, fields: Readonly<Record<string, string>>): Form => ({
    method: 'POST',
    action: new URL(world.node.url(path)),
    fields: new Map(Object.entries(fields)),
    asksPassword: false,
    handsOff: false,
  });
  const fromWiki = { url: new URL('https://wiki.example/') };

  for (const path of ['/wsfed', '/adfs/ls/', '/adfs/ls', '/ADFS/Ls/']) {
    describe(`at ${path} (WSF-21)`, () => {
      const at = (parameters: Readonly<Record<string, string>> = {}): string => world.node.url(`${path}?${signInQuery({ wtrealm: REALM, ...parameters })}`);

      it('signs in by the form and hands over a token that an application accepts, with its wctx (WSF-04, WSF-10, WSF-13, WSF-15)', async () => {
        const browser = new Browser();
        const page = await browser.open(
          at({ wctx: STATE, wct: new Date().toISOString(), [path === '/wsfed' ? 'login_hint' : 'username']: 'maria@example.com' }),
        );
        expect(page.text).to.include('Northwind Wiki');
        expect(passwordForm(page).fields.get('username')).to.equal('maria@example.com');
        const { action, wa, wctx, seen } = judged(await browser.signIn(page, MARIA));
        expect({ action, wa, wctx }).to.deep.equal({ action: REPLY, wa: 'wsignin1.0', wctx: STATE });
        expect(seen.assertion).to.include({ version: '1.1', name: 'maria' });
        expect(seen.assertion.attributes['http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress']).to.deep.equal(['maria@example.com']);
        const again = judged(await browser.open(at()));
        expect([again.wctx, again.seen.assertion.authenticatedAt]).to.deep.equal([undefined, seen.assertion.authenticatedAt]);
      });

      it('takes a cross-site form without the cookie over one hop, with no second sign-in (design 5.3)', async () => {
        const browser = await signedIn(world);
        const page = await browser.submit(fromWiki, form(path, { wa: 'wsignin1.0', wtrealm: REALM, wctx: STATE }));
        expect(page.hops.map(({ method, cookies, status }) => [method, cookies, status])).to.deep.equal([
          ['POST', false, 303],
          ['GET', true, 200],
        ]);
        expect(judged(page).wctx).to.equal(STATE);
      });

      it('refuses on our own page: a status, a reference, nothing that leads anywhere (WSF-02, WSF-03, I18)', async () => {
        const browser = await signedIn(world);
        for (const [query, check] of [
          [signInQuery({ wtrealm: `${REALM}/` }), 'wsfed.wtrealm'],
          [signInQuery({ wtrealm: REALM, wreply: 'https://wiki.example.evil.example/signin-wsfed' }), 'wsfed.wreply'],
          [signInQuery({ wtrealm: REALM, wctx: 'x'.repeat(8193) }), 'wsfed.wctx'],
          [signInQuery({ wtrealm: REALM, wa: '"><script>alert(1)</script>' }), 'wsfed.action'],
          [signInQuery({ wtrealm: REALM, wreqptr: 'https://evil.example/' }), 'wsfed.wreqptr'],
          [`${signInQuery({ wtrealm: REALM })}&wctx=%ff`, 'wsfed.parameters'],
        ] as const) {
          const page = await browser.open(world.node.url(`${path}?${query}`));
          expect([page.status, page.headers.location, page.hops.length, page.forms.length], check).to.deep.equal([400, undefined, 1, 0]);
          expect(page.body).to.not.include('evil.example').and.not.include('alert(1)');
          expect((await traceOf(world.node, referenceOf(page))).map((record) => record['check'])).to.deep.equal([check]);
        }
      });
    });
  }

  it('asks again for a fresh sign-in, by wfresh=0 and by prompt=login (WSF-06, WSF-21)', async () => {
    const browser = await signedIn(world);
    const before = judged(await browser.open(world.node.url(`/wsfed?${signInQuery({ wtrealm: REALM })}`)));
    for (const parameters of [{ wfresh: '0' }, { prompt: 'login' }]) {
      const asked = Date.now();
      const page = await browser.open(world.node.url(`/wsfed?${signInQuery({ wtrealm: REALM, ...parameters })}`));
      expect(passwordForm(page).fields.get('username')).to.equal('maria');
      const { assertion } = judged(await browser.signIn(page, MARIA)).seen;
      expect(assertion.authenticatedAt)
        .to.be.at.least(asked - 1000)
        .and.greaterThan(before.seen.assertion.authenticatedAt);
    }
    const { expires, created } = judged(await browser.open(world.node.url(`/wsfed?${signInQuery({ wtrealm: REALM, wfresh: '5' })}`))).seen;
    expect(expires - created).to.equal(300_000);
  });

  it('SAML first, then WS-Federation, in one session', async () => {
    const browser = new Browser();
    const first = await browser.handOff(await browser.signIn(await browser.open(expenses.loginUrl()), MARIA));
    expect(readVerdict(first)).to.include({ status: 200, error: undefined });
    expect(judged(await browser.open(world.node.url(`/wsfed?${signInQuery({ wtrealm: REALM })}`))).seen.assertion.name).to.equal('maria');
  });

  it('WS-Federation first, then SAML, in one session', async () => {
    const browser = new Browser();
    judged(await browser.signIn(await browser.open(world.node.url(`/wsfed?${signInQuery({ wtrealm: REALM })}`)), MARIA));
    const page = await browser.open(expenses.loginUrl());
    expect(readVerdict(await browser.handOff(page))).to.include({ status: 200, error: undefined });
  });

  it('carries 8 KiB of wctx through a form, the hop and the sign-in page (WSF-04)', async () => {
    const wctx = Buffer.from(Array.from({ length: 6144 }, (_, at) => (at * 7919 + at * at) % 256)).toString('base64');
    expect(wctx.length).to.equal(8192);
    const browser = new Browser();
    const page = await browser.submit(fromWiki, form('/wsfed', { wa: 'wsignin1.0', wtrealm: REALM, wctx }));
    expect(judged(await browser.signIn(page, MARIA)).wctx).to.equal(wctx);
  });

  it('tells who may not use an application so, and the application nothing (WSF-10)', async () => {
    const page = await (await signedIn(world)).open(world.node.url(`/wsfed?${signInQuery({ wtrealm: LEDGER })}`));
    expect([page.status, page.forms.filter(({ handsOff }) => handsOff).length]).to.deep.equal([403, 0]);
    expect(page.text).to.include('Ledger');
    const tom = await (await signedIn(world, TOM)).open(world.node.url(`/wsfed?${signInQuery({ wtrealm: LEDGER })}`));
    expect(readDelivery(tom).action).to.equal('https://ledger.example/');
  });

  it('refuses a kind of sign-in that nobody could perform here, before anybody is asked for a password (WSF-07)', async () => {
    const page = await new Browser().open(
      world.node.url(`/wsfed?${signInQuery({ wtrealm: REALM, wauth: 'http://schemas.microsoft.com/claims/multipleauthn' })}`),
    );
    expect([page.status, page.forms.length]).to.deep.equal([403, 0]);
  });

  it('refuses a body that is too large or no form, and says so in the log (U17)', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const large = await send(world.node.url('/wsfed'), { method: 'POST', headers, body: `wa=wsignin1.0&wctx=${'x'.repeat(300_000)}` });
    expect(large.status).to.equal(413);
    expect((await traceOf(world.node, referenceOf(large))).map((record) => record['check'])).to.deep.equal(['request.size']);
    const json = await send(world.node.url('/wsfed'), { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
    expect(json.status).to.equal(415);
    expect((await traceOf(world.node, referenceOf(json))).map((record) => record['check'])).to.deep.equal(['wsfed.parameters']);
    const twice = await send(world.node.url('/wsfed'), { method: 'POST', headers, body: 'wa=wsignin1.0&wa=wsignin1.0' });
    expect(twice.status).to.equal(400);
  });

  it('starts where AD FS let people start, in both protocols, and answers its probe', async () => {
    const browser = await signedIn(world);
    const path = '/adfs/ls/IdpInitiatedSignOn.aspx';
    const wiki = await browser.open(world.node.url(`${path}?loginToRp=${encodeURIComponent(REALM)}`));
    expect(judged(wiki).wctx).to.equal(undefined);
    const state = `RPID=${encodeURIComponent(expenses.entityId)}&RelayState=${encodeURIComponent('/start?a=1&b=2')}`;
    const page = await browser.handOff(await browser.open(world.node.url(`${path}?RelayState=${encodeURIComponent(state)}`)));
    expect(readVerdict(page)).to.include({ status: 200, relayState: '/start?a=1&b=2' });
    expect((await browser.open(world.node.url('/adfs/ls/idpinitiatedsignon'))).url.pathname).to.equal('/');
    const probe = await send(world.node.url('/adfs/probe'));
    expect([probe.status, probe.body]).to.deep.equal([200, '']);
  });
});
