/** XML Schema types of claim values that tokens may name (XML Schema Part 2, 3.2 and 3.3). */
import { type Claim, XS_STRING } from '../model/claim.js';

const XSD = 'http://www.w3.org/2001/XMLSchema#';

const INTEGER = /^[+-]?\d{1,30}$/u;
const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/u;

/** Which texts are values of a type: readers refuse a token whose value does not fit the type it names. */
const LEGAL: Readonly<Record<string, RegExp>> = {
  boolean: /^(?:true|false|1|0)$/u,
  integer: INTEGER,
  int: /^[+-]?\d{1,9}$/u,
  long: /^[+-]?\d{1,18}$/u,
  decimal: DECIMAL,
  double: /^(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|-?INF|NaN)$/u,
  date: /^-?\d{4}-\d{2}-\d{2}(?:Z|[+-]\d{2}:\d{2})?$/u,
  dateTime: /^-?\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})?$/u,
  time: /^\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})?$/u,
  anyURI: /^\S*$/u,
  base64Binary: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/u,
  hexBinary: /^(?:[0-9A-Fa-f]{2})*$/u,
};

/** Their URIs. */
export const VALUE_TYPES: readonly string[] = [XS_STRING, ...Object.keys(LEGAL).map((name) => `${XSD}${name}`)];

/** The local name of the type that all claims share and every value fits; undefined for text, which every value fits. */
export function sharedValueType(claims: readonly Claim[]): string | undefined {
  const type = claims[0]?.valueType ?? XS_STRING;
  if (type === XS_STRING || !type.startsWith(XSD)) return undefined;
  const name = type.slice(XSD.length);
  const legal = Object.hasOwn(LEGAL, name) ? LEGAL[name] : undefined;
  return legal !== undefined && claims.every(({ valueType, value }) => valueType === type && legal.test(value)) ? name : undefined;
}
