/** What administrators do with applications, once for console, REST and command line (threats M01, M04, S18, I02). */
import { SignetError } from '../core/errors.js';
import type { RelyingPartyRecord } from '../core/model/relying-party.js';
import type { Page, RelyingParties } from '../core/ports.js';
import { changeBy, type Doing } from './doing.js';
import type { SourceOptions } from './metadata-source.js';
import { findApplication, refuseTakenNames } from './relying-party-names.js';
import { createRegistration, type Registration, type RegistrationParts } from './relying-party-registration.js';
import { assignSettings } from './relying-party-assignments.js';
import { RELYING_PARTY_SETTINGS } from './relying-party-settings.js';
import type { Assignment } from './setting-values.js';

export interface SettingChange {
  readonly key: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
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
