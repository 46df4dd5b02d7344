import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { Browser, send } from '../support/browser.js';
import { startNode, type TestNode } from '../support/node.js';
import { until } from '../support/patience.js';

describe('a node of two processes', () => {
  let node: TestNode;
  before(async () => {
    node = await startNode({ env: { SIGNET_WORKERS: '2' } });
  });
  after(() => node.end());

  const workers = (): readonly number[] =>
    spawnSync('ps', ['-o', 'pid=', '--ppid', String(node.pid())], { encoding: 'utf8' })
      .stdout.split('\n')
      .flatMap((line) => (line.trim() === '' ? [] : [Number(line)]));

  it('starts on an empty folder as one: one key, one link', async () => {
    expect(workers()).to.have.length(2);
    expect(JSON.parse((await node.all([['keys', 'list', '--json']]))[0] ?? '')).to.have.length(1);
    expect(node.stderr().match(/\/welcome\//gu)).to.have.length(1);
  });

  it('knows the same sessions in each, and goes on when one is killed', async () => {
    await node.all([['user', 'add', 'maria', '--password', 'seven quiet herons wade']]);
    const browser = new Browser();
    await browser.signIn(await browser.open(node.url('/login')), { name: 'maria', password: 'seven quiet herons wade' });
    const cookie = browser.jar.header(new URL(node.baseUrl), 'same-site') ?? '';
    // Each request takes a connection of its own, and the connections go round.
    const statuses = async (): Promise<readonly number[]> =>
      Promise.all(
        Array.from({ length: 6 }, async () =>
          send(`${node.origin}/`, { headers: { cookie, connection: 'close' } }).then(
            (answer) => answer.status,
            () => 0,
          ),
        ),
      );
    expect(new Set(await statuses())).to.deep.equal(new Set([200]));
    const [victim, other] = workers();
    process.kill(victim ?? 0, 'SIGKILL');
    await until('it is gone', () => !workers().includes(victim ?? 0), 2000);
    expect(workers()).to.include(other);
    expect(new Set(await statuses())).to.deep.equal(new Set([200]));
    await until('another in its place', () => workers().length === 2, 5000);
    await until('both serve', async () => !(await statuses()).includes(0), 5000);
    expect(node.log()).to.include('a worker ended and is started again');
  });

  it('gives one answer about its numbers, and ends as one', async () => {
    const browser = new Browser();
    await browser.signIn(await browser.open(node.url('/login')), { name: 'maria', password: 'seven quiet herons wade' });
    const { status, body } = await send(`${node.origin}/metrics`);
    expect(status).to.equal(200);
    expect(body.match(/^signet_ready\b.*$/gmu)).to.have.length(1);
    expect(body).to.match(/^signet_signins_total\{result="succeeded",reason=""\} [12]$/mu);
    node.kill('SIGTERM');
    expect(await node.ended()).to.deep.equal({ code: 0, signal: null });
    expect(workers()).to.deep.equal([]);
  });
});
