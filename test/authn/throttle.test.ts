import { expect } from 'chai';
import fc from 'fast-check';
import { type Admission, type Attempt, type AttemptSource, BRAKES, createThrottle, delayAfter } from '../../src/authn/throttle.js';
import type { EphemeralStore } from '../../src/core/ports.js';
import { fakeClock, NOW } from '../support/builders.js';
import { type MemoryEphemeral, memoryEphemeral } from '../support/memory-ephemeral.js';

const MARIA: AttemptSource = { name: 'maria', address: '192.0.2.1', familiar: false };
const SECOND = 1000;

interface Desk {
  readonly clock: ReturnType<typeof fakeClock>;
  readonly ephemeral: MemoryEphemeral;
  enter(source?: Partial<AttemptSource>): Promise<Admission>;
  /** Gives the attempt that must be let through. */
  admitted(source?: Partial<AttemptSource>): Promise<Attempt>;
  /** Seconds until the next attempt of one that must be slowed. */
  slowedFor(source?: Partial<AttemptSource>): Promise<number>;
  /** Fails so many times, waiting whenever it has to. */
  fail(times: number, source?: Partial<AttemptSource>): Promise<void>;
}

function desk(): Desk {
  const clock = fakeClock();
  const ephemeral = memoryEphemeral(clock);
  const throttle = createThrottle({ ephemeral, clock });
  const enter = (source: Partial<AttemptSource> = {}): Promise<Admission> => throttle.enter({ ...MARIA, ...source });
  const admitted = async (source: Partial<AttemptSource> = {}): Promise<Attempt> => {
    const admission = await enter(source);
    if (admission.kind === 'slowed') throw new Error(`slowed for ${String((admission.retryAt - clock.now()) / SECOND)} s`);
    return admission.attempt;
  };
  return {
    clock,
    ephemeral,
    enter,
    admitted,
    slowedFor: async (source) => {
      const admission = await enter(source);
      if (admission.kind === 'admitted') throw new Error('let through');
      return (admission.retryAt - clock.now()) / SECOND;
    },
    fail: async (times, source) => {
      for (let index = 0; index < times; index += 1) {
        let admission = await enter(source);
        if (admission.kind === 'slowed') {
          clock.advance(admission.retryAt - clock.now());
          admission = await enter(source);
        }
        if (admission.kind === 'slowed') throw new Error('slowed at the very time it named');
        await admission.attempt.failed();
      }
    },
  };
}

/** Another address for each number. */
const address = (index: number): string => `198.51.${String(100 + Math.floor(index / 250))}.${String(index % 250)}`;

describe('brakes on guessing (U02, U03)', () => {
  describe('one source at one name', () => {
    it('is free for five failures, then waits', async () => {
      const { admitted, slowedFor } = desk();
      for (let failures = 1; failures <= BRAKES.pair.free; failures += 1) expect(await (await admitted()).failed()).to.equal(failures);
      expect(await slowedFor()).to.equal(BRAKES.pair.firstDelaySeconds);
    });

    it('waits twice as long after each further failure, up to fifteen minutes', async () => {
      const { fail, slowedFor } = desk();
      await fail(BRAKES.pair.free);
      const delays: number[] = [];
      for (let index = 0; index < 8; index += 1) {
        delays.push(await slowedFor());
        await fail(1);
      }
      expect(delays).to.deep.equal([15, 30, 60, 120, 240, 480, 900, 900]);
    });

    it('has one attempt in the time it waits for, not a free round', async () => {
      const { fail, clock, admitted, slowedFor } = desk();
      await fail(BRAKES.pair.free);
      clock.advance(15 * SECOND);
      await admitted();
      expect(await slowedFor()).to.be.greaterThan(0);
    });

    it('makes the wait no longer by trying during it', async () => {
      const { fail, clock, slowedFor } = desk();
      await fail(BRAKES.pair.free);
      for (let second = 0; second < 14; second += 1) {
        expect(await slowedFor()).to.equal(15 - second);
        clock.advance(SECOND);
      }
    });

    it('gets about a hundred guesses a day (NIST SP 800-63B 5.2.2)', async () => {
      const { clock, fail } = desk();
      let guesses = 0;
      while (clock.now() < NOW + 24 * 3600 * SECOND) {
        await fail(1);
        guesses += 1;
      }
      expect(guesses).to.be.within(90, 115);
    });

    it('starts afresh a day after the last failure', async () => {
      const { fail, clock, admitted } = desk();
      await fail(BRAKES.pair.free);
      clock.advance(BRAKES.pair.windowSeconds * SECOND);
      expect(await (await admitted()).failed()).to.equal(1);
    });

    it('starts afresh after a success', async () => {
      const { fail, clock, admitted } = desk();
      await fail(BRAKES.pair.free + 2);
      clock.advance(60 * SECOND);
      await (await admitted()).succeeded();
      expect(await (await admitted()).failed()).to.equal(1);
    });

    it('is one source within an IPv6 /64', async () => {
      const { fail, slowedFor } = desk();
      for (let index = 0; index < BRAKES.pair.free; index += 1) await fail(1, { address: `2001:db8::${String(index)}` });
      expect(await slowedFor({ address: '2001:db8::ffff' })).to.be.greaterThan(0);
    });

    it('is one name in every case and form of writing (A12)', async () => {
      const { fail, slowedFor } = desk();
      for (const name of ['Jos\u00e9', 'jose\u0301', ' JOS\u00c9 ', 'jos\u00e9', 'Jose\u0301']) await fail(1, { name });
      expect(await slowedFor({ name: 'jos\u00e9' })).to.be.greaterThan(0);
    });
  });

  describe('many sources at one name', () => {
    it('wait for one another after twenty failures', async () => {
      const { fail, slowedFor } = desk();
      for (let index = 0; index < BRAKES.name.free; index += 1) await fail(1, { address: address(index) });
      expect(await slowedFor({ address: '203.0.113.9' })).to.equal(BRAKES.name.firstDelaySeconds);
    });

    it('do not slow other names', async () => {
      const { fail, admitted } = desk();
      for (let index = 0; index < BRAKES.name.free; index += 1) await fail(1, { address: address(index) });
      await admitted({ name: 'paulo', address: '203.0.113.9' });
    });

    it('are not forgotten by a success from yet another', async () => {
      const { fail, clock, admitted, slowedFor } = desk();
      for (let index = 0; index < BRAKES.name.free; index += 1) await fail(1, { address: address(index) });
      clock.advance(BRAKES.name.firstDelaySeconds * SECOND);
      await (await admitted({ address: '203.0.113.9' })).succeeded();
      // Its turn is over with it, so that the next one need not wait for nothing.
      await (await admitted({ address: address(99) })).failed();
      expect(await slowedFor({ address: address(98) })).to.equal(BRAKES.name.firstDelaySeconds * 2);
    });

    it('do not slow a familiar device (U03)', async () => {
      const { fail, admitted } = desk();
      for (let index = 0; index < 2 * BRAKES.name.free; index += 1) await fail(1, { address: address(index) });
      await admitted({ address: '203.0.113.9', familiar: true });
    });

    it('do not slow an address from which the person signed in lately (U03)', async () => {
      const { fail, admitted } = desk();
      await (await admitted({ address: '203.0.113.9' })).succeeded();
      for (let index = 0; index < 2 * BRAKES.name.free; index += 1) await fail(1, { address: address(index) });
      await admitted({ address: '203.0.113.9' });
    });
  });

  describe('one source at many names (spraying)', () => {
    const spray = async ({ fail }: Desk): Promise<void> => {
      for (let index = 0; index < BRAKES.source.free; index += 1) await fail(1, { name: `person${String(index)}` });
    };

    it('is slowed after fifty failures, for names not tried before too', async () => {
      const one = desk();
      await spray(one);
      expect(await one.slowedFor({ name: 'somebody' })).to.equal(BRAKES.source.firstDelaySeconds);
    });

    it('waits a minute at most, since an office may share it', async () => {
      const one = desk();
      await spray(one);
      for (let index = 0; index < 10; index += 1) await one.fail(1, { name: `more${String(index)}` });
      expect(await one.slowedFor({ name: 'somebody' })).to.equal(BRAKES.source.longestDelaySeconds);
    });

    it('does not slow other sources', async () => {
      const one = desk();
      await spray(one);
      await one.admitted({ name: 'somebody', address: '203.0.113.9' });
    });

    it('does not slow those who share it and signed in from it lately, nor familiar devices (U03)', async () => {
      const one = desk();
      await (await one.admitted()).succeeded();
      await spray(one);
      await one.admitted();
      await one.admitted({ name: 'nina', familiar: true });
    });

    it('is not made good by signing in as oneself', async () => {
      const one = desk();
      await spray(one);
      await (await one.admitted({ name: 'mallory', familiar: true })).succeeded();
      expect(await one.slowedFor({ name: 'somebody' })).to.equal(BRAKES.source.firstDelaySeconds);
    });
  });

  describe('a familiar device (U03)', () => {
    it('has counters of its own: what a stranger at the same address fails does not count', async () => {
      const { fail, admitted, slowedFor } = desk();
      await fail(BRAKES.pair.free + 3);
      expect(await slowedFor()).to.be.greaterThan(0);
      expect(await (await admitted({ familiar: true })).failed()).to.equal(1);
    });

    it('is slowed by its own failures', async () => {
      const { fail, slowedFor } = desk();
      await fail(BRAKES.pair.free, { familiar: true });
      expect(await slowedFor({ familiar: true })).to.equal(BRAKES.pair.firstDelaySeconds);
    });

    it('gets no further by moving from address to address, if it was stolen', async () => {
      const { fail, slowedFor, admitted } = desk();
      for (let index = 0; index < BRAKES.name.free; index += 1) await fail(1, { familiar: true, address: address(index) });
      expect(await slowedFor({ familiar: true, address: '203.0.113.9' })).to.be.greaterThan(0);
      await admitted({ address: '203.0.113.9' });
    });
  });

  describe('attempts at the same time', () => {
    it('past the allowance are let through one by one', async () => {
      const { fail, clock, enter } = desk();
      await fail(BRAKES.pair.free);
      clock.advance(15 * SECOND);
      const volley = await Promise.all(Array.from({ length: 30 }, () => enter()));
      expect(volley.filter((admission) => admission.kind === 'admitted')).to.have.length(1);
    });

    it('are counted one and all, and held up when the brake closed meanwhile', async () => {
      const { admitted } = desk();
      const volley = await Promise.all(Array.from({ length: 30 }, () => admitted()));
      const late: boolean[] = [];
      for (const attempt of volley) {
        late.push((await attempt.stillAdmitted()) !== undefined);
        await attempt.failed();
      }
      expect(late.filter((held) => !held)).to.have.length(BRAKES.pair.free);
    });

    it('that were held up on one count give back their turn on the other', async () => {
      const { fail, clock, slowedFor, admitted } = desk();
      for (let index = BRAKES.pair.free; index < BRAKES.name.free; index += 1) await fail(1, { address: address(index) });
      await fail(BRAKES.pair.free);
      // The name may be tried again before this source may.
      clock.advance(BRAKES.name.firstDelaySeconds * SECOND);
      expect(await slowedFor()).to.equal(BRAKES.pair.firstDelaySeconds - BRAKES.name.firstDelaySeconds);
      await admitted({ address: '203.0.113.9' });
    });
  });

  it('do not count an attempt in which nothing was compared, and give its turn back', async () => {
    const { fail, clock, admitted, ephemeral } = desk();
    await fail(BRAKES.pair.free);
    clock.advance(15 * SECOND);
    const before = new Map(ephemeral.entries('attempts'));
    await (await admitted()).withdrawn();
    expect(ephemeral.entries('attempts')).to.deep.equal(before);
    await admitted();
  });

  it('let a name go when an administrator says so', async () => {
    const { fail, ephemeral, slowedFor, admitted } = desk();
    await fail(BRAKES.pair.free);
    for (let index = 0; index < BRAKES.name.free; index += 1) await fail(1, { address: address(index) });
    expect(await slowedFor()).to.be.greaterThan(0);
    await ephemeral.removeByIndex('attempts', 'maria');
    await admitted();
    await admitted({ address: '203.0.113.9' });
  });

  it('start afresh when the counters are lost, and lock nobody out', async () => {
    const { fail, clock } = desk();
    await fail(BRAKES.pair.free);
    const emptied = createThrottle({ ephemeral: memoryEphemeral(clock), clock });
    expect(await emptied.enter(MARIA)).to.include({ kind: 'admitted' });
  });

  it('name a time to come back to even where the store ends a wait just as it is asked', async () => {
    const clock = fakeClock();
    const store: EphemeralStore = {
      ...memoryEphemeral(clock),
      get: (_kind, key) => Promise.resolve(key.startsWith('level') ? '9' : undefined),
      putIfAbsent: () => Promise.resolve(false),
    };
    expect(await createThrottle({ ephemeral: store, clock }).enter(MARIA)).to.deep.equal({ kind: 'slowed', retryAt: NOW + SECOND });
  });

  it('keep no more of a name than fits a key, and nothing that cannot be written', async () => {
    const { fail, ephemeral } = desk();
    await fail(BRAKES.pair.free, { name: `\0\u200b${'m'.repeat(100_000)}` });
    for (const key of ephemeral.entries('attempts').keys()) {
      expect(key.length).to.be.lessThan(400);
      expect(key).to.match(/^[^\p{Cc}\p{Cf}]+$/u);
    }
  });

  it('treat names alike: what is slowed depends on the attempts alone', async () => {
    const step = fc.record({ person: fc.nat(1), at: fc.nat(2), seconds: fc.constantFrom(0, 1, 15, 60) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const run = async (people: readonly string[]): Promise<readonly string[]> => {
          const { clock, enter } = desk();
          const told: string[] = [];
          for (const { person, at, seconds } of steps) {
            clock.advance(seconds * SECOND);
            const admission = await enter({ name: people[person] ?? '', address: address(at) });
            told.push(admission.kind === 'slowed' ? String(admission.retryAt) : String(await admission.attempt.failed()));
          }
          return told;
        };
        expect(await run(['maria', 'paulo'])).to.deep.equal(await run(['nobody', 'no.such.person@example.com']));
      }),
      { numRuns: 50 },
    );
  });
});

describe('the delay after failures', () => {
  it('never shrinks with more failures, and stays between the first and the longest', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(BRAKES)), fc.nat(1_000_000), (brake, failures) => {
        const delay = delayAfter(brake, failures);
        return Number.isInteger(delay) && delay >= brake.firstDelaySeconds && delay <= brake.longestDelaySeconds && delay <= delayAfter(brake, failures + 1);
      }),
    );
  });
});
