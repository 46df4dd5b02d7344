/**
 * The names that Active Directory has for what is known about a person: rules of AD FS ask for them, and mappings may.
 * A free attribute of that name wins over what is made here, and never over what the directory knows: mail, names, groups.
 */
import { createHash } from 'node:crypto';
import type { LocalDirectorySettings } from '../core/model/directory.js';
import type { Group } from '../core/model/person.js';
import type { User } from '../core/model/user.js';

/** What the names are filled from. */
export interface Known {
  readonly user: User;
  /** DOMAIN\user */
  readonly accountName: string;
  readonly sid: string;
  readonly primaryGroupSid: string;
  readonly groups: readonly Group[];
  /** Free attributes, by their names in lower case. */
  readonly free: ReadonlyMap<string, readonly string[]>;
}

type Named = readonly [name: string, values: readonly string[]];

/** Attributes of people that a free attribute fills, or nothing. */
const FREE_ONLY = ['telephoneNumber', 'department', 'title', 'company', 'employeeID', 'manager', 'mS-DS-ConsistencyGuid'] as const;

/** The attributes of Active Directory that mean something here, as people write them. Others are there where somebody has a free attribute of that name. */
export const LDAP_NAMES: readonly string[] = [
  'sAMAccountName',
  'userPrincipalName',
  'mail',
  'displayName',
  'givenName',
  'sn',
  'cn',
  'name',
  'objectGUID',
  'objectSid',
  'primaryGroupID',
  'distinguishedName',
  'proxyAddresses',
  'memberOf',
  'tokenGroups',
  'tokenGroups(domainQualifiedName)',
  'tokenGroups(longDomainQualifiedName)',
  'tokenGroups(fullDomainQualifiedName)',
  'tokenGroups(SID)',
  ...FREE_ONLY,
];

/** All attributes of a person by their names in lower case: the free ones, and those of Active Directory. Values that are empty are left out. */
export function attributesOf(known: Known, settings: LocalDirectorySettings): ReadonlyMap<string, readonly string[]> {
  return new Map([...made(known, settings), ...known.free, ...fields(known.user), ...places(known, settings)]);
}

function made({ user, accountName, sid, primaryGroupSid, free }: Known, { upnSuffix }: LocalDirectorySettings): readonly Named[] {
  const fullName = user.displayName === undefined || user.displayName === '' ? user.userName : user.displayName;
  const given = free.get('upn') ?? free.get('userprincipalname');
  return [
    ['samaccountname', [userPart(accountName)]],
    ['userprincipalname', given ?? [user.userName.includes('@') ? user.userName : `${user.userName}@${upnSuffix}`]],
    // The one under this name was given by somebody, never made here.
    ...(given === undefined ? [] : [['upn', given] as const]),
    ...filled('proxyaddresses', user.email === undefined || user.email === '' ? undefined : `SMTP:${user.email}`),
    ['cn', [fullName]],
    ['name', [fullName]],
    ['objectguid', [objectGuid(user.id)]],
    ['objectsid', [sid]],
    ['primarygroupid', [primaryGroupSid.slice(primaryGroupSid.lastIndexOf('-') + 1)]],
  ];
}

function fields(user: User): readonly Named[] {
  return [...filled('mail', user.email), ...filled('displayname', user.displayName), ...filled('givenname', user.givenName), ...filled('sn', user.surname)];
}

function places({ user, groups }: Known, settings: LocalDirectorySettings): readonly Named[] {
  const { domain, upnSuffix } = settings;
  const names = groups.map(({ name }) => name);
  const qualified = names.map((name) => `${upnSuffix}\\${name}`);
  return [
    ['distinguishedname', [personDn(user.userName, settings)]],
    ['memberof', names.map((name) => groupDn(name, settings))],
    ['tokengroups', names],
    ['tokengroups(domainqualifiedname)', names.map((name) => `${domain}\\${name}`)],
    ['tokengroups(longdomainqualifiedname)', qualified],
    ['tokengroups(fulldomainqualifiedname)', qualified],
    ['tokengroups(sid)', groups.map(({ sid }) => sid)],
  ];
}

function filled(name: string, value: string | undefined): readonly Named[] {
  return value === undefined || value === '' ? [] : [[name, [value]]];
}

/** CORP\ada -> ada */
export function userPart(accountName: string): string {
  return accountName.slice(accountName.indexOf('\\') + 1);
}

/** Where a person is: by user name, which is theirs alone. */
export function personDn(userName: string, { upnSuffix }: LocalDirectorySettings): string {
  return `CN=${escapeDn(userName)},OU=People,${domainDn(upnSuffix)}`;
}

export function groupDn(name: string, { upnSuffix }: LocalDirectorySettings): string {
  return `CN=${escapeDn(name)},OU=Groups,${domainDn(upnSuffix)}`;
}

/** What stands in the first part of a distinguished name of ours: the name of a person or group; undefined in any other name. */
export function nameInDn(dn: string, unit: 'People' | 'Groups'): string | undefined {
  const found = /^\s*cn\s*=\s*(?<name>(?:\\.|[^\\,])+?)\s*,\s*ou\s*=\s*(?<unit>\w+)\s*,\s*dc\s*=/iu.exec(dn)?.groups;
  if (found?.['unit']?.toLowerCase() !== unit.toLowerCase()) return undefined;
  return found['name']?.replaceAll(/\\(?<character>.)/gu, '$<character>');
}

/** example.com -> DC=example,DC=com */
function domainDn(domain: string): string {
  return domain
    .split('.')
    .map((part) => `DC=${escapeDn(part)}`)
    .join(',');
}

/** A value inside a distinguished name (RFC 4514 2.4). */
function escapeDn(value: string): string {
  return value.replace(/[\\",+;<>=]|^[ #]| $/gu, (character) => `\\${character}`);
}

/** 16 bytes in base64, as binary attributes come back; always the same for a person. */
function objectGuid(userId: string): string {
  return createHash('sha256').update(`objectGUID ${userId}`).digest().subarray(0, 16).toString('base64');
}
