/** After how long metadata wants to be read again: the shortest cacheDuration of an entity and of what holds it (SAML Metadata 2.3, 4.3.1). */
import type { RelyingPartyMetadata } from '../../../core/model/relying-party.js';
import type { XmlElement } from '../../../xml/parse.js';
import { attribute } from '../../../xml/read.js';

/** Years and months by their mean: it is a hint. */
const UNIT_SECONDS = [31_556_952, 2_629_746, 86_400, 3600, 60, 1] as const;
const DURATION = /^P(?=.)(?:(\d{1,4})Y)?(?:(\d{1,5})M)?(?:(\d{1,6})D)?(?:T(?=.)(?:(\d{1,7})H)?(?:(\d{1,8})M)?(?:(\d{1,9})(?:\.\d+)?S)?)?$/u;

/** Nothing where it is missing or unreadable: then nobody wants anything. */
export function readCacheDuration(entity: XmlElement): Pick<RelyingPartyMetadata, 'cacheSeconds'> {
  let shortest = Number.POSITIVE_INFINITY;
  for (let at: XmlElement | undefined = entity; at !== undefined; at = at.parent) {
    shortest = Math.min(shortest, secondsOf(attribute(at, 'cacheDuration')?.trim() ?? ''));
  }
  return Number.isFinite(shortest) ? { cacheSeconds: shortest } : {};
}

function secondsOf(text: string): number {
  const found: readonly (string | undefined)[] | null = DURATION.exec(text);
  if (found === null) return Number.POSITIVE_INFINITY;
  return UNIT_SECONDS.reduce((sum, seconds, at) => sum + Number(found[at + 1] ?? 0) * seconds, 0);
}
