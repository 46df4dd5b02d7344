/** The key of opaque and pairwise ids: 256 random bits, made once for the installation, kept sealed, shared by all nodes. */
import { createHmac, randomBytes } from 'node:crypto';
import { SignetError } from '../core/errors.js';
import type { StoredSettings } from '../core/ports.js';
import type { SecretBox } from './secret-box.js';

const SETTING = 'pairwise-key';
const BYTES = 32;

export interface PairwiseKeyParts {
  readonly storedSettings: Pick<StoredSettings, 'get' | 'replace'>;
  readonly box: Pick<SecretBox, 'seal' | 'open'>;
}

/**
 * HMAC-SHA-256 under that key, which is read, or made, when it is first needed, and never changes: with another key every
 * application would take everybody for somebody new. Rejects with `unavailable` when it cannot be had.
 */
export function createPairwiseHmac({ storedSettings, box }: PairwiseKeyParts): (text: Buffer) => Promise<Buffer> {
  let key: Promise<Buffer> | undefined;

  const load = async (): Promise<Buffer> => {
    const stored = (await storedSettings.get(SETTING)) ?? (await make());
    try {
      return box.open(String(JSON.parse(stored)), SETTING);
    } catch (error) {
      throw new SignetError('unavailable', 'the key of pairwise ids cannot be opened; check SIGNET_SECRET_KEY', { cause: error });
    }
  };

  /** Of many nodes that make one at once, the first one's stands. */
  const make = async (): Promise<string> => {
    const made = JSON.stringify(box.seal(randomBytes(BYTES), SETTING));
    try {
      await storedSettings.replace(SETTING, { before: undefined, after: made }, { actor: 'system', action: 'make pairwise key' }, () => '"sealed"');
      return made;
    } catch (error) {
      const first = error instanceof SignetError && error.code === 'conflict' ? await storedSettings.get(SETTING) : undefined;
      if (first === undefined) throw error;
      return first;
    }
  };

  return async (text) => {
    key ??= load().catch((error: unknown) => {
      key = undefined;
      throw error;
    });
    return createHmac('sha256', await key)
      .update(text)
      .digest();
  };
}
