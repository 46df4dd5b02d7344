/** What every browser protocol asks: somebody is to be signed in somewhere. Plain JSON, so that it can wait in a sealed form. */
import type { Instant, RelyingPartyId } from '../model/ids.js';
import type { NameIdentifier, PassiveProtocolName, TokenType } from '../model/security-token.js';

/** SAML Core 3.4.1.1, as far as it decides anything. */
export interface NameIdPolicy {
  readonly format?: string;
  readonly spNameQualifier?: string;
  readonly allowCreate: boolean;
}

/** SAML Core 3.3.2.2.1. */
export interface RequestedContext {
  /** Empty asks for none. */
  readonly classes: readonly string[];
  readonly comparison: 'exact' | 'minimum' | 'maximum' | 'better';
  /** The classes an administrator lets be named for the application; absent is any. */
  readonly allowed?: readonly string[];
}

export interface SignInRequest {
  readonly reference: string;
  readonly protocol: PassiveProtocolName;
  readonly relyingParty: RelyingPartyId;
  readonly relyingPartyName: string;
  readonly entityId: string;
  /** The name by which the application asked: its entity id, or another of its identifiers. Its token is for this name. */
  readonly audience: string;
  /** When it reached us: a forced authentication must be later. */
  readonly receivedAt: Instant;
  /** The endpoint it reached: '/saml/sso'. */
  readonly path?: string;
  /** Trusted: checked against the relying party, and again before the token leaves. */
  readonly replyTo: string;
  /** No user interface allowed. */
  readonly passive: boolean;
  readonly fresh: boolean;
  /** An authentication that is older when the request arrives is not enough (WS-Federation 13.2.2, wfresh). */
  readonly maxAgeSeconds?: number;
  /** Longest life of the token. */
  readonly maxLifetimeSeconds?: number;
  readonly context?: RequestedContext;
  readonly nameIdPolicy?: NameIdPolicy;
  /** The subject the request names; the one who signs in must be the same. */
  readonly subject?: Pick<NameIdentifier, 'value'> & { readonly format?: string };
  readonly attributeServiceIndex?: number;
  /** Who may be about to sign in: filled into the form, and nothing else. */
  readonly userNameHint?: string;
  /** Where the protocol leaves a choice. */
  readonly tokenType?: TokenType;
  /** What the protocol needs again when it answers: InResponseTo, RelayState, wctx. */
  readonly echo: Readonly<Record<string, string>>;
}
