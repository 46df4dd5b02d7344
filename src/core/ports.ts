/** What the core and the protocols need from outside. Implementations: storage/, crypto/, ops/; tests pass plain objects. */
import type { ErrorCode } from './errors.js';
import type { TraceRecord } from './checks/trace.js';
import type { LocalDirectoryRecord, LocalDirectorySettings } from './model/directory.js';
import type { Instant, RelyingPartyId, SigningKeyId, SsoSessionId, UserId } from './model/ids.js';
import type { HeldMetadata, MetadataReading, MetadataVersion } from './model/metadata-history.js';
import type { RelyingParty, RelyingPartyRecord } from './model/relying-party.js';
import type { NameIdentifier, ProtocolName } from './model/security-token.js';
import type { KeyState, SigningKey } from './model/signing-key.js';
import type { SessionParticipant, SsoSession } from './model/sso-session.js';
import type { User } from './model/user.js';

/** The wall clock. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): Instant;
  /** Milliseconds of a clock that never jumps; only differences mean anything. */
  monotonic(): number;
}

/** Who changed something, for the audit record that is written in the same transaction. */
export interface Change {
  /** 'cli', a user name, 'system', ... */
  readonly actor: string;
  /** A verb and a noun: 'add relying party'. */
  readonly action: string;
}

export interface Page {
  /** The sort key of the last entry of the page before. */
  readonly after?: string;
  readonly limit: number;
}

/** All saves refuse with `conflict` when the stored version is not the one named, or when a unique name is taken. */
export interface RelyingParties {
  /** By its entity id or any further name: all of them are unique over all parties. */
  findByEntityId(entityId: string): Promise<RelyingPartyRecord | undefined>;
  findById(id: RelyingPartyId): Promise<RelyingPartyRecord | undefined>;
  /** Sorted by entity id. `text` matches identifiers and names, without regard to case. */
  list(filter: { readonly text?: string; readonly enabled?: boolean }, page: Page): Promise<readonly RelyingPartyRecord[]>;
  count(): Promise<number>;
  insert(record: RelyingPartyRecord, change: Change): Promise<void>;
  /** Saves over `record.version`; gives the record with its new version. */
  save(record: RelyingPartyRecord, change: Change): Promise<RelyingPartyRecord>;
  remove(id: RelyingPartyId, change: Change): Promise<void>;
}

/**
 * What becomes of applications' metadata over time. A version is written in the transaction that changes the metadata; a
 * change that is held is gone with the next one that is made.
 */
export interface MetadataHistory {
  /** Newest first; the newest MOST_VERSIONS are kept. */
  versions(id: RelyingPartyId): Promise<readonly MetadataVersion[]>;
  /** Applications that were never looked at, then those whose time has come, the longest due first. */
  due(now: Instant, limit: number): Promise<readonly RelyingPartyId[]>;
  reading(id: RelyingPartyId): Promise<MetadataReading | undefined>;
  /** Neither a change of the configuration nor audited. Does nothing for an application that is gone. */
  note(id: RelyingPartyId, reading: MetadataReading): Promise<void>;
  held(id: RelyingPartyId): Promise<HeldMetadata | undefined>;
  /** Keeps or takes away what is held. Refuses with `not_found` for an application that is gone. */
  hold(record: RelyingPartyRecord, held: HeldMetadata | undefined, change: Change): Promise<void>;
  overview(): Promise<MetadataOverview>;
}

/** All applications together. */
export interface MetadataOverview {
  /** Those that have a source that is read. */
  readonly sources: number;
  /** Whose last readings could not be used. */
  readonly failing: readonly { readonly id: RelyingPartyId; readonly reading: MetadataReading }[];
  /** Without those that somebody did not want. */
  readonly held: readonly { readonly id: RelyingPartyId; readonly held: HeldMetadata }[];
  /** When the source was last read that was not read for the longest time. */
  readonly oldestSuccess: Instant | undefined;
}

/** The registry as the protocols read it: resolved, cached, fresh within two seconds. */
export interface RelyingPartyLookup {
  /** By the entity id or any further name. */
  byEntityId(entityId: string): Promise<RelyingParty | undefined>;
  byId(id: RelyingPartyId): Promise<RelyingParty | undefined>;
  /** Enabled ones, by name, for the launcher. */
  enabled(): Promise<readonly RelyingParty[]>;
}

export interface Users {
  findById(id: UserId): Promise<User | undefined>;
  /** By user name, or by e-mail when exactly one person has it; without regard to case. */
  findByName(name: string): Promise<User | undefined>;
  /** `email` matches the whole address, without regard to case. */
  list(filter: { readonly text?: string; readonly group?: string; readonly email?: string; readonly enabled?: boolean }, page: Page): Promise<readonly User[]>;
  /** Every group that anybody is in, by name, with how many are. */
  groups(): Promise<readonly { readonly name: string; readonly people: number }[]>;
  count(filter?: { readonly administrators?: boolean }): Promise<number>;
  insert(user: User, change: Change): Promise<void>;
  save(user: User, change: Change): Promise<User>;
  remove(id: UserId, change: Change): Promise<void>;
  /** Stores a re-hashed password without an audit record or a version of its own; does nothing when the stored hash is no longer `before`. */
  replacePasswordHash(id: UserId, before: string, after: string): Promise<void>;
}

/** People as the pipeline reads them: cached, fresh within two seconds. */
export interface UserLookup {
  byId(id: UserId): Promise<User | undefined>;
}

/** What administrators set about the built-in directory. */
export interface LocalDirectories {
  /** Nothing is set in a fresh installation. */
  read(): Promise<LocalDirectoryRecord>;
  /** Puts in place of what is set what is made of it. Refuses with `conflict` when somebody else was faster. */
  update(make: (record: LocalDirectoryRecord) => LocalDirectoryRecord, change: Change): Promise<void>;
  /** What `update` would write, to be part of a greater change. */
  plan(make: (record: LocalDirectoryRecord) => LocalDirectoryRecord): Promise<SettingReplacement>;
  /** The random id of this installation. */
  installation(): Promise<string>;
}

/** The built-in directory as the pipeline reads it: cached, fresh within two seconds, the same object until something changes. */
export interface DirectorySettings {
  current(): Promise<LocalDirectorySettings>;
}

/** Persistent name identifiers: random, pairwise, never reassigned (SAML Core 8.3.7). */
export interface PersistentNames {
  find(userId: UserId, spNameQualifier: string): Promise<string | undefined>;
  /** Stores a candidate unless one exists; gives the one that stands. */
  findOrCreate(userId: UserId, spNameQualifier: string, candidate: string): Promise<string>;
}

export interface PersistentName {
  readonly userId: UserId;
  /** Entity id of the application. */
  readonly spNameQualifier: string;
  readonly value: string;
}

/** All of those names, for taking them along to or from another server. */
export interface PersistentNameRegister extends PersistentNames {
  /** Who has, or had, a name at an application. */
  findOwner(spNameQualifier: string, value: string): Promise<UserId | undefined>;
  /** By application, then by person. */
  list(
    filter: { readonly userId?: UserId; readonly spNameQualifier?: string },
    page: { readonly after?: PersistentName; readonly limit: number },
  ): Promise<readonly (PersistentName & { readonly createdAt: Instant })[]>;
  /** All or none; refuses with `conflict` when one of the people has a name there by now, or somebody else has this one. */
  insertAll(names: readonly PersistentName[], change: Change): Promise<void>;
}

export interface SigningKeys {
  list(): Promise<readonly SigningKey[]>;
  insert(key: SigningKey, change: Change): Promise<void>;
  /**
   * Inserts the key as active when there is no key at all, under a lock: of many nodes that start at once, one
   * makes the key. Gives all keys afterwards.
   */
  insertFirst(key: SigningKey): Promise<readonly SigningKey[]>;
  /** One transaction: each named key to its state, at most one active. Refuses with `conflict` when a version differs. */
  transition(
    steps: readonly { readonly id: SigningKeyId; readonly version: number; readonly to: KeyState; readonly at: Instant }[],
    change: Change,
  ): Promise<void>;
  /** Removes a key that is not active, its private part included. Refuses with `conflict` when the version differs or it is active, `not_found` without it. */
  remove(id: SigningKeyId, version: number, change: Change): Promise<void>;
}

/** Signature algorithms we make, by key type; URIs are in xml/names.ts. */
export type SignatureHash = 'sha256' | 'sha384' | 'sha512' | 'sha1';

/** A private key that can be used, wherever it is held. */
export interface Signer {
  readonly keyId: SigningKeyId;
  readonly type: 'rsa' | 'ec';
  /** base64 DER without line breaks. */
  readonly certificate: string;
  /** Signs with RSASSA-PKCS1-v1_5, or ECDSA as r‖s at fixed width (XMLDSig 1.1 6.4.3). What takes longer than a millisecond runs off the main thread. */
  sign(data: string | Buffer, hash: SignatureHash): Promise<Buffer>;
}

/** The keys in force on this node, fresh within the bound of the change feed. */
export interface KeyRing {
  /** The signer for a relying party: the one pinned to it, else the active one. Throws `unavailable` when there is none. */
  signerFor(pinned: string | undefined): Promise<Signer>;
  /** Certificates that metadata publishes: active first, then next, then retired ones still kept. */
  published(): Promise<readonly { readonly keyId: SigningKeyId; readonly state: KeyState; readonly certificate: string }[]>;
}

/** One sign-on, issued or refused: the durable audit record. */
export interface SignOnRecord {
  /** The token's id when one was issued, so that a retry cannot double the record; else a random id. */
  readonly id: string;
  readonly reference: string;
  readonly at: Instant;
  readonly event: 'sign-on' | 'sign-in' | 'sign-out';
  readonly outcome: 'issued' | 'succeeded' | 'refused' | 'failed';
  readonly protocol?: ProtocolName;
  /** Entity id. */
  readonly relyingParty?: string;
  readonly user?: string;
  readonly userId?: UserId;
  readonly tokenId?: string;
  readonly inResponseTo?: string;
  /** The check that failed. */
  readonly check?: string;
  readonly code?: ErrorCode;
  readonly clientAddress?: string;
  readonly trace: TraceRecord;
}

export interface SignOnFilter {
  readonly since?: Instant;
  readonly reference?: string;
  readonly user?: string;
  readonly relyingParty?: string;
}

export interface Journal {
  /** Resolves once the record is durable. Records of a few milliseconds may share one transaction. */
  record(entry: SignOnRecord): Promise<void>;
  /** For refusals and failures: written within 200 ms; drops, and counts, when far too many wait. */
  note(entry: SignOnRecord): void;
  /**
   * Newest last; entries with the same time in the order of their writing. `after` is a cursor of an earlier answer: the
   * entries written since then, none missed, none twice. Without it the answer begins at the oldest entry that fits, or
   * holds the newest `limit` ones when `from` says so. The cursor is good for going on even where there was nothing.
   */
  read(
    filter: SignOnFilter,
    page: { readonly after?: string; readonly from?: 'oldest' | 'newest'; readonly limit: number },
  ): Promise<{ readonly entries: readonly SignOnRecord[]; readonly cursor: string | undefined }>;
  /** Writes what waits. */
  flush(): Promise<void>;
}

/** What changed in the configuration, newest last. */
export interface ChangeLog {
  read(since: Instant | undefined, limit: number): Promise<readonly ChangeEntry[]>;
}

export interface ChangeEntry {
  readonly at: Instant;
  readonly actor: string;
  readonly action: string;
  readonly kind: 'relying-party' | 'user' | 'signing-key' | 'setting' | 'names';
  readonly objectId: string;
  /** JSON of the object before and after, without secrets. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export type EphemeralKind =
  'web-session' | 'sso-session' | 'participant' | 'sign-in' | 'message-id' | 'attempts' | 'lease' | 'set-up' | 'session-name' | 'sign-out';

/** Short-lived facts, shared by all nodes: sessions, replay marks, pending sign-ins, counters. Values expire by the store's own clock. */
export interface EphemeralStore {
  put(kind: EphemeralKind, key: string, value: string, ttlSeconds: number, index?: string): Promise<void>;
  /** True for the one caller whose value was stored. */
  putIfAbsent(kind: EphemeralKind, key: string, value: string, ttlSeconds: number): Promise<boolean>;
  get(kind: EphemeralKind, key: string): Promise<string | undefined>;
  /** Gives the value to one caller and removes it. */
  take(kind: EphemeralKind, key: string): Promise<string | undefined>;
  remove(kind: EphemeralKind, key: string): Promise<void>;
  /** Adds one and gives the count; the first call, and the first after expiry, starts a window of `ttlSeconds`. */
  count(kind: EphemeralKind, key: string, ttlSeconds: number): Promise<number>;
  /** Values stored under an index (for example all sessions of a user). */
  findByIndex(kind: EphemeralKind, index: string): Promise<readonly string[]>;
  removeByIndex(kind: EphemeralKind, index: string): Promise<void>;
}

/** A session, and what a relying party was given in it. */
export interface NamedSession {
  readonly session: SsoSession;
  readonly participant: SessionParticipant;
}

export interface SsoSessions {
  find(id: SsoSessionId): Promise<SsoSession | undefined>;
  save(session: SsoSession): Promise<void>;
  /**
   * Ends a session; durable when it resolves. Of all who end the same one, on whatever node, one is given who took part in
   * it; the others get undefined.
   */
  end(id: SsoSessionId): Promise<readonly SessionParticipant[] | undefined>;
  endAllOf(userId: UserId): Promise<void>;
  /** Applications that received a token within the session. */
  participants(id: SsoSessionId): Promise<readonly SessionParticipant[]>;
  /**
   * Sessions in which a relying party of SAML was last given a name of this value and format, with its entry there.
   * Qualifiers are left to the caller, who knows what an absent one stands for.
   */
  findByName(relyingParty: string, name: Pick<NameIdentifier, 'value' | 'format'>): Promise<readonly NamedSession[]>;
  /**
   * Adds or replaces the entry of one relying party (one for each address in WS-Federation); costs nothing when this very
   * entry was stored before. It ends with the session. False when the session ended before the entry was there: whoever
   * ended it does not know of this party.
   */
  addParticipant(session: SsoSession, participant: SessionParticipant): Promise<boolean>;
}

/** Tells caches that configuration changed. */
export interface ChangeFeed {
  /** Calls back whenever the configuration version moved, on this node or another. */
  onChange(listener: () => void): void;
  /**
   * Resolves at once when the version was confirmed in the last 3 s of the monotonic clock, else asks the store
   * first: what was last confirmed longer ago is never used to sign. Rejects with `unavailable` when it cannot be confirmed.
   */
  confirm(): Promise<void>;
}

/** Administrative sessions, settings changed at run time and the like: name to JSON text. */
export interface StoredSettings {
  get(name: string): Promise<string | undefined>;
  set(name: string, value: string, change: Change): Promise<void>;
  /**
   * Sets it while it still is `before` (undefined: not there); refuses with `conflict` when it is not. `shown` makes of a
   * value what the audit record keeps of it: no secret, not even a sealed one.
   */
  replace(
    name: string,
    values: { readonly before: string | undefined; readonly after: string },
    change: Change,
    shown: (value: string) => string,
  ): Promise<void>;
}

/** One stored setting put in place of what was read of it. */
export interface SettingReplacement {
  readonly name: string;
  /** As it was read; undefined: it was not there. */
  readonly before: string | undefined;
  readonly after: string;
  /** What the audit record keeps of a value: no secret, not even a sealed one. */
  readonly shown: (value: string) => string;
}

/** Changes of the configuration that happen together; names that one party gives up can be taken by another. */
export interface ConfigurationChanges {
  readonly insert?: readonly RelyingPartyRecord[];
  /** Each over the version it names. */
  readonly save?: readonly RelyingPartyRecord[];
  /** As they were read. */
  readonly remove?: readonly RelyingPartyRecord[];
  readonly settings?: readonly SettingReplacement[];
}

export interface Configuration {
  /**
   * All of it or nothing, in one transaction, with an audit record for each object. Refuses with `conflict` when one of
   * them is not as it was read any more, or when a name is taken.
   */
  apply(changes: ConfigurationChanges, change: Change): Promise<void>;
}
