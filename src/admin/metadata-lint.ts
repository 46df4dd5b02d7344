/** Metadata looked at without registering anything: what is wrong with it, and what to ask the other side for. */
import { SignetError } from '../core/errors.js';
import type { Finding } from '../core/model/finding.js';
import type { Instant } from '../core/model/ids.js';
import { clean, createReport } from '../protocols/shared/metadata/report.js';
import { lintApplicationMetadata, type LintResult } from './application-metadata.js';
import { decode, type MetadataSource, readSource, type SourceOptions } from './metadata-source.js';

export interface LintOptions extends SourceOptions {
  readonly now: Instant;
  /** Which entity of an aggregate. */
  readonly entityId?: string;
  /** As SIGNET_METADATA_MAX_DAYS. */
  readonly maxDays?: number | undefined;
  /** base64 DER: the signature has to be of one of these keys. */
  readonly certificates?: readonly string[];
}

/**
 * Everything there is to say about the metadata of a source. Throws invalid_input when it cannot be fetched.
 * @param fetchAllow private ranges that may be fetched from, as in SIGNET_FETCH_ALLOW
 */
export async function lintSource(source: MetadataSource, fetchAllow: readonly string[], options: LintOptions): Promise<LintResult> {
  const { now, entityId, maxDays, certificates, allowHttp, allowPrivate } = options;
  const text = source.kind === 'file' ? decoded(source) : (await readSource(source, fetchAllow, options)).text;
  if (typeof text !== 'string') return { entityId: undefined, metadata: undefined, findings: text };
  return lintApplicationMetadata(text, {
    now,
    maxDays,
    allowHttp: allowHttp === true,
    publicAddress: source.kind === 'url' && allowPrivate !== true,
    ...(entityId === undefined ? {} : { entityId }),
    ...(certificates === undefined ? {} : { certificates }),
  });
}

function decoded({ bytes, location }: MetadataSource & { readonly kind: 'file' }): string | readonly Finding[] {
  try {
    return decode(bytes, location);
  } catch (error) {
    if (!(error instanceof SignetError)) throw error;
    const findings: Finding[] = [];
    createReport(findings)('metadata.not-text', 'the file', error.message);
    return findings;
  }
}

/** The findings as a text for the other side; empty when there is nothing to ask them for. */
export function textForThem({ entityId, findings }: LintResult): string {
  const asked = findings.filter(({ textForThem: text }) => text !== '');
  if (asked.length === 0) return '';
  const about = entityId === undefined ? 'your metadata' : `the metadata of ${clean(entityId)}`;
  return [`We looked at ${about}, and ask you for this:`, '', ...asked.map(({ textForThem: text }) => `- ${text}`)].join('\n');
}
