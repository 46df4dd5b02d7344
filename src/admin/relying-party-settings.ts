/**
 * What an administrator can set for an application beside its metadata (`signet rp set`): one entry per key, with how
 * it is read, what the metadata says about it, and what stands when nobody says anything.
 */
import { NAME_ID } from '../core/issuance/name-identifier.js';
import { DEFAULT_LIFETIME_SECONDS, DEFAULT_SKEW_SECONDS, DEFAULT_TOKEN_TYPE, DEFAULT_TRUST_VERSION } from '../core/model/relying-party.js';
import { DIGEST_METHODS } from '../protocols/saml/metadata/write.js';
import { METADATA_SETTINGS } from './metadata-settings.js';
import { define, joined, one, type RelyingPartySetting } from './relying-party-setting.js';
import {
  byShortName,
  CONTEXTS,
  FORMATS,
  readContext,
  readEncrypt,
  readEncryptNameId,
  readNamed,
  readNotes,
  readReply,
  readRequireSigned,
  readSignatureAlgorithm,
  readSigningKey,
} from './relying-party-values.js';
import { readChoice, readFlag, readIdentifier, readLine, readNames, readSeconds, showSeconds } from './setting-values.js';

/** Names that may hold commas, each given by itself. */
const eachLine =
  (key: string) =>
  (values: readonly string[]): readonly string[] => [...new Set(values.map((value) => readLine(key, value, 256)))];

/** Every key that is an override, in the order of the manual. */
export const RELYING_PARTY_SETTINGS: readonly RelyingPartySetting[] = [
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
  define({ key: 'encrypt-nameid', field: 'encryptNameId', read: one(readEncryptNameId), fallback: 'false' }),
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
  define({
    key: 'allowed-authn-contexts',
    field: 'allowedAuthnContexts',
    repeatable: true,
    read: (values) => [...new Set(values.map(readContext))],
    show: joined,
    fallback: 'any',
  }),
  define({ key: 'force-authn', field: 'forceAuthn', read: one((value) => readFlag('force-authn', value)), fallback: 'false' }),
  define({ key: 'groups', field: 'groups', repeatable: true, read: (values) => readNames('groups', values), show: joined, fallback: 'everyone' }),
  define({ key: 'sources', field: 'identitySources', repeatable: true, read: eachLine('sources'), show: joined, fallback: 'all' }),
  define({ key: 'signing-key', field: 'signingKey', read: one(readSigningKey), fallback: 'the active key' }),
  ...METADATA_SETTINGS,
  define({ key: 'notes', field: 'notes', read: one(readNotes), show: (notes) => notes.replaceAll(/\n+/gu, ' / '), fallback: 'none' }),
  define({ key: 'label', field: 'labels', repeatable: true, read: eachLine('label'), show: joined, fallback: 'none' }),
];
