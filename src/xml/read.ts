/** Typed reading of elements, attributes, times. Every reader throws malformed_request with a sentence, never with the whole value. */
import { SignetError } from '../core/errors.js';
import type { Instant } from '../core/model/ids.js';
import { NS } from './names.js';
import type { XmlElement } from './parse.js';

/** Child elements in document order. */
export function childElements(element: XmlElement): readonly XmlElement[] {
  return element.children.filter((child): child is XmlElement => typeof child !== 'string');
}

/** Child elements of one name, by namespace and local name. */
export function children(element: XmlElement, ns: string, local: string): readonly XmlElement[] {
  return childElements(element).filter((child) => child.ns === ns && child.local === local);
}

/** The only child of that name, or undefined; two of them are an error. */
export function child(element: XmlElement, ns: string, local: string): XmlElement | undefined {
  const found = children(element, ns, local);
  if (found.length > 1) throw malformed(`${local} stands ${String(found.length)} times in ${element.local}`);
  return found[0];
}

/** An attribute in no namespace. */
export function attribute(element: XmlElement, local: string): string | undefined {
  return element.attributes.find((entry) => entry.ns === '' && entry.local === local)?.value;
}

/** The text of an element that holds nothing but text, without the white space around it: for URIs, numbers, base64. */
export function leafText(element: XmlElement): string {
  return exactText(element).trim();
}

/** The text of an element that holds nothing but text, as it stands: for names, which are compared exactly (SAML Core 1.3.1). */
export function exactText(element: XmlElement): string {
  const text = element.children.map((child) => {
    if (typeof child === 'string') return child;
    throw malformed(`${element.local} must hold text only`);
  });
  return text.join('');
}

/** What a prefix stands for at an element; undefined where it is not declared. */
export function namespaceInScope(element: XmlElement, prefix: string): string | undefined {
  for (let at: XmlElement | undefined = element; at !== undefined; at = at.parent) {
    const found = at.declarations.find((declaration) => declaration.prefix === prefix);
    if (found !== undefined) return found.uri;
  }
  return undefined;
}

/**
 * True when xsi:type names the type. In what was signed, a declaration may be missing that only this value uses, since
 * exclusive canonical form drops it: then the local name decides.
 */
export function isOfType(element: XmlElement, ns: string, local: string): boolean {
  const value = element.attributes.find((entry) => entry.ns === NS.xsi && entry.local === 'type')?.value.trim() ?? '';
  const cut = value.indexOf(':');
  if (value.slice(cut + 1) !== local) return false;
  return (namespaceInScope(element, cut < 0 ? '' : value.slice(0, cut)) ?? ns) === ns;
}

const DATE_TIME = /^(\d{4,})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(Z|[+-]\d{2}:\d{2})$/u;

/** xs:dateTime with its zone; fractions finer than milliseconds are cut (SAML Core 1.3.3). */
export function readDateTime(text: string): Instant {
  const match = DATE_TIME.exec(text.trim());
  if (match === null) throw malformed('a time is not an xs:dateTime in UTC');
  const [, year = '', month = '', day = '', hour = '', minute = '', second = '', fraction = '', zone = 'Z'] = match;
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}${zone}`);
  // A day the month does not have would be moved into the next one.
  if (Number.isNaN(time) || Number(day) > new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate())
    throw malformed('a time is not an xs:dateTime in UTC');
  return time;
}

/** xs:boolean: true, false, 1, 0. */
export function readBoolean(text: string): boolean {
  const value = text.trim();
  if (value === 'true' || value === '1') return true;
  if (value === 'false' || value === '0') return false;
  throw malformed('a flag is neither true nor false');
}

/** xs:unsignedShort. */
export function readUnsigned(text: string): number {
  const value = text.trim();
  if (!/^\d{1,5}$/u.test(value) || Number(value) > 65_535) throw malformed('a number is not from 0 to 65535');
  return Number(value);
}

const NAME_START =
  'A-Z_a-z\\u{C0}-\\u{D6}\\u{D8}-\\u{F6}\\u{F8}-\\u{2FF}\\u{370}-\\u{37D}\\u{37F}-\\u{1FFF}\\u{200C}\\u{200D}\\u{2070}-\\u{218F}\\u{2C00}-\\u{2FEF}\\u{3001}-\\u{D7FF}\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFFD}\\u{10000}-\\u{EFFFF}';
const NC_NAME = new RegExp(`^[${NAME_START}][${NAME_START}.0-9\\u{B7}\\u{300}-\\u{36F}\\u{203F}\\u{2040}-]*$`, 'u');

/** True for an XML name without colon, which is what xs:ID takes (Namespaces in XML 1.0, 4). */
export function isNcName(text: string): boolean {
  return NC_NAME.test(text);
}

function malformed(message: string): SignetError {
  return new SignetError('malformed_request', message);
}
