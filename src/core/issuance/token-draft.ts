/** TokenDraft: the whole content of a token, not yet built: lifetimes, audience, confirmation, session index. */
import type { Claim } from '../model/claim.js';
import type { Instant } from '../model/ids.js';
import type { NameIdentifier } from '../model/security-token.js';
import type { IssuanceRequest } from './issuance-request.js';

/** A claim with the name under which it leaves. */
export interface ReleasedAttribute {
  readonly name: string;
  readonly nameFormat: string;
  readonly friendlyName?: string;
  readonly values: readonly string[];
}

export interface TokenDraft {
  readonly id: string;
  readonly request: IssuanceRequest;
  readonly attributes: readonly ReleasedAttribute[];
  readonly name: NameIdentifier;
  readonly issuer: string;
  readonly issuedAt: Instant;
  readonly notBefore: Instant;
  readonly expiresAt: Instant;
  /** Upper bound on the application's own session (SAML Core 2.7.2). */
  readonly sessionExpiresAt: Instant;
  readonly sessionIndex: string;
}

export interface DraftSettings {
  readonly entityId: string;
  readonly makeId: () => string;
  readonly now: () => Instant;
}

/** How far before the moment of issue a token starts to hold, for peers that allow no skew of their own. */
const NOT_BEFORE_SECONDS = 60;

/**
 * Plans a token. The clock is read here once, and that value is the only time the token carries.
 */
export function draftToken(
  settings: DraftSettings,
  request: IssuanceRequest,
  content: { readonly attributes: readonly ReleasedAttribute[]; readonly name: NameIdentifier; readonly sessionIndex: string },
): TokenDraft {
  const { relyingParty, session } = request;
  const now = settings.now();
  const sessionEnd = relyingParty.sessionLifetimeSeconds === undefined ? session.expiresAt : now + relyingParty.sessionLifetimeSeconds * 1000;
  return {
    id: settings.makeId(),
    request,
    attributes: content.attributes,
    name: content.name,
    issuer: relyingParty.issuer ?? settings.entityId,
    issuedAt: now,
    notBefore: now - NOT_BEFORE_SECONDS * 1000,
    expiresAt: now + relyingParty.lifetimeSeconds * 1000,
    sessionExpiresAt: Math.min(sessionEnd, session.expiresAt),
    sessionIndex: content.sessionIndex,
  };
}

/** Claim values in the order of their types, each once. */
export function valuesOf(claims: readonly Claim[], type: string): readonly string[] {
  return [...new Set(claims.filter((claim) => claim.type === type).map((claim) => claim.value))];
}
