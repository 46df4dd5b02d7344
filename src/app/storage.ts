/** Opens the storage of a node that may start before its database, and makes the first signing key. */
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { SignetError } from '../core/errors.js';
import type { Clock, SigningKeys } from '../core/ports.js';
import { makeSigningKey } from '../crypto/key-ring.js';
import type { SecretBox } from '../crypto/secret-box.js';
import { openStorage, type Storage, type StorageParts, type StorageSettings } from '../storage/open.js';

const LEAST_WAIT_MS = 500;
const MORE_WAIT_MS = 1000;

/**
 * Tries until the database answers, with jitter, so that nodes that start together do not ask together. Anything but
 * `unavailable` is a mistake that waiting does not mend, and is thrown.
 */
export async function openPatiently(
  settings: StorageSettings,
  parts: StorageParts,
  about: { readonly signal: AbortSignal; readonly waiting: (reason: string) => void },
): Promise<Storage> {
  for (;;) {
    try {
      return await openStorage(settings, parts);
    } catch (error) {
      if (!(error instanceof SignetError) || error.code !== 'unavailable' || about.signal.aborted) throw error;
      about.waiting(error.message);
    }
    await sleep(LEAST_WAIT_MS + randomInt(MORE_WAIT_MS), undefined, { signal: about.signal });
  }
}

/** Of many nodes that start at once on an empty database one makes the key; the others find it. */
export async function ensureSigningKey(
  keys: SigningKeys,
  about: { readonly box: SecretBox; readonly clock: Clock; readonly commonName: string },
): Promise<void> {
  if ((await keys.list()).length > 0) return;
  const key = await makeSigningKey({ algorithm: 'RSA-2048', commonName: about.commonName, now: about.clock.now(), state: 'active', box: about.box });
  await keys.insertFirst(key);
}
