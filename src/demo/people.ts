/** The people of the demo and its application, registered the way an administrator does it. */
import { createRelyingPartyAdmin } from '../admin/relying-parties.js';
import { createUserAdmin, type NewUser } from '../admin/users.js';
import { SignetError } from '../core/errors.js';
import type { Clock } from '../core/ports.js';
import { createPasswordHasher } from '../crypto/password-hash.js';
import { randomToken } from '../crypto/random.js';
import { openStorage, type Storage } from '../storage/open.js';
import { ACME_ENTITY_ID, ACME_NAME } from './acme/service-provider.js';

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

export interface RegisterParts {
  readonly databaseUrl: string;
  readonly clock: Clock;
  readonly entityId: string;
  /** Acme's metadata and the file it lies in, for `signet rp refresh`. */
  readonly metadata: { readonly xml: string; readonly path: string };
}

/** Registers everybody and the application; those who are there already, from an earlier start, stay as they are. */
export async function registerDemo(parts: RegisterParts): Promise<void> {
  const failures: unknown[] = [];
  const storage = await openStorage({ databaseUrl: parts.databaseUrl }, { clock: parts.clock, onError: (error) => failures.push(error) });
  try {
    await registerPeople(storage, parts.clock);
    await registerAcme(storage, parts);
  } finally {
    await storage.close();
  }
  if (failures.length > 0) throw failures[0];
}

async function registerPeople(storage: Storage, clock: Clock): Promise<void> {
  const users = createUserAdmin({
    users: storage.users,
    hasher: createPasswordHasher(),
    sessions: storage.ssoSessions,
    unlock: () => Promise.resolve(),
    clock,
    makeId: randomToken,
    // The one-word password of the demo is no example to follow.
    policy: 'advise',
  });
  for (const { note: _note, disabled, ...person } of PEOPLE) {
    if ((await storage.users.findByName(person.userName)) !== undefined) continue;
    await users.add({ ...person, password: DEMO_PASSWORD }, DOING);
    if (disabled === true) await users.setEnabled(person.userName, false, DOING);
  }
}

/** Acme makes a new key at each start: an application that is there already gets the new metadata. */
async function registerAcme(storage: Storage, parts: RegisterParts): Promise<void> {
  const applications = createRelyingPartyAdmin({
    relyingParties: storage.relyingParties,
    signingKeys: storage.signingKeys,
    clock: parts.clock,
    makeId: randomToken,
    ownNames: [parts.entityId],
    fetchAllow: [],
  });
  const source = { kind: 'file', location: parts.metadata.path, bytes: Buffer.from(parts.metadata.xml) } as const;
  try {
    await applications.refresh(ACME_ENTITY_ID, source, {}, DOING);
  } catch (error) {
    if (!(error instanceof SignetError) || error.code !== 'not_found') throw error;
    await applications.add(source, { name: ACME_NAME }, DOING);
  }
}
