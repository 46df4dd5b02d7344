/** The life of an application's metadata as the command line shows it. */
import { describeCertificate } from '../admin/metadata-changes.js';
import type { WeighedChange } from '../admin/metadata-effects.js';
import { isRefreshed } from '../admin/metadata-schedule.js';
import type { HeldMetadata, MetadataReading } from '../core/model/metadata-history.js';
import type { RelyingPartyRecord } from '../core/model/relying-party.js';
import { shellWord } from '../core/shell-word.js';
import type { Storage } from '../storage/open.js';
import { oneLine, showTime } from './output.js';

/** Now, new, and what that means; below it, why it waits. */
export function changeLines(changes: readonly WeighedChange[]): readonly string[] {
  return changes.flatMap(({ what, before, after, effect, danger }) => [
    ...(before === undefined ? [] : [oneLine(`- ${what}: ${before}`)]),
    ...(after === undefined ? [] : [oneLine(`+ ${what}: ${after}`)]),
    oneLine(`    ${effect}`),
    ...(danger === undefined ? [] : [oneLine(`    Waits: ${danger}.`)]),
  ]);
}

/** As JSON. */
export function changesView(changes: readonly WeighedChange[]): readonly unknown[] {
  return changes.map(({ what, before = null, after = null, effect, danger = null }) => ({ what, before, after, effect, danger }));
}

/** What is known beside the record. */
export interface MetadataLife {
  readonly reading: MetadataReading | undefined;
  /** Not what somebody dropped. */
  readonly held: HeldMetadata | undefined;
}

export async function readLife({ metadataHistory }: Storage, { id }: RelyingPartyRecord): Promise<MetadataLife> {
  const [reading, held] = await Promise.all([metadataHistory.reading(id), metadataHistory.held(id)]);
  return { reading, held: held?.droppedAt === undefined ? held : undefined };
}

/** As pairs for `rp show`. */
export function describeLife(record: RelyingPartyRecord, { reading, held }: MetadataLife): readonly (readonly [string, string | undefined])[] {
  const { metadata, overrides } = record;
  const pinned = (overrides.refresh?.certificates ?? []).map((certificate): readonly [string, string] => [
    'metadata signed by',
    describeCertificate(certificate),
  ]);
  const waiting: readonly [string, string | undefined] = [
    'held change',
    held === undefined ? undefined : `since ${showTime(held.heldAt)}: ${held.reasons.join('; ')}. See: signet rp diff ${shellWord(metadata.entityId)}`,
  ];
  if (!isRefreshed(record)) return [...pinned, waiting];
  const mode = overrides.refresh?.mode === 'hold' ? ', every change waits' : '';
  return [
    ...pinned,
    ['last reading', reading?.checkedAt === undefined ? 'not yet' : describeReading(reading)],
    ['next reading', reading === undefined ? 'soon' : `${showTime(reading.nextAt)}${mode}`],
    waiting,
  ];
}

function describeReading({ checkedAt = 0, succeededAt, failures, lastError }: MetadataReading): string {
  if (failures === 0) return `${showTime(checkedAt)}, could be used`;
  const since = succeededAt === undefined ? '' : `; last one that could: ${showTime(succeededAt)}`;
  return `${showTime(checkedAt)}, could not be used: ${lastError ?? ''} (${String(failures)} in a row${since})`;
}

/** As JSON, beside the record. */
export function lifeView(record: RelyingPartyRecord, { reading, held }: MetadataLife): Readonly<Record<string, unknown>> {
  const time = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString());
  return {
    refresh: {
      byItself: isRefreshed(record),
      mode: record.overrides.refresh?.mode ?? 'apply',
      checkedAt: time(reading?.checkedAt),
      succeededAt: time(reading?.succeededAt),
      nextAt: isRefreshed(record) ? time(reading?.nextAt) : null,
      failures: reading?.failures ?? 0,
      lastError: reading?.lastError ?? null,
      held: held === undefined ? null : { heldAt: time(held.heldAt), reasons: held.reasons },
    },
  };
}
