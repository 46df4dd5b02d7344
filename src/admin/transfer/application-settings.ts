/** What an administrator set for an application, by the keys and in the words of `signet rp set`. */
import { z } from 'zod';
import { SignetError } from '../../core/errors.js';
import type { RelyingPartyOverrides, RelyingPartyRecord } from '../../core/model/relying-party.js';
import { DIGEST_METHODS, SIGNING_METHODS } from '../../protocols/saml/metadata/write.js';
import { strict } from '../claim-schema.js';
import { assignSettings } from '../relying-party-assignments.js';
import { RELYING_PARTY_SETTINGS } from '../relying-party-settings.js';
import { byShortName, CONTEXTS, FORMATS, type SettingContext } from '../relying-party-values.js';
import { showSeconds } from '../setting-values.js';

export type SettingValue = string | number | boolean | readonly string[];
export type SettingValues = Readonly<Record<string, SettingValue>>;

/** Overrides that have a part of the document of their own. */
type Apart = 'rules' | 'claims' | 'accessPolicy' | 'preset';
type Field = Exclude<keyof RelyingPartyOverrides, Apart>;
type Written = Readonly<Record<string, SettingValue | undefined>>;

/** Names that commas part when they are typed: a comma inside one is written \, there. */
const PARTED_BY_COMMAS: readonly string[] = ['groups'];

/** Each override as its keys. Complete: the compiler asks for a new one. */
type Words<F extends Field> = (value: NonNullable<RelyingPartyOverrides[F]>) => Written;
const WORDS: { readonly [F in Field]: Words<F> } = {
  name: (name) => ({ name }),
  sign: (sign) => ({ sign }),
  encrypt: (encrypt) => ({ encrypt }),
  nameIdFormat: (uri) => ({ 'nameid-format': shortFor(uri, FORMATS) }),
  signatureAlgorithm: (uri) => ({ 'signature-algorithm': shortFor(uri, byShortName(SIGNING_METHODS)) }),
  digestAlgorithm: (uri) => ({ 'digest-algorithm': shortFor(uri, byShortName(DIGEST_METHODS)) }),
  requireSignedRequests: (flag) => ({ 'require-signed-requests': flag }),
  lifetimeSeconds: (seconds) => ({ lifetime: showSeconds(seconds) }),
  sessionLifetimeSeconds: (seconds) => ({ 'session-lifetime': showSeconds(seconds) }),
  skewSeconds: (seconds) => ({ skew: showSeconds(seconds) }),
  issuer: (issuer) => ({ issuer }),
  audiences: (audience) => ({ audience }),
  replyAddresses: (reply) => ({ reply }),
  identifiers: (identifier) => ({ identifier }),
  tokenType: (type) => ({ 'token-type': type }),
  trustVersion: (version) => ({ 'trust-version': version }),
  authnContext: (uri) => ({ 'authn-context': shortFor(uri, CONTEXTS) }),
  forceAuthn: (flag) => ({ 'force-authn': flag }),
  groups: (groups) => ({ groups }),
  signingKey: (id) => ({ 'signing-key': id }),
  notes: (notes) => ({ notes }),
  labels: (label) => ({ label }),
  encryptNameId: (flag) => ({ 'encrypt-nameid': flag }),
  allowedAuthnContexts: (contexts) => ({ 'allowed-authn-contexts': contexts.map((uri) => shortFor(uri, CONTEXTS)) }),
  identitySources: (sources) => ({ sources }),
  refresh: ({ mode, intervalSeconds, certificates }) => ({
    refresh: mode,
    'refresh-interval': intervalSeconds === undefined ? undefined : showSeconds(intervalSeconds),
    'metadata-certificate': certificates,
  }),
};

function shortFor(uri: string, names: Readonly<Record<string, string>>): string {
  return Object.entries(names).find(([, known]) => known === uri)?.[0] ?? uri;
}

/** Everything set, in the order of the manual; an empty list sets nothing. */
export function settingsIn(overrides: RelyingPartyOverrides): SettingValues {
  const fields = Object.keys(WORDS) as readonly Field[];
  const written = new Map(fields.flatMap((field) => Object.entries(wordsOf(field, overrides[field]))));
  const order = [...new Set([...RELYING_PARTY_SETTINGS.map(({ key }) => key), ...written.keys()])];
  return Object.fromEntries(
    order.flatMap((key) => {
      const value = written.get(key);
      return value === undefined || (Array.isArray(value) && value.length === 0) ? [] : [[key, value]];
    }),
  );
}

function wordsOf<F extends Field>(field: F, value: RelyingPartyOverrides[F]): Written {
  const words: Words<F> = WORDS[field];
  return value === undefined ? {} : words(value);
}

const text = z.string('give a text').min(1, 'give a value, or leave the key out');
const value = z.union([text, z.number(), z.boolean()], 'give a text, a number, true or false');
const values = z.union([value, z.array(text, 'give a text or a list of texts').min(1, 'give at least one, or leave the key out').readonly()], {
  error: 'give a text, or a list of at least one; without any leave the key out',
});

/** The keys there are (M10). */
export const SETTINGS_SCHEMA: z.ZodType<SettingValues> = strict(
  Object.fromEntries(RELYING_PARTY_SETTINGS.map(({ key, repeatable }) => [key, (repeatable ? values : value).exactOptional()])),
);

/**
 * The record with one of them in place. Throws invalid_input as `rp set` does. @param key one of the schema
 */
export function assignSetting(record: RelyingPartyRecord, key: string, given: SettingValue, context: SettingContext): RelyingPartyRecord {
  const typed = (Array.isArray(given) ? given : [given]).map(String);
  if (typed.every((word) => word.trim() === '')) throw new SignetError('invalid_input', `${key}: give a value, or leave the key out.`);
  const parted = PARTED_BY_COMMAS.includes(key);
  return assignSettings(
    record,
    typed.map((word) => ({ key, value: parted ? word.replaceAll(',', String.raw`\,`) : word })),
    context,
  );
}
