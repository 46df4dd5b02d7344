/** Attributes that an application asks for, and that nothing is known about here. */
import type { ClaimMapping } from '../../../core/model/claim-mapping.js';
import type { XmlElement } from '../../../xml/parse.js';
import { quote, type Report } from './report.js';

/** @param mappings what is sent for what was asked: of what nothing is known there is one without a source */
export function lintRequested(where: XmlElement, mappings: readonly ClaimMapping[], report: Report): void {
  const unknown = mappings.filter(({ from }) => from.length === 0).map(({ claim, friendlyName }) => quote(friendlyName ?? claim));
  if (unknown.length === 0) return;
  const names = `${unknown.slice(0, 5).join(', ')}${unknown.length > 5 ? ` and ${String(unknown.length - 5)} more` : ''}`;
  report('metadata.attribute-unknown', where, `It asks for attributes that are not known here: ${names}.`);
}
