/**
 * Metadata of applications is read again in the background when its time has come (IIP-MD02, MET-05). A source that
 * cannot be read costs nothing but a line in the log: the copy in force stays until its own end.
 */
import type { MetadataRefresh, Refreshed } from '../admin/metadata-refresh.js';
import { DAY_MS, firstReading, isRefreshed, nextReading, nextTry } from '../admin/metadata-schedule.js';
import type { SourceText } from '../admin/metadata-source.js';
import { SignetError } from '../core/errors.js';
import type { Instant } from '../core/model/ids.js';
import type { MetadataReading } from '../core/model/metadata-history.js';
import type { RelyingPartyRecord } from '../core/model/relying-party.js';
import type { Clock, MetadataHistory, RelyingParties } from '../core/ports.js';
import type { Job, Turn } from './scheduler.js';

export interface RefreshJobParts {
  readonly relyingParties: Pick<RelyingParties, 'findById'>;
  readonly metadataHistory: Pick<MetadataHistory, 'due' | 'reading' | 'note'>;
  readonly refresh: Pick<MetadataRefresh, 'fetch' | 'take'>;
  readonly clock: Clock;
  readonly log: {
    info(message: string, fields: Readonly<Record<string, unknown>>): void;
    warn(message: string, fields: Readonly<Record<string, unknown>>): void;
  };
  /** Between two looks for what is due; half a minute unless a test says otherwise. */
  readonly everyMs?: number;
}

/** An application whose time has come, and what is known of its source. */
interface Due {
  readonly record: RelyingPartyRecord;
  readonly reading: MetadataReading;
}

const EVERY_MS = 30_000;
const MOST_AT_ONCE = 4;
/** Of one turn; the rest is due in the next. */
const MOST_DUE = 200;
const SYSTEM = { actor: 'system' };

/** The job for the scheduler. */
export function createRefreshJob(parts: RefreshJobParts): Job {
  return { name: 'metadata-refresh', everyMs: parts.everyMs ?? EVERY_MS, run: (turn) => readAllDue(parts, turn) };
}

async function readAllDue(parts: RefreshJobParts, turn: Turn): Promise<void> {
  const due: Due[] = [];
  for (const id of await parts.metadataHistory.due(parts.clock.now(), MOST_DUE)) {
    const record = await parts.relyingParties.findById(id);
    const ready = record === undefined ? undefined : await look(parts, record);
    if (ready !== undefined) due.push(ready);
  }
  const sources = bySource(due);
  const readOn = async (): Promise<void> => {
    for (let next = sources.pop(); next !== undefined && (await turn.keep()); next = sources.pop()) await readSource(parts, next, turn);
  };
  await Promise.all(Array.from({ length: MOST_AT_ONCE }, readOn));
}

/** What is read now; anything else is put off until it may have something to say. */
async function look(parts: RefreshJobParts, record: RelyingPartyRecord): Promise<Due | undefined> {
  const now = parts.clock.now();
  const known = await parts.metadataHistory.reading(record.id);
  const reading = warnOfEnd(parts, record, known ?? { failures: 0, nextAt: now });
  if (!isRefreshed(record)) {
    const { warnedOf } = reading;
    await parts.metadataHistory.note(record.id, { failures: 0, nextAt: nextLook(record, now), ...(warnedOf === undefined ? {} : { warnedOf }) });
    return undefined;
  }
  if (known !== undefined) return { record, reading };
  await parts.metadataHistory.note(record.id, { ...reading, succeededAt: record.source.readAt, nextAt: firstReading(record, now) });
  return undefined;
}

/** The parties of one source stand together: it is fetched once for them all. */
function bySource(due: readonly Due[]): Due[][] {
  const sources = new Map<string, Due[]>();
  for (const one of due) {
    const { location, allowHttp, allowPrivate } = one.record.source;
    const key = JSON.stringify([location, allowHttp === true, allowPrivate === true]);
    sources.set(key, [...(sources.get(key) ?? []), one]);
  }
  return [...sources.values()];
}

async function readSource(parts: RefreshJobParts, members: readonly Due[], turn: Turn): Promise<void> {
  const [first] = members;
  if (first === undefined) return;
  let read: SourceText | 'unchanged' | SignetError;
  try {
    read = await parts.refresh.fetch(first.record, { ...copyKnownToAll(members), signal: turn.signal });
  } catch (error) {
    if (turn.signal.aborted) return;
    read = unusable(error);
  }
  for (const member of members) {
    // Whoever was frozen while it read has an old copy in its hands.
    if (!(await turn.keep())) return;
    await settle(parts, member, read);
  }
}

/** What is sent along, so that only another copy is an answer: when all of them have seen the same, and were not changed since. */
function copyKnownToAll(members: readonly Due[]): Pick<MetadataReading, 'etag' | 'lastModified'> {
  const [first, ...others] = members.map(({ record, reading: { etag, lastModified, recordVersion } }) =>
    recordVersion === record.version ? { ...(etag === undefined ? {} : { etag }), ...(lastModified === undefined ? {} : { lastModified }) } : {},
  );
  return first !== undefined && others.every((other) => JSON.stringify(other) === JSON.stringify(first)) ? first : {};
}

async function settle(parts: RefreshJobParts, { record, reading }: Due, read: SourceText | 'unchanged' | SignetError): Promise<void> {
  const { clock, metadataHistory, refresh, log } = parts;
  const app = record.metadata.entityId;
  try {
    if (read instanceof SignetError) throw read;
    const refreshed = read === 'unchanged' ? undefined : await refresh.take(record, read, SYSTEM);
    tell(parts, app, refreshed);
    if (reading.failures > 0) log.info('metadata can be read again', { app });
    const after = refreshed?.record ?? record;
    const now = clock.now();
    await metadataHistory.note(record.id, {
      checkedAt: now,
      succeededAt: now,
      failures: 0,
      nextAt: nextReading(after, now),
      ...copyOf(read === 'unchanged' ? reading : read),
      recordVersion: after.version,
      ...(reading.warnedOf === undefined ? {} : { warnedOf: reading.warnedOf }),
    });
  } catch (error) {
    const { message, code } = unusable(error);
    const now = clock.now();
    // Somebody changed it at this moment: it is read anew.
    if (code === 'conflict') {
      await metadataHistory.note(record.id, { ...reading, nextAt: nextTry(record, 1, now) });
      return;
    }
    if (message !== reading.lastError) log.warn('metadata could not be read again; the copy in force stays', { app, reason: message });
    const failures = reading.failures + 1;
    await metadataHistory.note(record.id, { ...reading, checkedAt: now, failures, lastError: message, nextAt: nextTry(record, failures, now) });
  }
}

function copyOf({ etag, lastModified }: Pick<MetadataReading, 'etag' | 'lastModified'>): Pick<MetadataReading, 'etag' | 'lastModified'> {
  return { ...(etag === undefined ? {} : { etag }), ...(lastModified === undefined ? {} : { lastModified }) };
}

function tell({ log }: RefreshJobParts, app: string, refreshed: Refreshed | undefined): void {
  if (refreshed?.isNews !== true) return;
  const changes = refreshed.changes.map(({ what }) => what);
  if (refreshed.outcome === 'held') log.warn('changed metadata waits for a decision', { app, reasons: refreshed.reasons, changes });
  else log.info('changed metadata was applied', { app, changes });
}

/** Errors about the source or its content; anything else, as a database that is away, ends the turn. */
function unusable(error: unknown): SignetError {
  if (error instanceof SignetError && error.code !== 'unavailable') return error;
  throw error;
}

/** Once for each end, a day before it. */
function warnOfEnd({ clock, log }: RefreshJobParts, { enabled, metadata }: RelyingPartyRecord, reading: MetadataReading): MetadataReading {
  const { validUntil, entityId } = metadata;
  if (!enabled || validUntil === undefined || validUntil - clock.now() > DAY_MS || reading.warnedOf === validUntil) return reading;
  log.warn('metadata ends soon; without a newer copy sign-ons are refused', { app: entityId, validUntil: new Date(validUntil).toISOString() });
  return { ...reading, warnedOf: validUntil };
}

/** Metadata without a source that is read is looked at for its end alone. */
function nextLook({ metadata: { validUntil } }: RelyingPartyRecord, now: Instant): Instant {
  const warning = validUntil === undefined ? 0 : validUntil - DAY_MS;
  return warning > now ? Math.min(now + DAY_MS, warning) : now + DAY_MS;
}
