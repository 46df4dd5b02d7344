/** The settings of the built-in directory as somebody types them: read, or refused with a sentence. */
import { SignetError } from '../core/errors.js';
import { LOCAL_AUTHORITY } from '../core/model/claim.js';
import type { LocalDirectoryRecord } from '../core/model/directory.js';
import { SID } from '../core/sids.js';
import { type Assignment, listed, readLine, show, wrongValue } from './setting-values.js';

export const DIRECTORY_SETTINGS = ['authority', 'domain', 'upn-suffix', 'primary-group-sid', 'group-sid', 'password-max-age-days'] as const;

const LONGEST_NAME = 256;
const MOST_DAYS = 36_500;
const DOMAIN = /^[^\s\\/:*?"<>|@;,=+[\]\p{Cc}\p{Cf}]{1,64}$/u;
const HOST = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/iu;

/** All assignments, or the first mistake as invalid_input; an empty value gives the default back. */
export function assignDirectorySettings(record: LocalDirectoryRecord, assignments: readonly Assignment[]): LocalDirectoryRecord {
  return assignments.reduce(assign, record);
}

function assign(record: LocalDirectoryRecord, { key, value }: Assignment): LocalDirectoryRecord {
  const empty = value.trim() === '';
  switch (key) {
    case 'authority': {
      const { authority: _authority, ...rest } = record;
      return empty ? rest : { ...rest, authority: readAuthority(value) };
    }
    case 'domain': {
      const { domain: _domain, ...rest } = record;
      return empty ? rest : { ...rest, domain: readForm(key, value, DOMAIN, 'give the name in front of the backslash, such as CORP') };
    }
    case 'upn-suffix': {
      const { upnSuffix: _upnSuffix, ...rest } = record;
      return empty ? rest : { ...rest, upnSuffix: readForm(key, value, HOST, 'give a domain such as corp.example') };
    }
    case 'primary-group-sid': {
      const { primaryGroup: _primaryGroup, ...rest } = record;
      return empty ? rest : { ...rest, primaryGroup: readSid(key, value) };
    }
    case 'group-sid': {
      const { groupSids: before, ...rest } = record;
      const groupSids = empty ? {} : assignGroupSid(before ?? {}, value);
      return Object.keys(groupSids).length === 0 ? rest : { ...rest, groupSids };
    }
    case 'password-max-age-days': {
      const { passwordMaxAgeDays: _passwordMaxAgeDays, ...rest } = record;
      return empty ? rest : { ...rest, passwordMaxAgeDays: readDays(key, value) };
    }
    default:
      throw new SignetError('invalid_input', `"${show(key)}" is not a setting of a directory; use ${listed(DIRECTORY_SETTINGS)}.`);
  }
}

/** GROUP:SID; without a SID the group gets a generated one again. */
function assignGroupSid(before: Readonly<Record<string, string>>, value: string): Readonly<Record<string, string>> {
  const at = value.lastIndexOf(':');
  if (at < 1) throw wrongValue('group-sid', value, 'write it as GROUP:SID, such as Sales:S-1-5-21-1-2-3-1105');
  const group = readLine('group-sid', value.slice(0, at), LONGEST_NAME);
  const others = Object.entries(before).filter(([name]) => name !== group);
  if (value.slice(at + 1).trim() === '') return Object.fromEntries(others);
  const sid = readSid('group-sid', value.slice(at + 1));
  const [same] = others.find(([, other]) => other === sid) ?? [];
  // One group would pass for the other.
  if (same !== undefined) throw wrongValue('group-sid', value, `that is the SID of the group ${show(same)} already`);
  return Object.fromEntries([...others, [group, sid]]);
}

function readSid(key: string, value: string): string {
  return readForm(key, value.trim().toUpperCase(), SID, 'give a SID such as S-1-5-21-1-2-3-1105');
}

function readAuthority(value: string): string {
  const authority = readLine('authority', value, LONGEST_NAME);
  if (authority.toUpperCase() === LOCAL_AUTHORITY) throw wrongValue('authority', value, 'that is the name of what this service says itself; give another');
  return authority;
}

function readForm(key: string, value: string, form: RegExp, fix: string): string {
  const text = value.trim();
  if (!form.test(text)) throw wrongValue(key, value, fix);
  return text;
}

function readDays(key: string, value: string): number {
  const days = /^\d{1,5}$/u.test(value.trim()) ? Number(value) : Number.NaN;
  if (!(days >= 1 && days <= MOST_DAYS)) throw wrongValue(key, value, `give whole days from 1 to ${String(MOST_DAYS)}, or nothing, then passwords do not end`);
  return days;
}
