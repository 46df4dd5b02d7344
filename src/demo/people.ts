/** The people of the demo, registered the way an administrator does it. */
import { createUserAdmin, type NewUser } from '../admin/users.js';
import { resolveDirectory } from '../core/model/directory.js';
import type { Clock } from '../core/ports.js';
import { createPasswordHasher } from '../crypto/password-hash.js';
import { randomToken } from '../crypto/random.js';
import { personOf } from '../directory/person.js';
import type { Storage } from '../storage/open.js';

export const DEMO_PASSWORD = 'demo';

export interface DemoPerson extends NewUser {
  readonly displayName: string;
  /** In the printed table. */
  readonly note: string;
  readonly disabled?: boolean;
}

export const PEOPLE: readonly DemoPerson[] = [
  {
    userName: 'maria',
    givenName: 'Maria',
    surname: 'Keller',
    displayName: 'Maria Keller',
    email: 'maria@example.com',
    groups: ['Staff', 'Sales'],
    note: 'works in Sales',
  },
  {
    userName: 'tom',
    givenName: 'Tom',
    surname: 'Okafor',
    displayName: 'Tom Okafor',
    email: 'tom@example.com',
    groups: ['Staff', 'Finance'],
    attributes: { department: ['Finance'] },
    note: 'works in Finance',
  },
  {
    userName: 'dana',
    givenName: 'Dana',
    surname: 'Ruiz',
    displayName: 'Dana Ruiz',
    email: 'dana@example.com',
    groups: ['Staff', 'IT'],
    attributes: { department: ['IT'] },
    admin: true,
    note: 'administrator',
  },
  {
    userName: 'ines',
    givenName: 'Ines',
    surname: 'Moreau',
    displayName: 'Ines Moreau',
    email: 'ines@example.com',
    groups: ['Staff'],
    disabled: true,
    note: 'disabled: cannot sign in',
  },
];

const DOING = { actor: 'demo' } as const;

/** Registers everybody; those who are there already, from an earlier start, stay as they are, and so does what the directory is set to. */
export async function registerPeople(storage: Storage, clock: Clock): Promise<void> {
  const names = { domain: 'EXAMPLE', upnSuffix: 'example.com' };
  await storage.localDirectories.update((record) => ({ ...names, ...record }), { ...DOING, action: 'set directory' });
  const users = createUserAdmin({
    users: storage.users,
    hasher: createPasswordHasher(),
    sessions: storage.ssoSessions,
    unlock: () => Promise.resolve(),
    clock,
    makeId: randomToken,
    directory: async () => ({
      settings: resolveDirectory(await storage.localDirectories.read(), { baseUrl: `https://${names.upnSuffix}`, installation: '' }),
      personOf,
    }),
    // The one-word password of the demo is no example to follow.
    policy: 'advise',
  });
  for (const { note: _note, disabled, ...person } of PEOPLE) {
    if ((await storage.users.findByName(person.userName)) !== undefined) continue;
    await users.add({ ...person, password: DEMO_PASSWORD }, DOING);
    if (disabled === true) await users.setEnabled(person.userName, false, DOING);
  }
}
