import { expect } from 'chai';
import { createPasswordSignIn, type PasswordAttempt, type PasswordOutcome } from '../../src/authn/password.js';
import { createThrottle } from '../../src/authn/throttle.js';
import { CONTEXT_PASSWORD_PROTECTED } from '../../src/core/issuance/authn-policy.js';
import { normalizeUserName, type User } from '../../src/core/model/user.js';
import type { EphemeralStore, SignOnRecord } from '../../src/core/ports.js';
import type { PasswordHasher } from '../../src/crypto/password-hash.js';
import { asId } from '../../src/core/model/ids.js';
import { aUser, fakeClock } from '../support/builders.js';
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
  });
});
