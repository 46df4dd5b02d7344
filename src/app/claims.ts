/** What claims are made of, put together over the real stores: the same for issuing, for previews, and for checking rules. */
import { createAcceptance } from '../authn/acceptance.js';
import { createSubjects } from '../authn/subject.js';
import type { Settings } from '../config/settings.js';
import { createClaimsInput, type MakeInput } from '../core/claims/input.js';
import { pairwiseId } from '../core/claims/opaque-ids.js';
import { identifierFor, type NameParts } from '../core/issuance/name-identifier.js';
import { inRange } from '../core/network-ranges.js';
import type { Clock, PersistentNames, StoredSettings } from '../core/ports.js';
import { createPairwiseHmac } from '../crypto/pairwise-key.js';
import { randomId } from '../crypto/random.js';
import type { SecretBox } from '../crypto/secret-box.js';
import { createDirectorySettings } from '../storage/local-directory.js';
import type { Storage } from '../storage/open.js';
export { personOf } from '../directory/person.js';
import { createAttributeStores, type OpenAttributeStores } from './attribute-stores.js';
import { type Asked, timeStores } from './timed-stores.js';

export interface ClaimSources {
  readonly settings: Pick<Settings, 'baseUrl' | 'entityId' | 'intranet'>;
  readonly storage: Storage;
  readonly box: SecretBox;
  readonly clock: Clock;
  /** Told about failures in the background that no sign-on is told about. */
  readonly onError: (error: unknown, what: string) => void;
  /** Told of each question to an attribute store. */
  readonly asked?: Asked;
  /** Those of the storage unless given: a preview makes no names. */
  readonly persistentNames?: Pick<PersistentNames, 'find' | 'findOrCreate'>;
  /** Where the key of pairwise ids is kept; with the other settings unless given: a preview leaves none behind. */
  readonly pairwiseKeys?: Pick<StoredSettings, 'get' | 'replace'>;
}

export interface Claims {
  readonly stores: OpenAttributeStores;
  readonly names: NameParts;
  readonly makeInput: MakeInput;
  readonly subjectOf: ReturnType<typeof createSubjects>;
  /** Whether an address lies in the corporate network. */
  readonly isIntranet: (address: string) => boolean;
}

/** Nothing is opened before it is needed. */
export function assembleClaims({ settings, storage, box, clock, onError, asked, ...given }: ClaimSources): Claims {
  const { baseUrl } = settings;
  const { persistentNames = storage.persistentNames, pairwiseKeys = storage.storedSettings } = given;
  const directory = createDirectorySettings({ directories: storage.localDirectories, changes: storage.changes, baseUrl });
  const hmac = createPairwiseHmac({ storedSettings: pairwiseKeys, box });
  const stores = createAttributeStores({
    hmac,
    storedSettings: storage.storedSettings,
    changes: storage.changes,
    box,
    onError,
    users: storage.users,
    directory,
    clock,
    changeUrl: `${baseUrl}/account`,
  });
  const timed = asked === undefined ? stores : timeStores(stores, clock, asked);
  const names: NameParts = {
    entityId: settings.entityId,
    persistentNames,
    makeId: randomId,
    pairwiseId: (userId, relyingParty) => pairwiseId(hmac, { userId, relyingParty }),
  };
  return {
    stores,
    names,
    makeInput: createClaimsInput({ stores: timed, identifier: (kind, about) => identifierFor(names, kind, about) }),
    subjectOf: createSubjects({ users: storage.userLookup, directory, accept: createAcceptance({ stores: timed }) }),
    isIntranet: (address) => inRange(address, settings.intranet),
  };
}
