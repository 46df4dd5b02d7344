import { expect } from 'chai';
import { Trace } from '../../src/core/checks/trace.js';
import { asId } from '../../src/core/model/ids.js';
import { WSFED_BINDING } from '../../src/core/model/relying-party.js';
import { aRelyingParty, NOW } from '../support/builders.js';
import { Jar, signIn, startWeb, type TestWeb } from './test-server.js';

describe('web/pages/home', () => {
  let web: TestWeb;
  let jar: Jar;
  beforeEach(async () => {
    web = await startWeb();
    jar = new Jar();
    await signIn(web, jar);
  });
  afterEach(() => web.close());

  const tiles = (body: string): string[] => [...body.matchAll(/<strong>([^<]*)<\/strong>/gu)].map((match) => match[1] ?? '');

  it('sends a visitor to the form', async () => {
    const reply = await web.send('/');
    expect([reply.status, reply.headers.location]).to.deep.equal([303, '/login']);
  });

  it('shows what this person may use, as links that start a sign-on (SSO-14)', async () => {
    web.applications.push(
      aRelyingParty({ id: asId('rp-2'), entityId: 'urn:x?a=1&b=2', name: 'Payroll', groups: ['Finance'] }),
      aRelyingParty({ id: asId('rp-3'), entityId: 'https://wiki.example/a b', name: 'Team wiki', groups: ['Sales'], description: 'What we know' }),
    );
    const { status, body } = await web.send('/', { jar });
    expect(status).to.equal(200);
    expect(tiles(body)).to.deep.equal(['Acme Expenses', 'Team wiki']);
    expect(body).to.contain('href="/saml/sso/init?sp=https%3A%2F%2Fwiki.example%2Fa%20b"').and.contain('>TW</span>').and.contain('What we know');
    expect(body).to.contain('Signed in as Maria Silva');
  });

  it('starts at an application of WS-Federation in its own way, and in SAML where it speaks both', async () => {
    const wsfed = { binding: WSFED_BINDING, url: 'https://wiki.example/' };
    web.applications.push(
      aRelyingParty({ id: asId('rp-2'), entityId: 'urn:wiki:a&b', name: 'Wiki', protocols: ['wsfed'], replyAddresses: [wsfed] }),
      aRelyingParty({ id: asId('rp-3'), entityId: 'urn:both', name: 'Both', protocols: ['saml', 'wsfed'] }),
    );
    const { body } = await web.send('/', { jar });
    expect([...body.matchAll(/class="tile" href="([^"]*)"/gu)].map((match) => match[1])).to.deep.equal([
      '/saml/sso/init?sp=https%3A%2F%2Fapp.example%2Fmetadata',
      '/wsfed?wa=wsignin1.0&amp;wtrealm=urn%3Awiki%3Aa%26b',
      '/saml/sso/init?sp=urn%3Aboth',
    ]);
  });

  it('filters by a form, without script', async () => {
    web.applications.push(aRelyingParty({ id: asId('rp-2'), entityId: 'urn:wiki', name: 'Wiki' }));
    expect(tiles((await web.send('/?q=WIK', { jar })).body)).to.deep.equal(['Wiki']);
    const nothing = await web.send(`/?q=${encodeURIComponent('<script>')}`, { jar });
    expect(nothing.body).to.contain('Nothing matches “&lt;script&gt;”.').and.contain('value="&lt;script&gt;"').and.not.contain('<script>');
  });

  it('has words for no applications at all', async () => {
    web.applications.length = 0;
    expect((await web.send('/', { jar })).body)
      .to.contain('No applications yet')
      .and.contain('Your administrator has not given you any.');
  });

  it('shows names from metadata as text (U09)', async () => {
    web.applications[0] = aRelyingParty({ name: '<img src=x> <%- x %>', description: '"><script>' });
    const { body } = await web.send('/', { jar });
    expect(body).to.contain('&lt;img src=x&gt; &lt;%- x %&gt;').and.not.contain('<img').and.not.contain('<script>');
  });

  it('shows two hundred tiles at most and says how many are left', async () => {
    for (let index = 0; index < 250; index += 1)
      web.applications.push(aRelyingParty({ id: asId(`rp-${String(index)}`), entityId: `urn:${String(index)}`, name: `App ${String(index)}` }));
    const { body } = await web.send('/', { jar });
    expect(tiles(body)).to.have.length(200);
    expect(body).to.contain('51 more. Use the filter to find them.').and.not.contain('data-filter');
  });

  it('signs out a person who was disabled', async () => {
    const disabled = await startWeb({
      subjectOf: async (session, trace) => Promise.reject(trace.failure('user.enabled', { observed: session.userName })),
    });
    const browser = new Jar();
    await signIn(disabled, browser);
    const reply = await disabled.send('/', { jar: browser });
    expect(reply.headers.location).to.equal('/login');
    expect(disabled.ssoSessions.size).to.equal(0);
    await disabled.close();
  });

  it('says that it cannot tell when the directory is away', async () => {
    const away = await startWeb({
      subjectOf: async () => Promise.reject(new Trace('SGN-TEST-2345', NOW).failure('store.reachable', { observed: 'away' })),
    });
    const browser = new Jar();
    await signIn(away, browser);
    expect((await away.send('/', { jar: browser })).status).to.equal(503);
    expect(away.ssoSessions.size).to.equal(1);
    await away.close();
  });
});
