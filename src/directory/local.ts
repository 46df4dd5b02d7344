/** People of our own tables: found by what they type, and by id while they may act. */
import type { UserId } from '../core/model/ids.js';
import type { User } from '../core/model/user.js';
import type { UserLookup, Users } from '../core/ports.js';

/** The longest name that is looked up, in UTF-16 units. */
export const NAME_LIMIT = 256;

/** Controls, invisible formats, half surrogate pairs, line and paragraph separators: nobody's name has them (threats A12). */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const EVERY_UNPRINTABLE = new RegExp(UNPRINTABLE.source, 'gu');

/** The person who signs in under a name or an e-mail address, disabled ones too; undefined for what can be nobody's name. */
export async function findByName(users: Pick<Users, 'findByName'>, name: string): Promise<User | undefined> {
  if (name.length > NAME_LIMIT || name.trim() === '' || UNPRINTABLE.test(name)) return undefined;
  return users.findByName(name);
}

/** The person with an id, or undefined when removed or disabled since. */
export async function findActive(users: UserLookup, id: UserId): Promise<User | undefined> {
  const user = await users.byId(id);
  return user?.enabled === true ? user : undefined;
}

/** A typed name as it may be written into a record: without what cannot be seen, at most 256 long. */
export function printableName(name: string): string {
  return name.slice(0, NAME_LIMIT).replaceAll(EVERY_UNPRINTABLE, '');
}
