/** What administrators do with applications, once for console, REST and command line (threats M01, M04, S18, I02). */
import { SignetError } from '../core/errors.js';
import { asId } from '../core/model/ids.js';
import type { RelyingPartyRecord } from '../core/model/relying-party.js';
import type { Change, Clock, Page, RelyingParties, SigningKeys } from '../core/ports.js';
import { readServiceProvider, type ReadOptions, type ReadResult } from '../protocols/saml/metadata/read.js';
import { compareMetadata, type MetadataChange } from './metadata-changes.js';
import { type MetadataSource, readSource, type SourceOptions, type SourceText } from './metadata-source.js';
import { assignSettings, RELYING_PARTY_SETTINGS } from './relying-party-settings.js';
import { type Assignment, readLine, show } from './setting-values.js';

export interface RelyingPartyAdminParts {
  readonly relyingParties: RelyingParties;
  readonly signingKeys: Pick<SigningKeys, 'list'>;
  readonly clock: Clock;
  readonly makeId: () => string;
  /** Ours: no application may have it. */
  readonly entityId: string;
  /** Private ranges metadata may be fetched from (SIGNET_FETCH_ALLOW). */
  readonly fetchAllow: readonly string[];
}

/** Who does it, and whether it is only tried out: then everything is checked and nothing is written. */
export interface Doing {
  readonly actor: string;
  readonly dryRun?: boolean;
}

export interface AddOptions extends SourceOptions {
  readonly name?: string;
  /** Switched on for everyone unless false. */
  readonly enabled?: boolean;
  /** Which entity of an aggregate. */
  readonly entityId?: string;
}

export interface Added {
  readonly record: RelyingPartyRecord;
  /** Things worth knowing that refuse nothing, one sentence each. */
  readonly findings: readonly string[];
}

export interface SettingChange {
  readonly key: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export interface Refreshed extends Added {
  /** Empty when nothing changed: then nothing was written. */
  readonly changes: readonly MetadataChange[];
}

export interface RelyingPartyAdmin {
  /** Throws invalid_input with a sentence about the metadata; conflict when the entity id is taken, or ours. */
  add(source: MetadataSource, options: AddOptions, doing: Doing): Promise<Added>;
  /** All assignments or none. Throws invalid_input, not_found. */
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
  /** By entity id, or by name when exactly one application has it. Throws not_found. */
  find(entityIdOrName: string): Promise<RelyingPartyRecord>;
  list(filter: Parameters<RelyingParties['list']>[0], page: Page): Promise<readonly RelyingPartyRecord[]>;
}

const NAME_MATCHES = 20;

/** Use cases over the registry. */
export function createRelyingPartyAdmin(parts: RelyingPartyAdminParts): RelyingPartyAdmin {
  const { relyingParties, clock } = parts;

  const find = (name: string): Promise<RelyingPartyRecord> => findApplication(relyingParties, name);

  const save = async (record: RelyingPartyRecord, action: string, doing: Doing): Promise<RelyingPartyRecord> => {
    const changed = { ...record, updatedAt: clock.now() };
    return doing.dryRun === true ? changed : relyingParties.save(changed, change(action, doing));
  };

  return {
    find,
    list: (filter, page) => relyingParties.list(filter, page),

    add: async (source, options, doing) => {
      const read = await readSource(source, parts.fetchAllow, options);
      const { metadata, findings } = readMetadata(read, {
        now: clock.now(),
        allowHttp: options.allowHttp === true,
        ...(options.entityId === undefined ? {} : { entityId: options.entityId }),
      });
      if (metadata.entityId === parts.entityId) {
        throw new SignetError('conflict', `${metadata.entityId} is the entity ID of this Signet; an application needs one of its own.`);
      }
      if ((await relyingParties.findByEntityId(metadata.entityId)) !== undefined) {
        throw new SignetError(
          'conflict',
          `${metadata.entityId} is registered already. To read new metadata into it, use: signet rp refresh ${metadata.entityId}`,
        );
      }
      const now = clock.now();
      const record: RelyingPartyRecord = {
        id: asId(parts.makeId()),
        version: 1,
        enabled: options.enabled !== false,
        metadata,
        overrides: options.name === undefined ? {} : { name: readLine('name', options.name, 256) },
        source: { ...read.source, readAt: now },
        createdAt: now,
        updatedAt: now,
      };
      if (doing.dryRun !== true) await relyingParties.insert(record, change('add application', doing));
      return { record, findings };
    },

    set: async (entityId, assignments, options, doing) => {
      const before = await find(entityId);
      const context = { metadata: before.metadata, keys: await parts.signingKeys.list(), allowHttp: options.allowHttp === true };
      const after = assignSettings(before, assignments, context);
      const changes = settingChanges(before, after);
      return { record: changes.length === 0 ? before : await save(after, 'set application', doing), changes };
    },

    setEnabled: async (entityId, enabled, doing) => {
      const record = await find(entityId);
      if (record.enabled === enabled) return record;
      return save({ ...record, enabled }, enabled ? 'enable application' : 'disable application', doing);
    },

    remove: async (entityId, doing) => {
      const record = await find(entityId);
      if (doing.dryRun !== true) await relyingParties.remove(record.id, change('remove application', doing));
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
      return { record: await save({ ...before, metadata, source: { ...read.source, readAt: now } }, 'refresh application', doing), findings, changes };
    },
  };
}

/** By entity id, or by name when exactly one application has it. Throws not_found. */
export async function findApplication(relyingParties: Pick<RelyingParties, 'findByEntityId' | 'list'>, name: string): Promise<RelyingPartyRecord> {
  const exact = await relyingParties.findByEntityId(name);
  if (exact !== undefined) return exact;
  const similar = await relyingParties.list({ text: name }, { limit: NAME_MATCHES });
  const named = similar.filter((record) => nameOf(record).toLowerCase() === name.toLowerCase());
  const [only] = named;
  if (only !== undefined && named.length === 1) return only;
  const hint = similar
    .slice(0, 3)
    .map((record) => record.metadata.entityId)
    .join(', ');
  throw new SignetError('not_found', `${show(name)} is not an application here${hint === '' ? '' : `; there is ${hint}`}.`);
}

/** What people call the application. */
export function nameOf(record: RelyingPartyRecord): string {
  return record.overrides.name ?? record.metadata.displayName ?? record.metadata.entityId;
}

function readMetadata(read: SourceText, options: ReadOptions): ReadResult {
  try {
    return readServiceProvider(read.text, options);
  } catch (error) {
    if (read.hint === undefined || !(error instanceof SignetError)) throw error;
    throw new SignetError('invalid_input', `${read.hint} ${error.message}`, { cause: error });
  }
}

function settingChanges(before: RelyingPartyRecord, after: RelyingPartyRecord): readonly SettingChange[] {
  const enabled = { key: 'enabled', before: String(before.enabled), after: String(after.enabled) };
  const overrides = RELYING_PARTY_SETTINGS.map(({ key, override }) => ({ key, before: override(before.overrides), after: override(after.overrides) }));
  return [enabled, ...overrides].filter((change) => change.before !== change.after);
}

function change(action: string, { actor }: Doing): Change {
  return { actor, action };
}
