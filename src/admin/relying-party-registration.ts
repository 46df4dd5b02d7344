/** How applications come into the registry: from their metadata, or by hand (threats M01, M04, I02). */
import { checkClaimMappings } from '../core/claims/mappings/check-mappings.js';
import { SignetError } from '../core/errors.js';
import type { Finding } from '../core/model/finding.js';
import { asId } from '../core/model/ids.js';
import { NO_FACTS } from '../core/model/no-facts.js';
import type { LogoutEndpoint, RelyingPartyMetadata, RelyingPartyOverrides, RelyingPartyRecord, ReplyAddress } from '../core/model/relying-party.js';
import { checkReplyAddress } from '../core/model/reply-address.js';
import type { Clock, RelyingParties, SigningKeys } from '../core/ports.js';
import type { ReadOptions } from '../protocols/shared/metadata/role.js';
import { readApplicationMetadata, type ReadResult } from './application-metadata.js';
import { changeBy, type Doing } from './doing.js';
import { type MetadataSource, readSource, type SourceOptions, type SourceText } from './metadata-source.js';
import { refuseTakenNames } from './relying-party-names.js';
import { assignSettings } from './relying-party-assignments.js';
import { type Assignment, readIdentifier, readLine } from './setting-values.js';

export interface RegistrationParts {
  readonly relyingParties: RelyingParties;
  readonly signingKeys: Pick<SigningKeys, 'list'>;
  readonly clock: Clock;
  readonly makeId: () => string;
  /** Our entity ID and issuer: no application may have one of them. */
  readonly ownNames: readonly string[];
  /** Private ranges metadata may be fetched from (SIGNET_FETCH_ALLOW). */
  readonly fetchAllow: readonly string[];
  /** As SIGNET_METADATA_MAX_DAYS. */
  readonly maxDays?: number | undefined;
}

export interface AddOptions extends SourceOptions {
  readonly name?: string;
  /** Switched on for everyone unless false. */
  readonly enabled?: boolean;
  /** Which entity of an aggregate. */
  readonly entityId?: string;
  /** base64 DER: what signs its metadata, now and at each reading. */
  readonly certificates?: readonly string[];
  /** Taken as they are: from our own code only. */
  readonly overrides?: RelyingPartyOverrides;
}

/** An application that publishes no metadata, as an administrator or a preset describes it. */
export interface HandMade {
  /** The realm (wtrealm) in WS-Federation, the entity id in SAML. */
  readonly entityId: string;
  /** Further names. */
  readonly identifiers?: readonly string[];
  /** In order: where a request names none, the answer goes to the first. WSFED_BINDING for WS-Federation. */
  readonly replyAddresses: readonly ReplyAddress[];
  readonly logoutEndpoints?: readonly LogoutEndpoint[];
  /** Taken as it is: from our own code only. */
  readonly overrides?: RelyingPartyOverrides;
  /** As somebody typed them, assigned after `overrides`. */
  readonly settings?: readonly Assignment[];
  /** Switched on for everyone unless false. */
  readonly enabled?: boolean;
  /** Addresses with plain http on hosts other than this machine. */
  readonly allowHttp?: boolean;
}

export interface Added {
  readonly record: RelyingPartyRecord;
  /** What is worth knowing about its metadata; none of it is a stop. */
  readonly findings: readonly Finding[];
}

export interface Registration {
  /** Throws invalid_input with a sentence about the metadata; conflict when an identifier is taken, or ours. */
  add(source: MetadataSource, options: AddOptions, doing: Doing): Promise<Added>;
  /** Throws invalid_input with a sentence about the value; conflict when an identifier is taken, or ours. */
  addByHand(application: HandMade, doing: Doing): Promise<Added>;
}

/** The part of the use cases that registers. */
export function createRegistration(parts: RegistrationParts): Registration {
  const { relyingParties, clock } = parts;

  const insert = async (record: RelyingPartyRecord, doing: Doing): Promise<void> => {
    await refuseTakenNames(undefined, record, parts);
    if (doing.dryRun !== true) await relyingParties.insert(record, changeBy(doing, 'add application'));
  };

  const newRecord = (
    about: Pick<RelyingPartyRecord, 'enabled' | 'metadata' | 'overrides'>,
    source: SourceText['source'] | typeof BY_HAND,
  ): RelyingPartyRecord => {
    const now = clock.now();
    return { ...about, id: asId(parts.makeId()), version: 1, source: { ...source, readAt: now }, createdAt: now, updatedAt: now };
  };

  return {
    add: async (source, options, doing) => {
      const read = await readSource(source, parts.fetchAllow, options);
      const { entityId, name, certificates } = options;
      const { metadata, findings } = readMetadata(read, {
        now: clock.now(),
        maxDays: parts.maxDays,
        allowHttp: options.allowHttp === true,
        ...(entityId === undefined ? {} : { entityId }),
        ...(certificates === undefined ? {} : { certificates }),
      });
      const overrides = {
        ...options.overrides,
        ...(name === undefined ? {} : { name: readLine('name', name, 256) }),
        ...(certificates === undefined ? {} : { refresh: { ...options.overrides?.refresh, certificates } }),
      };
      refuseMappings(overrides);
      const record = newRecord({ enabled: options.enabled !== false, metadata, overrides }, read.source);
      await insert(record, doing);
      return { record, findings };
    },

    addByHand: async (application, doing) => {
      const metadata = describeByHand(application);
      refuseMappings(application.overrides);
      const plain = newRecord({ enabled: application.enabled !== false, metadata, overrides: application.overrides ?? {} }, BY_HAND);
      const context = { metadata, keys: await parts.signingKeys.list(), allowHttp: application.allowHttp === true };
      const record = assignSettings(plain, application.settings ?? [], context);
      await insert(record, doing);
      return { record, findings: [] };
    },
  };
}

/** Throws invalid_input for claim mappings that cannot be used. */
export function refuseMappings(overrides: RelyingPartyOverrides = {}): void {
  const problem = checkClaimMappings(overrides.claims ?? []);
  if (problem !== undefined) throw new SignetError('invalid_input', problem);
}

/** Where an application came from that publishes no metadata. */
export const BY_HAND = { kind: 'hand', location: 'by hand' } as const;

/** The text of a source as metadata. Throws invalid_input with a sentence. */
export function readMetadata(read: SourceText, options: ReadOptions): ReadResult {
  try {
    return readApplicationMetadata(read.text, { ...options, publicAddress: read.source.kind === 'url' && read.source.allowPrivate !== true });
  } catch (error) {
    if (read.hint === undefined || !(error instanceof SignetError)) throw error;
    throw new SignetError('invalid_input', `${read.hint} ${error.message}`, { cause: error });
  }
}

/** What somebody described as metadata. Throws invalid_input with a sentence about the value. */
export function describeByHand(application: HandMade): RelyingPartyMetadata {
  const entityId = readIdentifier('the identifier', application.entityId);
  const others = (application.identifiers ?? []).map((value) => readIdentifier('identifier', value));
  const identifiers = [...new Set(others)].filter((identifier) => identifier !== entityId);
  if (application.replyAddresses.length === 0) throw new SignetError('invalid_input', `${entityId} needs an address where its answers go.`);
  for (const { url } of application.replyAddresses) checkAddress('reply', url, application);
  for (const { url, responseUrl } of application.logoutEndpoints ?? []) {
    checkAddress('sign-out address', url, application);
    if (responseUrl !== undefined) checkAddress('sign-out address', responseUrl, application);
  }
  return {
    entityId,
    ...(identifiers.length === 0 ? {} : { identifiers }),
    ...NO_FACTS,
    replyAddresses: application.replyAddresses,
    ...(application.logoutEndpoints === undefined ? {} : { logoutEndpoints: application.logoutEndpoints }),
  };
}

function checkAddress(what: string, url: string, { allowHttp }: HandMade): void {
  const problem = checkReplyAddress(url, { allowHttp: allowHttp === true });
  if (problem !== undefined) throw new SignetError('invalid_input', `${what}: ${problem}`);
}
