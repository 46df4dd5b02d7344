import { expect } from 'chai';
import { SignetError } from '../../src/core/errors.js';
import { checkReplyAddress } from '../../src/core/model/reply-address.js';
import type { HttpRequest } from '../../src/http/request.js';
import type { Route } from '../../src/http/route.js';
import { createErrorPage } from '../../src/web/pages/error.js';
import { aTrace, fakeClock } from '../support/builders.js';
import { aRoute, hidden, Jar, signIn, startWeb, type TestWeb } from './test-server.js';

describe('web/dispatch', () => {
  let web: TestWeb | undefined;
  afterEach(async () => {
    await web?.close();
    web = undefined;
  });

  /** A server with one route that keeps what it is handed. */
  async function listening(changes: Parameters<typeof startWeb>[0] = {}): Promise<{ readonly web: TestWeb; readonly seen: HttpRequest[] }> {
    const seen: HttpRequest[] = [];
    const route = aRoute({
      handle: async (request) => {
        seen.push(request);
        return Promise.resolve({ kind: 'text', status: 200, type: 'text/plain', body: 'handled' });
      },
    });
    web = await startWeb({ routes: [route], ...changes });
    return { web, seen };
  }

  it('hands the query over exactly as it came, for signatures over its octets (BND-04)', async () => {
    const { web: server, seen } = await listening();
    await server.send('/saml/sso?b=%2f+%20&a=1&b=2');
    expect(seen[0]?.rawQuery).to.equal('b=%2f+%20&a=1&b=2');
    expect(seen[0]?.path).to.equal('/saml/sso');
  });

  it('answers other methods with 405 and Allow (BND-23)', async () => {
    const { web: server, seen } = await listening();
    for (const method of ['PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH']) {
      const reply = await server.send('/saml/sso', { method });
      expect([method, reply.status, reply.headers.allow]).to.deep.equal([method, 405, 'GET, POST']);
    }
    expect(seen).to.have.length(0);
  });

  it('answers at exactly the registered path', async () => {
    const { web: server, seen } = await listening();
    for (const path of ['/saml/sso/', '//saml/sso', '/SAML/SSO', '/saml%2fsso', '/saml/./sso', '/x/../saml/sso']) {
      expect((await server.send(path)).status, path).to.equal(404);
    }
    expect(seen).to.have.length(0);
  });

  it('answers at a path in any letter case where its route says so, an exact one first (WSF-21)', async () => {
    const told = (text: string, path: string, more: Partial<Route> = {}): Route =>
      aRoute({ path, ...more, handle: async (request) => Promise.resolve({ kind: 'text', status: 200, type: 'text/plain', body: `${text} ${request.path}` }) });
    web = await startWeb({
      baseUrl: 'https://login.example/IdP',
      routes: [told('any', '/adfs/ls/', { anyCase: true }), told('page', '/adfs/ls/idpinitiatedsignon.aspx', { anyCase: true }), told('exact', '/ADFS/ls/')],
    });
    for (const [path, expected] of [
      ['/IdP/adfs/ls/', 'any /adfs/ls/'],
      ['/IdP/Adfs/LS/', 'any /adfs/ls/'],
      ['/IdP/ADFS/ls/?wa=wsignin1.0&X=Y', 'exact /ADFS/ls/'],
      ['/IdP/adfs/ls/IdpInitiatedSignOn.aspx', 'page /adfs/ls/idpinitiatedsignon.aspx'],
    ] as const) {
      expect((await web.send(path)).body, path).to.equal(expected);
    }
    for (const path of ['/IDP/adfs/ls/', '/adfs/ls/', '/IdPadfs/ls/', '/IdP/adfs/ls', '/IdP/adfs//ls/', '/IdP/adfs%2fls/'])
      expect((await web.send(path)).status, path).to.equal(404);
  });

  it('reads a posted form: each field once, text only (U10)', async () => {
    const { web: server, seen } = await listening();
    const ok = await server.send('/saml/sso', { form: { SAMLRequest: 'a+/=', RelayState: 'ü & <' } });
    expect(ok.status).to.equal(200);
    expect([...(seen[0]?.form ?? [])]).to.deep.equal([
      ['SAMLRequest', 'a+/='],
      ['RelayState', 'ü & <'],
    ]);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    for (const body of ['a=1&a=2', 'a=%zz', 'a=%', 'a=%00', `${'x=1&'.repeat(80)}y=1`]) {
      expect((await server.send('/saml/sso', { body, headers })).status, body.slice(0, 20)).to.equal(400);
    }
    expect(seen).to.have.length(1);
  });

  it('refuses large, compressed and foreign bodies (U17)', async () => {
    const { web: server, seen } = await listening();
    const form = 'application/x-www-form-urlencoded';
    const large = await server.send('/saml/sso', { body: `a=${'x'.repeat(2000)}`, headers: { 'content-type': form } });
    expect(large.status).to.equal(413);
    const huge = await server.send('/saml/sso', { body: Buffer.alloc(10 * 1024 * 1024, 'x'), headers: { 'content-type': form } });
    expect(huge.status).to.equal(413);
    const packed = await server.send('/saml/sso', { body: 'a=1', headers: { 'content-type': form, 'content-encoding': 'gzip' } });
    expect(packed.status).to.equal(415);
    for (const type of ['application/json', 'text/plain', 'multipart/form-data; boundary=x', '']) {
      expect((await server.send('/saml/sso', { body: '{"a":1}', headers: { 'content-type': type } })).status, type).to.equal(415);
    }
    expect(seen).to.have.length(0);
  });

  it("gives a body that was refused unread to the protocol, for its record, and keeps the refusal's status", async () => {
    const refused: string[] = [];
    web = await startWeb({
      routes: [
        aRoute({
          refuse: (request, { reason, observed }) => {
            refused.push(`${request.path} ${reason}: ${observed}`);
            return createErrorPage({ clock: fakeClock() })(aTrace().failure('request.size', { observed }), { reference: 'SGN-2222-3333' });
          },
        }),
      ],
    });
    const reply = await web.send('/saml/sso', { form: { a: 'x'.repeat(2000) } });
    expect([reply.status, reply.headers.connection]).to.deep.equal([413, 'close']);
    expect(reply.body).to.contain('SGN-2222-3333').and.contain('The message is larger than we accept.');
    expect(refused).to.deep.equal(['/saml/sso too-large: a body over 1024 bytes']);
    expect((await web.send('/saml/sso', { method: 'PUT' })).status).to.equal(405);
    expect(refused).to.have.length(1);
  });

  it('tells a cookie that leads nowhere from no cookie at all', async () => {
    const { web: server, seen } = await listening();
    await server.send('/saml/sso');
    await server.send('/saml/sso', { headers: { cookie: 'other=1; signet=s%3Aforged.AAAA' } });
    expect(seen.map((request) => request.browser)).to.deep.equal([{ cookie: false }, { cookie: true }]);
  });

  it('knows the browser that signed in, by the cookie of express-session', async () => {
    const { web: server, seen } = await listening();
    const jar = new Jar();
    await signIn(server, jar);
    await server.send('/saml/sso', { jar });
    expect(seen.at(-1)?.browser).to.deep.equal({ cookie: true, sessionId: 'sso-1' });
  });

  it('takes no session from a cookie whose signature was changed (U04)', async () => {
    const { web: server, seen } = await listening();
    const jar = new Jar();
    await signIn(server, jar);
    const cookie = jar.cookies.get('signet') ?? '';
    const last = cookie.at(-1) === 'A' ? 'B' : 'A';
    jar.cookies.set('signet', cookie.slice(0, -1) + last);
    await server.send('/saml/sso', { jar });
    expect(seen.at(-1)?.browser).to.deep.equal({ cookie: true });
  });

  it('answers 503 when the store is away, and never takes that for signed out', async () => {
    const { web: server, seen } = await listening();
    const jar = new Jar();
    await signIn(server, jar);
    const before = seen.length;
    server.broken = true;
    server.clock.advance(5000);
    for (const path of ['/saml/sso', '/', '/logout', '/login']) {
      const reply = await server.send(path, { jar });
      expect(reply.status, path).to.equal(503);
      expect(reply.headers['retry-after'], path).to.equal('5');
      expect(reply.headers['set-cookie'], path).to.equal(undefined);
    }
    expect(seen).to.have.length(before);
    server.broken = false;
    await server.send('/saml/sso', { jar });
    expect(seen.at(-1)?.browser.sessionId).to.equal('sso-1');
  });

  it('tells nothing of an unexpected error but its reference', async () => {
    web = await startWeb({ routes: [aRoute({ handle: async () => Promise.reject(new Error('secret detail at /srv/app.js:1')) })] });
    const reply = await web.send('/saml/sso');
    expect(reply.status).to.equal(500);
    expect(reply.body).to.contain('SGN-TEST-2345').and.not.contain('secret detail').and.not.contain('app.js');
    expect(web.errors).to.have.length(1);
    const json = await web.send('/saml/sso', { headers: { accept: 'application/json' } });
    expect(json.headers['content-type']).to.equal('application/problem+json');
    expect(JSON.parse(json.body)).to.deep.equal({ status: 500, reference: 'SGN-TEST-2345' });
  });

  it('answers a SignetError with the status of its family', async () => {
    web = await startWeb({ routes: [aRoute({ handle: async () => Promise.reject(new SignetError('unknown_relying_party', 'who?')) })] });
    const reply = await web.send('/saml/sso');
    expect(reply.status).to.equal(400);
    expect(reply.body).to.contain('This application is not set up here').and.not.contain('who?');
    expect(web.errors).to.have.length(0);
  });

  it('shows the sign-in page for a request that waits, with a token for its form', async () => {
    const page = { pending: 'sealed', applicationName: 'Acme <b>', alert: 'fresh', userName: 'maria', nameFixed: true };
    web = await startWeb({ routes: [aRoute({ handle: async () => Promise.resolve({ kind: 'page', status: 200, view: 'login/login', model: page }) })] });
    const jar = new Jar();
    const reply = await web.send('/saml/sso?SAMLRequest=x', { jar });
    expect(reply.status).to.equal(200);
    expect(reply.body).to.contain('to continue to <strong>Acme &lt;b&gt;</strong>').and.contain('Acme &lt;b&gt; asks you to confirm it is you.');
    expect(reply.body)
      .to.contain('Not maria? Use another account')
      .and.match(/id="username"[^>]* readonly/u);
    expect(hidden(reply.body, 'pending')).to.equal('sealed');
    expect(jar.cookies.has('signet-visit')).to.equal(true);
    const posted = await web.send('/login', { jar, form: { csrf: hidden(reply.body, 'csrf') ?? '', username: 'maria', password: 'correct horse' } });
    expect(posted.status).to.equal(303);
  });

  it('sends a redirect of its own below the base, another as it was checked, and nothing in between (U08)', async () => {
    const locations = ['/login/continue?id=1', 'https://app.example/acs?x=1', '//evil.example', '/\\evil.example', 'evil', '/a b', 'javascript:alert(1)'];
    let next = 0;
    web = await startWeb({
      baseUrl: 'https://login.example/idp',
      routes: [aRoute({ handle: async () => Promise.resolve({ kind: 'redirect', location: locations[next++] ?? '', status: 303 }) })],
    });
    const replies = [];
    for (let sent = 0; sent < locations.length; sent += 1) replies.push(await web.send('/idp/saml/sso'));
    expect(replies.map((reply) => [reply.status, reply.headers.location])).to.deep.equal([
      [303, '/idp/login/continue?id=1'],
      [303, 'https://app.example/acs?x=1'],
      ...new Array<unknown>(5).fill([500, undefined]),
    ]);
  });

  it('redirects to every address that can be registered: a scheme in capitals, letters beyond ASCII as UTF-8 (I02)', async () => {
    const locations = ['HTTPS://app.example/', 'https://app.example/ü/漢?q=ü%20', 'https://bücher.example/'];
    for (const location of locations) expect(checkReplyAddress(location)).to.equal(undefined);
    let next = 0;
    web = await startWeb({ routes: [aRoute({ handle: async () => Promise.resolve({ kind: 'redirect', location: locations[next++] ?? '' }) })] });
    const seen = [];
    for (let sent = 0; sent < locations.length; sent += 1) seen.push((await web.send('/saml/sso')).headers.location);
    expect(seen).to.deep.equal(['HTTPS://app.example/', 'https://app.example/%C3%BC/%E6%BC%A2?q=%C3%BC%20', 'https://b%C3%BCcher.example/']);
    expect(seen.map((location) => new URL(location ?? '').href)).to.deep.equal(locations.map((location) => new URL(location).href));
  });

  it('answers 304 without a body', async () => {
    web = await startWeb({
      routes: [aRoute({ handle: async () => Promise.resolve({ kind: 'text', status: 304, type: 'text/plain', body: '', headers: { etag: '"1"' } }) })],
    });
    const reply = await web.send('/saml/sso');
    expect([reply.status, reply.headers.etag, reply.headers['content-length']]).to.deep.equal([304, '"1"', undefined]);
  });

  it('believes X-Forwarded-For from configured proxies only (U16)', async () => {
    const spoofed = { headers: { 'x-forwarded-for': '203.0.113.9, 198.51.100.7' } };
    for (const [trustProxy, expected] of [
      [0, '127.0.0.1'],
      [[], '127.0.0.1'],
      [1, '198.51.100.7'],
      [['127.0.0.0/8'], '198.51.100.7'],
      [['127.0.0.0/8', '198.51.100.7'], '203.0.113.9'],
      [['10.0.0.0/8'], '127.0.0.1'],
    ] as const) {
      const { web: server, seen } = await listening({ trustProxy });
      await server.send('/saml/sso', spoofed);
      expect(seen[0]?.clientAddress, JSON.stringify(trustProxy)).to.equal(expected);
      await server.close();
    }
  });

  it('measures by route, never by what was asked for', async () => {
    const { web: server } = await listening();
    await server.send('/saml/sso?x=1');
    await server.send('/no/such/page');
    await server.send('/error/SGN-2345-6789');
    expect(server.measured.map((entry) => entry.route)).to.deep.equal(['/saml/sso', 'other', '/error/:reference']);
  });
});
