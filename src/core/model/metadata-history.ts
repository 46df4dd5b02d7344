/** The life of one application's metadata: earlier versions, what the last readings of its source gave, a change that waits for a person. */
import type { Instant } from './ids.js';
import type { MetadataOrigin, RelyingPartyMetadata } from './relying-party.js';

/** How many versions are kept of each application. */
export const MOST_VERSIONS = 50;

/** The metadata as it was from one change to the next. */
export interface MetadataVersion {
  /** From 1, never given twice to versions of one application. */
  readonly number: number;
  readonly at: Instant;
  readonly actor: string;
  /** What was done: 'add application', 'refresh application'. */
  readonly why: string;
  readonly metadata: RelyingPartyMetadata;
}

/** What is known of the source after it was looked at. */
export interface MetadataReading {
  readonly checkedAt?: Instant;
  /** Read, or found unchanged. */
  readonly succeededAt?: Instant;
  /** In a row, until now. */
  readonly failures: number;
  /** Why the last reading could not be used; only after a failure. */
  readonly lastError?: string;
  readonly nextAt: Instant;
  /** Of the copy that was looked at last. */
  readonly etag?: string;
  readonly lastModified?: string;
  /** The version of the record when that copy was looked at: for any other the whole document is wanted again. */
  readonly recordVersion?: number;
  /** The validUntil that was warned of already. */
  readonly warnedOf?: Instant;
}

/** Metadata that was read and is not in force: somebody has to decide. */
export interface HeldMetadata {
  readonly metadata: RelyingPartyMetadata;
  readonly heldAt: Instant;
  readonly source: MetadataOrigin;
  /** Why it waits, one sentence each. */
  readonly reasons: readonly string[];
  /** Somebody did not want it: it is not held again as long as the source says the same. */
  readonly droppedAt?: Instant;
}

/** True when nothing but the end differs: such a reading only moves the end on, and is no version of its own. */
export function differOnlyInEnd({ validUntil: _one, ...before }: RelyingPartyMetadata, { validUntil: _other, ...after }: RelyingPartyMetadata): boolean {
  return JSON.stringify(before) === JSON.stringify(after);
}
