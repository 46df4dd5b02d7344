/**
 * The canonical writer: what it gives is exclusive canonical XML 1.0 of itself (namespace declarations first, then
 * attributes, both sorted; no empty-element tags; canonical escaping), so that the text digested is the text sent.
 */
import { SignetError } from '../core/errors.js';

/** Characters XML 1.0 does not allow, lone surrogates among them. */
const ILLEGAL = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;
const TEXT_SPECIAL = /[&<>\r]/u;
const ATTRIBUTE_SPECIAL = /[&<"\t\n\r]/u;

const TEXT_ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#xD;' };
const ATTRIBUTE_ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '"': '&quot;', '\t': '&#x9;', '\n': '&#xA;', '\r': '&#xD;' };

/** Text content. Throws invalid_input for a character that XML cannot carry. */
export function escapeText(value: string): string {
  refuseIllegal(value);
  return TEXT_SPECIAL.test(value) ? value.replaceAll(/[&<>\r]/gu, (found) => TEXT_ESCAPES[found] ?? found) : value;
}

/** An attribute value, without its quotes. Throws invalid_input for a character that XML cannot carry. */
export function escapeAttribute(value: string): string {
  refuseIllegal(value);
  return ATTRIBUTE_SPECIAL.test(value) ? value.replaceAll(/[&<"\t\n\r]/gu, (found) => ATTRIBUTE_ESCAPES[found] ?? found) : value;
}

function refuseIllegal(value: string): void {
  if (ILLEGAL.test(value)) throw new SignetError('invalid_input', 'a value holds a character that XML does not allow');
}

/** Attributes by qualified name; undefined ones are left out. Without namespaces on attributes but xml:, sorting by name is canonical order. */
export type Attributes = Readonly<Record<string, string | undefined>>;

/** The start tag. Names are ours, values are escaped. */
export function startTag(name: string, attributes: Attributes): string {
  let declarations = '';
  let plain = '';
  let qualified = '';
  for (const key of Object.keys(attributes).sort()) {
    const value = attributes[key];
    if (value === undefined) continue;
    const written = ` ${key}="${escapeAttribute(value)}"`;
    if (key === 'xmlns' || key.startsWith('xmlns:')) declarations += written;
    else if (key.includes(':')) qualified += written;
    else plain += written;
  }
  // Attributes without a namespace come before those in one (Canonical XML 1.0, 2.2).
  return `<${name}${declarations}${plain}${qualified}>`;
}

/** A whole element around finished content. Attributes in a namespace: at most one, so that their order cannot depend on URIs. */
export function element(name: string, attributes: Attributes, ...content: readonly string[]): string {
  return `${startTag(name, attributes)}${content.join('')}</${name}>`;
}
