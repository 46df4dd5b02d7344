/** AD FS exports in each form they come in, made of the trusts of adfs-trusts.ts. */
import { createHash } from 'node:crypto';
import type { AdfsObject, AdfsTrust, AdfsValue } from '../../src/admin/adfs/export.js';
import { CERTIFICATES, clixmlText, ENUMERATIONS, isList, TIMES } from './adfs-clixml.js';
import type { NamedTrust } from './adfs-trust-shapes.js';
import { ADFS_TRUSTS, type AdfsTrustName } from './adfs-trusts.js';
import { zipOf } from './zip-files.js';

export { ADFS_TRUSTS, CHECKER_TRUSTS, type AdfsTrustName } from './adfs-trusts.js';

type Given = AdfsTrustName | NamedTrust;

/** The properties of a trust, as the reading gives them. */
export function adfsTrust(name: AdfsTrustName, changes: AdfsObject = {}): AdfsObject {
  return { ...ADFS_TRUSTS[name].properties, ...changes };
}

/** A trust as the reading gives it. */
export function readTrust(name: AdfsTrustName, changes: AdfsObject = {}): AdfsTrust {
  return { kind: ADFS_TRUSTS[name].kind, file: `${name}.xml`, properties: adfsTrust(name, changes) };
}

/** Export-Clixml. */
export function toClixml(trusts: readonly Given[], { utf16 = false, list = false }: { readonly utf16?: boolean; readonly list?: boolean } = {}): Buffer {
  return encoded(clixmlText(trusts.map(named), list), utf16);
}

/** ConvertTo-Json: an object for one trust, a list for several. */
export function toJson(
  trusts: readonly Given[],
  { utf16 = false, numbersForEnums = false }: { readonly utf16?: boolean; readonly numbersForEnums?: boolean } = {},
): Buffer {
  const objects = trusts.map((trust) => asJson(named(trust).properties, '', numbersForEnums));
  return encoded(jsonText(objects.length === 1 ? objects[0] : objects), utf16);
}

/** ADFSApps.zip as Microsoft's exporter makes it, with the backslashes of its Compress-Archive. */
export function toZip(files: readonly { readonly name: string; readonly bytes: Buffer }[]): Buffer {
  return zipOf(files.map(({ name, bytes }) => ({ name: `apps\\${name}`, bytes })));
}

/** One file for each trust, named as Microsoft's exporter names them. */
export function exporterFiles(trusts: readonly Given[]): readonly { readonly name: string; readonly bytes: Buffer }[] {
  return trusts.map((given) => {
    const trust = named(given);
    const { Name } = trust.properties;
    const name = (typeof Name === 'string' ? Name : '').replaceAll(/["<>|:*?\\/]/gu, '');
    return { name: `${trust.kind === 'relying-party' ? 'RPT' : 'CPT'} - ${name}.xml`, bytes: toClixml([trust], { utf16: true }) };
  });
}

/** What the diagnostics of AD FS's toolbox say of a relying party: these properties, and no more. */
export const DIAGNOSED = [
  'Name',
  'Identifier',
  'ProtocolProfile',
  'AccessControlPolicyName',
  'IssuanceAuthorizationRules',
  'AdditionalAuthenticationRules',
  'IssuanceTransformRules',
] as const;

/** Export-AdfsDiagnosticsFile. */
export function toDiagnostics(trusts: readonly Given[]): Buffer {
  const shown = trusts.map((trust) => Object.fromEntries(DIAGNOSED.map((name) => [name, named(trust).properties[name] ?? null])));
  const configuration = { Role: 1, MajorOsVersion: 10, FederationServiceName: 'sts.corp.example', AdfsRelyingPartyTrust: shown };
  return Buffer.from(JSON.stringify({ ADFSToolbox: { 'Test-AdfsServerHealth': { AllTests: [] }, 'Adfs-Configuration': configuration }, Version: '1.0.13' }));
}

function named(trust: Given): NamedTrust {
  return typeof trust === 'string' ? ADFS_TRUSTS[trust] : trust;
}

function encoded(text: string, utf16: boolean): Buffer {
  return utf16 ? Buffer.from(`\uFEFF${text}`, 'utf16le') : Buffer.from(text, 'utf8');
}

function asJson(value: AdfsValue, name: string, numbers: boolean): unknown {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number') return TIMES.has(name) ? `/Date(${String(value)})/` : value;
  if (typeof value === 'string') {
    if (CERTIFICATES.has(name)) return certificateAsJson(value);
    return numbers ? (ENUMERATIONS[name]?.numbers[value] ?? value) : value;
  }
  if (isList(value)) return value.map((item) => asJson(item, name, numbers));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asJson(item, key, numbers)]));
}

function certificateAsJson(base64: string): unknown {
  const der = Buffer.from(base64, 'base64');
  return { Archived: false, RawData: [...der], Thumbprint: createHash('sha1').update(der).digest('hex').toUpperCase(), Version: 3 };
}

/** As PowerShell 5 writes it: slashes of dates and the characters of markup escaped. */
function jsonText(value: unknown): string {
  const text = JSON.stringify(value, null, 4).replaceAll(/"\/Date\((-?\d+)\)\/"/gu, '"\\/Date($1)\\/"');
  return text.replaceAll(/[<>&']/gu, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).replaceAll('\n', '\r\n');
}
