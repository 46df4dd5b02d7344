/** The application a message names, and what its administrator set for every protocol. */
import type { CheckId } from '../../core/checks/catalogue.js';
import type { Trace } from '../../core/checks/trace.js';
import type { Instant } from '../../core/model/ids.js';
import type { RelyingParty } from '../../core/model/relying-party.js';
import type { RelyingPartyLookup } from '../../core/ports.js';

/**
 * Known, switched on, and with metadata that has not ended. A refusal from here on is on record under it.
 * Errors: the check named for an unknown one; check request.enabled, request.metadata-valid.
 * @param about.unknown the check that fails when nobody has this name
 */
export async function findRelyingParty(
  relyingParties: RelyingPartyLookup,
  name: string,
  about: { readonly now: Instant; readonly unknown: CheckId },
  trace: Trace,
): Promise<RelyingParty> {
  const relyingParty = await relyingParties.byEntityId(name);
  if (relyingParty === undefined) throw trace.failure(about.unknown, { observed: name });
  trace.application = relyingParty.entityId;
  trace.check('request.enabled', relyingParty.enabled, { observed: relyingParty.name });
  const { validUntil } = relyingParty;
  const valid = validUntil === undefined || about.now <= validUntil + relyingParty.skewSeconds * 1000;
  trace.check('request.metadata-valid', valid, { observed: validUntil === undefined ? '' : new Date(validUntil).toISOString() });
  return relyingParty;
}
