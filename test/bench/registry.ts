/** Fills a data folder before the server starts: people, and applications through the repository. */
import { join } from 'node:path';
import { asId } from '../../src/core/model/ids.js';
import { createRelyingPartyAdmin } from '../../src/admin/relying-parties.js';
import { type RelyingPartyOverrides, type RelyingPartyRecord, WSFED_BINDING } from '../../src/core/model/relying-party.js';
import { openDataFolder } from '../../src/config/data-folder.js';
import { createPasswordHasher } from '../../src/crypto/password-hash.js';
import { randomToken } from '../../src/crypto/random.js';
import { systemClock } from '../../src/ops/clock.js';
import { readApplicationMetadata } from '../../src/admin/application-metadata.js';
import { openStorage, type Storage } from '../../src/storage/open.js';
import { type BenchKey, ENTITY, metadataOf, nthEntity, REALM, WREPLY } from './applications.js';
import { PASSWORD, person } from './people.js';
import { TEN_RULES } from './ten-rules.js';

const CHANGE = { actor: 'bench', action: 'add' } as const;

export interface RegistryWish {
  readonly data: string;
  readonly people: number;
  /** Applications beyond those that every run has. */
  readonly more: number;
  readonly key: BenchKey;
}

export async function fillRegistry(wish: RegistryWish): Promise<void> {
  const { databaseUrl } = openDataFolder({ data: wish.data, databaseUrl: `sqlite:${join(wish.data, 'signet.db')}`, secretKey: undefined });
  const storage = await openStorage(
    { databaseUrl },
    {
      clock: systemClock,
      onError: (error) => {
        throw error;
      },
    },
  );
  try {
    const passwordHash = await createPasswordHasher().hash(PASSWORD);
    for (let index = 0; index < wish.people; index += 1) {
      // Somebody is an administrator, so that the server prints no link for making one.
      const user = {
        ...person(index),
        id: asId<'User'>(randomToken()),
        version: 1,
        attributes: {},
        enabled: true,
        role: index === 0 ? 'owner' : 'none',
        passwordHash,
      } as const;
      await storage.users.insert({ ...user, createdAt: systemClock.now() }, CHANGE);
    }
    const { certificate } = wish.key;
    const records = [
      record(metadataOf(ENTITY.assertion), { sign: 'assertion' }),
      record(metadataOf(ENTITY.both), {}),
      record(metadataOf(ENTITY.rules), { sign: 'assertion', rules: { transform: TEN_RULES } }),
      record(metadataOf(ENTITY.encrypted, { encryption: certificate }), { sign: 'assertion' }),
      record(metadataOf(ENTITY.signedPost, { signing: certificate }), { sign: 'assertion' }),
    ];
    for (let index = 0; index < wish.more; index += 1) records.push(record(metadataOf(nthEntity(index)), { sign: 'assertion' }));
    for (const entry of records) await storage.relyingParties.insert(entry, CHANGE);
    await addRealms(storage);
  } finally {
    await storage.close();
  }
}

async function addRealms(storage: Storage): Promise<void> {
  const { relyingParties, signingKeys } = storage;
  const admin = createRelyingPartyAdmin({ relyingParties, signingKeys, clock: systemClock, makeId: randomToken, ownNames: [], fetchAllow: [] });
  for (const tokenType of ['saml11', 'saml20'] as const) {
    await admin.addByHand({ entityId: REALM[tokenType], replyAddresses: [{ binding: WSFED_BINDING, url: WREPLY }], overrides: { tokenType } }, CHANGE);
  }
}

function record(xml: string, overrides: RelyingPartyOverrides): RelyingPartyRecord {
  const now = systemClock.now();
  const { metadata } = readApplicationMetadata(xml, { now });
  return {
    id: asId(randomToken()),
    version: 1,
    enabled: true,
    metadata,
    overrides,
    source: { kind: 'file', location: 'bench.xml', readAt: now },
    createdAt: now,
    updatedAt: now,
  };
}
