/** A person of our own tables as claims, rules and stores see them. */
import type { LocalDirectorySettings } from '../core/model/directory.js';
import type { Group, Person } from '../core/model/person.js';
import type { User } from '../core/model/user.js';
import { generatedSid, groupSid } from '../core/sids.js';
import { attributesOf } from './ldap-names.js';

const DAY_MS = 86_400_000;

/** Makes the view of a person; it costs enough to be kept beside the user and the settings it was made of. */
export function personOf(user: User, settings: LocalDirectorySettings): Person {
  const free = freeAttributes(user);
  const accountName = free.get('windowsaccountname')?.[0] ?? accountNameOf(user.userName, settings.domain);
  const sid = (free.get('primarysid') ?? free.get('objectsid'))?.[0] ?? generatedSid(settings.sidBase, 'user', user.id);
  const primaryGroupSid = free.get('primarygroupsid')?.[0] ?? settings.primaryGroup ?? generatedSid(settings.sidBase, 'primary-group', '');
  const groups = [...new Set(user.groups)].filter((name) => name !== '').map((name) => groupOf(name, settings));
  return {
    userId: user.id,
    userName: user.userName,
    directory: settings.name,
    authority: settings.authority,
    accountName,
    sid,
    primaryGroupSid,
    groups,
    attributes: attributesOf({ user, accountName, sid, primaryGroupSid, groups, free }, settings),
    ...passwordExpiry(user, settings),
  };
}

function passwordExpiry({ passwordChangedAt }: User, { passwordMaxAgeDays }: LocalDirectorySettings): Pick<Person, 'passwordExpiresAt'> {
  return passwordChangedAt === undefined || passwordMaxAgeDays === undefined ? {} : { passwordExpiresAt: passwordChangedAt + passwordMaxAgeDays * DAY_MS };
}

export function groupOf(name: string, settings: LocalDirectorySettings): Group {
  return { name, sid: groupSid(name, settings) };
}

/** The whole user name, so that no two people share an account name; one that has a domain already is taken as it is. */
function accountNameOf(userName: string, domain: string): string {
  return /^[^\\]+\\[^\\]+$/u.test(userName) ? userName : `${domain}\\${userName}`;
}

/** Names in lower case; of names that differ by letter case only, the values of all. A value that is empty is none. */
function freeAttributes(user: User): ReadonlyMap<string, readonly string[]> {
  const free = new Map<string, readonly string[]>();
  for (const [name, values] of Object.entries(user.attributes)) {
    const key = name.toLowerCase();
    const all = [...(free.get(key) ?? []), ...values.filter((value) => value !== '')];
    if (all.length > 0) free.set(key, all);
  }
  return free;
}
