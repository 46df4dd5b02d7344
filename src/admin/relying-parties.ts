/** What administrators do with applications, once for console, REST and command line (threats M01, M04, S18, I02). */
import { SignetError } from '../core/errors.js';
import type { RelyingPartyRecord } from '../core/model/relying-party.js';
import type { Page, RelyingParties } from '../core/ports.js';
import { changeBy, type Doing } from './doing.js';
import { compareMetadata, type MetadataChange } from './metadata-changes.js';
import { type MetadataSource, readSource, type SourceOptions } from './metadata-source.js';
import { findApplication, refuseTakenNames } from './relying-party-names.js';
import { type Added, createRegistration, readMetadata, type Registration, type RegistrationParts } from './relying-party-registration.js';
import { assignSettings } from './relying-party-assignments.js';
import { RELYING_PARTY_SETTINGS } from './relying-party-settings.js';
import type { Assignment } from './setting-values.js';

export interface SettingChange {
  readonly key: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export interface Refreshed extends Added {
  /** Empty when nothing changed: then nothing was written. */
  readonly changes: readonly MetadataChange[];
}

export interface RelyingPartyAdmin extends Registration {
  /** All assignments or none. Throws invalid_input, not_found, conflict when an identifier is taken. */
  set(
    entityId: string,
    assignments: readonly Assignment[],
    options: SourceOptions,
    doing: Doing,
  ): Promise<{ readonly record: RelyingPartyRecord; readonly changes: readonly SettingChange[] }>;
  setEnabled(entityId: string, enabled: boolean, doing: Doing): Promise<RelyingPartyRecord>;
  remove(entityId: string, doing: Doing): Promise<RelyingPartyRecord>;
  /**
   * Reads the metadata again, from where it came from or from a new source, which then is remembered. Throws
   * invalid_input when it is for another entity or cannot be used: the copy that is held stays (SAML Metadata 4.3.1).
   */
  refresh(entityId: string, source: MetadataSource, options: SourceOptions, doing: Doing): Promise<Refreshed>;
  /** By identifier, or by name when exactly one application has it. Throws not_found. */
  find(entityIdOrName: string): Promise<RelyingPartyRecord>;
  list(filter: Parameters<RelyingParties['list']>[0], page: Page): Promise<readonly RelyingPartyRecord[]>;
}

/** Use cases over the registry. */
export function createRelyingPartyAdmin(parts: RegistrationParts): RelyingPartyAdmin {
  const { relyingParties, clock } = parts;

  const find = (name: string): Promise<RelyingPartyRecord> => findApplication(relyingParties, name);

  const save = async (record: RelyingPartyRecord, action: string, doing: Doing): Promise<RelyingPartyRecord> => {
    const changed = { ...record, updatedAt: clock.now() };
    return doing.dryRun === true ? changed : relyingParties.save(changed, changeBy(doing, action));
  };

  return {
    ...createRegistration(parts),
    find,
    list: (filter, page) => relyingParties.list(filter, page),

    set: async (entityId, assignments, options, doing) => {
      const before = await find(entityId);
      const context = { metadata: before.metadata, keys: await parts.signingKeys.list(), allowHttp: options.allowHttp === true };
      const after = assignSettings(before, assignments, context);
      const changes = settingChanges(before, after);
      if (changes.length === 0) return { record: before, changes };
      await refuseTakenNames(before, after, parts);
      return { record: await save(after, 'set application', doing), changes };
    },

    setEnabled: async (entityId, enabled, doing) => {
      const record = await find(entityId);
      if (record.enabled === enabled) return record;
      return save({ ...record, enabled }, enabled ? 'enable application' : 'disable application', doing);
    },

    remove: async (entityId, doing) => {
      const record = await find(entityId);
      if (doing.dryRun !== true) await relyingParties.remove(record.id, changeBy(doing, 'remove application'));
      return record;
    },

    refresh: async (entityId, source, options, doing) => {
      const before = await find(entityId);
      const read = await readSource(source, parts.fetchAllow, options);
      const now = clock.now();
      const { metadata, findings } = readMetadata(read, { now, keepEntityId: before.metadata.entityId, allowHttp: options.allowHttp === true });
      const changes = compareMetadata(before.metadata, metadata);
      const moved = read.source.kind !== before.source.kind || read.source.location !== before.source.location;
      if (changes.length === 0 && !moved) return { record: before, findings, changes };
      const after = { ...before, metadata, source: { ...read.source, readAt: now } };
      await refuseTakenNames(before, after, parts);
      return { record: await save(after, 'refresh application', doing), findings, changes };
    },
  };
}

/** Where the metadata is read again. Throws invalid_input for an application that was registered by hand. */
export function whereToReadAgain({ source, metadata }: RelyingPartyRecord): string {
  if (source.kind !== 'hand') return source.location;
  throw new SignetError(
    'invalid_input',
    `${metadata.entityId} was registered by hand: there is no metadata to read again. If it has some, name the file or address behind the identifier.`,
  );
}

function settingChanges(before: RelyingPartyRecord, after: RelyingPartyRecord): readonly SettingChange[] {
  const enabled = { key: 'enabled', before: String(before.enabled), after: String(after.enabled) };
  const overrides = RELYING_PARTY_SETTINGS.map(({ key, override }) => ({ key, before: override(before.overrides), after: override(after.overrides) }));
  return [enabled, ...overrides].filter((change) => change.before !== change.after);
}
