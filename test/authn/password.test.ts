import { expect } from 'chai';
import fc from 'fast-check';
import { createPasswordSignIn, type PasswordAttempt, type PasswordOutcome } from '../../src/authn/password.js';
import { BRAKES, createThrottle } from '../../src/authn/throttle.js';
import { CONTEXT_PASSWORD_PROTECTED } from '../../src/core/issuance/authn-policy.js';
import { normalizeUserName, type User } from '../../src/core/model/user.js';
import type { EphemeralStore, SignOnRecord } from '../../src/core/ports.js';
import type { PasswordHasher } from '../../src/crypto/password-hash.js';
import { SignetError } from '../../src/core/errors.js';
import { asId } from '../../src/core/model/ids.js';
import { aUser, fakeClock, thrownBy } from '../support/builders.js';
import { type MemoryEphemeral, memoryEphemeral } from '../support/memory-ephemeral.js';

const RIGHT = 'correct horse battery';

interface Desk {
  readonly clock: ReturnType<typeof fakeClock>;
  readonly ephemeral: MemoryEphemeral;
  readonly records: SignOnRecord[];
  /** What the hasher was asked to compare, in order: the stored hash and the password. */
  readonly compared: (readonly [string | undefined, string])[];
  readonly asked: string[];
  readonly replaced: (readonly [string, string, string])[];
  attempt(changes?: Partial<PasswordAttempt>): Promise<PasswordOutcome>;
  repeat(times: number, changes?: Partial<PasswordAttempt>): Promise<readonly PasswordOutcome[]>;
}

/** The sign-in over maria, paulo who is disabled, and nina without a password. A "hash" is the password after a mark. */
function desk(changes: { readonly hasher?: Partial<PasswordHasher>; readonly ephemeral?: Partial<EphemeralStore> } = {}): Desk {
  const clock = fakeClock();
  const ephemeral = memoryEphemeral(clock);
  const records: SignOnRecord[] = [];
  const compared: (readonly [string | undefined, string])[] = [];
  const asked: string[] = [];
  const replaced: (readonly [string, string, string])[] = [];
  const people: readonly User[] = [
    aUser({ passwordHash: `new:${RIGHT}` }),
    aUser({ id: asId('user-2'), userName: 'paulo', email: 'paulo@example.com', enabled: false, passwordHash: `new:${RIGHT}` }),
    aUser({ id: asId('user-3'), userName: 'nina', email: 'nina@example.com' }),
    aUser({ id: asId('user-4'), userName: 'olga', email: 'olga@example.com', passwordHash: `old:${RIGHT}` }),
  ];
  const signIn = createPasswordSignIn({
    users: {
      findByName: (name) => {
        asked.push(name);
        const key = normalizeUserName(name);
        return Promise.resolve(people.find((user) => user.userName === key || user.email === key));
      },
      replacePasswordHash: (id, before, after) => {
        replaced.push([id, before, after]);
        return Promise.resolve();
      },
    },
    hasher: {
      hash: (password) => Promise.resolve(`new:${password}`),
      verify: async (phc, password) => {
        compared.push([phc, password]);
        await Promise.resolve();
        return { matches: phc?.slice(4) === password, rehash: phc?.startsWith('old:') === true };
      },
      ...changes.hasher,
    },
    throttle: createThrottle({ ephemeral: { ...ephemeral, ...changes.ephemeral }, clock }),
    clock,
    makeId: () => `_${String(records.length)}`,
    contextClass: CONTEXT_PASSWORD_PROTECTED,
    note: (entry) => records.push(entry),
  });
  const attempt = (one: Partial<PasswordAttempt> = {}): Promise<PasswordOutcome> =>
    signIn.authenticate({ name: 'maria', password: 'wrong', clientAddress: '192.0.2.1', familiar: false, reference: 'SGN-TEST-2345', ...one });
  return {
    clock,
    ephemeral,
    records,
    compared,
    asked,
    replaced,
    attempt,
    repeat: async (times, one) => {
      const outcomes: PasswordOutcome[] = [];
      for (let index = 0; index < times; index += 1) outcomes.push(await attempt(one));
      return outcomes;
    },
  };
}

describe('sign-in with a password', () => {
  it('signs in by user name, whatever its case, and by e-mail', async () => {
    for (const name of ['maria', '  MARIA ', 'Maria@Example.com']) {
      const { attempt, clock } = desk();
      clock.advance(5000);
      const outcome = await attempt({ name, password: RIGHT });
      expect(outcome).to.deep.include({
        kind: 'signed-in',
        authentication: { methods: ['pwd'], contextClass: CONTEXT_PASSWORD_PROTECTED, at: clock.now() },
      });
      expect(outcome).to.have.nested.property('user.id', 'user-1');
    }
  });

  describe('one answer at one cost (U01)', () => {
    const alike: readonly (readonly [string, Partial<PasswordAttempt>, string])[] = [
      ['a wrong password', { name: 'maria', password: 'wrong' }, 'user.password'],
      ['an unknown name', { name: 'nobody', password: 'wrong' }, 'user.password'],
      ['a disabled person with the right password', { name: 'paulo', password: RIGHT }, 'user.enabled'],
      ['a disabled person with a wrong password', { name: 'paulo', password: 'wrong' }, 'user.password'],
      ['a person without a password', { name: 'nina', password: 'wrong' }, 'user.password'],
      ['an invisible character in the name (A12)', { name: 'ma\u200bria', password: RIGHT }, 'user.password'],
      ['a control character in the name (A12)', { name: 'maria\0', password: RIGHT }, 'user.password'],
      ['a line break after the name (A12)', { name: 'maria\n', password: RIGHT }, 'user.password'],
      ['a name without end', { name: 'm'.repeat(100_000), password: RIGHT }, 'user.password'],
      ['no name', { name: '   ', password: RIGHT }, 'user.password'],
    ];
    for (const [title, changes, check] of alike) {
      it(`${title}: mismatch after one comparison`, async () => {
        const { attempt, compared, records } = desk();
        expect(await attempt(changes)).to.deep.equal({ kind: 'mismatch', again: false });
        expect(compared).to.have.length(1);
        expect(records).to.have.length(1);
        expect(records[0]).to.include({ event: 'sign-in', outcome: 'refused', check, clientAddress: '192.0.2.1', reference: 'SGN-TEST-2345' });
      });
    }

    it('compares nothing for an empty or an overlong password, whatever the name', async () => {
      const passwords = ['', 'x'.repeat(1025), '\u00e9'.repeat(513)];
      for (const password of passwords) {
        for (const name of ['maria', 'nobody', 'paulo', 'nina']) {
          const { attempt, compared, records } = desk();
          expect(await attempt({ name, password })).to.deep.equal({ kind: 'mismatch', again: false });
          expect(compared).to.deep.equal([]);
          expect(records[0]).to.include({ outcome: 'refused', check: 'user.password' });
        }
      }
    });

    it('compares a password of 1 KiB', async () => {
      const { attempt, compared } = desk();
      await attempt({ password: 'x'.repeat(1024) });
      expect(compared).to.have.length(1);
    });

    it('counts refused passwords of any length', async () => {
      const { repeat, attempt } = desk();
      await repeat(BRAKES.pair.free, { password: '' });
      expect(await attempt({ password: RIGHT })).to.include({ kind: 'slowed' });
    });

    it("asks the directory for nothing that can be nobody's name", async () => {
      const { attempt, asked } = desk();
      for (const name of ['', ' ', 'ma\u200bria', 'maria\0', 'm'.repeat(257), '\ud800', 'a\u2028b']) await attempt({ name });
      expect(asked).to.deep.equal([]);
    });

    it('answers the same sequence of guesses alike for every kind of name', async () => {
      const step = fc.record({ password: fc.constantFrom('wrong', '', 'x'.repeat(2000)), at: fc.nat(1), seconds: fc.constantFrom(0, 15, 900) });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
          const run = async (name: string): Promise<unknown> => {
            const { attempt, clock, compared } = desk();
            const outcomes: PasswordOutcome[] = [];
            for (const { password, at, seconds } of steps) {
              clock.advance(seconds * 1000);
              outcomes.push(await attempt({ name, password, clientAddress: `192.0.2.${String(at)}` }));
            }
            return { outcomes, comparisons: compared.length };
          };
          const unknown = await run('nobody');
          for (const name of ['maria', 'paulo', 'nina']) expect(await run(name), name).to.deep.equal(unknown);
        }),
        { numRuns: 40 },
      );
    });
  });

  describe('brakes (U02, U03)', () => {
    it('adds a word from the third time on, for unknown names too', async () => {
      for (const name of ['maria', 'nobody']) {
        const outcomes = await desk().repeat(4, { name });
        expect(outcomes.map((outcome) => outcome.kind === 'mismatch' && outcome.again)).to.deep.equal([false, false, true, true]);
      }
    });

    it('slows after five, the right password too, and compares nothing meanwhile', async () => {
      const { repeat, attempt, compared, records, clock } = desk();
      await repeat(BRAKES.pair.free);
      expect(await attempt({ password: RIGHT })).to.deep.equal({ kind: 'slowed', retryAt: clock.now() + BRAKES.pair.firstDelaySeconds * 1000 });
      expect(compared).to.have.length(BRAKES.pair.free);
      expect(records.at(-1)).to.include({ outcome: 'refused', check: 'user.locked', code: 'too_many_requests', user: 'maria' });
      expect(records.at(-1)?.trace.checks.at(-1)).to.include({ expected: '15 s' });
    });

    it('takes the right password at the time it named, and forgets the failures', async () => {
      const { repeat, attempt, clock } = desk();
      await repeat(BRAKES.pair.free);
      clock.advance(BRAKES.pair.firstDelaySeconds * 1000);
      expect(await attempt({ password: RIGHT })).to.include({ kind: 'signed-in' });
      expect(await attempt()).to.deep.equal({ kind: 'mismatch', again: false });
    });

    it('lets a familiar device in while strangers guess', async () => {
      const { repeat, attempt } = desk();
      await repeat(30);
      expect(await attempt({ password: RIGHT, familiar: true })).to.include({ kind: 'signed-in' });
    });

    it('gives a volley of parallel guesses no more than the same guesses one by one', async () => {
      // One comparison at a time, as the hasher's queue does on a small machine.
      let queue: Promise<unknown> = Promise.resolve();
      const { attempt } = desk({
        hasher: {
          verify: (phc, password) => {
            const turn = queue.then(() => new Promise((resolve) => setImmediate(resolve)));
            queue = turn;
            return turn.then(() => ({ matches: phc?.slice(4) === password, rehash: false }));
          },
        },
      });
      const guesses = Array.from({ length: 30 }, (_, index) => attempt({ password: index === 20 ? RIGHT : `guess ${String(index)}` }));
      const outcomes = await Promise.all(guesses);
      expect(outcomes.filter((outcome) => outcome.kind === 'mismatch').length).to.be.lessThan(10);
      expect(outcomes[20], 'the right one, too late').to.include({ kind: 'slowed' });
      expect(outcomes[21], 'a wrong one beside it').to.include({ kind: 'slowed' });
    });

    it('says when to come back when the queue of password checks is full, and counts nothing', async () => {
      const full = new SignetError('too_many_requests', 'the queue is full', { retryAfterSeconds: 2 });
      const { attempt, records, ephemeral } = desk({ hasher: { verify: () => Promise.reject(full) } });
      for (const name of ['maria', 'nobody']) {
        const error = await thrownBy(() => attempt({ name }));
        expect(error).to.include({ code: 'too_many_requests', retryAfterSeconds: 2 });
      }
      expect(records.map((entry) => [entry.outcome, entry.check, entry.user])).to.deep.equal([
        ['refused', 'user.locked', 'maria'],
        ['refused', 'user.locked', 'nobody'],
      ]);
      expect([...ephemeral.entries('attempts')]).to.deep.equal([]);
    });
  });

  describe('the record of an attempt', () => {
    it('of a success names the person, the application and the source', async () => {
      const { attempt, records, clock } = desk();
      await attempt({ name: 'Maria@example.com', password: RIGHT, entityId: 'https://app.example/metadata' });
      expect(records).to.have.length(1);
      expect(records[0]).to.include({
        event: 'sign-in',
        outcome: 'succeeded',
        user: 'maria',
        userId: 'user-1',
        relyingParty: 'https://app.example/metadata',
        clientAddress: '192.0.2.1',
        reference: 'SGN-TEST-2345',
        at: clock.now(),
      });
      expect(records[0]).not.to.have.any.keys('check', 'code');
      expect(records[0]?.trace.steps).to.deep.include({ name: 'signed in', detail: 'maria, typed as Maria@example.com' });
    });

    it('has the name as typed, bounded and without what cannot be seen', async () => {
      const { attempt, records } = desk();
      await attempt({ name: `No\u001b[31mbody\n\u202e${'x'.repeat(1000)}` });
      expect(records[0]?.user).to.match(/^No\[31mbodyx{200,256}$/u);
    });

    it('tells apart inside what is alike outside', async () => {
      const { attempt, records } = desk();
      await attempt({ name: 'paulo', password: RIGHT });
      await attempt({ name: 'nina' });
      await attempt({ name: 'nobody' });
      expect(records.map((entry) => [entry.check, entry.userId])).to.deep.equal([
        ['user.enabled', 'user-2'],
        ['user.password', 'user-3'],
        ['user.password', undefined],
      ]);
    });

    it('never has the password in it', async () => {
      const { attempt, records } = desk();
      await attempt({ password: 'a very secret guess' });
      await attempt({ password: RIGHT });
      expect(JSON.stringify(records)).not.to.match(/secret guess|battery/u);
    });

    it('is written when the store is away, and nobody is let in', async () => {
      const away = (): Promise<never> => Promise.reject(new SignetError('unavailable', 'the store is away'));
      const { attempt, records } = desk({ ephemeral: { get: away } });
      expect(await thrownBy(() => attempt({ password: RIGHT }))).to.include({ code: 'unavailable' });
      expect(records.map((entry) => [entry.outcome, entry.check])).to.deep.equal([['failed', 'store.reachable']]);
    });

    it("tells nothing of a library's error to the outside", async () => {
      const { attempt, records } = desk({ hasher: { verify: () => Promise.reject(new TypeError('argon2: bad salt at 0x17')) } });
      const error = await thrownBy(() => attempt({ password: RIGHT }));
      expect(error).to.include({ code: 'internal' });
      expect(error.message).not.to.contain('salt');
      expect(records[0]).to.include({ outcome: 'failed', check: 'internal' });
    });
  });

  describe('a password hash of an older cost', () => {
    it('is renewed at the next sign-in', async () => {
      const { attempt, replaced, records } = desk();
      expect(await attempt({ name: 'olga', password: RIGHT })).to.include({ kind: 'signed-in' });
      expect(replaced).to.deep.equal([['user-4', `old:${RIGHT}`, `new:${RIGHT}`]]);
      expect(records[0]?.trace.steps).to.deep.include({ name: 'password hash', detail: 'renewed at the cost in force' });
    });

    it('is not renewed by a wrong password, nor when it is current', async () => {
      const { attempt, replaced } = desk();
      await attempt({ name: 'olga' });
      await attempt({ name: 'maria', password: RIGHT });
      expect(replaced).to.deep.equal([]);
    });

    it('lets the person in when it cannot be renewed', async () => {
      const full = new SignetError('too_many_requests', 'the queue is full', { retryAfterSeconds: 2 });
      const { attempt, replaced, records } = desk({ hasher: { hash: () => Promise.reject(full) } });
      expect(await attempt({ name: 'olga', password: RIGHT })).to.include({ kind: 'signed-in' });
      expect(replaced).to.deep.equal([]);
      expect(records[0]?.trace.steps).to.deep.include({ name: 'password hash', detail: 'not renewed: too_many_requests' });
    });
  });
});
