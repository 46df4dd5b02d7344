import { expect } from 'chai';
import { Agent } from 'node:http';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:net';
import { Browser, send, type Shown } from '../support/browser.js';
import { startNode, type TestNode } from '../support/node.js';
import { promised, until } from '../support/patience.js';
import { readForms } from '../support/html-forms.js';
import { type Application, type Applications, readVerdict, startApplications } from '../support/service-provider.js';
import { freePort } from '../support/services/instance.js';
import { type Postgres, startPostgres } from '../support/services/postgres.js';
import { type Redis, startRedis } from '../support/services/redis.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { referenceOf } from './world.js';

const MARIA = { name: 'maria', password: 'seven quiet herons wade' } as const;

/** Bounds of the faults below: pg-restart, pg-cut, redis-stop, redis-flush, redis-cut, kill9, herd. */
const ANSWERED_MS = 6000;
const BACK_MS = 3000;
const SILENT_ANSWERED_MS = 8000;
const SILENT_BACK_MS = 5000;
const SEEN_MS = 2500;

describe('two nodes on PostgreSQL with Redis', () => {
  let postgres: Postgres;
  let redis: Redis;
  let databaseWire: TcpProxy;
  let redisWire: TcpProxy;
  let first: TestNode;
  let second: TestNode;
  let applications: Applications;
  let application: Application;
  const endings: (() => unknown)[] = [];

  before(async () => {
    postgres = await startPostgres();
    endings.unshift(() => postgres.end());
    redis = await startRedis();
    endings.unshift(() => redis.end());
    [databaseWire, redisWire] = [await startTcpProxy(postgres.port), await startTcpProxy(redis.port)];
    endings.unshift(() => {
      databaseWire.close();
      redisWire.close();
    });
    applications = await startApplications();
    endings.unshift(() => {
      applications.end();
    });
    // Both at once on an empty database.
    const [port, other] = [await freePort(), await freePort()];
    const env = {
      SIGNET_BASE_URL: `http://localhost:${String(port)}`,
      SIGNET_DATABASE_URL: postgres.url.replace(`:${String(postgres.port)}/`, `:${String(databaseWire.port)}/`),
      SIGNET_REDIS_URL: `redis://127.0.0.1:${String(redisWire.port)}`,
      SIGNET_SECRET_KEY: 'a key of the tests, long enough for anybody',
    };
    const starting = [startNode({ port, env }), startNode({ port: other, env })].map(async (node) => {
      const started = await node;
      endings.unshift(() => started.end());
      return started;
    });
    const [a, b] = await Promise.all(starting);
    if (a === undefined || b === undefined) throw new Error('nodes are missing');
    [first, second] = [a, b];
    application = await applications.add({
      name: 'cluster',
      toolkit: 'node-saml',
      binding: 'redirect',
      signsRequests: false,
      decrypts: false,
      wantsSigned: ['assertion', 'response'],
      idpMetadata: (await send(`${first.origin}/saml/metadata`)).body,
    });
    const file = join(first.data, 'app.xml');
    writeFileSync(file, application.metadata);
    await first.all([
      ['user', 'add', MARIA.name, '--password', MARIA.password],
      ['rp', 'add', file],
    ]);
    for (const node of [first, second]) await until('the application is known', async () => (await new Browser().open(startAt(node))).status === 200, SEEN_MS);
  });
  after(async () => {
    for (const end of endings) await end();
  });

  // Cookies know hosts and no ports: one browser can go to either node.
  const at = (node: TestNode, path: string): string => `http://localhost:${String(node.port)}${path}`;
  const startAt = (node: TestNode): string => at(node, `/saml/sso/init?sp=${encodeURIComponent(application.entityId)}`);
  const signIn = async (node: TestNode): Promise<Browser> => {
    const browser = new Browser();
    const page = await browser.signIn(await browser.open(at(node, '/login')), MARIA);
    expect([page.status, page.url.pathname]).to.deep.equal([200, '/']);
    return browser;
  };
  const isHandOff = (page: Shown): boolean => page.status === 200 && page.forms.some((form) => form.handsOff);
  const tokenOf = (page: Pick<Shown, 'body'>): string | undefined => {
    const [form] = readForms(page.body, new URL('http://localhost')).filter((candidate) => candidate.handsOff);
    return /<saml:Assertion [^>]*\bID="([^"]*)"/u.exec(Buffer.from(form?.fields.get('SAMLResponse') ?? '', 'base64').toString())?.[1];
  };

  it('start together on an empty database and have one key (herd, cold start)', async () => {
    const keys = (await first.json('keys', 'list')) as readonly unknown[];
    expect(keys).to.have.length(1);
    const certificates = await Promise.all(
      [first, second].map(async (node) =>
        [...(await send(`${node.origin}/saml/metadata`)).body.matchAll(/<ds:X509Certificate>([^<]*)/gu)].map(([, found]) => found),
      ),
    );
    expect(certificates[0]).to.deep.equal(certificates[1]);
  });

  it('know each other’s sessions, and their ends', async () => {
    const browser = await signIn(first);
    const there = await browser.open(startAt(second));
    expect(isHandOff(there)).to.equal(true);
    expect(readVerdict(await browser.handOff(there)).status).to.equal(200);
    const ask = await browser.open(at(second, '/logout'));
    const form = ask.forms.find((candidate) => candidate.method === 'POST');
    if (form === undefined) throw new Error('no form');
    await browser.submit(ask, form);
    expect(isHandOff(await browser.open(startAt(first)))).to.equal(false);
  });

  it('carry one sign-on together: asked at one, signed in at the other', async () => {
    const browser = new Browser();
    const form = await browser.open(application.loginUrl({ relay: 'r' }));
    const [password] = form.forms.filter((candidate) => candidate.asksPassword);
    if (password === undefined) throw new Error('no form');
    const elsewhere = { ...password, action: new URL(at(second, password.action.pathname)) };
    const answer = await browser.submit(form, elsewhere, { username: MARIA.name, password: MARIA.password });
    expect(answer.url.port).to.equal(String(second.port));
    expect(readVerdict(await browser.handOff(answer))).to.deep.include({ status: 200, relayState: 'r' });
  });

  it('see what the command line changes, both (registry)', async () => {
    await first.all([['rp', 'disable', application.entityId]]);
    for (const node of [first, second]) await until('refused', async () => (await new Browser().open(startAt(node))).status === 400, SEEN_MS);
    await second.all([['rp', 'enable', application.entityId]]);
    for (const node of [first, second]) await until('known', async () => (await new Browser().open(startAt(node))).status === 200, SEEN_MS);
  });

  it('lose nothing when one is killed: its tokens are on record, the other goes on (kill9)', async () => {
    const browser = await signIn(second);
    const cookie = browser.jar.header(new URL(second.baseUrl), 'same-site') ?? '';
    const received: string[] = [];
    let running = true;
    const agent = new Agent({ keepAlive: true });
    const client = async (): Promise<void> => {
      while (running) {
        const token = tokenOf(await send(startAt(second), { headers: { cookie } }, agent));
        if (token !== undefined) received.push(token);
      }
    };
    const clients = Promise.allSettled(Array.from({ length: 4 }, client));
    await until('some tokens', () => received.length > 20, 10_000);
    second.kill('SIGKILL');
    await second.ended();
    running = false;
    await clients;
    agent.destroy();
    expect(isHandOff(await browser.open(startAt(first)))).to.equal(true);
    const [printed = ''] = await first.all([['log', '--json', '--rp', application.entityId]]);
    expect(received.filter((id) => !printed.includes(`"${id}"`))).to.deep.equal([]);
    await second.start();
    expect(isHandOff(await browser.open(startAt(second)))).to.equal(true);
  });

  it('lose no session when Redis is emptied or stopped (redis-flush, redis-stop)', async () => {
    const browser = await signIn(first);
    await command(redis.port, 'FLUSHALL');
    for (const node of [first, second]) expect(isHandOff(await browser.open(startAt(node))), 'after the flush').to.equal(true);
    redis.process().kill('SIGKILL');
    await sleep(100);
    for (const node of [first, second, first, second]) {
      const started = performance.now();
      expect(isHandOff(await browser.open(startAt(node))), 'without Redis').to.equal(true);
      expect(performance.now() - started).to.be.lessThan(promised(2000));
      expect((await send(`${node.origin}/readyz`)).status, 'ready without Redis').to.equal(200);
    }
    const other = await signIn(second);
    expect(isHandOff(await other.open(startAt(first)))).to.equal(true);
    await redis.start();
    await until('signs in with Redis again', async () => isHandOff(await (await signIn(first)).open(startAt(second))), BACK_MS);
    expect(isHandOff(await browser.open(startAt(first)))).to.equal(true);
  });

  it('say so within seconds when PostgreSQL is away, and come back by themselves (pg-restart)', async () => {
    const browser = await signIn(first);
    const visitors = await Promise.all(
      [first, second].map(async (node) => {
        const visitor = new Browser();
        return { visitor, form: await visitor.open(at(node, '/login')) };
      }),
    );
    postgres.process().kill('SIGINT');
    await until('the database has ended', () => postgres.process().exitCode !== null, 10_000);
    for (const [index, node] of [first, second].entries()) {
      const waiting = visitors[index];
      if (waiting === undefined) throw new Error('no form');
      // Somebody who is signed in wants a token, and somebody else wants to sign in.
      for (const ask of [() => browser.open(startAt(node)), () => waiting.visitor.signIn(waiting.form, MARIA)]) {
        const started = performance.now();
        const answer = await ask();
        expect(performance.now() - started, 'time to the answer').to.be.lessThan(promised(ANSWERED_MS));
        expect(answer.status).to.equal(503);
        expect(answer.headers['retry-after']).to.match(/^\d+$/u);
        expect(referenceOf(answer)).to.be.a('string');
      }
      await until('not ready', async () => (await send(`${node.origin}/readyz`)).status === 503, 3000);
      expect((await send(`${node.origin}/readyz`)).body).to.include('database');
      expect((await send(`${node.origin}/healthz`)).status).to.equal(200);
    }
    await postgres.start();
    const back = performance.now();
    for (const node of [first, second]) {
      await until('issues again', async () => isHandOff(await browser.open(startAt(node))), BACK_MS);
      await until('ready again', async () => (await send(`${node.origin}/readyz`)).status === 200, BACK_MS);
    }
    expect(performance.now() - back).to.be.lessThan(promised(BACK_MS));
  });

  it('wait for a silent Redis no longer than it is worth (redis-cut)', async () => {
    const browser = await signIn(first);
    redisWire.cut();
    for (const node of [first, second, first, second]) {
      const started = performance.now();
      expect(isHandOff(await browser.open(startAt(node)))).to.equal(true);
      expect(performance.now() - started).to.be.lessThan(promised(1500));
    }
    const other = await signIn(second);
    redisWire.mend();
    expect(isHandOff(await other.open(startAt(first)))).to.equal(true);
  });

  it('say so when the database falls silent, and come back when it speaks (pg-cut)', async () => {
    const browser = await signIn(first);
    databaseWire.cut();
    for (let tries = 0; tries < 3; tries += 1) {
      for (const node of [first, second]) {
        const started = performance.now();
        const answer = await browser.open(startAt(node));
        expect(answer.status).to.equal(503);
        expect(performance.now() - started, 'time to the answer').to.be.lessThan(promised(SILENT_ANSWERED_MS));
      }
    }
    for (const node of [first, second]) expect((await send(`${node.origin}/readyz`)).status).to.equal(503);
    databaseWire.mend();
    for (const node of [first, second]) await until('issues again', async () => isHandOff(await browser.open(startAt(node))), SILENT_BACK_MS);
  });
});

async function command(port: number, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${text}\r\n`));
    socket.once('error', reject);
    socket.once('data', () => {
      socket.destroy();
      resolve();
    });
  });
}
