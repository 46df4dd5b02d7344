/**
 * What an administrator can set for an application beside its metadata (`signet rp set`): one entry per key, with how
 * it is read, what the metadata says about it, and what stands when nobody says anything.
 */
import { SignetError } from '../core/errors.js';
import { NAME_ID } from '../core/issuance/name-identifier.js';
import {
  DEFAULT_LIFETIME_SECONDS,
  DEFAULT_SKEW_SECONDS,
  DEFAULT_TOKEN_TYPE,
  DEFAULT_TRUST_VERSION,
  protocolsOf,
  type RelyingPartyMetadata,
  type RelyingPartyOverrides,
  type RelyingPartyRecord,
} from '../core/model/relying-party.js';
import type { PassiveProtocolName } from '../core/model/security-token.js';
import { DIGEST_METHODS } from '../protocols/saml/metadata/write.js';
import {
  byShortName,
  CONTEXTS,
  FORMATS,
  readEncrypt,
  readNamed,
  readReply,
  readRequireSigned,
  readSignatureAlgorithm,
  readSigningKey,
  type SettingContext,
} from './relying-party-values.js';
import { type Assignment, listed, readChoice, readFlag, readIdentifier, readLine, readNames, readSeconds, show, showSeconds } from './setting-values.js';

/** One key as code outside the table sees it. */
export interface RelyingPartySetting {
  readonly key: string;
  /** May be given several times. */
  readonly repeatable: boolean;
  /** The one protocol it is about; undefined for any. */
  readonly only: PassiveProtocolName | undefined;
  /** Overrides with the value in place. Throws invalid_input with a sentence. */
  readonly assign: (overrides: RelyingPartyOverrides, values: readonly string[], context: SettingContext) => RelyingPartyOverrides;
  readonly clear: (overrides: RelyingPartyOverrides) => RelyingPartyOverrides;
  /** What was set, as text; undefined when nothing is. */
  readonly override: (overrides: RelyingPartyOverrides) => string | undefined;
  /** What the metadata says; undefined when it says nothing. */
  readonly fromMetadata: (metadata: RelyingPartyMetadata) => string | undefined;
  /** What stands when nobody says anything. */
  readonly fallback: string;
}

type Field = keyof RelyingPartyOverrides;
type Value<F extends Field> = NonNullable<RelyingPartyOverrides[F]>;

interface Definition<F extends Field> {
  readonly key: string;
  readonly field: F;
  readonly repeatable?: true;
  readonly only?: PassiveProtocolName;
  readonly read: (values: readonly string[], context: SettingContext) => Value<F>;
  readonly show?: (value: Value<F>) => string;
  readonly fromMetadata?: (metadata: RelyingPartyMetadata) => string | undefined;
  readonly fallback: string;
}

function define<F extends Field>(definition: Definition<F>): RelyingPartySetting {
  const { field, show: showValue = String } = definition;
  return {
    key: definition.key,
    repeatable: definition.repeatable === true,
    only: definition.only,
    assign: (overrides, values, context) => ({ ...overrides, [field]: definition.read(values, context) }),
    clear: ({ [field]: _cleared, ...rest }) => rest,
    override: ({ [field]: value }) => (value === undefined ? undefined : showValue(value)),
    fromMetadata: definition.fromMetadata ?? ((): undefined => undefined),
    fallback: definition.fallback,
  };
}

/** For keys that take one value. */
const one =
  <T>(read: (value: string, context: SettingContext) => T) =>
  (values: readonly string[], context: SettingContext): T =>
    read(values[0] ?? '', context);
const joined = (values: readonly string[]): string => values.join(', ');
const SETTINGS: readonly RelyingPartySetting[] = [
  define({
    key: 'name',
    field: 'name',
    read: one((value) => readLine('name', value, 256)),
    fromMetadata: ({ displayName }) => displayName,
    fallback: 'the identifier',
  }),
  define({
    key: 'sign',
    field: 'sign',
    only: 'saml',
    read: one((value) => readChoice('sign', value, ['assertion', 'response', 'both'])),
    fromMetadata: ({ wantAssertionsSigned }) => (wantAssertionsSigned ? 'assertion wanted' : undefined),
    fallback: 'both',
  }),
  define({
    key: 'encrypt',
    field: 'encrypt',
    read: one(readEncrypt),
    fromMetadata: ({ encryptionKeys }) => (encryptionKeys.length > 0 ? 'has a key for it' : undefined),
    fallback: 'auto',
  }),
  define({
    key: 'nameid-format',
    field: 'nameIdFormat',
    read: one((value) => readNamed('nameid-format', value, FORMATS)),
    fromMetadata: ({ nameIdFormats }) => (nameIdFormats.length === 0 ? undefined : joined(nameIdFormats)),
    fallback: NAME_ID.unspecified,
  }),
  define({
    key: 'signature-algorithm',
    field: 'signatureAlgorithm',
    read: one(readSignatureAlgorithm),
    fromMetadata: ({ signingMethods }) => (signingMethods.length === 0 ? undefined : joined(signingMethods)),
    fallback: 'SHA-256 with the type of the key',
  }),
  define({
    key: 'digest-algorithm',
    field: 'digestAlgorithm',
    read: one((value) => readNamed('digest-algorithm', value, byShortName(DIGEST_METHODS))),
    fromMetadata: ({ digestMethods }) => (digestMethods.length === 0 ? undefined : joined(digestMethods)),
    fallback: 'SHA-256',
  }),
  define({
    key: 'require-signed-requests',
    field: 'requireSignedRequests',
    only: 'saml',
    read: one(readRequireSigned),
    fromMetadata: ({ authnRequestsSigned }) => (authnRequestsSigned ? 'true' : undefined),
    fallback: 'false',
  }),
  define({
    key: 'lifetime',
    field: 'lifetimeSeconds',
    read: one((value) => readSeconds('lifetime', value, { from: 10, to: 10 * 3600 })),
    show: showSeconds,
    fallback: `${showSeconds(DEFAULT_LIFETIME_SECONDS.saml)}; in WS-Federation ${showSeconds(DEFAULT_LIFETIME_SECONDS.wsfed)}`,
  }),
  define({
    key: 'session-lifetime',
    field: 'sessionLifetimeSeconds',
    read: one((value) => readSeconds('session-lifetime', value, { from: 60, to: 30 * 86_400 })),
    show: showSeconds,
    fallback: 'the session here',
  }),
  define({
    key: 'skew',
    field: 'skewSeconds',
    read: one((value) => readSeconds('skew', value, { from: 0, to: 300 })),
    show: showSeconds,
    fallback: showSeconds(DEFAULT_SKEW_SECONDS),
  }),
  define({
    key: 'issuer',
    field: 'issuer',
    read: one((value) => readIdentifier('issuer', value)),
    fallback: 'our entity ID; in WS-Federation SIGNET_WSFED_ISSUER',
  }),
  define({
    key: 'audience',
    field: 'audiences',
    repeatable: true,
    read: (values) => [...new Set(values.map((value) => readIdentifier('audience', value)))],
    show: joined,
    fromMetadata: ({ entityId }) => entityId,
    fallback: 'the identifier',
  }),
  define({
    key: 'reply',
    field: 'replyAddresses',
    repeatable: true,
    read: (values, context) => [...new Set(values.map((value) => readReply(value, context)))],
    show: joined,
    fromMetadata: ({ replyAddresses }) => joined(replyAddresses.map(({ url }) => url)),
    fallback: 'none',
  }),
  define({
    key: 'identifier',
    field: 'identifiers',
    repeatable: true,
    read: (values) => [...new Set(values.map((value) => readIdentifier('identifier', value)))],
    show: joined,
    fromMetadata: ({ entityId, identifiers }) => joined([entityId, ...(identifiers ?? [])]),
    fallback: 'none',
  }),
  define({
    key: 'token-type',
    field: 'tokenType',
    only: 'wsfed',
    read: one((value) => readChoice('token-type', value, ['saml11', 'saml20'])),
    fallback: DEFAULT_TOKEN_TYPE,
  }),
  define({
    key: 'trust-version',
    field: 'trustVersion',
    only: 'wsfed',
    read: one((value) => readChoice('trust-version', value, ['2005', '1.3'])),
    fallback: DEFAULT_TRUST_VERSION,
  }),
  define({ key: 'authn-context', field: 'authnContext', read: one((value) => readNamed('authn-context', value, CONTEXTS)), fallback: 'any' }),
  define({ key: 'force-authn', field: 'forceAuthn', read: one((value) => readFlag('force-authn', value)), fallback: 'false' }),
  define({ key: 'groups', field: 'groups', repeatable: true, read: (values) => readNames('groups', values), show: joined, fallback: 'everyone' }),
  define({ key: 'signing-key', field: 'signingKey', read: one(readSigningKey), fallback: 'the active key' }),
];

/** Every key that is an override, in the order of the manual. */
export const RELYING_PARTY_SETTINGS: readonly RelyingPartySetting[] = SETTINGS;

/** Keys of the contract whose parts are not in this version. */
const LATER: Readonly<Record<string, string>> = {
  key: 'WS-Trust',
};

/**
 * The record with the assignments in place; an empty value clears an override. Throws invalid_input with a sentence that
 * names the key, the value and the fix; then nothing of it counts.
 */
export function assignSettings(record: RelyingPartyRecord, assignments: readonly Assignment[], context: SettingContext): RelyingPartyRecord {
  const given = new Map<string, string[]>();
  for (const { key, value } of assignments) given.set(key, [...(given.get(key) ?? []), value]);
  let { overrides, enabled } = record;
  for (const [key, values] of given) {
    const setting = SETTINGS.find((candidate) => candidate.key === key);
    if (setting?.repeatable !== true && values.length > 1)
      throw new SignetError('invalid_input', `${show(key)} is given ${String(values.length)} times; give it once.`);
    if (key === 'enabled') enabled = readFlag(key, values[0] ?? '');
    else if (setting === undefined) throw unknownKey(key);
    else if (values.every((value) => value.trim() === '')) overrides = setting.clear(overrides);
    else {
      refuseOtherProtocol(setting, context.metadata);
      overrides = setting.assign(overrides, values, context);
    }
  }
  return { ...record, overrides, enabled };
}

/** False for a setting that is about a protocol the application does not speak. */
export function concerns(setting: RelyingPartySetting, metadata: RelyingPartyMetadata): boolean {
  return setting.only === undefined || protocolsOf(metadata).includes(setting.only);
}

function refuseOtherProtocol(setting: RelyingPartySetting, metadata: RelyingPartyMetadata): void {
  if (concerns(setting, metadata)) return;
  const [needed, spoken] = setting.only === 'saml' ? ['SAML 2.0', 'WS-Federation'] : ['WS-Federation', 'SAML 2.0'];
  throw new SignetError('invalid_input', `${setting.key} is a setting of ${needed}, and ${metadata.entityId} speaks ${spoken} only.`);
}

function unknownKey(key: string): SignetError {
  const later = Object.hasOwn(LATER, key) ? LATER[key] : undefined;
  if (later !== undefined) return new SignetError('invalid_input', `${key} belongs to ${later}, which this version does not have yet.`);
  return new SignetError(
    'invalid_input',
    `"${show(key)}" is not a setting of an application; use ${listed(['enabled', ...SETTINGS.map((setting) => setting.key)])}.`,
  );
}
