import { expect } from 'chai';
import { connect } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { aRoute, hidden, Jar, MARIA, PACKAGE_FOLDER, type Reply, signIn, startWeb, type TestWeb } from './test-server.js';

const PAGES = ['/', '/login', '/logout', '/welcome/open-token', '/error/SGN-7Q4K-2MXR', '/support', '/no/such/page', '/error/%zz', '/welcome/dead'];

describe('web/server', () => {
  let web: TestWeb;
  let jar: Jar;
  before(async () => {
    web = await startWeb({ routes: [aRoute()] });
    jar = new Jar();
    await signIn(web, jar);
  });
  after(() => web.close());

  const strict = (reply: Reply, path: string): void => {
    expect(reply.headers['content-security-policy'], path)
      .to.match(/^default-src 'none';/u)
      .and.contain("frame-ancestors 'none'")
      .and.not.contain('unsafe');
    expect(reply.headers['x-frame-options'], path).to.equal('DENY');
    expect(reply.headers['x-content-type-options'], path).to.equal('nosniff');
    expect(reply.headers['referrer-policy'], path).to.equal('no-referrer');
    expect(reply.headers['x-powered-by'], path).to.equal(undefined);
  };

  it('sends strict headers with every answer, for who is signed in and for who is not (U07)', async () => {
    for (const path of [...PAGES, '/saml/sso', '/healthz', '/metrics']) {
      for (const browser of [jar, undefined]) {
        const reply = await web.send(path, browser === undefined ? {} : { jar: browser });
        strict(reply, path);
        expect(reply.headers['cache-control'], path).to.contain('no-store');
        expect(reply.headers['strict-transport-security'], path).to.equal(undefined);
      }
    }
  });

  it('asks browsers for https only where it is https', async () => {
    const secure = await startWeb({ baseUrl: 'https://login.example' });
    expect((await secure.send('/login')).headers['strict-transport-security']).to.equal('max-age=31536000');
    await secure.close();
  });

  it('has a title, one h1 and one main on every page, and nothing inline', async () => {
    const titles = new Set<string>();
    for (const path of PAGES) {
      const { body, status } = await web.send(path, path === '/login' ? {} : { jar });
      if (status === 303) continue;
      titles.add(/<title>([^<]+)<\/title>/u.exec(body)?.[1] ?? '');
      expect(body.match(/<h1[ >]/gu), path).to.have.length(1);
      expect(body.match(/<main /gu), path).to.have.length(1);
      expect(body, path)
        .to.match(/^<!doctype html>\n<html lang="en" dir="ltr">/u)
        .and.not.match(/ style=| on\w+=|<style|<script>|javascript:/u);
      expect(body, path).to.not.contain('undefined');
    }
    expect(titles.size).to.be.greaterThan(5);
  });

  it('makes no address from Host or X-Forwarded-Host (I17)', async () => {
    const headers = {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      forwarded: 'host=evil.example',
      'x-forwarded-proto': 'https',
      'x-forwarded-prefix': '/evil',
    };
    for (const path of [...PAGES, '/saml/sso']) {
      const reply = await web.send(path, { jar, headers });
      expect(reply.body, path).to.not.contain('evil');
      expect(JSON.stringify(reply.headers), path).to.not.contain('evil');
    }
    expect((await web.send('/', { headers })).headers.location).to.equal('/login');
  });

  it('answers what it cannot read with 400 or 404, never with a file (U18)', async () => {
    for (const path of [
      '/%zz',
      '/%00',
      '/login%00',
      '/assets/../package.json',
      '/assets/%2e%2e/package.json',
      '/assets/..%2f..%2fpackage.json',
      '/assets/style.css',
      '/assets/',
      '/.env',
      '/assets/.hidden',
      '/views/login/login.ejs',
      '/%c0%ae%c0%ae/',
    ]) {
      const reply = await web.send(path);
      expect(reply.status, path).to.be.oneOf([400, 404]);
      expect(reply.body, path).to.not.contain('"name"');
    }
  });

  it('answers wrong methods with 405 and Allow', async () => {
    for (const [path, method, allow] of [
      ['/login', 'PUT', 'GET, POST'],
      ['/', 'POST', 'GET'],
      ['/support', 'DELETE', 'GET'],
      ['/logout', 'OPTIONS', 'GET, POST'],
    ] as const) {
      const reply = await web.send(path, { method });
      expect([path, reply.status, reply.headers.allow]).to.deep.equal([path, 405, allow]);
    }
    expect((await web.send('/login', { method: 'HEAD' })).status).to.equal(200);
  });

  it('refuses forms that are too large, compressed or no forms (U17)', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await web.send('/login', { body: `a=${'x'.repeat(70_000)}`, headers })).status).to.equal(413);
    expect((await web.send('/login', { body: 'a=1', headers: { ...headers, 'content-encoding': 'deflate' } })).status).to.equal(415);
    expect((await web.send('/login', { body: '<a/>', headers: { 'content-type': 'text/xml' } })).status).to.equal(415);
  });

  it('answers each path under the base URL only, and links there (I17)', async () => {
    const below = await startWeb({ baseUrl: 'https://login.example/idp', routes: [aRoute()] });
    const browser = new Jar();
    const page = await below.send('/idp/login', { jar: browser });
    expect(page.body).to.contain('action="/idp/login"').and.contain('href="/idp/assets/style.');
    const signedIn = await below.send('/idp/login', {
      jar: browser,
      form: { csrf: hidden(page.body, 'csrf') ?? '', username: MARIA.name, password: MARIA.password },
    });
    expect([signedIn.status, signedIn.headers.location]).to.deep.equal([303, '/idp/']);
    const home = await below.send('/idp/', { jar: browser });
    expect(home.body)
      .to.contain('href="/idp/saml/sso/init?sp=')
      .and.contain('action="/idp/logout"')
      .and.not.match(/(?:href|action|src)="\/(?!idp\/)/u);
    expect((await below.send('/idp/saml/sso')).body).to.equal('handled');
    for (const path of ['/login', '/', '/saml/sso', '/idpx/login', '/IDP/login']) expect((await below.send(path)).status, path).to.equal(404);
    for (const path of ['/healthz', '/idp/healthz', '/readyz', '/metrics']) expect((await below.send(path)).status, path).to.equal(200);
    const style = /href="(\/idp\/assets\/style\.[^"]+)"/u.exec(page.body)?.[1] ?? '';
    expect((await below.send(style)).status).to.equal(200);
    await below.close();
  });

  it('serves its files for a year under names that change with them', async () => {
    const { body } = await web.send('/login');
    const paths = [...body.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/gu)].map((match) => match[1] ?? '');
    expect(paths.map((path) => path.replace(/\.[0-9a-f]{16}\./u, '.')).sort()).to.deep.equal(['/assets/icon.svg', '/assets/login.js', '/assets/style.css']);
    for (const path of paths) {
      const reply = await web.send(path);
      expect(reply.status).to.equal(200);
      expect(reply.headers['cache-control']).to.equal('public, max-age=31536000, immutable');
      strict(reply, path);
      expect(reply.headers['set-cookie']).to.equal(undefined);
    }
    const css = await web.send(paths.find((path) => path.endsWith('.css')) ?? '');
    const font = /url\((inter-latin-wght-normal\.[0-9a-f]{16}\.woff2)\)/u.exec(css.body)?.[1] ?? '';
    const served = await web.send(`/assets/${font}`);
    expect([served.status, served.headers['content-type']]).to.deep.equal([200, 'font/woff2']);
    expect((await web.send(paths[0] ?? '', { method: 'POST', body: '' })).status).to.equal(405);
  });

  it('keeps its files within their budgets (A15)', async () => {
    const { body } = await web.send('/login');
    const path = /href="(\/assets\/style[^"]+)"/u.exec(body)?.[1] ?? '';
    const packed = await new Promise<Buffer>((resolve, reject) => {
      const socket = connect(Number(new URL(web.origin).port), '127.0.0.1', () =>
        socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n`),
      );
      const chunks: Buffer[] = [];
      socket.on('data', (chunk) => chunks.push(chunk));
      socket.on('end', () => {
        resolve(Buffer.concat(chunks));
      });
      socket.on('error', reject);
    });
    const start = packed.indexOf('\r\n\r\n') + 4;
    expect(packed.subarray(0, start).toString()).to.contain('content-encoding: gzip').and.contain('vary: accept-encoding');
    expect(packed.length - start).to.be.lessThan(12 * 1024);
    expect(gunzipSync(packed.subarray(start)).toString()).to.contain('@layer tokens');
    expect(readFileSync(`${PACKAGE_FOLDER}views/assets/login.js`).length).to.be.lessThan(4 * 1024);
  });

  it('tells balancers how it is, without a cookie and without the store', async () => {
    const sick = await startWeb({ health: { live: () => true, ready: () => ({ ready: false, reasons: ['the database does not answer'] }) } });
    sick.broken = true;
    const ready = await sick.send('/readyz', { headers: { cookie: 'signet=s%3Ax.y' } });
    expect([ready.status, ready.body]).to.deep.equal([503, 'not ready\nthe database does not answer\n']);
    expect((await sick.send('/healthz')).status).to.equal(200);
    expect((await sick.send('/metrics')).headers['content-type']).to.equal('text/plain; version=0.0.4');
    await sick.close();
  });

  it('answers in JSON to who asks for it', async () => {
    const reply = await web.send('/no/such/page', { headers: { accept: 'application/json' } });
    expect([reply.status, reply.headers['content-type'], reply.body]).to.deep.equal([
      404,
      'application/problem+json',
      '{"status":404,"reference":"SGN-TEST-2345"}',
    ]);
    expect((await web.send('/no/such/page', { headers: { accept: 'text/html,application/json' } })).headers['content-type']).to.equal(
      'text/html; charset=utf-8',
    );
  });
});
