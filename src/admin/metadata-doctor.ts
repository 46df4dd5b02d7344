/** What waits for a person or cannot be read, of the metadata that is read again by itself. */
import type { RelyingPartyId } from '../core/model/ids.js';
import type { RelyingPartyRecord } from '../core/model/relying-party.js';
import type { MetadataHistory, RelyingParties } from '../core/ports.js';
import { shellWord } from '../core/shell-word.js';
import type { Finding } from './doctor-finding.js';
import { nameOf } from './relying-party-names.js';

export interface SourceParts {
  readonly relyingParties: Pick<RelyingParties, 'findById'>;
  readonly metadataHistory: Pick<MetadataHistory, 'overview'>;
}

/** Held changes, then sources that cannot be used. */
export async function examineSources({ relyingParties, metadataHistory }: SourceParts): Promise<readonly Finding[]> {
  const { held, failing } = await metadataHistory.overview();
  const about = async (id: RelyingPartyId, say: (record: RelyingPartyRecord, word: string) => Finding): Promise<readonly Finding[]> => {
    const record = await relyingParties.findById(id);
    return record === undefined ? [] : [say(record, shellWord(record.metadata.entityId))];
  };
  const findings = await Promise.all([
    ...held.map(({ id, held: { heldAt, reasons } }) =>
      about(id, (record, word) => ({
        id: 'rp.metadata-held',
        level: 'warning',
        sentence: `Changed metadata of ${nameOf(record)} waits since ${day(heldAt)}: ${reasons.join('; ')}.`,
        fix: `Look at it, then accept or drop it, with: signet rp diff ${word}`,
      })),
    ),
    ...failing.map(({ id, reading: { failures, succeededAt, lastError = '' } }) =>
      about(id, (record, word) => ({
        id: 'rp.metadata-source',
        level: 'warning',
        sentence: `The metadata of ${nameOf(record)} cannot be read again (${String(failures)} in a row${succeededAt === undefined ? '' : `, last read ${day(succeededAt)}`}): ${lastError}`,
        fix: `Mend the source, or name another one: signet rp refresh ${word} FILE_OR_URL`,
      })),
    ),
  ]);
  return findings.flat();
}

function day(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}
