/** What changed between two readings of an application's metadata, line by line, for the person who decides. */
import {
  type AttributeConsumingService,
  type LogoutEndpoint,
  protocolsOf,
  type RelyingPartyMetadata,
  type ReplyAddress,
  WSFED_BINDING,
} from '../core/model/relying-party.js';
import type { PassiveProtocolName } from '../core/model/security-token.js';
import { readCertificate } from '../crypto/certificate.js';
import { showSeconds } from './setting-values.js';

/** What a change is about. Of those in the first line there may be several; a list may come in another order. */
export type MetadataPart =
  | ListPart
  | 'name'
  | 'description'
  | 'organization'
  | 'information address'
  | 'logo'
  | 'signs its requests'
  | 'wants assertions signed'
  | 'valid until'
  | 'read again after'
  | `order of ${ListPart}`;
type ListPart =
  | 'identifier'
  | 'protocol'
  | 'contact'
  | 'reply address'
  | 'sign-out address'
  | 'name identifier format'
  | 'requested attribute'
  | 'signing certificate'
  | 'encryption certificate'
  | 'signature algorithm'
  | 'digest algorithm';

/** One line: `before` undefined is new, `after` undefined is gone. */
export interface MetadataChange {
  readonly what: MetadataPart;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** Everything that differs, in a fixed order; empty when nothing does. The entity id is not among it: it never changes. */
export function compareMetadata(before: RelyingPartyMetadata, after: RelyingPartyMetadata): readonly MetadataChange[] {
  const value = (what: MetadataPart, read: (metadata: RelyingPartyMetadata) => string | undefined): readonly MetadataChange[] =>
    read(before) === read(after) ? [] : [{ what, before: read(before), after: read(after) }];
  const list = (what: ListPart, read: (metadata: RelyingPartyMetadata) => readonly string[]): readonly MetadataChange[] =>
    compareLists(what, read(before), read(after));
  return [
    ...list('identifier', ({ identifiers = [] }) => identifiers),
    ...list('protocol', (metadata) => protocolsOf(metadata).map((protocol) => PROTOCOLS[protocol])),
    ...value('name', ({ displayName }) => displayName),
    ...value('description', ({ description }) => description),
    ...value('organization', ({ organization }) => organization),
    ...value('information address', ({ informationUrl }) => informationUrl),
    ...value('logo', ({ logoUrl }) => logoUrl),
    ...list('contact', ({ contacts }) => contacts.map(({ type, name, email }) => [type, name, email].filter((part) => part !== undefined).join(' '))),
    ...list('reply address', ({ replyAddresses }) => replyAddresses.map(describeReplyAddress)),
    ...list('sign-out address', ({ logoutEndpoints = [] }) => logoutEndpoints.map(describeLogoutEndpoint)),
    ...list('name identifier format', ({ nameIdFormats }) => nameIdFormats),
    ...list('requested attribute', ({ attributeServices }) => attributeServices.flatMap(describeAttributes)),
    ...list('signing certificate', ({ signingCertificates }) => signingCertificates.map(describeCertificate)),
    ...list('encryption certificate', ({ encryptionKeys }) => encryptionKeys.map((key) => [describeCertificate(key.certificate), ...key.methods].join(' '))),
    ...value('signs its requests', ({ authnRequestsSigned }) => yesNo(authnRequestsSigned)),
    ...value('wants assertions signed', ({ wantAssertionsSigned }) => yesNo(wantAssertionsSigned)),
    ...list('signature algorithm', ({ signingMethods }) => signingMethods),
    ...list('digest algorithm', ({ digestMethods }) => digestMethods),
    ...value('valid until', ({ validUntil }) => (validUntil === undefined ? undefined : new Date(validUntil).toISOString())),
    ...value('read again after', ({ cacheSeconds }) => (cacheSeconds === undefined ? undefined : showSeconds(cacheSeconds))),
  ];
}

const PROTOCOLS: Readonly<Record<PassiveProtocolName, string>> = { saml: 'SAML 2.0', wsfed: 'WS-Federation' };

/** SAML 2.0, WS-Federation */
export function describeProtocols(metadata: RelyingPartyMetadata): string {
  return protocolsOf(metadata)
    .map((protocol) => PROTOCOLS[protocol])
    .join(', ');
}

function compareLists(what: ListPart, before: readonly string[], after: readonly string[]): readonly MetadataChange[] {
  const gone = before.filter((entry) => !after.includes(entry)).map((entry) => ({ what, before: entry, after: undefined }));
  const added = after.filter((entry) => !before.includes(entry)).map((entry) => ({ what, before: undefined, after: entry }));
  if (gone.length > 0 || added.length > 0 || before.join('\n') === after.join('\n')) return [...gone, ...added];
  return [{ what: `order of ${what}`, before: before.join(', '), after: after.join(', ') }];
}

/** https://app.example/acs (POST, index 1, default) */
export function describeReplyAddress({ url, binding, index, isDefault }: ReplyAddress): string {
  const facts = [
    describeBinding(binding),
    ...(index === undefined ? [] : [`index ${String(index)}`]),
    ...(isDefault === undefined ? [] : [isDefault ? 'default' : 'not the default']),
  ];
  return `${url} (${facts.join(', ')})`;
}

/** https://app.example/slo (HTTP-Redirect, answers to https://app.example/slo/done) */
export function describeLogoutEndpoint({ url, binding, responseUrl }: LogoutEndpoint): string {
  return `${url} (${[describeBinding(binding), ...(responseUrl === undefined ? [] : [`answers to ${responseUrl}`])].join(', ')})`;
}

/** The address that one of the two above begins with. */
export function addressIn(description: string): string {
  return description.slice(0, description.indexOf(' ('));
}

/** Where the second one says that answers go. */
export function answerIn(description: string): string | undefined {
  return / \([^()]*, answers to (\S+)\)$/u.exec(description)?.[1];
}

function describeBinding(binding: string): string {
  return binding === WSFED_BINDING ? 'WS-Federation' : binding.slice(binding.lastIndexOf(':') + 1);
}

function describeAttributes({ index, isDefault, requested }: AttributeConsumingService): readonly string[] {
  const service = `service ${String(index)}${isDefault === undefined ? '' : isDefault ? ', default' : ', not the default'}`;
  return requested.map(({ name, nameFormat, friendlyName, required }) => {
    const facts = [friendlyName, nameFormat, required ? 'required' : 'optional', service].filter((fact) => fact !== undefined);
    return `${name} (${facts.join(', ')})`;
  });
}

/** CN=app.example, until 2030-01-01, sha256 0123456789abcdef… */
export function describeCertificate(certificate: string): string {
  const { subject, notAfter, sha256Thumbprint } = readCertificate(certificate);
  return `${subject}, until ${new Date(notAfter).toISOString().slice(0, 10)}, sha256 ${sha256Thumbprint}`;
}

function yesNo(flag: boolean): string {
  return flag ? 'yes' : 'no';
}
