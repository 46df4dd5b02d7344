/** What administrators do with people, once for console, REST and command line. */
import { SignetError } from '../core/errors.js';
import { asId } from '../core/model/ids.js';
import { normalizeUserName, type User } from '../core/model/user.js';
import type { Clock, Page, SsoSessions, Users } from '../core/ports.js';
import type { PasswordHasher } from '../crypto/password-hash.js';
import { checkPassword, LONGEST_PASSWORD } from './password-policy.js';
import { changeBy, type Doing } from './doing.js';
import type { Assignment } from './setting-values.js';
import { findTwin, type TwinsIn } from './twins.js';
import { assignUserSettings, readUserForm, type UserForm } from './user-fields.js';

export interface UserAdminParts {
  readonly users: Users;
  readonly hasher: Pick<PasswordHasher, 'hash'>;
  readonly sessions: Pick<SsoSessions, 'endAllOf'>;
  /** Lets go of the brakes on a name. */
  readonly unlock: (userName: string) => Promise<void>;
  readonly clock: Clock;
  readonly makeId: () => string;
  /** The directory they are in: account names and UPNs follow from it. */
  readonly directory: () => Promise<TwinsIn>;
  /** A password against the policy is refused, or only remarked on: an administrator may know why. */
  readonly policy: 'require' | 'advise';
}

export interface NewUser extends UserForm {
  readonly password?: string;
  readonly admin?: boolean;
}

export interface Changed {
  readonly user: User;
  /** Things worth knowing that refuse nothing, one sentence each. */
  readonly findings: readonly string[];
}

export interface UserAdmin {
  /** Throws invalid_input with a sentence; conflict when the name is taken. The first administrator is the owner. */
  add(person: NewUser, doing: Doing): Promise<Changed>;
  /** All checks of `add`, and nothing written. */
  check(person: NewUser): Promise<Changed>;
  /** All assignments or none. Throws invalid_input, not_found, conflict. */
  set(name: string, assignments: readonly Assignment[], doing: Doing): Promise<Changed>;
  /** Disabling ends the person's sessions. */
  setEnabled(name: string, enabled: boolean, doing: Doing): Promise<User>;
  /** Ends the person's sessions. */
  remove(name: string, doing: Doing): Promise<User>;
  /** Ends the person's sessions. */
  setPassword(name: string, password: string, doing: Doing): Promise<Changed>;
  /** Forgets failed attempts, so that the next one is taken at once. */
  unlock(name: string, doing: Doing): Promise<User>;
  /** By user name, or by e-mail when exactly one person has it. Throws not_found. */
  find(name: string): Promise<User>;
  list(filter: Parameters<Users['list']>[0], page: Page): Promise<readonly User[]>;
}

/** Use cases over the people of the built-in directory. */
export function createUserAdmin(parts: UserAdminParts): UserAdmin {
  const { users, clock } = parts;

  const find = async (name: string): Promise<User> => {
    const user = await users.findByName(name);
    if (user === undefined) throw new SignetError('not_found', `There is nobody named ${name.slice(0, 200).replaceAll(/[\p{Cc}\p{Cf}]/gu, '?')}.`);
    return user;
  };

  const save = async (user: User, action: string, doing: Doing): Promise<User> => (doing.dryRun === true ? user : users.save(user, changeBy(doing, action)));

  /** The names somebody signs in with must lead to them: a name that is another's e-mail address would take it over. */
  const checkNames = async (user: User): Promise<readonly string[]> => {
    const named = await users.findByName(user.userName);
    if (named !== undefined && named.id !== user.id) {
      const how =
        normalizeUserName(named.userName) === normalizeUserName(user.userName)
          ? 'There is already'
          : `It is the e-mail address of ${named.userName}, so there cannot be`;
      throw new SignetError('conflict', `${how} a person named ${user.userName}.`);
    }
    const twin = await findTwin(users, user, await parts.directory());
    if (twin !== undefined)
      throw new SignetError('conflict', `Applications would take ${user.userName} for ${twin.user.userName}: both would be ${twin.name}.`);
    if (user.email === undefined || normalizeUserName(user.email) === normalizeUserName(user.userName)) return [];
    const mailed = await users.findByName(user.email);
    if (mailed === undefined || mailed.id === user.id) return [];
    return [`${mailed.userName} has the address ${user.email} as well, so nobody can sign in by it; user names still work.`];
  };

  const advise = (password: string | undefined, user: Pick<User, 'userName' | 'email'>): readonly string[] => {
    if (password === undefined) return [];
    if (password === '') throw new SignetError('invalid_input', 'The password is empty.');
    if (password.length > LONGEST_PASSWORD) throw new SignetError('invalid_input', `The password is longer than ${String(LONGEST_PASSWORD)} characters.`);
    const problem = checkPassword(password, user);
    if (problem === undefined) return [];
    if (parts.policy === 'require') throw new SignetError('invalid_input', problem);
    return [`The password is weak. ${problem}`];
  };

  const prepare = async ({ password, admin, ...form }: NewUser): Promise<Changed> => {
    const user: User = {
      ...readUserForm(form),
      id: asId(parts.makeId()),
      version: 1,
      enabled: true,
      role: admin === true ? await newRole() : 'none',
      createdAt: clock.now(),
    };
    const findings = advise(password, user);
    return { user, findings: [...(await checkNames(user)), ...findings] };
  };

  const newRole = async (): Promise<User['role']> => ((await users.count({ administrators: true })) === 0 ? 'owner' : 'admin');

  const withPassword = async (user: User, password: string | undefined): Promise<User> =>
    password === undefined ? user : { ...user, passwordHash: await parts.hasher.hash(password), passwordChangedAt: clock.now() };

  return {
    find,
    list: (filter, page) => users.list(filter, page),
    check: prepare,

    add: async (person, doing) => {
      const { user, findings } = await prepare(person);
      if (doing.dryRun === true) return { user, findings };
      const complete = await withPassword(user, person.password);
      await users.insert(complete, changeBy(doing, 'add user'));
      return { user: complete, findings };
    },

    set: async (name, assignments, doing) => {
      const before = await find(name);
      const assigned = assignUserSettings(before, assignments);
      const after = before.role === 'none' && assigned.role !== 'none' ? { ...assigned, role: await newRole() } : assigned;
      const findings = await checkNames(after);
      return { user: await save(after, 'set user', doing), findings };
    },

    setEnabled: async (name, enabled, doing) => {
      const user = await find(name);
      const saved = user.enabled === enabled ? user : await save({ ...user, enabled }, enabled ? 'enable user' : 'disable user', doing);
      if (!enabled && doing.dryRun !== true) await parts.sessions.endAllOf(user.id);
      return saved;
    },

    remove: async (name, doing) => {
      const user = await find(name);
      if (doing.dryRun === true) return user;
      await users.remove(user.id, changeBy(doing, 'remove user'));
      await parts.sessions.endAllOf(user.id);
      return user;
    },

    setPassword: async (name, password, doing) => {
      const user = await find(name);
      const findings = advise(password, user);
      if (doing.dryRun === true) return { user, findings };
      const saved = await users.save(await withPassword(user, password), changeBy(doing, 'change password'));
      await parts.sessions.endAllOf(user.id);
      return { user: saved, findings };
    },

    unlock: async (name, doing) => {
      const user = await find(name);
      if (doing.dryRun !== true) {
        // People type either; the brakes are kept by what was typed.
        for (const typed of [user.userName, ...(user.email === undefined ? [] : [user.email])]) await parts.unlock(typed);
      }
      return user;
    },
  };
}
