/** Writes values as PowerShell's Export-Clixml does, in the types that AD FS's objects have. */
import { createHash } from 'node:crypto';
import type { AdfsObject, AdfsValue } from '../../src/admin/adfs/export.js';
import type { NamedTrust } from './adfs-trust-shapes.js';

const RESOURCES = 'Microsoft.IdentityServer.Management.Resources';
export const CERTIFICATES = new Set(['EncryptionCertificate', 'RequestSigningCertificate', 'TokenSigningCertificates']);
const URIS = new Set(['WSFedEndpoint', 'MetadataUrl', 'Location', 'ResponseLocation', 'BindingUri', 'CustomMFAUri']);
export const TIMES = new Set(['LastUpdateTime', 'LastMonitoredTime']);
const DICTIONARIES = new Set(['ProxyEndpointMappings', 'AccessControlPolicyParameters']);
const REVOCATION = [
  'None',
  'CheckEndCert',
  'CheckEndCertCacheOnly',
  'CheckChain',
  'CheckChainCacheOnly',
  'CheckChainExcludeRoot',
  'CheckChainExcludeRootCacheOnly',
];

/** Enumerations by property: their type, and the number of a value. */
export const ENUMERATIONS: Readonly<Record<string, { readonly type: string; readonly numbers: Readonly<Record<string, number>> }>> = {
  EncryptionCertificateRevocationCheck: { type: 'Microsoft.IdentityServer.PolicyModel.Configuration.RevocationSetting', numbers: counted(REVOCATION) },
  SigningCertificateRevocationCheck: { type: 'Microsoft.IdentityServer.PolicyModel.Configuration.RevocationSetting', numbers: counted(REVOCATION) },
  AllowedClientTypes: {
    type: 'Microsoft.IdentityServer.PolicyModel.Client.AllowedClientTypes',
    numbers: { None: 0, Public: 2, Confidential: 4, 'Public, Confidential': 6 },
  },
  IssueOAuthRefreshTokensTo: {
    type: 'Microsoft.IdentityServer.PolicyModel.Configuration.RefreshTokenIssuanceDeviceTypes',
    numbers: { NoDevice: 0, WorkplaceJoinedDevices: 1, AllDevices: 2 },
  },
};

/** Numbers of objects and of lists of type names, which a second object of the same type only refers to. */
interface Writing {
  objects: number;
  readonly types: Map<string, number>;
}

/** A document. @param list one object that holds all, as `Export-Clixml -InputObject` writes it; else one object after the other */
export function clixmlText(trusts: readonly NamedTrust[], list: boolean): string {
  const writing: Writing = { objects: 0, types: new Map() };
  const items = (): string => trusts.map((trust) => trustElement(writing, trust)).join('\r\n');
  const body = list ? object(writing, '', ['System.Object[]', 'System.Array', 'System.Object'], () => `<LST>\r\n${items()}\r\n</LST>`) : items();
  return `<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">\r\n${body}\r\n</Objs>`;
}

function trustElement(writing: Writing, { kind, properties }: NamedTrust): string {
  const type = kind === 'relying-party' ? 'RelyingPartyTrust' : 'ClaimsProviderTrust';
  return object(writing, '', [`${RESOURCES}.${type}`, `${RESOURCES}.ScopeBase`, 'System.Object'], () => props(writing, properties), `${RESOURCES}.${type}`);
}

function props(writing: Writing, value: AdfsObject): string {
  const inside = Object.entries(value).map(([name, property]) => element(writing, name, property));
  return inside.length === 0 ? '<Props />' : `<Props>\r\n${inside.join('\r\n')}\r\n</Props>`;
}

function element(writing: Writing, name: string, value: AdfsValue, parent = name): string {
  const n = name === '' ? '' : ` N="${escaped(name)}"`;
  if (value === null) return `<Nil${n} />`;
  if (typeof value === 'boolean') return `<B${n}>${String(value)}</B>`;
  if (typeof value === 'number')
    return TIMES.has(parent) ? `<DT${n}>${new Date(value).toISOString().replace('Z', '0000Z')}</DT>` : `<I32${n}>${String(value)}</I32>`;
  if (typeof value === 'string') return textElement(writing, n, parent, value);
  if (isList(value)) {
    const items = (): string => `<LST>\r\n${value.map((item) => element(writing, '', item, parent)).join('\r\n')}\r\n</LST>`;
    return object(writing, n, ['System.Collections.ObjectModel.ReadOnlyCollection`1', 'System.Object'], value.length === 0 ? () => '<LST />' : items);
  }
  if (DICTIONARIES.has(parent)) return object(writing, n, ['System.Collections.Hashtable', 'System.Object'], () => dictionary(writing, value));
  const type = parent === 'SamlEndpoints' ? `${RESOURCES}.SamlEndpoint` : `Microsoft.IdentityServer.${parent}`;
  return object(writing, n, [type, 'System.Object'], () => props(writing, value), type);
}

function textElement(writing: Writing, n: string, parent: string, value: string): string {
  const enumeration = ENUMERATIONS[parent];
  if (enumeration !== undefined) {
    return object(
      writing,
      n,
      [enumeration.type, 'System.Enum', 'System.ValueType', 'System.Object'],
      () => `<I32>${String(enumeration.numbers[value])}</I32>`,
      value,
    );
  }
  if (CERTIFICATES.has(parent)) return certificate(writing, n, value);
  return URIS.has(parent) ? `<URI${n}>${escaped(value)}</URI>` : `<S${n}>${escaped(value)}</S>`;
}

function certificate(writing: Writing, n: string, base64: string): string {
  const der = Buffer.from(base64, 'base64');
  const thumbprint = createHash('sha1').update(der).digest('hex').toUpperCase();
  const types = [
    'System.Security.Cryptography.X509Certificates.X509Certificate2',
    'System.Security.Cryptography.X509Certificates.X509Certificate',
    'System.Object',
  ];
  const inside = `<Props>\r\n<B N="Archived">false</B>\r\n<S N="Thumbprint">${thumbprint}</S>\r\n<BA N="RawData">${base64}</BA>\r\n</Props>`;
  return object(writing, n, types, () => inside, cutCertificate(thumbprint));
}

/** All that is left of a certificate where an export went not deep enough. */
export function cutCertificate(thumbprint: string): string {
  return `[Subject]\r\n  CN=app.example\r\n\r\n[Issuer]\r\n  CN=app.example\r\n\r\n[Thumbprint]\r\n  ${thumbprint}\r\n`;
}

function dictionary(writing: Writing, value: AdfsObject): string {
  const entries = Object.entries(value).map(([key, item]) => {
    const written = element(writing, 'Value', item, 'Value');
    return `<En>\r\n<S N="Key">${escaped(key)}</S>\r\n${written}\r\n</En>`;
  });
  return entries.length === 0 ? '<DCT />' : `<DCT>\r\n${entries.join('\r\n')}\r\n</DCT>`;
}

function object(writing: Writing, n: string, types: readonly string[], inside: () => string, text?: string): string {
  const id = writing.objects++;
  const known = writing.types.get(types.join());
  if (known === undefined) writing.types.set(types.join(), writing.types.size);
  const names = `<TN RefId="${String(writing.types.size - 1)}">${types.map((type) => `<T>${type}</T>`).join('')}</TN>`;
  const head = known === undefined ? names : `<TNRef RefId="${String(known)}" />`;
  const toString = text === undefined ? '' : `<ToString>${escaped(text)}</ToString>`;
  return `<Obj${n} RefId="${String(id)}">\r\n${head}${toString}${inside()}\r\n</Obj>`;
}

/** Control characters and surrogates by their number, and an underscore where it could be taken for that. */
export function escaped(text: string): string {
  const plain = text.replaceAll(/_(?=x[0-9A-Fa-f]{4}_)/giu, '_x005F_');
  const coded = plain.replaceAll(
    /[\u0000-\u001F\u007F-\u009F\uD800-\uDFFF]/g,
    (char) => `_x${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`,
  );
  return coded.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function counted(names: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries(names.map((name, index) => [name, index]));
}

export function isList(value: AdfsValue): value is readonly AdfsValue[] {
  return Array.isArray(value);
}
