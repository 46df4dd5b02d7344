/** The person behind a session, with what we hold about them now: nothing about them is kept in the session. */
import type { Trace } from '../core/checks/trace.js';
import type { Claim } from '../core/model/claim.js';
import type { Person } from '../core/model/person.js';
import type { SsoSession } from '../core/model/sso-session.js';
import type { Subject } from '../core/model/subject.js';
import type { User } from '../core/model/user.js';
import type { UserLookup } from '../core/ports.js';
import { claimsOf } from '../directory/attributes.js';
import { findActive } from '../directory/local.js';
import { personOf } from '../directory/person.js';

/** Throws check user.enabled when the person was removed or disabled since. */
export function createSubjects(parts: { readonly users: UserLookup }): (session: SsoSession, trace: Trace) => Promise<Subject> {
  // The lookup hands out one object until the person changes; what follows from it is made once.
  const made = new WeakMap<User, { readonly person: Person; readonly claims: readonly Claim[] }>();
  const seen = (user: User): { readonly person: Person; readonly claims: readonly Claim[] } => {
    const known = made.get(user) ?? { person: personOf(user), claims: claimsOf(user) };
    made.set(user, known);
    return known;
  };

  return async (session, trace) => {
    const user = await findActive(parts.users, session.userId);
    if (user === undefined) throw trace.failure('user.enabled', { observed: session.userName });
    trace.check('user.enabled', true);
    return { userId: user.id, userName: user.userName, authentication: session.authentication, ...seen(user) };
  };
}
