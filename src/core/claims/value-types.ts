/** XML Schema types of claim values that tokens may name (XML Schema Part 2, 3.2 and 3.3). */
import { type Claim, XS_STRING } from '../model/claim.js';
import { isAbsoluteUri } from '../model/uri.js';

const XSD = 'http://www.w3.org/2001/XMLSchema#';

const DATE = String.raw`\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])`;
const TIME = String.raw`(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,30})?|24:00:00)`;
const ZONE = String.raw`(?:Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))?`;

const fits =
  (pattern: RegExp) =>
  (text: string): boolean =>
    pattern.test(text);

const fitsDay =
  (pattern: RegExp) =>
  (text: string): boolean =>
    pattern.test(text) && isDay(text);

/** Which texts are values of a type: readers refuse a token whose value does not fit the type it names. */
const LEGAL: Readonly<Record<string, (text: string) => boolean>> = {
  boolean: fits(/^(?:true|false|1|0)$/u),
  integer: fits(/^[+-]?\d{1,30}$/u),
  int: fits(/^[+-]?\d{1,9}$/u),
  long: fits(/^[+-]?\d{1,18}$/u),
  decimal: fits(/^[+-]?\d{1,18}(?:\.\d{1,18})?$/u),
  double: fits(/^(?:[+-]?\d{1,30}(?:\.\d{1,30})?(?:[eE][+-]?\d{1,3})?|-?INF|NaN)$/u),
  date: fitsDay(new RegExp(`^${DATE}${ZONE}$`, 'u')),
  dateTime: fitsDay(new RegExp(`^${DATE}T${TIME}${ZONE}$`, 'u')),
  time: fits(new RegExp(`^${TIME}${ZONE}$`, 'u')),
  anyURI: isAbsoluteUri,
  base64Binary: fits(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$/u),
  hexBinary: fits(/^(?:[0-9A-Fa-f]{2})*$/u),
};

/** Whether the month has that day; there is no year 0. */
function isDay(text: string): boolean {
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split('-').map(Number);
  return year > 0 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** Their URIs. */
export const VALUE_TYPES: readonly string[] = [XS_STRING, ...Object.keys(LEGAL).map((name) => `${XSD}${name}`)];

/** The local name of the type that all claims share and every value fits; undefined for text, which every value fits. */
export function sharedValueType(claims: readonly Claim[]): string | undefined {
  const type = claims[0]?.valueType ?? XS_STRING;
  if (type === XS_STRING || !type.startsWith(XSD)) return undefined;
  const name = type.slice(XSD.length);
  const legal = Object.hasOwn(LEGAL, name) ? LEGAL[name] : undefined;
  return legal !== undefined && claims.every(({ valueType, value }) => valueType === type && legal(value)) ? name : undefined;
}
