/** Until when metadata counts: the earliest validUntil of an entity and of what holds it (SAML Metadata 4.3.1; MET-05, IIP-MD04). */
import type { Instant } from '../../../core/model/ids.js';
import type { XmlElement } from '../../../xml/parse.js';
import { type Report, readValue, TIME } from './report.js';
import type { ReadOptions } from './role.js';

const SKEW_MS = 180_000;
const DAY_MS = 86_400_000;
const SOON_MS = 7 * DAY_MS;
/** Longer than anybody leaves keys unlooked at. */
const FAR_DAYS = 366;

export function readValidUntil(entity: XmlElement, { now, maxDays, publicAddress, certificates }: ReadOptions, report: Report): Instant | undefined {
  let end: Instant | undefined;
  let where = entity;
  for (let at: XmlElement | undefined = entity; at !== undefined; at = at.parent) {
    const own = readValue(report, at, 'validUntil', TIME);
    if (own === undefined || own > (end ?? Number.POSITIVE_INFINITY)) continue;
    end = own;
    where = at;
  }
  if (end === undefined) {
    // A file that somebody handed over cannot be exchanged for an older one on its way.
    const replayable = publicAddress === true || certificates !== undefined;
    const sentence = 'The metadata does not say until when it counts (validUntil).';
    if (maxDays !== undefined) report('metadata.end-required', entity, sentence);
    else if (replayable) report('metadata.end-missing', entity, sentence);
    return undefined;
  }
  const day = new Date(end).toISOString();
  if (end + SKEW_MS < now) report('metadata.ended', where, `The metadata ended on ${day} (validUntil).`);
  else if (end - now < SOON_MS) report('metadata.ends', where, `The metadata ends on ${day} (validUntil).`);
  else if (end - now > (maxDays ?? FAR_DAYS) * DAY_MS) {
    const sentence = `The metadata counts until ${day} (validUntil), which is more than ${String(maxDays ?? FAR_DAYS)} days ahead.`;
    report(maxDays === undefined ? 'metadata.end-far' : 'metadata.end-too-far', where, sentence);
  }
  return end;
}
