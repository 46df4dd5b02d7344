/** The first administrator: a one-time link from the console log, dead once used or once an administrator exists (threats M11). */
import { createHash } from 'node:crypto';
import { SignetError } from '../core/errors.js';
import { asId } from '../core/model/ids.js';
import type { User } from '../core/model/user.js';
import type { Clock, EphemeralStore, Users } from '../core/ports.js';
import type { PasswordHasher } from '../crypto/password-hash.js';
import { checkPassword } from './password-policy.js';
import { readUserForm, type UserFields } from './user-fields.js';

export interface FirstAdminParts {
  readonly users: Users;
  readonly ephemeral: EphemeralStore;
  readonly hasher: Pick<PasswordHasher, 'hash'>;
  readonly clock: Clock;
  readonly makeToken: () => string;
  readonly makeId: () => string;
}

export interface FirstAdminForm {
  readonly userName: string;
  readonly displayName?: string;
  readonly email: string;
  readonly password: string;
}

export interface FirstAdmin {
  /** A new token for `/welcome/TOKEN`, good for a day; undefined when an administrator exists. */
  issueToken(): Promise<string | undefined>;
  isOpen(token: string): Promise<boolean>;
  /** Makes the owner, once. Throws invalid_input with the sentence of a field, conflict when the name is taken, not_found when the token is dead. */
  accept(token: string, form: FirstAdminForm): Promise<User>;
}

const LIFETIME_SECONDS = 24 * 3600;
const LEASE = 'first-admin';
const LEASE_SECONDS = 30;

/** Tokens are kept as hashes: whoever can read the store gains none. */
export function createFirstAdmin(parts: FirstAdminParts): FirstAdmin {
  const { users, ephemeral, clock } = parts;
  const exists = async (): Promise<boolean> => (await users.count({ administrators: true })) > 0;

  const isOpen = async (token: string): Promise<boolean> => (await ephemeral.get('set-up', keyOf(token))) !== undefined && !(await exists());

  return {
    isOpen,

    issueToken: async () => {
      if (await exists()) return undefined;
      const token = parts.makeToken();
      await ephemeral.put('set-up', keyOf(token), 'first-admin', LIFETIME_SECONDS);
      return token;
    },

    accept: async (token, form) => {
      if (!(await isOpen(token))) throw dead();
      const fields = readForm(form);
      if ((await users.findByName(fields.userName)) !== undefined) throw new SignetError('conflict', `There is already a person named ${fields.userName}.`);
      const passwordHash = await parts.hasher.hash(form.password);
      // Of two that come at once, with one link or with the links of two nodes, one goes on.
      if (!(await ephemeral.putIfAbsent('lease', LEASE, 'first-admin', LEASE_SECONDS))) throw dead();
      if ((await ephemeral.take('set-up', keyOf(token))) === undefined || (await exists())) throw dead();
      const now = clock.now();
      const user: User = {
        ...fields,
        id: asId(parts.makeId()),
        version: 1,
        enabled: true,
        role: 'owner',
        passwordHash,
        passwordChangedAt: now,
        createdAt: now,
      };
      try {
        await users.insert(user, { actor: user.userName, action: 'first administrator' });
      } catch (error) {
        // Nothing was made: without the link nobody could try again.
        await ephemeral.put('set-up', keyOf(token), 'first-admin', LIFETIME_SECONDS);
        await ephemeral.remove('lease', LEASE);
        throw error;
      }
      return user;
    },
  };
}

function readForm(form: FirstAdminForm): UserFields {
  const fields = readUserForm({
    userName: form.userName,
    email: form.email,
    ...(form.displayName === undefined ? {} : { displayName: form.displayName }),
  });
  if (fields.email === undefined) throw new SignetError('invalid_input', 'email is empty; give an address such as dana@example.com.');
  const problem = checkPassword(form.password, { userName: fields.userName, email: fields.email });
  if (problem !== undefined) throw new SignetError('invalid_input', problem);
  return fields;
}

function dead(): SignetError {
  return new SignetError('not_found', 'The link was used, is older than a day, or is not needed: an administrator exists.');
}

function keyOf(token: string): string {
  return `first-admin ${createHash('sha256').update(token).digest('base64url')}`;
}
