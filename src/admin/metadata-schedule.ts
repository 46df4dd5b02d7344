/** When the source of an application's metadata is read next (SAML Metadata 4.3.1). */
import type { Instant } from '../core/model/ids.js';
import type { RelyingPartyRecord } from '../core/model/relying-party.js';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
export const DAY_MS = 24 * 60 * MINUTE_MS;
/** Nobody is asked more often, whatever metadata and settings say. */
export const LEAST_INTERVAL_SECONDS = 5 * 60;
export const MOST_INTERVAL_SECONDS = 24 * 60 * 60;
const FIRST_PAUSE_MS = MINUTE_MS;
const MOST_PAUSE_MS = 60 * MINUTE_MS;
/** Sources that are all overdue, after an upgrade for instance, are read within this time. */
const HERD_MS = 10 * MINUTE_MS;

type Refreshed = Pick<RelyingPartyRecord, 'metadata' | 'overrides' | 'source'>;

/** True for an application whose source is read by itself. */
export function isRefreshed({ source, overrides }: Refreshed): boolean {
  return source.kind === 'url' && overrides.refresh?.mode !== 'off';
}

/** After a reading: as set, else as the metadata says; half of the time that is left before its end, so that there is time to try again. */
export function nextReading(record: Refreshed, now: Instant): Instant {
  const { metadata, overrides } = record;
  const wanted = overrides.refresh?.intervalSeconds ?? metadata.cacheSeconds ?? MOST_INTERVAL_SECONDS;
  const left = metadata.validUntil === undefined ? Number.POSITIVE_INFINITY : (metadata.validUntil - now) / 2 / SECOND_MS;
  const seconds = Math.max(LEAST_INTERVAL_SECONDS, Math.min(wanted, left, MOST_INTERVAL_SECONDS));
  // Earlier by up to a tenth: later would be later than was said.
  return Math.max(now + LEAST_INTERVAL_SECONDS * SECOND_MS, Math.round(now + seconds * SECOND_MS * (1 - spread(record) / 10)));
}

/** After a failure: a minute, two, four, up to an hour. @param failures in a row, this one included */
export function nextTry(record: Refreshed, failures: number, now: Instant): Instant {
  return Math.round(now + Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), MOST_PAUSE_MS) * (1 + spread(record) / 10));
}

/** Where nothing is known of earlier readings: as if it had been read when the application was added, or soon. */
export function firstReading(record: Refreshed, now: Instant): Instant {
  const due = nextReading(record, record.source.readAt);
  return due > now ? due : Math.round(now + HERD_MS * spread(record));
}

/** From 0 to 1, the same for all parties of one source: an aggregate is fetched once for all of them. */
function spread({ source }: Refreshed): number {
  let sum = 0;
  for (const unit of source.location) sum = (sum * 31 + (unit.codePointAt(0) ?? 0)) % 1_000_003;
  return sum / 1_000_003;
}
