/** May this subject have a token for this relying party? Deny by default beyond what the administrator opened. */
import { CLAIM, type Claim } from '../model/claim.js';
import type { RelyingParty } from '../model/relying-party.js';
import type { IssuanceRequest } from './issuance-request.js';

/** True when the relying party is open to everyone or one of the groups fits exactly. */
export function mayUse(relyingParty: RelyingParty, claims: readonly Claim[]): boolean {
  if (relyingParty.groups.length === 0) return true;
  return claims.some((claim) => claim.type === CLAIM.group && relyingParty.groups.includes(claim.value));
}

/** Throws `access_denied` (check user.allowed) or `unknown_relying_party` (check request.enabled). */
export function authorize(request: IssuanceRequest): void {
  const { relyingParty, subject, trace } = request;
  trace.check('request.enabled', relyingParty.enabled, { observed: relyingParty.entityId });
  trace.check('user.allowed', mayUse(relyingParty, subject.claims), { observed: subject.userName, expected: relyingParty.groups.join(', ') });
}
