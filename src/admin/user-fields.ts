/** The fields of a person as somebody typed them: read, or refused with a sentence (threats A12, M08, M10). */
import { SignetError } from '../core/errors.js';
import type { User } from '../core/model/user.js';
import { type Assignment, readFlag, readLine, readNames, show, wrongValue } from './setting-values.js';

export interface UserForm {
  readonly userName: string;
  readonly email?: string;
  readonly givenName?: string;
  readonly surname?: string;
  readonly displayName?: string;
  readonly groups?: readonly string[];
  readonly attributes?: Readonly<Record<string, readonly string[]>>;
}

/** The part of a user that the form fills. */
export type UserFields = Pick<User, 'userName' | 'email' | 'givenName' | 'surname' | 'displayName' | 'groups' | 'attributes'>;

const NAME_LIMIT = 256;
const VALUE_LIMIT = 1024;
const EMAIL = /^[^\s<>()[\]\\,;:"@]{1,64}@[^\s<>()[\]\\,;:"@]{1,189}$/u;
const ATTRIBUTE_NAME = /^[^\s=\p{Cc}\p{Cf}]{1,128}$/u;

/** All fields, or the first mistake as invalid_input. */
export function readUserForm(form: UserForm): UserFields {
  return {
    userName: readUserName(form.userName),
    ...optional('email', form.email, readEmail),
    ...optional('givenName', form.givenName, (value) => readLine('given name', value, NAME_LIMIT)),
    ...optional('surname', form.surname, (value) => readLine('surname', value, NAME_LIMIT)),
    ...optional('displayName', form.displayName, (value) => readLine('display name', value, NAME_LIMIT)),
    groups: [...new Set((form.groups ?? []).map((group) => readLine('group', group, NAME_LIMIT)))],
    attributes: Object.fromEntries(
      Object.entries(form.attributes ?? {}).map(([name, values]) => [readAttributeName(name), values.map((value) => readLine(name, value, VALUE_LIMIT))]),
    ),
  };
}

/** Splits K=V of `--attr`, and puts values of one name together. */
export function readAttributes(texts: readonly string[]): Readonly<Record<string, readonly string[]>> {
  const values = new Map<string, string[]>();
  for (const text of texts) {
    const at = text.indexOf('=');
    if (at < 1) throw new SignetError('invalid_input', `attr is "${show(text)}"; write it as NAME=VALUE.`);
    const name = text.slice(0, at);
    values.set(name, [...(values.get(name) ?? []), text.slice(at + 1)]);
  }
  return Object.fromEntries(values);
}

/** NFC, without surrounding white space; nobody's name holds what cannot be seen, or an address form no one can type. */
function readUserName(name: string): string {
  return readLine('user name', name, NAME_LIMIT);
}

function readEmail(value: string): string {
  const email = readLine('email', value, 254);
  if (!EMAIL.test(email)) throw wrongValue('email', value, 'give an address such as maria@example.com');
  return email;
}

function readAttributeName(name: string): string {
  if (!ATTRIBUTE_NAME.test(name) || name === '__proto__') {
    throw new SignetError('invalid_input', `"${show(name)}" cannot name an attribute; use letters, digits and signs without white space, such as department.`);
  }
  return name;
}

/** An absent or empty text is an absent field. */
function optional<K extends 'email' | 'givenName' | 'surname' | 'displayName'>(
  key: K,
  value: string | undefined,
  read: (value: string) => string,
): Partial<Pick<UserFields, K>> {
  const fields: Partial<Record<K, string>> = {};
  if (value !== undefined && value.trim() !== '') fields[key] = read(value);
  return fields;
}

export const USER_SETTINGS: readonly string[] = ['user-name', 'email', 'given-name', 'surname', 'display-name', 'groups', 'attr.NAME', 'admin'];

/**
 * A user with assignments in place; an empty value clears what may be empty, `groups` and `attr.NAME` may be given
 * several times and replace what was there. Throws invalid_input; then nothing of it counts.
 */
export function assignUserSettings(user: User, assignments: readonly Assignment[]): User {
  const given = new Map<string, string[]>();
  for (const { key, value } of assignments) {
    // `--group` of the command line and the key of the manual are the same thing.
    const name = key === 'group' ? 'groups' : key;
    given.set(name, [...(given.get(name) ?? []), value]);
  }
  let form: UserForm = user;
  let { role } = user;
  for (const [key, values] of given) {
    const many = key === 'groups' || key.startsWith('attr.');
    if (!many && values.length > 1) throw new SignetError('invalid_input', `${show(key)} is given ${String(values.length)} times; give it once.`);
    if (key === 'admin') role = roleOf(user, readFlag(key, values[0] ?? ''));
    else form = assign(form, key, values);
  }
  const { email: _e, givenName: _g, surname: _s, displayName: _d, ...rest } = user;
  return { ...rest, ...readUserForm(form), role };
}

function assign(form: UserForm, key: string, values: readonly string[]): UserForm {
  const value = values[0] ?? '';
  if (key.startsWith('attr.')) {
    const name = readAttributeName(key.slice('attr.'.length));
    const kept = Object.entries(form.attributes ?? {}).filter(([other]) => other !== name);
    const set = values.filter((text) => text.trim() !== '');
    return { ...form, attributes: Object.fromEntries(set.length === 0 ? kept : [...kept, [name, set]]) };
  }
  switch (key) {
    case 'user-name':
      return { ...form, userName: value };
    case 'email':
      return { ...form, email: value };
    case 'given-name':
      return { ...form, givenName: value };
    case 'surname':
      return { ...form, surname: value };
    case 'display-name':
      return { ...form, displayName: value };
    case 'groups':
      return { ...form, groups: readNames('groups', values) };
    default:
      throw new SignetError('invalid_input', `"${show(key)}" is not a setting of a person; use ${USER_SETTINGS.join(', ')}.`);
  }
}

function roleOf(user: User, admin: boolean): User['role'] {
  if (!admin) return 'none';
  return user.role === 'none' ? 'admin' : user.role;
}
