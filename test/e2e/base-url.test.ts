import { expect } from 'chai';
import { createServer, request as httpRequest, type Server } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeKeyPair } from '../../src/crypto/certificate.js';
import { Browser, send } from '../support/browser.js';
import { freePort } from '../support/services/instance.js';
import { startNode, type TestNode } from '../support/node.js';
import { type Applications, readVerdict } from '../support/service-provider.js';
import { pem } from '../support/xml-oracles.js';
import { MARIA, theApplications } from './world.js';

describe('a public address that is not where it listens', () => {
  let node: TestNode;
  let proxy: Server;
  let applications: Applications;
  let proxyPort: number;
  before(async () => {
    proxyPort = await freePort();
    const starting = startNode({ env: { SIGNET_BASE_URL: `http://localhost:${String(proxyPort)}/idp`, SIGNET_TRUST_PROXY: '1' } });
    [node, applications] = await Promise.all([starting, theApplications()]);
    proxy = startProxy(node.port);
    await new Promise<void>((resolve) => proxy.listen(proxyPort, '127.0.0.1', resolve));
    await node.all([['user', 'add', MARIA.name, '--password', MARIA.password, '--email', 'maria@example.com']]);
  });
  after(async () => {
    proxy.close();
    proxy.closeAllConnections();
    await node.end();
  });

  it('stands in everything: metadata, Destination, links, cookies (MET-10, CORE-06, I17)', async () => {
    const evil = { 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example', host: 'evil.example' };
    const metadata = await send(`${node.origin}/idp/saml/metadata`, { headers: evil });
    expect(metadata.body).to.include(`entityID="${node.baseUrl}/saml/metadata"`).and.include(`Location="${node.baseUrl}/saml/sso"`);
    expect(metadata.body).to.not.include('evil.example');
    const application = await applications.add({
      name: 'proxied',
      toolkit: 'node-saml',
      binding: 'post',
      signsRequests: true,
      decrypts: true,
      wantsSigned: ['assertion', 'response'],
      idpMetadata: metadata.body,
    });
    const file = join(node.data, 'proxied.xml');
    writeFileSync(file, application.metadata);
    await node.all([['rp', 'add', file]]);

    const browser = new Browser();
    const form = await browser.handOff(await browser.open(application.loginUrl({ relay: 'through' })));
    expect(form.url.href).to.include(`${node.baseUrl}/login/continue?id=`);
    const verdict = readVerdict(await browser.handOff(await browser.signIn(form, MARIA)));
    expect(verdict).to.deep.include({ status: 200, error: undefined, relayState: 'through' });
    expect(browser.jar.all().map(({ path }) => path)).to.satisfy((paths: readonly string[]) => paths.every((path) => path === '/idp'));
    const launcher = await browser.open(`${node.baseUrl}/`);
    expect(launcher.status).to.equal(200);
    expect(
      [...launcher.body.matchAll(/(?:href|action|src)="([^"]*)"/gu)].map(([, found = '']) => found).filter((found) => !/^(?:\/idp\/|#|mailto:)/u.test(found)),
    ).to.deep.equal([]);
    const reached = await Promise.all(
      [...launcher.body.matchAll(/(?:href|src)="(\/idp\/assets\/[^"]*)"/gu)].map(async ([, path = '']) => (await send(new URL(path, node.baseUrl))).status),
    );
    expect(reached.length).to.be.greaterThan(1);
    expect(new Set(reached)).to.deep.equal(new Set([200]));
  });

  it('takes the address of the client from the proxy, and only from it (U16)', async () => {
    await new Browser().open(`${node.baseUrl}/saml/sso/init?sp=nobody`);
    const line = async (): Promise<string> => (await node.all([['log', '--json', '--limit', '1']]))[0] ?? '';
    const reference = async (): Promise<string> => (JSON.parse(await line()) as { readonly reference: string }).reference;
    let trace = '';
    for (let tries = 0; tries < 20 && !trace.includes('request.issuer-known'); tries += 1) {
      const [printed = ''] = await node.all([['trace', await reference(), '--json']]);
      trace = printed;
    }
    expect(trace).to.include('"203.0.113.7"');
  });
});

describe('a node that serves HTTPS itself', () => {
  it('does, with the certificate it was given, and sets cookies that only travel by TLS (U05)', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'signet-tls-'));
    const now = Date.now();
    const { certificate, privateKey } = await makeKeyPair({ algorithm: 'P-256', commonName: 'localhost', notBefore: now - 60_000, notAfter: now + 86_400_000 });
    const [cert, key] = [join(folder, 'tls.crt'), join(folder, 'tls.key')];
    writeFileSync(cert, pem(certificate));
    writeFileSync(key, pem(privateKey.toString('base64'), 'PRIVATE KEY'));
    const port = await freePort();
    const node = await startNode({ port, env: { SIGNET_TLS_CERT: cert, SIGNET_TLS_KEY: key, SIGNET_BASE_URL: `https://localhost:${String(port)}` } });
    try {
      const page = await send(node.url('/login'));
      expect(page.status).to.equal(200);
      expect(page.headers['set-cookie']?.join()).to.match(/^__Host-signet-visit=[^;]+; Path=\/; HttpOnly; SameSite=Lax; Secure$/u);
      expect(page.headers['strict-transport-security']).to.be.a('string');
      expect((await send(node.url('/saml/metadata'))).body).to.include(`Location="${node.baseUrl}/saml/sso"`);
      await node.all([['health']]);
    } finally {
      await node.end();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** Forwards as it comes, and says for whom. */
function startProxy(port: number): Server {
  return createServer((inbound, outbound) => {
    const headers = { ...inbound.headers, 'x-forwarded-for': '203.0.113.7', 'x-forwarded-proto': 'https' };
    const onward = httpRequest({ host: '127.0.0.1', port, method: inbound.method, path: inbound.url, headers }, (answer) => {
      outbound.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outbound);
    });
    onward.on('error', () => outbound.destroy());
    inbound.pipe(onward);
  });
}
