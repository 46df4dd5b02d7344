import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createServer as createSocketServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { promised } from '../support/patience.js';
import { SignetError } from '../../src/core/errors.js';
import { makeKeyPair } from '../../src/crypto/certificate.js';
import { createFetch, type FetchResult, type FetchSettings } from '../../src/net/fetch.js';
import { thrownBy } from '../support/builders.js';

const LOCAL: FetchSettings = { allow: ['127.0.0.1'] };

function found(result: FetchResult): Extract<FetchResult, { kind: 'found' }> {
  if (result.kind !== 'found') throw new Error('nothing was found');
  return result;
}

async function refusal(url: string, settings: FetchSettings = LOCAL): Promise<string> {
  const error = await thrownBy(() => createFetch(settings)({ url }));
  expect(error).to.be.instanceOf(SignetError);
  expect(error).to.include({ code: 'invalid_input' });
  expect(error.message, 'one sentence').not.to.include('\n');
  return error.message;
}

describe('fetching metadata', () => {
  const servers: { close(): unknown }[] = [];
  let seen: string[] = [];

  async function listen(handler: RequestListener): Promise<string> {
    const server: Server = createServer((request: IncomingMessage, response: ServerResponse) => {
      seen.push(request.url ?? '');
      handler(request, response);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  }

  beforeEach(() => {
    seen = [];
  });

  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  it('gives the body with what a later request can be made conditional by', async () => {
    const base = await listen((request, response) => {
      if (request.headers['if-none-match'] === '"1"' || request.headers['if-modified-since'] !== undefined) response.writeHead(304).end();
      else
        response.writeHead(200, { 'content-type': 'application/samlmetadata+xml', etag: '"1"', 'last-modified': 'Tue, 24 Nov 2026 09:00:00 GMT' }).end('<x/>');
    });
    const fetch = createFetch(LOCAL);
    const first = found(await fetch({ url: `${base}/metadata` }));
    expect(first.body.toString()).to.equal('<x/>');
    expect(first).to.deep.include({
      url: `${base}/metadata`,
      contentType: 'application/samlmetadata+xml',
      etag: '"1"',
      lastModified: 'Tue, 24 Nov 2026 09:00:00 GMT',
    });
    expect(await fetch({ url: `${base}/metadata`, etag: '"1"' })).to.deep.equal({ kind: 'unchanged' });
    expect(await fetch({ url: `${base}/metadata`, lastModified: 'Tue, 24 Nov 2026 09:00:00 GMT' })).to.deep.equal({ kind: 'unchanged' });
  });

  for (const status of [301, 302, 303, 307, 308]) {
    it(`follows ${String(status)} on its host, by hand (MET-13)`, async () => {
      const base = await listen((request, response) => {
        if (request.url === '/old') response.writeHead(status, { location: '/new?a=b' }).end();
        else response.end('moved here');
      });
      const result = found(await createFetch(LOCAL)({ url: `${base}/old` }));
      expect(result.body.toString()).to.equal('moved here');
      expect(result.url).to.equal(`${base}/new?a=b`);
    });
  }

  it('stops after five redirects (M03)', async () => {
    const base = await listen((request, response) => response.writeHead(302, { location: `${request.url ?? ''}x` }).end());
    expect(await refusal(`${base}/`)).to.match(/redirects more than 5 times/u);
    expect(seen).to.have.length(6);
  });

  it('follows no redirect to another host, scheme or address form (M02)', async () => {
    const target = await listen((_request, response) => response.end('secret'));
    const other = target.replace('127.0.0.1', 'localhost');
    for (const [location, sentence] of [
      [other, /redirects to another host.*http:\/\/localhost/u],
      ['file:///etc/passwd', /fetched by https only/u],
      ['ftp://127.0.0.1/x', /fetched by https only/u],
      ['data:text/xml,<x/>', /fetched by https only/u],
      [target.replace('127.0.0.1', '0x7f.1'), /odd spelling/u],
      [target.replace('//', '//user:secret@'), /user name or password/u],
      ['//127.0.0.2/x', /another host/u],
    ] as const) {
      const base = await listen((_request, response) => response.writeHead(302, { location }).end());
      seen = [];
      const message = await refusal(`${base}/a`, { allow: ['127.0.0.0/8'], allowPrivate: true });
      expect(message, location).to.match(sentence);
      expect(message).not.to.include('secret@');
      expect(seen, 'no second request').to.deep.equal(['/a']);
    }
  });

  it('refuses other schemes, odd address forms and addresses with passwords before any connection (M02)', async () => {
    for (const [url, sentence] of [
      ['file:///etc/passwd', /fetched by https only/u],
      ['gopher://127.0.0.1/', /fetched by https only/u],
      ['metadata.xml', /is not a web address/u],
      ['https://', /is not a web address/u],
      ['http://2130706433/', /odd spelling of the IP address 127\.0\.0\.1/u],
      ['http://0x7f000001/', /odd spelling/u],
      ['http://0177.0.0.1/', /odd spelling/u],
      ['http://127.1/', /odd spelling/u],
      ['http://127.0.0.1./', /odd spelling/u],
      ['https://app.example\\@evil.example/', /backslash/u],
      ['https://app.example/ x', /white space/u],
      ['https://app.example/\n', /white space/u],
      ['https://maria:pa55@app.example/', /user name or password/u],
    ] as const) {
      const message = await refusal(url);
      expect(message, url).to.match(sentence);
      expect(message).not.to.include('pa55');
    }
  });

  it('refuses private addresses, and says how to allow them (M02)', async () => {
    const base = await listen((_request, response) => response.end('secret'));
    const port = new URL(base).port;
    for (const url of [base, `http://[::1]:${port}/`, `https://10.0.0.1/`, 'https://169.254.169.254/latest/meta-data/', 'https://[::ffff:127.0.0.1]/']) {
      expect(await refusal(url, { allow: [] }), url).to.match(/which metadata is not fetched from\. .*SIGNET_FETCH_ALLOW/u);
    }
    expect(seen).to.deep.equal([]);
    expect(found(await createFetch({ allow: [], allowPrivate: true })({ url: base })).body.toString()).to.equal('secret');
  });

  it('connects to the address that was checked, whatever the name says the next time (M02)', async () => {
    const base = await listen((_request, response) => response.end('here'));
    const { port } = new URL(base);
    let asked = 0;
    const settings = (answers: readonly string[][]): FetchSettings => ({
      allow: ['127.0.0.1'],
      resolve: () => {
        const addresses = answers[Math.min(asked, answers.length - 1)] ?? [];
        asked += 1;
        return Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
      },
    });
    const url = `http://app.example:${port}/`;
    expect(found(await createFetch(settings([['127.0.0.1'], ['10.0.0.1']]))({ url })).body.toString()).to.equal('here');
    expect(asked, 'looked up once').to.equal(1);
    asked = 0;
    expect(found(await createFetch(settings([['10.0.0.1', '127.0.0.1']]))({ url })).body.toString(), 'only the checked ones are tried').to.equal('here');
    expect(await refusal(url, settings([['10.0.0.1']]))).to.match(/app\.example is 10\.0\.0\.1, a private address/u);
    expect(await refusal(url, settings([[]]))).to.match(/app\.example has no address/u);
  });

  it('sends plain http to public addresses only when told (M02)', async () => {
    const resolve = (): Promise<{ address: string; family: number }[]> => Promise.resolve([{ address: '8.8.8.8', family: 4 }]);
    expect(await refusal('http://app.example/', { allow: [], resolve })).to.match(/uses http.*--allow-http/u);
    expect(await refusal('http://8.8.8.8/', { allow: [], allowPrivate: true })).to.match(/uses http.*--allow-http/u);
  });

  it('unpacks gzip, deflate and brotli', async () => {
    const text = '<x/>'.repeat(1000);
    for (const [encoding, body] of [
      ['gzip', gzipSync(text)],
      ['x-gzip', gzipSync(text)],
      ['deflate', deflateSync(text)],
      ['deflate', deflateRawSync(text)],
      ['br', brotliCompressSync(text)],
    ] as const) {
      const base = await listen((_request, response) => response.writeHead(200, { 'content-encoding': encoding }).end(body));
      expect(found(await createFetch(LOCAL)({ url: base })).body.toString(), encoding).to.equal(text);
    }
  });

  it('bounds the size before and after unpacking (M03)', async () => {
    const settings = { ...LOCAL, maxBytes: 1024 * 1024 };
    const plain = await listen((_request, response) => {
      const more = (): void => {
        while (response.write(Buffer.alloc(65_536, 32)));
        response.once('drain', more);
      };
      more();
    });
    expect(await refusal(plain, settings)).to.match(/is larger than 1 MB/u);
    const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024));
    const packed = await listen((_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb));
    expect(await refusal(packed, settings)).to.match(/is larger than 1 MB/u);
    const damaged = await listen((_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb.subarray(0, 100)));
    expect(await refusal(damaged, settings)).to.match(/cannot be unpacked/u);
    const unknown = await listen((_request, response) => response.writeHead(200, { 'content-encoding': 'gzip, gzip' }).end(bomb));
    expect(await refusal(unknown, settings)).to.match(/packed as "gzip, gzip"/u);
  });

  it('bounds the time of everything together (M03)', async () => {
    const settings = { ...LOCAL, timeoutMs: 300 };
    const silent = await listen(() => undefined);
    const dripping = await listen((_request, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => {
        clearInterval(timer);
      });
    });
    const circling = await listen((_request, response) => {
      setTimeout(() => response.writeHead(302, { location: '/' }).end(), 100);
    });
    for (const url of [silent, dripping, circling]) {
      const started = performance.now();
      expect(await refusal(url, settings)).to.match(/did not answer in 0\.3 seconds/u);
      expect(performance.now() - started).to.be.below(promised(2000));
    }
  });

  it('says in one sentence what the network said', async () => {
    const missing = await listen((_request, response) => response.writeHead(404).end());
    expect(await refusal(`${missing}/m`)).to.equal(`${missing}/m answers with status 404 instead of 200.`);
    const unasked = await listen((_request, response) => response.writeHead(304).end());
    expect(await refusal(unasked)).to.match(/status 304/u);
    const bare = createSocketServer((socket) => socket.end('220 mail\r\n'));
    servers.push(bare);
    await new Promise<void>((resolve) => bare.listen(0, '127.0.0.1', resolve));
    const barePort = String((bare.address() as AddressInfo).port);
    expect(await refusal(`http://127.0.0.1:${barePort}/`)).to.match(/does not speak HTTP/u);
    expect(await refusal(`https://127.0.0.1:${barePort}/`)).to.match(/does not speak TLS|broke the connection/u);
    const closed = await listen(() => undefined);
    servers.splice(0).forEach((server) => server.close());
    expect(await refusal(closed)).to.match(/refuses the connection/u);
  });

  describe('over TLS', () => {
    let folder: string;
    let ca: string;
    let tls: { readonly cert: string; readonly key: string };

    before(async () => {
      folder = mkdtempSync(join(tmpdir(), 'signet-fetch-'));
      const now = new Date().getTime();
      const pair = await makeKeyPair({ algorithm: 'P-256', commonName: 'localhost', notBefore: now - 60_000, notAfter: now + 86_400_000 });
      const pem = (label: string, base64: string): string => `-----BEGIN ${label}-----\n${base64.replaceAll(/(.{64})/gu, '$1\n')}\n-----END ${label}-----\n`;
      tls = { cert: pem('CERTIFICATE', pair.certificate), key: pem('PRIVATE KEY', pair.privateKey.toString('base64')) };
      ca = join(folder, 'ca.pem');
      writeFileSync(ca, tls.cert);
    });

    after(() => {
      rmSync(folder, { recursive: true });
    });

    async function listenTls(handler: RequestListener): Promise<string> {
      const server = createTlsServer(tls, handler);
      servers.push(server);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return `https://localhost:${String((server.address() as AddressInfo).port)}`;
    }

    /** Trust in another authority is read when node starts, hence a process of its own. */
    function fetchTrusting(url: string): Promise<string> {
      const module = pathToFileURL(join(import.meta.dirname, '../../src/net/fetch.js')).href;
      const script = `const { createFetch } = await import(${JSON.stringify(module)});
        try { console.log((await createFetch({ allow: ['127.0.0.1', '::1'] })({ url: ${JSON.stringify(url)} })).body.toString()); } catch (error) { console.log(error.message); }`;
      return new Promise((resolve, reject) => {
        execFile(process.execPath, ['--input-type=module', '-e', script], { env: { ...process.env, NODE_EXTRA_CA_CERTS: ca } }, (error, stdout) => {
          if (error === null) resolve(stdout.trim());
          else reject(new Error(error.message));
        });
      });
    }

    it('refuses a certificate nobody vouches for, and fetches with one that is trusted', async () => {
      const base = await listenTls((_request, response) => response.end('by https'));
      expect(await refusal(base)).to.match(/has a TLS certificate it signed itself/u);
      expect(await fetchTrusting(base)).to.equal('by https');
      expect(await fetchTrusting(base.replace('localhost', '127.0.0.1'))).to.match(/TLS certificate for another host/u);
    });

    it('never goes from https to http (M02)', async () => {
      const plain = await listen((_request, response) => response.end('in the clear'));
      const base = await listenTls((_request, response) => response.writeHead(302, { location: plain.replace('127.0.0.1', 'localhost') }).end());
      expect(await fetchTrusting(base)).to.match(/redirects from https to http/u);
      expect(seen).to.deep.equal([]);
    });
  });
});
