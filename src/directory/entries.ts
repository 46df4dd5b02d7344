/** People and groups of the built-in directory as entries of an Active Directory. */
import type { LocalDirectorySettings } from '../core/model/directory.js';
import type { Group, Person } from '../core/model/person.js';
import { groupDn, LDAP_NAMES } from './ldap-names.js';
import type { Entry } from './ldap-match.js';

/** MS-ADTS 2.2.16: an account of a person, and one that is switched off. */
const NORMAL_ACCOUNT = 512;
const DISABLED = 2;

/** What entries have beside what people have. */
const ENTRY_NAMES = ['objectClass', 'objectCategory', 'userAccountControl', 'member'] as const;

const KNOWN: ReadonlySet<string> = new Set([...LDAP_NAMES, ...ENTRY_NAMES].map((name) => name.toLowerCase()));

/** Whether an attribute can have a value although nobody has a free attribute of that name. */
export function isKnownAttribute(name: string): boolean {
  return KNOWN.has(name.toLowerCase());
}

export function personEntry(person: Person, enabled: boolean): Entry {
  return new Map([
    ...person.attributes,
    ['objectclass', ['top', 'person', 'organizationalPerson', 'user']],
    ['objectcategory', ['person']],
    ['useraccountcontrol', [String(enabled ? NORMAL_ACCOUNT : NORMAL_ACCOUNT + DISABLED)]],
  ]);
}

/** @param members their distinguished names, as far as anybody asks */
export function groupEntry({ name, sid }: Group, members: readonly string[], settings: LocalDirectorySettings): Entry {
  return new Map([
    ['objectclass', ['top', 'group']],
    ['objectcategory', ['group']],
    ['cn', [name]],
    ['name', [name]],
    ['samaccountname', [name]],
    ['distinguishedname', [groupDn(name, settings)]],
    ['objectsid', [sid]],
    ['member', members],
  ]);
}
