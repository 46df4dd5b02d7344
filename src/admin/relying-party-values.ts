/** Readers of the values of an application's settings that depend on what is known of it, and of our keys. */
import { SignetError } from '../core/errors.js';
import { CONTEXT_PASSWORD, CONTEXT_PASSWORD_PROTECTED, CONTEXT_UNSPECIFIED } from '../core/issuance/authn-policy.js';
import { NAME_ID } from '../core/issuance/name-identifier.js';
import type { RelyingPartyMetadata } from '../core/model/relying-party.js';
import { checkReplyAddress } from '../core/model/reply-address.js';
import type { SigningKey } from '../core/model/signing-key.js';
import { isAbsoluteUri } from '../core/model/uri.js';
import { SIGNING_METHODS } from '../protocols/saml/metadata/write.js';
import { listed, readChoice, readFlag, wrongValue } from './setting-values.js';

/** What a value is checked against. */
export interface SettingContext {
  readonly metadata: RelyingPartyMetadata;
  /** All signing keys there are. */
  readonly keys: readonly SigningKey[];
  readonly allowHttp: boolean;
}

/** Short names of name identifier formats. */
export const FORMATS: Readonly<Record<string, string>> = {
  unspecified: NAME_ID.unspecified,
  email: NAME_ID.email,
  persistent: NAME_ID.persistent,
  transient: NAME_ID.transient,
  x509: NAME_ID.x509Subject,
  windows: NAME_ID.windows,
  kerberos: NAME_ID.kerberos,
};
/** Short names of authentication context classes. */
export const CONTEXTS: Readonly<Record<string, string>> = {
  unspecified: CONTEXT_UNSPECIFIED,
  password: CONTEXT_PASSWORD,
  'password-protected': CONTEXT_PASSWORD_PROTECTED,
};

const shortName = (uri: string): string => uri.slice(uri.lastIndexOf('#') + 1);

/** rsa-sha256 -> its URI. */
export function byShortName(uris: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(uris.map((uri) => [shortName(uri), uri]));
}

/** A short name or the URI it stands for. */
export function readNamed(key: string, value: string, names: Readonly<Record<string, string>>): string {
  const text = value.trim();
  const named = Object.entries(names).find(([name, uri]) => uri === text || name === text.toLowerCase());
  if (named === undefined) throw wrongValue(key, value, `use ${listed(Object.keys(names))}, or the URI of one of them`);
  return named[1];
}

/** A class of sign-in that may be asked for: one of ours, or any other, which AD FS may have allowed and later sign-ins amount to. */
export function readContext(value: string): string {
  const text = value.trim();
  return isAbsoluteUri(text) ? text : readNamed('allowed-authn-contexts', value, CONTEXTS);
}

const LONGEST_NOTES = 4096;

/** Text of several lines, as AD FS keeps it too. */
export function readNotes(value: string): string {
  const text = value.replaceAll(/\r\n?/gu, '\n').trim().normalize('NFC');
  if (/(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}]/u.test(text)) throw wrongValue('notes', value, 'remove invisible characters');
  if (Array.from(text).length > LONGEST_NOTES) throw wrongValue('notes', value, `use at most ${String(LONGEST_NOTES)} characters`);
  return text;
}

/** One that a key of ours can make. */
export function readSignatureAlgorithm(value: string, { keys }: SettingContext): string {
  const uri = readNamed('signature-algorithm', value, byShortName(SIGNING_METHODS));
  const wantsRsa = shortName(uri).startsWith('rsa');
  // Before the first start there is no key to compare with.
  if (keys.length > 0 && !keys.some((key) => key.state !== 'retired' && key.algorithm.startsWith('RSA') === wantsRsa)) {
    throw wrongValue(
      'signature-algorithm',
      value,
      `there is no ${wantsRsa ? 'RSA' : 'EC'} key to sign with; make one with: signet keys rotate --algorithm ${wantsRsa ? 'RSA-2048' : 'P-256'}`,
    );
  }
  return uri;
}

/** always needs a key of the application. */
export function readEncrypt(value: string, { metadata }: SettingContext): 'auto' | 'always' | 'never' {
  const choice = readChoice('encrypt', value, ['auto', 'always', 'never']);
  if (choice === 'always' && metadata.encryptionKeys.length === 0) {
    throw wrongValue('encrypt', value, 'the metadata has no key to encrypt with; ask the application for one and refresh, or use auto');
  }
  return choice;
}

/** true needs a key of the application. */
export function readEncryptNameId(value: string, { metadata }: SettingContext): boolean {
  const wanted = readFlag('encrypt-nameid', value);
  if (wanted && metadata.encryptionKeys.length === 0) {
    throw wrongValue('encrypt-nameid', value, 'the metadata has no key to encrypt with; ask the application for one and refresh');
  }
  return wanted;
}

/** true needs a certificate of the application. */
export function readRequireSigned(value: string, { metadata }: SettingContext): boolean {
  const required = readFlag('require-signed-requests', value);
  if (required && metadata.signingCertificates.length === 0) {
    throw wrongValue('require-signed-requests', value, 'the metadata has no certificate to check them with; ask the application for one and refresh');
  }
  return required;
}

/** An address that may be used (threats I01, I02). */
export function readReply(value: string, { allowHttp }: SettingContext): string {
  const problem = checkReplyAddress(value.trim(), { allowHttp });
  if (problem !== undefined) throw new SignetError('invalid_input', `reply: ${problem}`);
  return value.trim();
}

/** The id of a key that may sign. */
export function readSigningKey(value: string, { keys }: SettingContext): string {
  const usable = keys.filter((key) => key.state !== 'retired').map((key) => key.id);
  const found = usable.find((id) => id === value.trim());
  if (found === undefined) throw wrongValue('signing-key', value, `use the id of a key that may sign: ${listed(usable) || 'there is none yet'}`);
  return found;
}
