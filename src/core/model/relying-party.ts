/**
 * RelyingParty: an application that trusts our tokens (SAML SP, WS-Federation RP, later AppliesTo and OAuth audience).
 * The registry keeps what the metadata says and what an administrator set beside it; everything that issues
 * works on the resolved view, in which the override wins.
 */
import type { ClaimMapping } from './claim-mapping.js';
import type { AccessPolicy } from './condition.js';
import type { Instant, RelyingPartyId } from './ids.js';
import type { PassiveProtocolName, TokenType } from './security-token.js';

/** An address where an answer may be sent (SAML AssertionConsumerService, WS-Federation wreply). */
export interface ReplyAddress {
  /** SAML binding URI; WSFED_BINDING for WS-Federation. */
  readonly binding: string;
  readonly url: string;
  readonly index?: number;
  /** undefined where the metadata does not say: SAML Metadata 2.2.3 tells the three cases apart. */
  readonly isDefault?: boolean;
}

/** Where an application is told that its session ended (SAML SingleLogoutService, WS-Federation SingleSignOutNotificationEndpoint). */
export interface LogoutEndpoint {
  /** SAML binding URI; WSFED_BINDING for WS-Federation. */
  readonly binding: string;
  readonly url: string;
  /** Where answers go when not to `url` (SAML Metadata 2.2.2). */
  readonly responseUrl?: string;
}

/** An attribute an application asks for in its metadata (SAML Metadata 2.4.4.2). */
export interface RequestedAttribute {
  readonly name: string;
  readonly nameFormat?: string;
  readonly friendlyName?: string;
  readonly required: boolean;
}

/** SAML Metadata 2.4.4.1. */
export interface AttributeConsumingService {
  readonly index: number;
  /** Asked for in WS-Federation (3.1.8, ClaimTypesRequested); undefined in SAML. */
  readonly protocol?: 'wsfed';
  readonly isDefault?: boolean;
  readonly requested: readonly RequestedAttribute[];
}

/** A key for encryption towards the application, with what it says it can read. */
export interface EncryptionKey {
  /** base64 DER. */
  readonly certificate: string;
  /** EncryptionMethod URIs in their order; empty says nothing. */
  readonly methods: readonly string[];
  /** DigestMethod and MGF URIs inside key transport methods, where the metadata names any, in their order. */
  readonly oaep?: readonly { readonly transport: string; readonly digest?: string; readonly mask?: string }[];
}

/** What an application's metadata says, as read. */
export interface RelyingPartyMetadata {
  readonly entityId: string;
  /** Further names of the same application: realms of WS-Federation (TargetScopes), identifiers of an AD FS trust. */
  readonly identifiers?: readonly string[];
  readonly displayName?: string;
  readonly description?: string;
  readonly informationUrl?: string;
  readonly logoUrl?: string;
  readonly organization?: string;
  readonly contacts: readonly { readonly type: string; readonly name?: string; readonly email?: string }[];
  readonly replyAddresses: readonly ReplyAddress[];
  readonly logoutEndpoints?: readonly LogoutEndpoint[];
  readonly nameIdFormats: readonly string[];
  readonly attributeServices: readonly AttributeConsumingService[];
  /** base64 DER, of keys that may sign. */
  readonly signingCertificates: readonly string[];
  readonly encryptionKeys: readonly EncryptionKey[];
  readonly authnRequestsSigned: boolean;
  readonly wantAssertionsSigned: boolean;
  /** alg:SigningMethod and alg:DigestMethod URIs in their order; empty says nothing. */
  readonly signingMethods: readonly string[];
  readonly digestMethods: readonly string[];
  readonly validUntil?: Instant;
  /** cacheDuration: after how long it wants to be read again (SAML Metadata 4.3.1). */
  readonly cacheSeconds?: number;
}

export type WhatIsSigned = 'assertion' | 'response' | 'both';

/** The WS-Trust version whose names surround a token in WS-Federation; '1.3' also wraps it in a collection. */
export type TrustVersion = '2005' | '1.3';

/** The preset an application was added with, and what was filled in: its commands can be printed again. */
export interface UsedPreset {
  readonly name: string;
  readonly values: Readonly<Record<string, readonly string[]>>;
}

/**
 * Rule sets in AD FS's claim rule language, exactly as they were given. An empty text is a rule set, too: an empty
 * `authorization` lets nobody in, as in AD FS.
 */
export interface RelyingPartyRules {
  /** Which claims leave. */
  readonly transform?: string;
  /** Who gets a token. */
  readonly authorization?: string;
  /** Who may act for others here (ActAs). */
  readonly delegation?: string;
  /** Who may ask for tokens about others here (OnBehalfOf). */
  readonly impersonation?: string;
  /** Who needs a second factor. */
  readonly additional?: string;
}

/** What an administrator set beside the metadata (`signet rp set`). */
export interface RelyingPartyOverrides {
  readonly name?: string;
  readonly sign?: WhatIsSigned;
  readonly encrypt?: 'auto' | 'always' | 'never';
  readonly nameIdFormat?: string;
  readonly signatureAlgorithm?: string;
  readonly digestAlgorithm?: string;
  readonly requireSignedRequests?: boolean;
  readonly lifetimeSeconds?: number;
  readonly sessionLifetimeSeconds?: number;
  readonly skewSeconds?: number;
  readonly issuer?: string;
  readonly audiences?: readonly string[];
  /** Further names added by hand, beside those of the metadata. */
  readonly identifiers?: readonly string[];
  /** Reply addresses added by hand, for each protocol the application speaks. */
  readonly replyAddresses?: readonly string[];
  /** In WS-Federation, unless the request asks for another. */
  readonly tokenType?: TokenType;
  readonly trustVersion?: TrustVersion;
  /** What is sent instead of the default claims; not together with a transform rule set. */
  readonly claims?: readonly ClaimMapping[];
  readonly rules?: RelyingPartyRules;
  /** Who may use it and when; together with groups and authorization rules all of them have to agree. */
  readonly accessPolicy?: AccessPolicy;
  readonly preset?: UsedPreset;
  readonly authnContext?: string;
  readonly forceAuthn?: boolean;
  /** Who may use it; empty or absent is everyone. */
  readonly groups?: readonly string[];
  /** Id of the signing key for this application, when not the active one. */
  readonly signingKey?: string;
  /** For the people who look after it. */
  readonly notes?: string;
  /** Words by which configuration is put together and cleared up (`signet apply --prune`). */
  readonly labels?: readonly string[];
  /** The name identifier leaves encrypted (SAML Core 2.2.4). */
  readonly encryptNameId?: boolean;
  /** Classes of sign-in that may be asked for and issued here; absent is any (AD FS: AllowedAuthenticationClassReferences). */
  readonly allowedAuthnContexts?: readonly string[];
  /** Names of the directories and partners whose people may sign on here; absent is all (AD FS: ClaimsProviderName). */
  readonly identitySources?: readonly string[];
  readonly refresh?: MetadataRefresh;
}

/** How the metadata of an application is kept fresh. */
export interface MetadataRefresh {
  /** Harmless changes are applied and dangerous ones held; or every change is held; or nothing is read by itself. `apply` unless set. */
  readonly mode?: 'apply' | 'hold' | 'off';
  /** Between two readings; else as the metadata says. */
  readonly intervalSeconds?: number;
  /** base64 DER: the signature has to be of one of these keys, and there has to be one. */
  readonly certificates?: readonly string[];
}

/** Where the metadata of an application came from, so that it can be read again. */
export interface MetadataOrigin {
  readonly kind: 'file' | 'url' | 'hand';
  readonly location: string;
  readonly readAt: Instant;
  /** As the administrator allowed it when it was added. */
  readonly allowHttp?: boolean;
  readonly allowPrivate?: boolean;
}

/** One entry of the registry. */
export interface RelyingPartyRecord {
  readonly id: RelyingPartyId;
  readonly version: number;
  readonly enabled: boolean;
  readonly metadata: RelyingPartyMetadata;
  readonly overrides: RelyingPartyOverrides;
  readonly source: MetadataOrigin;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** A relying party as the pipeline and the protocols see it. */
export interface RelyingParty {
  readonly id: RelyingPartyId;
  readonly entityId: string;
  /** The entity id and every further name, each once. */
  readonly identifiers: readonly string[];
  readonly name: string;
  readonly description: string | undefined;
  readonly enabled: boolean;
  /** What it speaks, by its reply addresses; the one to start with here first. */
  readonly protocols: readonly PassiveProtocolName[];
  readonly replyAddresses: readonly ReplyAddress[];
  readonly logoutEndpoints: readonly LogoutEndpoint[];
  readonly tokenType: TokenType;
  readonly trustVersion: TrustVersion;
  readonly claims: readonly ClaimMapping[];
  readonly rules: RelyingPartyRules;
  readonly accessPolicy: AccessPolicy | undefined;
  readonly nameIdFormats: readonly string[];
  /** Set by an administrator: wins over the metadata's list, not over what a request asks for. */
  readonly nameIdFormat: string | undefined;
  readonly attributeServices: readonly AttributeConsumingService[];
  readonly signingCertificates: readonly string[];
  readonly requireSignedRequests: boolean;
  readonly sign: WhatIsSigned;
  readonly encrypt: 'auto' | 'always' | 'never';
  readonly encryptionKeys: readonly EncryptionKey[];
  readonly signatureAlgorithm: string | undefined;
  readonly digestAlgorithm: string | undefined;
  readonly signingMethods: readonly string[];
  readonly digestMethods: readonly string[];
  /** As set; undefined leaves it to the protocol. */
  readonly lifetimeSeconds: number | undefined;
  readonly sessionLifetimeSeconds: number | undefined;
  readonly skewSeconds: number;
  readonly issuer: string | undefined;
  /** As set; undefined is the name that the request used. */
  readonly audiences: readonly string[] | undefined;
  readonly authnContext: string | undefined;
  readonly forceAuthn: boolean;
  readonly groups: readonly string[];
  readonly signingKey: string | undefined;
  readonly encryptNameId: boolean;
  readonly allowedAuthnContexts: readonly string[] | undefined;
  readonly identitySources: readonly string[] | undefined;
  readonly validUntil: Instant | undefined;
}

const POST = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';
/** Marks the addresses of WS-Federation among those of SAML: its namespace, which is no binding of SAML. */
export const WSFED_BINDING = 'http://docs.oasis-open.org/wsfed/federation/200706';

/** SAML gives time to deliver; applications of WS-Federation take the length of their own session from the token. */
export const DEFAULT_LIFETIME_SECONDS: Readonly<Record<PassiveProtocolName, number>> = { saml: 300, wsfed: 3600 };
export const DEFAULT_SKEW_SECONDS = 180;
/** What applications of WS-Federation read that say nothing: those that are still in use were written for these. */
export const DEFAULT_TOKEN_TYPE: TokenType = 'saml11';
export const DEFAULT_TRUST_VERSION: TrustVersion = '2005';

/** The view in which an administrator's word wins over the metadata's. WantAssertionsSigned is obeyed whatever was set (SAML Metadata 2.4.4). */
export function resolveRelyingParty(record: RelyingPartyRecord): RelyingParty {
  const { metadata, overrides } = record;
  const protocols = protocolsOf(metadata);
  const added = (overrides.replyAddresses ?? []).flatMap((url) => protocols.map((protocol): ReplyAddress => ({ binding: REPLY_BINDING[protocol], url })));
  const sign = overrides.sign ?? 'both';
  return {
    id: record.id,
    entityId: metadata.entityId,
    identifiers: identifiersOf(record),
    name: overrides.name ?? metadata.displayName ?? metadata.entityId,
    description: metadata.description,
    enabled: record.enabled,
    protocols,
    replyAddresses: [...metadata.replyAddresses, ...added],
    logoutEndpoints: metadata.logoutEndpoints ?? [],
    tokenType: overrides.tokenType ?? DEFAULT_TOKEN_TYPE,
    trustVersion: overrides.trustVersion ?? DEFAULT_TRUST_VERSION,
    claims: overrides.claims ?? [],
    rules: overrides.rules ?? {},
    accessPolicy: overrides.accessPolicy,
    nameIdFormats: metadata.nameIdFormats,
    nameIdFormat: overrides.nameIdFormat,
    attributeServices: metadata.attributeServices,
    signingCertificates: metadata.signingCertificates,
    requireSignedRequests: overrides.requireSignedRequests ?? metadata.authnRequestsSigned,
    sign: metadata.wantAssertionsSigned && sign === 'response' ? 'both' : sign,
    encrypt: overrides.encrypt ?? 'auto',
    encryptionKeys: metadata.encryptionKeys,
    signatureAlgorithm: overrides.signatureAlgorithm,
    digestAlgorithm: overrides.digestAlgorithm,
    signingMethods: metadata.signingMethods,
    digestMethods: metadata.digestMethods,
    lifetimeSeconds: overrides.lifetimeSeconds,
    sessionLifetimeSeconds: overrides.sessionLifetimeSeconds,
    skewSeconds: overrides.skewSeconds ?? DEFAULT_SKEW_SECONDS,
    issuer: overrides.issuer,
    audiences: overrides.audiences,
    authnContext: overrides.authnContext,
    forceAuthn: overrides.forceAuthn ?? false,
    groups: overrides.groups ?? [],
    signingKey: overrides.signingKey,
    encryptNameId: overrides.encryptNameId ?? false,
    allowedAuthnContexts: overrides.allowedAuthnContexts,
    identitySources: overrides.identitySources,
    validUntil: metadata.validUntil,
  };
}

/** The entity id first, then every further name, each once: what the party is found by. */
export function identifiersOf({ metadata, overrides }: Pick<RelyingPartyRecord, 'metadata' | 'overrides'>): readonly string[] {
  return [...new Set([metadata.entityId, ...(metadata.identifiers ?? []), ...(overrides.identifiers ?? [])])];
}

const REPLY_BINDING: Readonly<Record<PassiveProtocolName, string>> = { saml: POST, wsfed: WSFED_BINDING };

/** What an application speaks, by its reply addresses. Never empty: an application without any reply address, which no reader lets in, would be one of SAML. */
export function protocolsOf(metadata: Pick<RelyingPartyMetadata, 'replyAddresses'>): readonly PassiveProtocolName[] {
  const wsfed = metadata.replyAddresses.some((address) => address.binding === WSFED_BINDING);
  const saml = !wsfed || metadata.replyAddresses.some((address) => address.binding !== WSFED_BINDING);
  return [...(saml ? (['saml'] as const) : []), ...(wsfed ? (['wsfed'] as const) : [])];
}

/**
 * The default among indexed endpoints or attribute services (SAML Metadata 2.2.3): the first that says isDefault, else
 * the first that does not deny it, else the first.
 */
export function chooseDefault<T extends { readonly isDefault?: boolean }>(list: readonly T[]): T | undefined {
  return list.find((entry) => entry.isDefault === true) ?? list.find((entry) => entry.isDefault !== false) ?? list[0];
}
