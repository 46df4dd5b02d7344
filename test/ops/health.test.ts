import { expect } from 'chai';
import { createClockGuard } from '../../src/ops/clock-guard.js';
import { createHealth, type Health } from '../../src/ops/health.js';

describe('health', () => {
  let wall = 1_000_000;
  let steady = 0;
  let ping: () => Promise<number>;
  let key: () => Promise<unknown>;
  let health: Health;
  const clock = { now: () => wall, monotonic: () => steady };
  const told: string[] = [];
  const guard = createClockGuard(clock);

  beforeEach(() => {
    wall = 1_000_000;
    steady = 0;
    told.length = 0;
    ping = () => Promise.resolve(wall);
    key = () => Promise.resolve();
    health = createHealth({
      clock,
      guard,
      ping: () => ping(),
      signingKey: () => key(),
      folder: undefined,
      changed: (_ready, reasons) => told.push(reasons.join('; ')),
    });
  });
  afterEach(() => {
    health.close();
  });

  it('is ready after the first good look, and says each change once', async () => {
    expect(health.ready()).to.deep.equal({ ready: false, reasons: ['the node has just started'] });
    await health.look();
    await health.look();
    expect(health.ready().ready).to.equal(true);
    expect(told).to.deep.equal(['']);
  });

  it('is not ready without database, without key, when nothing answered lately, while draining; and is alive all the time', async () => {
    await health.look();
    steady = 2000;
    expect(health.ready().reasons[0]).to.match(/not answered lately/u);
    ping = () => Promise.reject(new Error('x'));
    await health.look();
    expect(health.ready().reasons[0]).to.match(/does not answer/u);
    ping = () => Promise.resolve(wall);
    key = () => Promise.reject(new Error('no key'));
    await health.look();
    expect(health.ready().ready).to.equal(false);
    key = () => Promise.resolve();
    await health.look();
    health.drain();
    expect(health.ready().reasons).to.deep.equal(['the node is shutting down']);
    expect(health.live()).to.equal(true);
  });

  it('tells a clock that is off, and no time comes from it (reliability: clock-ahead)', async () => {
    await health.look();
    expect(guard.now()).to.equal(wall);
    wall += 3_600_000;
    expect(() => guard.now()).to.throw(/3600 s away/u);
    ping = () => Promise.resolve(1_000_000);
    await health.look();
    expect(health.ready().reasons[0]).to.match(/clock is 3600 s away/u);
    wall -= 3_600_000;
    await health.look();
    expect(health.ready().ready).to.equal(true);
  });
});
