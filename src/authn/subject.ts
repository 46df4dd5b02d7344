/** The person behind a session, with what we hold about them now: nothing about them is kept in the session. */
import type { Trace } from '../core/checks/trace.js';
import type { Claim } from '../core/model/claim.js';
import type { LocalDirectorySettings } from '../core/model/directory.js';
import type { Person } from '../core/model/person.js';
import type { SsoSession } from '../core/model/sso-session.js';
import type { Subject } from '../core/model/subject.js';
import type { User } from '../core/model/user.js';
import type { DirectorySettings, UserLookup } from '../core/ports.js';
import { claimsOf } from '../directory/attributes.js';
import { findActive } from '../directory/local.js';
import { personOf } from '../directory/person.js';
import type { Accept } from './acceptance.js';

export interface SubjectParts {
  readonly users: UserLookup;
  readonly directory: DirectorySettings;
  readonly accept: Accept;
}

interface Seen {
  readonly settings: LocalDirectorySettings;
  readonly person: Person;
  readonly claims: readonly Claim[];
}

/** Throws check user.enabled when the person was removed or disabled since, and what acceptance rules throw. */
export function createSubjects(parts: SubjectParts): (session: SsoSession, trace: Trace) => Promise<Subject> {
  // The lookups hand out one object until the person or the settings change; what follows from both is made once.
  const made = new WeakMap<User, Seen>();
  const seen = (user: User, settings: LocalDirectorySettings): Seen => {
    const known = made.get(user);
    if (known?.settings === settings) return known;
    const person = personOf(user, settings);
    const fresh = { settings, person, claims: claimsOf(person) };
    made.set(user, fresh);
    return fresh;
  };

  return async (session, trace) => {
    const [user, settings] = await Promise.all([findActive(parts.users, session.userId), parts.directory.current()]);
    if (user === undefined) throw trace.failure('user.enabled', { observed: session.userName });
    trace.check('user.enabled', true);
    const { authentication } = session;
    const { person, claims } = seen(user, settings);
    const { claims: passed, accepted } = await parts.accept(settings, { person, claims, authentication });
    if (accepted !== undefined) trace.evaluations.push({ set: 'acceptance', evaluation: accepted });
    return { userId: user.id, userName: user.userName, authentication, person, claims: passed };
  };
}
