import { expect } from 'chai';
import { request } from 'node:http';
import { Browser, send, type Shown } from '../support/browser.js';
import { runCommand, startNode, type TestNode } from '../support/node.js';
import { promised, until } from '../support/patience.js';

const OWNER = { name: 'dana', password: 'four slow trams depart' } as const;

describe('the life of a node', () => {
  let node: TestNode;
  let certificatesBefore: readonly string[];
  const owner = new Browser();
  const certificates = async (): Promise<readonly string[]> =>
    [...(await send(`${node.origin}/saml/metadata`)).body.matchAll(/<ds:X509Certificate>([^<]*)/gu)].map(([, found = '']) => found);
  before(async () => {
    node = await startNode({ env: { SIGNET_DRAIN_MS: '2000', SIGNET_ORGANIZATION: 'Example Corp' } });
  });
  after(() => node.end());

  const linkIn = (text: string): string | undefined => /http:\S+\/welcome\/\S+/u.exec(text)?.[0];

  it('prints a link that makes the first administrator, once (M11)', async () => {
    const link = linkIn(node.stderr()) ?? '';
    expect(node.log()).to.not.include('/welcome/');
    const browser = owner;
    expect((await browser.open(`${link}x`)).status).to.equal(404);
    const form = await browser.open(link);
    expect(form.status).to.equal(200);
    const fill = (page: Shown, password: string): Promise<Shown> => {
      const [found] = page.forms.filter((candidate) => candidate.asksPassword);
      if (found === undefined) throw new Error('no form');
      return browser.submit(page, found, { username: OWNER.name, displayName: 'Dana Ruiz', email: 'dana@example.com', password });
    };
    const weak = await fill(form, 'password');
    expect(weak.status).to.equal(422);
    const home = await fill(weak, OWNER.password);
    expect([home.status, home.url.pathname]).to.deep.equal([200, '/']);
    expect((await new Browser().open(link)).status).to.equal(404);
    const [shown = ''] = await node.all([['user', 'show', OWNER.name, '--json']]);
    expect(JSON.parse(shown)).to.deep.include({ userName: OWNER.name, role: 'owner' });
  });

  it('answers its probes and counts what it does, without names (M13)', async () => {
    expect((await send(`${node.origin}/healthz`)).status).to.equal(200);
    expect((await send(`${node.origin}/readyz`)).status).to.equal(200);
    const browser = new Browser();
    await browser.signIn(await browser.open(node.url('/login')), { ...OWNER, password: 'wrong' });
    await browser.open(node.url('/saml/sso/init?sp=nobody'));
    const { headers, body } = await send(`${node.origin}/metrics`);
    expect(headers['content-type']).to.include('text/plain');
    for (const line of [
      /^signet_ready 1$/mu,
      /^signet_build_info\{version="[^"]+"\} 1$/mu,
      /^signet_signins_total\{result="refused",reason="user\.password"\} 1$/mu,
      /^signet_signons_total\{protocol="saml",result="refused",reason="request\.issuer-known"\} 1$/mu,
      /^signet_http_request_duration_seconds_count\{route="\/login",status="401"\} 1$/mu,
      /^signet_certificate_expiry_timestamp_seconds\{use="signing"\} \d+/mu,
    ])
      expect(body).to.match(line);
    expect(body).to.not.include('dana');
  });

  it('logs one JSON object a line, with the reference and without secrets (M08, M13)', async () => {
    const page = await new Browser().open(node.url('/saml/sso/init?sp=nobody%0Aelse'));
    const reference = /SGN-[\w-]{9}/u.exec(page.body)?.[0] ?? '';
    await until('the line is there', () => node.log().includes(reference), 2000);
    const lines = node
      .log()
      .split('\n')
      .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Readonly<Record<string, unknown>>]));
    for (const line of lines) expect(line).to.include.keys('time', 'level', 'msg', 'node');
    expect(lines.filter((line) => line['ref'] === reference).map((line) => line['check'])).to.deep.equal(['request.issuer-known']);
    expect(node.log()).to.not.include(OWNER.password);
    expect(node.stderr().replace(linkIn(node.stderr()) ?? '', '')).to.match(/^No administrator exists yet\.[^\n]*\n\s*$/u);
  });

  it('finishes what is in hand after SIGTERM, is not ready at once, and ends with 0', async () => {
    certificatesBefore = await certificates();
    const body = 'username=nobody&password=nothing';
    const slow = request(`${node.origin}/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-length': body.length },
    });
    const answered = new Promise<number>((resolve, reject) => {
      slow.on('error', reject);
      slow.on('response', (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
    });
    slow.write(body.slice(0, 5));
    await until('it is on its way', async () => (await send(`${node.origin}/healthz`)).status === 200, 1000);
    const terminated = performance.now();
    node.kill('SIGTERM');
    await until('not ready', async () => (await send(`${node.origin}/readyz`)).status === 503, 200, 5);
    const during = await send(`${node.origin}/login`);
    expect([during.status, during.headers.connection]).to.deep.equal([200, 'close']);
    await until(
      'takes no new work',
      () =>
        send(`${node.origin}/healthz`).then(
          () => false,
          () => true,
        ),
      3000,
    );
    slow.end(body.slice(5));
    // The form has no token: refused, but answered.
    expect(await answered).to.equal(403);
    expect(await node.ended()).to.deep.equal({ code: 0, signal: null });
    expect(performance.now() - terminated).to.be.lessThan(promised(10_000));
  });

  it('comes back on its folder with the same key, no new link, and everybody signed in', async () => {
    await node.start();
    expect(await certificates()).to.deep.equal(certificatesBefore);
    expect((await owner.open(node.url('/'))).url.pathname).to.equal('/');
    expect(node.stderr()).to.equal('');
  });

  it('says in one line that it cannot listen, and leaves', async () => {
    const second = await runCommand(['serve'], { PATH: process.env['PATH'] ?? '', SIGNET_DATA: node.data, SIGNET_PORT: String(node.port) });
    expect(second.code).to.not.equal(0);
    expect(second.stderr.trim().split('\n')).to.have.length(1);
    expect(second.stderr)
      .to.include(String(node.port))
      .and.not.match(/\bat \w+ \(/u);
  });
});
