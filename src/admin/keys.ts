/**
 * Rollover of signing keys (MET-15): rotate makes and publishes the next key, promote makes it sign once everybody can
 * have read it, retire stops publishing the old one.
 */
import { everyApplication } from './every-application.js';
import { SignetError } from '../core/errors.js';
import type { Instant, SigningKeyId } from '../core/model/ids.js';
import type { RelyingPartyRecord } from '../core/model/relying-party.js';
import type { KeyAlgorithm, SigningKey } from '../core/model/signing-key.js';
import type { Clock, RelyingParties, SigningKeys } from '../core/ports.js';
import { shellWord } from '../core/shell-word.js';
import { readCertificate } from '../crypto/certificate.js';
import { makeSigningKey, sealSigningKey } from '../crypto/key-ring.js';
import type { SecretBox } from '../crypto/secret-box.js';
import { CACHE_SECONDS } from '../protocols/shared/metadata/write.js';
import { changeBy, type Doing } from './doing.js';
import { showSeconds } from './setting-values.js';

export interface KeyAdminParts {
  readonly keys: SigningKeys;
  readonly relyingParties: RelyingParties;
  readonly box: SecretBox;
  readonly clock: Clock;
  /** Common name of new certificates: the host people see. */
  readonly commonName: string;
}

export interface ListedKey {
  readonly key: SigningKey;
  readonly sha256Thumbprint: string;
  /** Entity ids of the applications that are set to this key. */
  readonly pinnedBy: readonly string[];
}

export interface Promoted {
  readonly key: SigningKey;
  /** The key that signed before, still published; undefined when only one application was switched, or there was none. */
  readonly replaced: SigningKey | undefined;
}

/** A key pair made elsewhere that may sign here. */
export interface KeyMaterial extends Pick<SigningKey, 'algorithm' | 'certificate' | 'chain' | 'expiresAt'> {
  /** PKCS#8 DER. */
  readonly privateKey: Buffer;
}

/** Whether a refusal that only protects others is overruled. */
export interface Forcing extends Doing {
  readonly force?: boolean;
}

export const KEY_ALGORITHMS: readonly KeyAlgorithm[] = ['RSA-2048', 'RSA-3072', 'RSA-4096', 'P-256', 'P-384', 'P-521'];

export interface KeyAdmin {
  list(): Promise<readonly ListedKey[]>;
  /** Makes the next key. Throws invalid_input while one exists, unless forced: then that one is given up. */
  rotate(algorithm: KeyAlgorithm, doing: Forcing): Promise<SigningKey>;
  /**
   * Somebody's own key becomes the next key; with `promote` it signs at once. Throws conflict when it is here already;
   * invalid_input as rotate, and, when it shall sign at once, as promote.
   */
  importKey(material: KeyMaterial, doing: Forcing & { readonly promote?: boolean }): Promise<Promoted>;
  /**
   * The next key signs for everybody, or for the one application named. Throws invalid_input within the waiting time
   * unless forced; not_found without a next key.
   */
  promote(only: RelyingPartyRecord | undefined, doing: Forcing): Promise<Promoted>;
  /** Stops publishing old keys and removes them, private parts included. Throws invalid_input when an application is set to one, unless forced; not_found without any. */
  retire(id: string | undefined, doing: Forcing): Promise<readonly SigningKey[]>;
}

/** Use cases over the signing keys. */
export function createKeyAdmin(parts: KeyAdminParts): KeyAdmin {
  const { keys, relyingParties, clock } = parts;

  const pinned = async (): Promise<readonly RelyingPartyRecord[]> => {
    const found: RelyingPartyRecord[] = [];
    for await (const record of everyApplication(relyingParties)) {
      if (record.overrides.signingKey !== undefined) found.push(record);
    }
    return found;
  };

  const pinnedTo = (records: readonly RelyingPartyRecord[], id: SigningKeyId): readonly string[] =>
    records.filter((record) => record.overrides.signingKey === id).map((record) => record.metadata.entityId);

  const savePin = async (record: RelyingPartyRecord, id: SigningKeyId | undefined, doing: Doing): Promise<void> => {
    const { signingKey: _before, ...rest } = record.overrides;
    const overrides = id === undefined ? rest : { ...rest, signingKey: id };
    await relyingParties.save({ ...record, overrides, updatedAt: clock.now() }, changeBy(doing, id === undefined ? 'follow active key' : 'promote key'));
  };

  /** The next keys there are, which have to be given up. */
  const nextKeys = async ({ force }: Forcing): Promise<readonly SigningKey[]> => {
    const given = (await keys.list()).filter((key) => key.state === 'next');
    if (given.length > 0 && force !== true) {
      throw refused('There is a next key already. Promote it with: signet keys promote. To give it up for a new one, use --force.');
    }
    return given;
  };

  const publish = async (key: SigningKey, given: readonly SigningKey[], doing: Doing, action: string): Promise<void> => {
    if (doing.dryRun === true) return;
    await keys.insert(key, changeBy(doing, action));
    if (given.length > 0)
      await keys.transition(
        given.map(({ id, version }) => ({ id, version, to: 'retired', at: clock.now() })),
        changeBy(doing, 'give up next key'),
      );
  };

  const admin: KeyAdmin = {
    list: async () => {
      const records = await pinned();
      return (await keys.list()).map((key) => ({
        key,
        sha256Thumbprint: readCertificate(key.certificate).sha256Thumbprint,
        pinnedBy: pinnedTo(records, key.id),
      }));
    },

    rotate: async (algorithm, doing) => {
      const given = await nextKeys(doing);
      const key = await makeSigningKey({ algorithm, commonName: parts.commonName, now: clock.now(), state: 'next', box: parts.box });
      await publish(key, given, doing, 'rotate keys');
      return key;
    },

    importKey: async (material, doing) => {
      const known = (await keys.list()).find(({ certificate }) => certificate === material.certificate);
      if (known !== undefined) throw new SignetError('conflict', `This key is here already: ${known.id}; see: signet keys list`);
      const given = await nextKeys(doing);
      const active = (await keys.list()).find(({ state }) => state === 'active');
      if (doing.promote === true && active !== undefined && doing.force !== true) {
        throw refused(
          'Applications that read our metadata may not know this key yet. Import it without --promote; or, when all of them know it from the server it comes from, let it sign now with: --promote --force.',
        );
      }
      const key = sealSigningKey(material, { now: clock.now(), state: 'next', box: parts.box });
      await publish(key, given, doing, 'import key');
      if (doing.promote !== true) return { key, replaced: undefined };
      return doing.dryRun === true ? { key, replaced: active } : admin.promote(undefined, doing);
    },

    promote: async (only, doing) => {
      const all = await keys.list();
      const next = newest(all.filter((key) => key.state === 'next'));
      if (next === undefined) throw new SignetError('not_found', 'There is no next key. Make one with: signet keys rotate.');
      const from = next.createdAt + CACHE_SECONDS * 1000;
      const active = all.find((key) => key.state === 'active');
      // Where nothing signs yet, nobody holds an older copy.
      if (active !== undefined && clock.now() < from && doing.force !== true) throw tooEarly(next, from, clock.now());
      if (only !== undefined) {
        if (doing.dryRun !== true) await savePin(only, next.id, doing);
        return { key: next, replaced: undefined };
      }
      if (doing.dryRun === true) return { key: next, replaced: active };
      const at = clock.now();
      const retired = active === undefined ? [] : [{ id: active.id, version: active.version, to: 'retired' as const, at }];
      await keys.transition([...retired, { id: next.id, version: next.version, to: 'active', at }], changeBy(doing, 'promote key'));
      // Applications that were switched ahead follow the active key again, or they would stay behind at the next rollover.
      for (const record of await pinned()) if (record.overrides.signingKey === next.id) await savePin(record, undefined, doing);
      return {
        key: { ...next, version: next.version + 1, state: 'active', activatedAt: at },
        replaced: active === undefined ? undefined : { ...active, version: active.version + 1, state: 'retired', retiredAt: at },
      };
    },

    retire: async (id, doing) => {
      const chosen = choose(await keys.list(), id);
      const records = await pinned();
      const pins = chosen.flatMap((key) => pinnedTo(records, key.id));
      const [first] = pins;
      if (first !== undefined && doing.force !== true) {
        const others = pins.length === 1 ? '' : ` and ${String(pins.length - 1)} more`;
        throw refused(
          `${first}${others} ${pins.length === 1 ? 'is' : 'are'} set to this key. Clear it with: signet rp set ${shellWord(first)} signing-key= , or use --force: then the active key signs for it.`,
        );
      }
      if (doing.dryRun === true) return chosen;
      for (const { id: keyId, version } of chosen) await keys.remove(keyId, version, changeBy(doing, 'retire key'));
      for (const record of records) if (chosen.some((key) => key.id === record.overrides.signingKey)) await savePin(record, undefined, doing);
      return chosen;
    },
  };
  return admin;
}

function newest(list: readonly SigningKey[]): SigningKey | undefined {
  return [...list].sort((a, b) => b.createdAt - a.createdAt)[0];
}

function choose(all: readonly SigningKey[], id: string | undefined): readonly SigningKey[] {
  if (id === undefined) {
    const old = all.filter((key) => key.state === 'retired');
    if (old.length === 0) throw new SignetError('not_found', 'There is no old key to retire. One becomes old when the next key is promoted.');
    return old;
  }
  const key = all.find((candidate) => candidate.id === id);
  if (key === undefined) throw new SignetError('not_found', `There is no key ${id.slice(0, 40)}; see: signet keys list.`);
  if (key.state === 'active') throw refused('The active key cannot be retired. Make another with: signet keys rotate, and promote it first.');
  return [key];
}

function tooEarly(next: SigningKey, from: Instant, now: Instant): SignetError {
  const minutes = Math.ceil((from - now) / 60_000);
  const left = minutes > 60 ? `${String(Math.ceil(minutes / 60))} hours` : minutes > 1 ? `${String(minutes)} minutes` : 'a minute';
  return refused(
    `The next key was published on ${new Date(next.createdAt).toISOString()}; applications may work by metadata that is ${showSeconds(CACHE_SECONDS)} old. Promote it in ${left}, or now with --force.`,
  );
}

function refused(sentence: string): SignetError {
  return new SignetError('invalid_input', sentence);
}
