/** A person of our own tables as claims, rules and stores see them. */
import { AD_AUTHORITY } from '../core/model/claim.js';
import type { Person } from '../core/model/person.js';
import type { User } from '../core/model/user.js';

/** Makes the view of a person; it costs enough to be kept beside the user it was made of. */
export function personOf(user: User): Person {
  const attributes = new Map<string, readonly string[]>();
  for (const [name, values] of Object.entries(user.attributes))
    attributes.set(
      name.toLowerCase(),
      values.filter((value) => value !== ''),
    );
  return {
    userId: user.id,
    userName: user.userName,
    directory: 'local',
    authority: AD_AUTHORITY,
    accountName: attributes.get('windowsaccountname')?.[0] ?? user.userName,
    groups: user.groups.filter((name) => name !== '').map((name) => ({ name, sid: name })),
    attributes,
  };
}
