/** One form for what PowerShell writes in several: certificates, addresses, times, enumerations, wrapped values. */
import { readTime } from './clixml-values.js';
import type { AdfsObject, AdfsValue } from './export.js';

const REVOCATION: Readonly<Record<number, string>> = [
  'None',
  'CheckEndCert',
  'CheckEndCertCacheOnly',
  'CheckChain',
  'CheckChainCacheOnly',
  'CheckChainExcludeRoot',
  'CheckChainExcludeRootCacheOnly',
];

/** Enumerations that ConvertTo-Json writes as numbers, by property: the text of each number. */
const ENUMERATIONS: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  EncryptionCertificateRevocationCheck: REVOCATION,
  SigningCertificateRevocationCheck: REVOCATION,
  AllowedClientTypes: { 0: 'None', 2: 'Public', 4: 'Confidential', 6: 'Public, Confidential' },
  IssueOAuthRefreshTokensTo: { 0: 'NoDevice', 1: 'WorkplaceJoinedDevices', 2: 'AllDevices' },
};

/** What PowerShell adds to objects that came from another machine. */
const ADDED = new Set(['PSComputerName', 'RunspaceId', 'PSShowComputerName', 'PSSourceJobInstanceId']);
const JSON_DATE = /^\/Date\((-?\d{1,16})(?:[+-]\d{4})?\)\/$/u;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/u;

/** @param name of the property it is a value of, or stands in a list of */
export function canonical(value: AdfsValue, name: string): AdfsValue {
  if (typeof value === 'number') return ENUMERATIONS[name]?.[value] ?? value;
  if (typeof value === 'string') return timeOf(value, name) ?? value;
  if (value === null || typeof value === 'boolean') return value;
  if (isList(value)) return value.map((item) => canonical(item, name));
  const single = base64Of(value['RawData']) ?? addressOf(value);
  if (single !== undefined) return single;
  // ConvertTo-Json of PowerShell 5 puts lists and times that carry members of their own in such a wrapper.
  if (value['value'] !== undefined && ['Count', 'DateTime', 'DisplayHint'].some((mark) => Object.hasOwn(value, mark))) return canonical(value['value'], name);
  return canonicalObject(value);
}

/** Every property of an object. */
export function canonicalObject(value: AdfsObject): AdfsObject {
  const kept = Object.entries(value).filter(([name]) => !ADDED.has(name));
  return Object.fromEntries(kept.map(([name, property]) => [name, canonical(property, name)]));
}

export function isList(value: AdfsValue | undefined): value is readonly AdfsValue[] {
  return Array.isArray(value);
}

export function isObject(value: AdfsValue | undefined): value is AdfsObject {
  return typeof value === 'object' && value !== null && !isList(value);
}

function timeOf(text: string, name: string): number | undefined {
  const milliseconds = JSON_DATE.exec(text)?.[1];
  if (milliseconds !== undefined) return Number(milliseconds);
  return name.endsWith('Time') ? readTime(text) : undefined;
}

/** System.Uri with its properties. */
function addressOf(value: AdfsObject): string | undefined {
  const { OriginalString, AbsoluteUri } = value;
  return [OriginalString, AbsoluteUri].find((text) => typeof text === 'string');
}

/** The bytes of a certificate: base64 already, numbers, or numbers that were joined where the depth of the export ended. */
function base64Of(raw: AdfsValue | undefined): string | undefined {
  if (typeof raw === 'string' && BASE64.test(raw)) return raw;
  const numbers = typeof raw === 'string' && /^\d{1,3}(?: \d{1,3})+$/u.test(raw) ? raw.split(' ').map(Number) : raw;
  if (!isList(numbers) || numbers.length === 0 || !numbers.every((byte) => typeof byte === 'number' && byte >= 0 && byte <= 255)) return undefined;
  return Buffer.from(numbers as readonly number[]).toString('base64');
}
