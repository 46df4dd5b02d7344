/**
 * The metadata of an application read again, by itself or because somebody asked: harmless changes are applied, dangerous
 * ones held for a person (threats M01, M04, M05; MET-05, IIP-MD02). What is in force is always one document as the other
 * side published it: when anything in it is dangerous, all of it waits.
 */
import { SignetError } from '../core/errors.js';
import { differOnlyInEnd, type HeldMetadata } from '../core/model/metadata-history.js';
import type { MetadataRefresh as RefreshSettings, RelyingPartyMetadata, RelyingPartyRecord } from '../core/model/relying-party.js';
import type { Clock, MetadataHistory, RelyingParties } from '../core/ports.js';
import { shellWord } from '../core/shell-word.js';
import { changeBy, type Doing } from './doing.js';
import { type KeyChanges, dangersOf, weighMetadata, type WeighedChange } from './metadata-effects.js';
import { nextReading } from './metadata-schedule.js';
import { allowed, type KnownCopy, type MetadataSource, readAddress, readSource, type SourceOptions, type SourceText } from './metadata-source.js';
import { findApplication, refuseTakenNames } from './relying-party-names.js';
import { type Added, readMetadata } from './relying-party-registration.js';

export interface MetadataRefreshParts {
  readonly relyingParties: RelyingParties;
  readonly metadataHistory: MetadataHistory;
  readonly clock: Clock;
  /** Our entity ID and issuer: no application may have one of them. */
  readonly ownNames: readonly string[];
  /** Private ranges metadata may be fetched from (SIGNET_FETCH_ALLOW). */
  readonly fetchAllow: readonly string[];
  /** As SIGNET_METADATA_MAX_DAYS. */
  readonly maxDays?: number | undefined;
  /** For one reading in the background; as every fetch unless given. */
  readonly timeoutMs?: number;
}

export interface RefreshOptions extends SourceOptions {
  /** Dangerous changes as well. */
  readonly accept?: boolean;
  /** base64 DER: pinned from now on. */
  readonly certificates?: readonly string[];
}

export interface Refreshed extends Added {
  /** `held`: what was read waits for a person. */
  readonly outcome: 'unchanged' | 'applied' | 'held';
  /** Between what was in force before and what was read. */
  readonly changes: readonly WeighedChange[];
  /** Why it waits; empty unless it does. */
  readonly reasons: readonly string[];
  /** False when it waited before. */
  readonly isNews: boolean;
}

export interface HeldChange {
  readonly record: RelyingPartyRecord;
  readonly held: HeldMetadata;
  /** Between what is in force now and what is held. */
  readonly changes: readonly WeighedChange[];
}

export interface MetadataRefresh {
  /**
   * Because somebody asked: from where it came or from a new source, which then is remembered. Throws invalid_input when
   * it is for another entity or cannot be used, conflict when a name is taken: the copy in force stays (SAML Metadata 4.3.1).
   */
  refresh(entityId: string, source: MetadataSource, options: RefreshOptions, doing: Doing): Promise<Refreshed>;
  /** The text of a source that several applications may come from. Throws invalid_input with a sentence. */
  fetch(record: RelyingPartyRecord, known: KnownCopy): Promise<SourceText | 'unchanged'>;
  /** By itself: what was fetched, for one application that comes from there. Throws as `refresh`. */
  take(record: RelyingPartyRecord, read: SourceText, doing: Doing): Promise<Refreshed>;
  /** What is held of an application. Throws not_found when nothing is. */
  held(entityId: string): Promise<HeldChange>;
  /** Puts what is held in force, as it was shown. Throws as `held`, conflict when a name is taken. */
  accept(entityId: string, doing: Doing): Promise<HeldChange>;
  /** Leaves what is in force, until the source says something else again. Throws as `held`. */
  drop(entityId: string, doing: Doing): Promise<HeldChange>;
}

/** How a reading is treated. */
interface Terms {
  /** Somebody asked for it, and sees what it says. */
  readonly asked: boolean;
  readonly accept: boolean;
}

/** Use cases over the registry. */
export function createMetadataRefresh(parts: MetadataRefreshParts): MetadataRefresh {
  const { relyingParties, metadataHistory, clock, timeoutMs } = parts;
  const find = (name: string): Promise<RelyingPartyRecord> => findApplication(relyingParties, name);

  const save = async (record: RelyingPartyRecord, action: string, doing: Doing): Promise<RelyingPartyRecord> => {
    const changed = { ...record, updatedAt: clock.now() };
    return doing.dryRun === true ? changed : relyingParties.save(changed, changeBy(doing, action));
  };

  const release = async (record: RelyingPartyRecord, doing: Doing): Promise<void> => {
    if (doing.dryRun !== true) await metadataHistory.hold(record, undefined, changeBy(doing, 'source says again what is in force'));
  };

  /** What is kept already stays as it is, wanted or not. */
  const keep = async (record: RelyingPartyRecord, held: HeldMetadata, { asked }: Terms, doing: Doing): Promise<'new' | 'known' | 'dropped'> => {
    const before = await metadataHistory.held(record.id);
    const isDropped = before?.droppedAt !== undefined;
    if (before !== undefined && !(asked && isDropped) && saysTheSame(before.metadata, held.metadata, clock.now())) return isDropped ? 'dropped' : 'known';
    if (doing.dryRun !== true) await metadataHistory.hold(record, held, changeBy(doing, 'hold metadata'));
    return 'new';
  };

  /** What was read, for one application: applied, held, or nothing new. @param before as stored, but for pins that come with the reading */
  const settle = async (stored: RelyingPartyRecord, before: RelyingPartyRecord, read: SourceText, terms: Terms, doing: Doing): Promise<Refreshed> => {
    const now = clock.now();
    const certificates = before.overrides.refresh?.certificates ?? [];
    const { metadata, findings } = readMetadata(read, {
      now,
      maxDays: parts.maxDays,
      keepEntityId: before.metadata.entityId,
      // A new address with http is held, like any other that could hurt.
      allowHttp: !terms.asked || read.source.allowHttp === true,
      ...(certificates.length === 0 ? {} : { certificates }),
    });
    const source = { ...read.source, readAt: now };
    const after = { ...before, metadata, source };
    const changes = weighMetadata(before, metadata, { keys: terms.asked ? 'any' : keysThatMayChange(after) });
    const nothing = { findings, outcome: 'unchanged', changes: [], reasons: [], isNews: false } as const;

    const taken = await whoHasNames(before, after);
    if (taken !== undefined && terms.asked) throw taken;
    const waits =
      !terms.asked && before.overrides.refresh?.mode === 'hold' && changes.length > 0 ? ['every change of this application waits (refresh=hold)'] : [];
    const reasons = [...dangersOf(changes), ...(taken === undefined ? [] : [taken.message]), ...waits];
    if (reasons.length > 0 && !terms.accept) {
      const record = before === stored ? before : await save(before, 'pin metadata certificate', doing);
      const kept = await keep(record, { metadata, heldAt: now, source, reasons }, terms, doing);
      return kept === 'dropped' ? { ...nothing, record } : { ...nothing, record, outcome: 'held', changes, reasons, isNews: kept === 'new' };
    }

    const isMoved = !isSameSource(stored, source) || before !== stored;
    const isOther = terms.asked ? changes.length > 0 : !saysTheSame(before.metadata, metadata, now);
    const record = isOther || isMoved ? await save(after, 'refresh application', doing) : before;
    await release(record, doing);
    return isOther && changes.length > 0 ? { ...nothing, record, outcome: 'applied', changes, isNews: true } : { ...nothing, record };
  };

  const whoHasNames = async (before: RelyingPartyRecord, after: RelyingPartyRecord): Promise<SignetError | undefined> => {
    try {
      await refuseTakenNames(before, after, parts);
      return undefined;
    } catch (error) {
      if (error instanceof SignetError && error.code === 'conflict') return error;
      throw error;
    }
  };

  const findHeld = async (entityId: string): Promise<HeldChange> => {
    const record = await find(entityId);
    const held = await metadataHistory.held(record.id);
    if (held === undefined || held.droppedAt !== undefined) {
      throw new SignetError('not_found', `Nothing is held of ${record.metadata.entityId}.`);
    }
    return { record, held, changes: weighMetadata(record, held.metadata, { keys: keysThatMayChange(record) }) };
  };

  return {
    refresh: async (entityId, source, options, doing) => {
      const stored = await find(entityId);
      const before = options.certificates === undefined ? stored : withRefresh(stored, { certificates: options.certificates });
      const read = await readSource(source, parts.fetchAllow, isSameSource(stored, source) ? { ...stored.source, ...allowed(options) } : options);
      const refreshed = await settle(stored, before, read, { asked: true, accept: options.accept === true }, doing);
      if (doing.dryRun !== true) await noteAsked(parts, refreshed);
      return refreshed;
    },
    fetch: ({ source }, known) => readAddress(source.location, parts.fetchAllow, source, { ...known, ...(timeoutMs === undefined ? {} : { timeoutMs }) }),
    take: (record, read, doing) => settle(record, record, read, { asked: false, accept: false }, doing),
    held: findHeld,
    accept: async (entityId, doing) => {
      const { record: before, held, changes } = await findHeld(entityId);
      refuseEnded(held, before, clock.now());
      const after = { ...before, metadata: held.metadata, source: held.source };
      await refuseTakenNames(before, after, parts);
      return { record: await save(after, 'accept held metadata', doing), held, changes };
    },
    drop: async (entityId, doing) => {
      const found = await findHeld(entityId);
      const dropped = { ...found.held, droppedAt: clock.now() };
      if (doing.dryRun !== true) await metadataHistory.hold(found.record, dropped, changeBy(doing, 'drop held metadata'));
      return found;
    },
  };
}

/** A source that was read because somebody asked is not read by itself until its interval has passed. */
async function noteAsked({ metadataHistory, clock }: MetadataRefreshParts, { record }: Refreshed): Promise<void> {
  const now = clock.now();
  await metadataHistory.note(record.id, {
    checkedAt: now,
    failures: 0,
    nextAt: nextReading(record, now),
    ...(record.source.kind === 'url' ? { succeededAt: now } : {}),
  });
}

/** The record with other settings of its refresh. */
export function withRefresh(record: RelyingPartyRecord, settings: RefreshSettings): RelyingPartyRecord {
  return { ...record, overrides: { ...record.overrides, refresh: { ...record.overrides.refresh, ...settings } } };
}

/** Which keys a reading of this source may bring by itself. */
function keysThatMayChange({ overrides, source }: RelyingPartyRecord): KeyChanges {
  if ((overrides.refresh?.certificates ?? []).length > 0) return 'any';
  return source.kind === 'url' && /^https:/iu.test(source.location) ? 'beside' : 'none';
}

function isSameSource({ source }: RelyingPartyRecord, other: Pick<RelyingPartyRecord['source'], 'kind' | 'location'>): boolean {
  return source.kind === other.kind && source.location === other.location;
}

/**
 * Nothing is written for an end that moved on by less than a tenth of the time that was left: metadata that is made
 * anew for each reader would be a change of the configuration each time.
 */
function saysTheSame(before: RelyingPartyMetadata, after: RelyingPartyMetadata, now: number): boolean {
  if (!differOnlyInEnd(before, after)) return false;
  const [one, other] = [before.validUntil, after.validUntil];
  return one === other || (one !== undefined && other !== undefined && other > one && other - one < (one - now) / 10);
}

function refuseEnded({ metadata: { validUntil } }: HeldMetadata, record: RelyingPartyRecord, now: number): void {
  if (validUntil === undefined || validUntil > now) return;
  throw new SignetError(
    'invalid_input',
    `What is held ended on ${new Date(validUntil).toISOString()}; read the source again with: signet rp refresh ${shellWord(record.metadata.entityId)} --accept`,
  );
}
