/** TokenDraft: the whole content of a token, not yet built: lifetimes, audience, confirmation, session index. */
import type { Instant } from '../model/ids.js';
import { DEFAULT_LIFETIME_SECONDS } from '../model/relying-party.js';
import type { NameIdentifier, ProtocolName } from '../model/security-token.js';
import type { IssuanceRequest } from './issuance-request.js';

/** A claim with the name under which it leaves. */
export interface ReleasedAttribute {
  readonly name: string;
  readonly nameFormat: string;
  readonly friendlyName?: string;
  readonly values: readonly string[];
  /** Local name of the XML Schema type of all values; text unless given. */
  readonly valueType?: string;
}

/** What the claims stage decided: what leaves as attributes, and what rules say about name and issuer. */
export interface ReleasedClaims {
  readonly attributes: readonly ReleasedAttribute[];
  /** From the first name identifier claim. */
  readonly name?: Pick<NameIdentifier, 'value' | 'nameQualifier' | 'spNameQualifier'> & { readonly format?: string };
  /** From the first issuerid claim: replaces the token's issuer. */
  readonly issuer?: string;
}

export interface TokenDraft {
  readonly id: string;
  readonly request: IssuanceRequest;
  readonly audiences: readonly string[];
  readonly attributes: readonly ReleasedAttribute[];
  readonly name: NameIdentifier;
  readonly issuer: string;
  readonly issuedAt: Instant;
  readonly notBefore: Instant;
  readonly expiresAt: Instant;
  /** Until when the token may be delivered (SAML Core 2.4.1.2). */
  readonly confirmBefore: Instant;
  /** Upper bound on the application's own session (SAML Core 2.7.2). */
  readonly sessionExpiresAt: Instant;
  readonly sessionIndex: string;
}

export interface DraftSettings {
  /** Our name in the tokens of each protocol. */
  readonly issuers: Readonly<Record<ProtocolName, string>>;
  readonly makeId: () => string;
  readonly now: () => Instant;
}

/** How far before the moment of issue a token starts to hold, for peers that allow no skew of their own. */
const NOT_BEFORE_SECONDS = 60;
/** How long delivering a token may take. */
const DELIVERY_SECONDS = 300;

/**
 * Plans a token. The clock is read here once, and that value is the only time the token carries.
 */
export function draftToken(
  settings: DraftSettings,
  request: IssuanceRequest,
  content: { readonly released: ReleasedClaims; readonly name: NameIdentifier; readonly sessionIndex: string },
): TokenDraft {
  const { relyingParty, session, protocol } = request;
  const now = settings.now();
  const lifetimeSeconds = Math.min(relyingParty.lifetimeSeconds ?? defaultLifetime(protocol), request.maxLifetimeSeconds ?? Number.POSITIVE_INFINITY);
  const sessionEnd = relyingParty.sessionLifetimeSeconds === undefined ? session.expiresAt : now + relyingParty.sessionLifetimeSeconds * 1000;
  return {
    id: settings.makeId(),
    request,
    audiences: relyingParty.audiences ?? [request.audience],
    attributes: content.released.attributes,
    name: content.name,
    issuer: content.released.issuer ?? relyingParty.issuer ?? settings.issuers[protocol],
    issuedAt: now,
    notBefore: now - NOT_BEFORE_SECONDS * 1000,
    expiresAt: now + lifetimeSeconds * 1000,
    confirmBefore: now + Math.min(lifetimeSeconds, DELIVERY_SECONDS) * 1000,
    sessionExpiresAt: Math.min(sessionEnd, session.expiresAt),
    sessionIndex: content.sessionIndex,
  };
}

function defaultLifetime(protocol: ProtocolName): number {
  return DEFAULT_LIFETIME_SECONDS[protocol === 'saml' ? 'saml' : 'wsfed'];
}
