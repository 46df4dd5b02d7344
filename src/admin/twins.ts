/** People whom applications would take for one another: one account name or UPN, made for both of them (threats A12). */
import type { LocalDirectorySettings } from '../core/model/directory.js';
import { attributeOf, type Person } from '../core/model/person.js';
import { normalizeUserName, type User } from '../core/model/user.js';
import type { Users } from '../core/ports.js';

export interface Twin {
  readonly user: User;
  /** The name that both have. */
  readonly name: string;
}

/** The directory people are in, and how it sees them. */
export interface TwinsIn {
  readonly settings: LocalDirectorySettings;
  readonly personOf: (user: User, settings: LocalDirectorySettings) => Person;
}

/** Somebody else who has the account name or UPN that is made for a user. */
export async function findTwin(users: Pick<Users, 'findByName'>, user: User, { settings, personOf }: TwinsIn): Promise<Twin | undefined> {
  const own = namesOf(personOf(user, settings));
  for (const called of calledOf(user.userName, settings)) {
    const other = await users.findByName(called);
    // It may be found by its e-mail address, which is no such name.
    if (other === undefined || other.id === user.id || normalizeUserName(other.userName) !== called) continue;
    const name = namesOf(personOf(other, settings)).find((known) => own.includes(known));
    if (name !== undefined) return { user: other, name };
  }
  return undefined;
}

function namesOf(person: Person): readonly string[] {
  return [person.accountName, ...attributeOf(person, 'userPrincipalName')].map(normalizeUserName);
}

/** What a twin would have to be called: with the domain where the user has none, and the other way round. */
function calledOf(userName: string, { domain, upnSuffix }: LocalDirectorySettings): readonly string[] {
  const name = normalizeUserName(userName);
  const [before, behind] = [normalizeUserName(`${domain}\\`), normalizeUserName(`@${upnSuffix}`)];
  return [name.startsWith(before) ? name.slice(before.length) : `${before}${name}`, name.endsWith(behind) ? name.slice(0, -behind.length) : `${name}${behind}`];
}
