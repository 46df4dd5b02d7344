/** Finds entries of the built-in directory by a filter: looked up by the keys in it, compared by all of it. */
import type { LocalDirectorySettings } from '../core/model/directory.js';
import type { Group, Person } from '../core/model/person.js';
import type { User } from '../core/model/user.js';
import type { Users } from '../core/ports.js';
import { type Key, keysOf, membersIn } from './ad-keys.js';
import { groupEntry, personEntry } from './entries.js';
import { fillValue, type LdapFilter } from './ldap-filter.js';
import { type Entry, hasValue, matches } from './ldap-match.js';
import { groupOf, personOf } from './person.js';
import { findByName } from './local.js';
import { nameInDn } from './ldap-names.js';

export type DirectoryUsers = Pick<Users, 'findByName' | 'list'>;

/** One question to the directory: who signs on, and the settings in force. */
export interface Search {
  readonly users: DirectoryUsers;
  readonly settings: LocalDirectorySettings;
  readonly self: Person;
}

/** Keys of which no two people have the same: who has it need not be looked for elsewhere. */
const OF_ONE: ReadonlySet<string> = new Set(['samaccountname', 'userprincipalname', 'distinguishedname', 'objectsid', 'objectguid']);
/** More people with one e-mail address are not shown. */
const MOST_OF_ONE_ADDRESS = 100;

/** Whoever signs on is asked about again and again; the person is one object until something about them changes. */
const ownEntries = new WeakMap<Person, Entry>();

function ownEntry(self: Person): Entry {
  const entry = ownEntries.get(self) ?? personEntry(self, true);
  ownEntries.set(self, entry);
  return entry;
}

/** The entries a filter holds for: whoever signs on first. */
export async function searchEntries(search: Search, filter: LdapFilter, params: readonly string[]): Promise<readonly Entry[]> {
  const { self, settings } = search;
  const keys = keysOf(filter).map(({ attribute, value }) => ({ attribute, value: fillValue(value, params) }));
  const own = ownEntry(self);
  const fits = (entry: Entry): boolean => matches(filter, params, entry);
  if (keys.every((key) => OF_ONE.has(key.attribute) && hasValue(own, key.attribute, key.value))) return [own].filter(fits);

  const members = await findMembers(
    search,
    membersIn(filter).map((value) => fillValue(value, params)),
  );
  const people = (await Promise.all(keys.map((key) => findPeople(search, key)))).flat().filter((user) => user.id !== self.userId);
  const groups = [...members.flatMap((person) => person.groups), ...self.groups, ...(await Promise.all(keys.map((key) => findGroups(search, key)))).flat()];
  const entries = [
    own,
    ...unique(people, (user) => user.id).map((user) => personEntry(personOf(user, settings), user.enabled)),
    ...unique(groups, (group) => group.name).map((group) => groupEntry(group, membersOf(group, members), settings)),
  ];
  return entries.filter(fits);
}

/** The person of an account: DOMAIN\user, or the name alone. An account of another domain is nobody's here. */
export async function findAccount({ users, settings, self }: Search, text: string): Promise<Entry | undefined> {
  const account = text.trim().replace(/^\\/u, '');
  const fits = (person: Person): boolean => hasAccount(person, account);
  if (fits(self)) return ownEntry(self);
  const at = account.indexOf('\\');
  const names = at < 0 || account.slice(0, at).toLowerCase() === settings.domain.toLowerCase() ? [account.slice(at + 1), account] : [account];
  for (const name of names) {
    const user = await findByName(users, name);
    const person = user === undefined ? undefined : personOf(user, settings);
    if (user !== undefined && person !== undefined && fits(person)) return personEntry(person, user.enabled);
  }
  return undefined;
}

function hasAccount({ accountName, attributes }: Person, account: string): boolean {
  if (account.includes('\\')) return accountName.toLowerCase() === account.toLowerCase();
  return hasValue(attributes, 'samaccountname', account);
}

interface FilledKey extends Omit<Key, 'value'> {
  readonly value: string;
}

async function findPeople({ users, settings }: Search, { attribute, value }: FilledKey): Promise<readonly User[]> {
  if (attribute === 'mail') return users.list({ email: value }, { limit: MOST_OF_ONE_ADDRESS });
  const found = await Promise.all(userNamesBehind(attribute, value, settings).map((name) => findByName(users, name)));
  return found.filter((user) => user !== undefined);
}

/** What people would have to be called of whom this is the account name, UPN or place. */
function userNamesBehind(attribute: string, value: string, { domain, upnSuffix }: LocalDirectorySettings): readonly string[] {
  if (attribute === 'samaccountname') return [value, `${domain}\\${value}`];
  if (attribute === 'distinguishedname') {
    const name = nameInDn(value, 'People');
    return name === undefined ? [] : [name];
  }
  if (attribute !== 'userprincipalname') return [];
  const suffix = `@${upnSuffix}`.toLowerCase();
  return value.toLowerCase().endsWith(suffix) ? [value, value.slice(0, -suffix.length)] : [value];
}

async function findMembers(search: Search, names: readonly string[]): Promise<readonly Person[]> {
  const found = await Promise.all(
    names.map(async (value): Promise<readonly Person[]> => {
      if (hasValue(search.self.attributes, 'distinguishedname', value)) return [search.self];
      return (await findPeople(search, { attribute: 'distinguishedname', value })).map((user) => personOf(user, search.settings));
    }),
  );
  return found.flat();
}

function membersOf({ name }: Group, people: readonly Person[]): readonly string[] {
  return people.filter((person) => person.groups.some((group) => group.name === name)).flatMap((person) => person.attributes.get('distinguishedname') ?? []);
}

/** A group is there as long as anybody is in it. */
async function findGroups({ users, settings }: Search, { attribute, value }: FilledKey): Promise<readonly Group[]> {
  const names = groupNamesBehind(attribute, value, settings);
  const found = await Promise.all(names.map(async (name) => ((await users.list({ group: name }, { limit: 1 })).length > 0 ? [groupOf(name, settings)] : [])));
  return found.flat();
}

function groupNamesBehind(attribute: string, value: string, { groupSids }: LocalDirectorySettings): readonly string[] {
  switch (attribute) {
    case 'samaccountname':
    case 'cn':
    case 'name':
      return [value];
    case 'distinguishedname': {
      const name = nameInDn(value, 'Groups');
      return name === undefined ? [] : [name];
    }
    case 'objectsid':
      return Object.keys(groupSids).filter((name) => groupSids[name]?.toLowerCase() === value.toLowerCase());
    default:
      return [];
  }
}

function unique<T>(items: readonly T[], key: (item: T) => string): readonly T[] {
  return [...new Map(items.map((item) => [key(item), item] as const)).values()];
}
