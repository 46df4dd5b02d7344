/** Earlier versions of an application's metadata: looked at, compared, put back. */
import { SignetError } from '../core/errors.js';
import type { MetadataVersion } from '../core/model/metadata-history.js';
import type { RelyingPartyRecord } from '../core/model/relying-party.js';
import { changeBy, type Doing } from './doing.js';
import { weighMetadata, type WeighedChange } from './metadata-effects.js';
import { type MetadataRefreshParts, withRefresh } from './metadata-refresh.js';
import { isRefreshed } from './metadata-schedule.js';
import { findApplication, refuseTakenNames } from './relying-party-names.js';

export interface Versions {
  readonly record: RelyingPartyRecord;
  /** Newest first: the first is in force. */
  readonly versions: readonly MetadataVersion[];
}

export interface Compared {
  readonly record: RelyingPartyRecord;
  readonly changes: readonly WeighedChange[];
}

export interface Restored extends Compared {
  /** Its source is read by itself, and from now on every change of it waits: else the next reading would undo this. */
  readonly isHolding: boolean;
}

export interface MetadataVersions {
  list(entityId: string): Promise<Versions>;
  /** From one version to another; without the other, from what is in force to the one. Throws not_found. */
  compare(entityId: string, one: number, other: number | undefined): Promise<Compared>;
  /** Puts a version in force. Throws not_found, invalid_input when it has ended, conflict when a name of it is taken. */
  restore(entityId: string, number: number, doing: Doing): Promise<Restored>;
}

/** Use cases over the registry. */
export function createMetadataVersions(parts: MetadataRefreshParts): MetadataVersions {
  const { relyingParties, metadataHistory, clock } = parts;

  const list = async (entityId: string): Promise<Versions> => {
    const record = await findApplication(relyingParties, entityId);
    return { record, versions: await metadataHistory.versions(record.id) };
  };

  return {
    list,
    compare: async (entityId, one, other) => {
      const { record, versions } = await list(entityId);
      const from = other === undefined ? record.metadata : find(versions, one, record).metadata;
      const to = find(versions, other ?? one, record).metadata;
      return { record, changes: weighMetadata({ ...record, metadata: from }, to, { keys: 'any' }) };
    },
    restore: async (entityId, number, doing) => {
      const { record: before, versions } = await list(entityId);
      const { metadata } = find(versions, number, before);
      const { validUntil } = metadata;
      if (validUntil !== undefined && validUntil < clock.now()) {
        const ended = new Date(validUntil).toISOString();
        throw new SignetError(
          'invalid_input',
          `Version ${String(number)} ended on ${ended}, so its sign-ons would be refused; restore a newer one, or read current metadata.`,
        );
      }
      const changes = weighMetadata(before, metadata, { keys: 'any' });
      const isHolding = isRefreshed(before);
      if (changes.length === 0) return { record: before, changes, isHolding: false };
      const after = { ...(isHolding ? withRefresh(before, { mode: 'hold' }) : before), metadata, updatedAt: clock.now() };
      await refuseTakenNames(before, after, parts);
      const record = doing.dryRun === true ? after : await relyingParties.save(after, changeBy(doing, `restore version ${String(number)} of the metadata`));
      return { record, changes, isHolding };
    },
  };
}

function find(versions: readonly MetadataVersion[], number: number, { metadata }: RelyingPartyRecord): MetadataVersion {
  const found = versions.find((version) => version.number === number);
  if (found !== undefined) return found;
  const [newest, oldest] = [versions.at(0), versions.at(-1)];
  const which = newest === undefined || oldest === undefined ? 'none is kept' : `there are ${String(oldest.number)} to ${String(newest.number)}`;
  throw new SignetError('not_found', `${metadata.entityId} has no version ${String(number)} of its metadata; ${which}.`);
}
