/**
 * Sign-in with user name and password. Outside, an unknown name, a disabled person, a person without a password and a wrong
 * password are one answer at one cost (threats U01); inside, the record says which it was.
 */
import type { CheckId } from '../core/checks/catalogue.js';
import { Trace } from '../core/checks/trace.js';
import { SignetError } from '../core/errors.js';
import type { Instant } from '../core/model/ids.js';
import type { Authentication } from '../core/model/subject.js';
import type { User } from '../core/model/user.js';
import type { Clock, SignOnRecord, Users } from '../core/ports.js';
import type { PasswordHasher } from '../crypto/password-hash.js';
import { findByName, printableName } from '../directory/local.js';
import type { Attempt, Throttle } from './throttle.js';

export interface PasswordAttempt {
  /** As typed: a user name or an e-mail address. */
  readonly name: string;
  readonly password: string;
  readonly clientAddress: string;
  /** From a device on which this person signed in lately. */
  readonly familiar: boolean;
  readonly reference: string;
  /** The application for which somebody signs in, when there is one. */
  readonly entityId?: string;
}

export type PasswordOutcome =
  | { readonly kind: 'signed-in'; readonly user: User; readonly authentication: Authentication }
  /** The same for an unknown name, a disabled person, and one without a password. `again`: from the third time on. */
  | { readonly kind: 'mismatch'; readonly again: boolean }
  /** For unknown names too. */
  | { readonly kind: 'slowed'; readonly retryAt: Instant };

export interface PasswordSignIn {
  /** Throws too_many_requests with `retryAfterSeconds` when the queue of password checks is full, unavailable when the store is away. */
  authenticate(attempt: PasswordAttempt): Promise<PasswordOutcome>;
}

export interface PasswordParts {
  readonly users: Pick<Users, 'findByName' | 'replacePasswordHash'>;
  readonly hasher: PasswordHasher;
  readonly throttle: Throttle;
  readonly clock: Clock;
  readonly makeId: () => string;
  /** SAML AuthnContextClassRef that a password over this node's transport amounts to. */
  readonly contextClass: string;
  /** Takes the audit record of every attempt. */
  readonly note: (entry: SignOnRecord) => void;
}

const LONGEST_PASSWORD_BYTES = 1024;
const AGAIN_FROM = 3;

interface Comparison {
  readonly user: User | undefined;
  readonly matches: boolean;
  readonly rehash: boolean;
}

export function createPasswordSignIn(parts: PasswordParts): PasswordSignIn {
  const compare = async ({ name, password }: PasswordAttempt): Promise<Comparison> => {
    const user = await findByName(parts.users, name);
    // Refused alike for every name: no password can be empty or that long.
    const bytes = Buffer.byteLength(password);
    if (bytes === 0 || bytes > LONGEST_PASSWORD_BYTES) return { user, matches: false, rehash: false };
    return { user, ...(await parts.hasher.verify(user?.passwordHash, password)) };
  };

  /** The new hash is a convenience of ours: what hinders it does not hinder the person. */
  const renewHash = async (user: User, password: string, trace: Trace): Promise<void> => {
    if (user.passwordHash === undefined) return;
    try {
      await parts.users.replacePasswordHash(user.id, user.passwordHash, await parts.hasher.hash(password));
      trace.step('password hash', 'renewed at the cost in force');
    } catch (error) {
      trace.step('password hash', `not renewed: ${error instanceof SignetError ? error.code : 'internal'}`);
    }
  };

  const signIn = async (attempt: PasswordAttempt, trace: Trace): Promise<PasswordOutcome> => {
    const refuse = (check: CheckId, values: { readonly observed: string; readonly expected?: string }, user?: User): void => {
      parts.note(record(parts, attempt, trace, { outcome: 'refused', error: trace.failure(check, values), user }));
    };
    const observed = printableName(attempt.name);
    const slowed = (retryAt: Instant): PasswordOutcome => {
      refuse('user.locked', { observed, expected: `${String(Math.ceil((retryAt - parts.clock.now()) / 1000))} s` });
      return { kind: 'slowed', retryAt };
    };

    const admission = await parts.throttle.enter({ name: attempt.name, address: attempt.clientAddress, familiar: attempt.familiar });
    if (admission.kind === 'slowed') return slowed(admission.retryAt);
    const pass = admission.attempt;
    const { user, matches, rehash } = await orWithdraw(pass, () => compare(attempt));

    // Asked before the answer is looked at, so that right and wrong guesses of a volley get the same answer.
    const late = await pass.stillAdmitted();
    if (late !== undefined) {
      await pass.failed();
      return slowed(late);
    }
    if (user === undefined || !matches || !user.enabled) {
      const failures = await pass.failed();
      refuse(matches ? 'user.enabled' : 'user.password', { observed }, user);
      return { kind: 'mismatch', again: failures >= AGAIN_FROM };
    }
    await pass.succeeded();
    if (rehash) await renewHash(user, attempt.password, trace);
    trace.check('user.password', true);
    trace.check('user.enabled', true);
    trace.step('signed in', observed === user.userName ? observed : `${user.userName}, typed as ${observed}`);
    parts.note(record(parts, attempt, trace, { outcome: 'succeeded', user }));
    return { kind: 'signed-in', user, authentication: { methods: ['pwd'], contextClass: parts.contextClass, at: parts.clock.now() } };
  };

  return {
    authenticate: async (attempt) => {
      const trace = new Trace(attempt.reference, parts.clock.now());
      try {
        return await signIn(attempt, trace);
      } catch (error) {
        const failure = explain(error, trace);
        parts.note(record(parts, attempt, trace, { outcome: failure.code === 'too_many_requests' ? 'refused' : 'failed', error: failure }));
        throw failure;
      }
    },
  };
}

/** An attempt in which nothing was compared does not count. */
async function orWithdraw<T>(pass: Attempt, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await pass.withdrawn();
    throw error;
  }
}

function explain(error: unknown, trace: Trace): SignetError {
  if (!(error instanceof SignetError)) return trace.failure('internal', { observed: error instanceof Error ? error.name : typeof error }, error);
  if (error.code === 'too_many_requests') {
    return trace.failure('user.locked', { observed: 'this server as a whole', expected: `${String(error.retryAfterSeconds ?? 1)} s` }, error);
  }
  return error.code === 'unavailable' ? trace.failure('store.reachable', { observed: error.message }, error) : error;
}

interface End {
  readonly outcome: 'succeeded' | 'refused' | 'failed';
  readonly error?: SignetError;
  readonly user?: User | undefined;
}

function record(parts: PasswordParts, attempt: PasswordAttempt, trace: Trace, { outcome, error, user }: End): SignOnRecord {
  return {
    id: parts.makeId(),
    reference: attempt.reference,
    at: parts.clock.now(),
    event: 'sign-in',
    outcome,
    // A success is the person's, under their name; what failed is on record as it was typed.
    user: outcome === 'succeeded' && user !== undefined ? user.userName : printableName(attempt.name),
    ...(user === undefined ? {} : { userId: user.id }),
    ...(attempt.entityId === undefined ? {} : { relyingParty: attempt.entityId }),
    ...(error?.check === undefined ? {} : { check: error.check.id }),
    ...(error === undefined ? {} : { code: error.code }),
    clientAddress: attempt.clientAddress,
    trace: trace.toRecord(),
  };
}
