/** wsignout1.0 and wsignoutcleanup1.0 (WS-Federation 13.2.4). */
import { expect } from 'chai';
import { asId } from '../../../src/core/model/ids.js';
import { type RelyingParty, WSFED_BINDING } from '../../../src/core/model/relying-party.js';
import type { HttpRequest } from '../../../src/http/request.js';
import type { HttpReply, PageReply } from '../../../src/http/reply.js';
import { parseXml } from '../../../src/xml/parse.js';
import { attribute } from '../../../src/xml/read.js';
import { aRelyingParty } from '../../support/builders.js';
import { byRedirect, loggingOut, logoutResponse, sentBy, signOn } from '../../support/logout.js';
import { isPage, isSignOutPage, keyPairOf, testIdp, type TestIdp } from '../../support/saml-idp.js';

const SESSION = asId<'SsoSession'>('session-1');
const WIKI = 'https://wiki.example/signin?app=1';
const OTHER = 'https://portal.example/';

interface Row {
  readonly name: string;
  readonly state: string;
  readonly frame?: string;
}

function party(realm: string, name: string, urls: readonly string[], changes: Partial<RelyingParty> = {}): RelyingParty {
  const replyAddresses = urls.map((url) => ({ binding: WSFED_BINDING, url }));
  return aRelyingParty({ id: asId(realm), entityId: realm, identifiers: [realm], name, protocols: ['wsfed'], replyAddresses, ...changes });
}

describe('sign-out by WS-Federation', () => {
  let idp: TestIdp;
  beforeEach(async () => {
    idp = await testIdp(
      party('urn:wiki', 'Wiki', [WIKI, 'https://wiki.example/second']),
      party('urn:portal', 'Portal', [OTHER], { logoutEndpoints: [{ binding: WSFED_BINDING, url: 'https://portal.example/cleanup' }] }),
      party('urn:third', 'Third', ['https://third.example/']),
    );
  });

  const lives = async (): Promise<boolean> => (await idp.ssoSessions.find(SESSION)) !== undefined;
  const signOnAt = async (realm: string, wreply = ''): Promise<void> => {
    const query = new URLSearchParams({ wa: 'wsignin1.0', wtrealm: realm, ...(wreply === '' ? {} : { wreply }) });
    expect((await idp.get('/wsfed', query.toString())).kind).to.equal('post-form');
  };
  const ask = (fields: Readonly<Record<string, string>>, changes: Partial<HttpRequest> = {}): Promise<HttpReply> =>
    idp.get('/wsfed', new URLSearchParams(fields).toString(), changes);
  const rows = (page: PageReply): readonly Row[] => page.model['applications'] as readonly Row[];
  const done = (page: PageReply, more = ''): Promise<HttpReply> => idp.get('/logout/done', `id=${encodeURIComponent(page.model['id'] as string)}${more}`);
  const signOut = { wa: 'wsignout1.0' };

  it('ends the session and opens every clean-up address, each on its own (WSF-17, WSF-19)', async () => {
    await signOnAt('urn:wiki');
    await signOnAt('urn:wiki', 'https://wiki.example/second');
    await signOnAt('urn:portal');
    const page = await isSignOutPage(idp, await ask({ ...signOut, wtrealm: 'urn:wiki' }));
    expect(await lives()).to.equal(false);
    expect(page.view).to.equal('logout/progress');
    expect(rows(page).map(({ name, state, frame }) => [name, state, frame])).to.have.deep.members([
      ['Portal', 'asked', 'https://portal.example/cleanup?wa=wsignoutcleanup1.0'],
      ['Wiki', 'asked', 'https://wiki.example/signin?app=1&wa=wsignoutcleanup1.0'],
      ['Wiki', 'asked', 'https://wiki.example/second?wa=wsignoutcleanup1.0'],
    ]);
    expect(rows(isPage(await done(page))).map(({ state }) => state)).to.deep.equal(['asked', 'asked', 'asked']);
    expect(idp.signedOut[0]).to.include({ outcome: 'succeeded', protocol: 'wsfed', relyingParty: 'urn:wiki', user: 'maria' });
  });

  it('goes to wreply at the end when it belongs to a party of the session, with or without wtrealm (WSF-17, WSF-18)', async () => {
    for (const more of [{}, { wtrealm: 'urn:portal' }]) {
      idp = await testIdp(...idp.parties.values());
      await signOnAt('urn:wiki');
      await signOnAt('urn:portal');
      const page = await isSignOutPage(idp, await ask({ ...signOut, wreply: WIKI, ...more }));
      expect(page.model['backTo']).to.equal('Wiki');
      expect(await done(page)).to.deep.equal({ kind: 'redirect', location: WIKI, status: 303 });
    }
  });

  it('goes nowhere when its party was removed, switched off, or lost the address while applications were told (A08, I18)', async () => {
    const parties = new Map(idp.parties);
    const now = (changes: Partial<RelyingParty>): void => void idp.parties.set('urn:wiki', party('urn:wiki', 'Wiki', [WIKI], changes));
    const meanwhile: readonly (() => void)[] = [
      () => idp.parties.delete('urn:wiki'),
      () => {
        now({ enabled: false });
      },
      () => {
        now({ replyAddresses: [{ binding: WSFED_BINDING, url: OTHER }] });
      },
    ];
    for (const change of meanwhile) {
      idp = await testIdp(...parties.values());
      await signOnAt('urn:wiki');
      const page = await isSignOutPage(idp, await ask({ ...signOut, wreply: WIKI }));
      change();
      const result = isPage(await done(page));
      expect([result.view, result.model['back']]).to.deep.equal(['logout/done', undefined]);
    }
  });

  it('names who could not be reached, with the way back as a link (WSF-19)', async () => {
    await signOnAt('urn:wiki');
    await signOnAt('urn:portal');
    const page = await isSignOutPage(idp, await ask({ ...signOut, wreply: WIKI }));
    const result = isPage(await done(page, '&unreachable=0'));
    expect(rows(result).map(({ name, state }) => [name, state])).to.deep.equal([
      ['Portal', 'silent'],
      ['Wiki', 'asked'],
    ]);
    expect(result.model['back']).to.deep.equal({ name: 'Wiki', href: WIKI });
  });

  const foreign = [
    'https://evil.example/',
    'https://third.example/',
    `${WIKI}/`,
    `${WIKI}&x=1`,
    'https://wiki.example.evil.example/signin?app=1',
    'https://wiki.example@evil.example/',
    'http://wiki.example/signin?app=1',
    '//wiki.example/signin?app=1',
    'javascript:alert(1)',
    '',
  ];
  for (const wreply of foreign) {
    it(`I18: never goes to ${JSON.stringify(wreply)}; the sign-out is done all the same`, async () => {
      await signOnAt('urn:wiki');
      const page = await isSignOutPage(idp, await ask({ ...signOut, wreply }));
      expect([await lives(), page.model['backTo']]).to.deep.equal([false, undefined]);
      const result = isPage(await done(page));
      expect([result.view, result.model['back']]).to.deep.equal(['logout/done', undefined]);
      expect(JSON.stringify([page, result])).to.not.include('evil');
    });
  }

  it('with nobody signed in goes only where the realm that is named has registered (WSF-17, I18)', async () => {
    const nobody = { browser: { cookie: true } };
    expect(await ask({ ...signOut, wtrealm: 'urn:wiki', wreply: WIKI }, nobody)).to.deep.equal({ kind: 'redirect', location: WIKI, status: 303 });
    for (const fields of [{}, { wreply: WIKI }, { wtrealm: 'urn:portal', wreply: WIKI }, { wtrealm: 'urn:unknown', wreply: WIKI }]) {
      expect(await isSignOutPage(idp, await ask({ ...signOut, ...fields }, nobody))).to.deep.include({
        view: 'logout/done',
        status: 200,
        model: { applications: [] },
      });
    }
    idp.parties.set('urn:wiki', party('urn:wiki', 'Wiki', [WIKI], { enabled: false }));
    expect((await ask({ ...signOut, wtrealm: 'urn:wiki', wreply: WIKI }, nobody)).kind).to.equal('page');
  });

  it('a post without our cookie comes again with it, form fields before the query (WSF-01)', async () => {
    await signOnAt('urn:wiki');
    const form = { ...signOut, wreply: WIKI };
    const hop = await idp.post('/wsfed', form, { browser: { cookie: false }, rawQuery: 'wreply=https%3A%2F%2Fthird.example%2F' });
    expect(await lives()).to.equal(true);
    const location = hop.kind === 'redirect' ? hop.location : '';
    expect([hop.kind === 'redirect' && hop.status, location]).to.deep.equal([303, `/wsfed?wa=wsignout1.0&wreply=${encodeURIComponent(WIKI)}`]);
    const page = await isSignOutPage(idp, await idp.get('/wsfed', location.split('?')[1]));
    expect([await lives(), page.model['backTo']]).to.deep.equal([false, 'Wiki']);
    await idp.ssoSessions.save({ ...(idp.session as NonNullable<TestIdp['session']>), id: asId('session-2') });
    expect((await isSignOutPage(idp, await idp.post('/wsfed', form, { browser: { cookie: true, sessionId: 'session-2' } }))).view).to.equal('logout/done');
  });

  it('L04: from a picture or a frame nothing ends, and the page that asks is shown; a window of its own counts', async () => {
    await signOnAt('urn:wiki');
    for (const destination of ['image', 'iframe', 'frame', 'script', 'empty', 'embed', 'nonsense']) {
      expect(await ask(signOut, { headers: { 'sec-fetch-dest': destination } })).to.deep.equal({ kind: 'redirect', location: '/logout', status: 303 });
    }
    expect(await lives()).to.equal(true);
    expect(new Set(idp.signedOut.map(({ outcome, check }) => `${outcome} ${check ?? ''}`))).to.deep.equal(new Set(['refused slo.frame']));
    await ask(signOut, { headers: { 'sec-fetch-dest': 'document' } });
    expect(await lives()).to.equal(false);
  });

  it('WSF-20: clean-up ends the session without asking, twice in a row, also in a picture, and goes nowhere', async () => {
    const cleanUp = { wa: 'wsignoutcleanup1.0', wreply: WIKI, wtrealm: 'urn:wiki' };
    await signOnAt('urn:wiki');
    const page = isPage(await ask(cleanUp, { headers: { 'sec-fetch-dest': 'image' } }));
    expect([page.status, page.view, await lives()]).to.deep.equal([200, 'logout/progress', false]);
    expect(isPage(await done(page)).model['back']).to.equal(undefined);
    expect(isPage(await ask(cleanUp))).to.deep.include({ status: 200, view: 'logout/done', model: { applications: [] } });
    expect(isPage(await ask(cleanUp, { browser: { cookie: false } })).status).to.equal(200);
  });

  it('reaches applications of SAML, and one of AD FS’s addresses does the same (SLO-16, WSF-21)', async () => {
    const pair = await keyPairOf('sp.example');
    const app = loggingOut('app.example', pair);
    idp.parties.set(app.entityId, app);
    await signOn(idp, app);
    await signOnAt('urn:wiki');
    const page = await isSignOutPage(idp, await idp.get('/adfs/ls/', new URLSearchParams({ ...signOut, wreply: WIKI }).toString()));
    const request = sentBy(idp, rows(page)[0]?.frame ?? '', 'SAMLRequest');
    expect(request.to).to.equal('https://app.example/slo');
    await byRedirect(idp, logoutResponse(idp.clock, app, attribute(parseXml(request.xml), 'ID')), pair, { parameter: 'SAMLResponse' });
    expect(await done(page)).to.deep.equal({ kind: 'redirect', location: WIKI, status: 303 });
  });

  it('a parameter that comes twice ends nothing', async () => {
    const reply = await isSignOutPage(idp, await idp.get('/wsfed', 'wa=wsignout1.0&wreply=a&wreply=b'));
    expect([reply.status, await lives(), idp.signedOut.at(-1)?.check]).to.deep.equal([400, true, 'wsfed.parameters']);
  });
});
