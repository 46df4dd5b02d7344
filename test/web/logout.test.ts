import { expect } from 'chai';
import { hidden, Jar, signIn, startWeb, type TestWeb } from './test-server.js';

describe('web/pages/logout', () => {
  let web: TestWeb;
  let jar: Jar;
  beforeEach(async () => {
    web = await startWeb();
    jar = new Jar();
    await signIn(web, jar);
    web.participants.set('sso-1', [
      { protocol: 'saml', relyingParty: 'https://app.example/metadata', sessionIndex: '_1', name: { value: 'x', format: 'y' } },
      { protocol: 'saml', relyingParty: 'https://gone.example/<b>', sessionIndex: '_2', name: { value: 'x', format: 'y' } },
    ]);
  });
  afterEach(() => web.close());

  it('asks on GET, and a picture on a foreign page ends nothing (L04)', async () => {
    const image = await web.send('/logout', { jar, headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'image' } });
    expect(image.status).to.equal(200);
    expect(image.body).to.contain('You are signed in as <strong>maria</strong>').and.contain('<li>Acme Expenses</li>').and.contain('We ask each of them');
    expect(web.ssoSessions.size).to.equal(1);
    expect((await web.send('/', { jar })).status).to.equal(200);
  });

  it('ends nothing without the token of this session (L04, U06)', async () => {
    const visitor = new Jar();
    const visitorToken = hidden((await web.send('/login', { jar: visitor })).body, 'csrf') ?? '';
    jar.cookies.set('signet-visit', visitor.cookies.get('signet-visit') ?? '');
    for (const form of [{}, { csrf: 'x' }, { csrf: visitorToken }]) expect((await web.send('/logout', { jar, form })).status).to.equal(403);
    const csrf = hidden((await web.send('/logout', { jar })).body, 'csrf') ?? '';
    expect((await web.send('/logout', { jar, form: { csrf }, headers: { origin: 'https://evil.example' } })).status).to.equal(403);
    expect(web.ssoSessions.size).to.equal(1);
  });

  it('has the session ended on the server and the applications asked, and ends its own record (U05)', async () => {
    const before = new Jar();
    before.cookies.set('signet', jar.cookies.get('signet') ?? '');
    const csrf = hidden((await web.send('/logout', { jar })).body, 'csrf') ?? '';
    const reply = await web.send('/logout', { jar, form: { csrf } });
    expect(reply.status).to.equal(200);
    expect(reply.body).to.contain('You are signed out here').and.contain('/logout/done?id=run-1');
    expect(
      web.signOuts.map(({ sessions, trace, ...start }) => ({ ...start, sessions: sessions.map(({ id }) => id), reference: trace.reference })),
    ).to.deep.equal([{ sessions: ['sso-1'], reason: 'user', clientAddress: '127.0.0.1', reference: 'SGN-TEST-2345' }]);
    expect(web.ssoSessions.size).to.equal(0);
    expect([...web.stored.keys()]).to.deep.equal([]);
    expect(jar.cookies.has('signet')).to.equal(false);
    expect((await web.send('/', { jar: before })).headers.location).to.equal('/login');
  });

  it('keeps the browser signed in when the session could not be ended: then nobody was signed out', async () => {
    const csrf = hidden((await web.send('/logout', { jar })).body, 'csrf') ?? '';
    web.broken = true;
    expect((await web.send('/logout', { jar, form: { csrf } })).status).to.equal(503);
    web.broken = false;
    expect((await web.send('/', { jar })).status).to.equal(200);
  });

  it('is no error when nobody is signed in, or when the form is sent again', async () => {
    const csrf = hidden((await web.send('/logout', { jar })).body, 'csrf') ?? '';
    await web.send('/logout', { jar, form: { csrf } });
    for (const reply of [await web.send('/logout', { jar }), await web.send('/logout', { jar, form: { csrf } }), await web.send('/logout')]) {
      expect(reply.status).to.equal(200);
      expect(reply.body).to.contain('<h1>You are signed out</h1>');
    }
    expect(web.signOuts).to.have.length(1);
  });
});
