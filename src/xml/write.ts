/**
 * The canonical writer: what it gives is exclusive canonical XML 1.0 of itself (namespace declarations first, then
 * attributes, both sorted; no empty-element tags; canonical escaping), so that the text digested is the text sent.
 */
import { SignetError } from '../core/errors.js';

/** Characters XML 1.0 does not allow, lone surrogates among them. */
const ILLEGAL = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;
/** What is to be escaped or refused: one look suffices for nearly every value. */
const TEXT_SPECIAL = /[&<>\r\u{0}-\u{8}\u{B}\u{C}\u{E}-\u{1F}\u{FFFE}\u{FFFF}\p{Cs}]/u;
const ATTRIBUTE_SPECIAL = /[&<"\t\n\r\u{0}-\u{8}\u{B}\u{C}\u{E}-\u{1F}\u{FFFE}\u{FFFF}\p{Cs}]/u;

const TEXT_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['\r', '&#xD;'],
]);
const ATTRIBUTE_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['"', '&quot;'],
  ['\t', '&#x9;'],
  ['\n', '&#xA;'],
  ['\r', '&#xD;'],
]);

/** Text content. Throws invalid_input for a character that XML cannot carry. */
export function escapeText(value: string): string {
  if (!TEXT_SPECIAL.test(value)) return value;
  refuseIllegal(value);
  return value.replaceAll(/[&<>\r]/gu, (found) => TEXT_ESCAPES.get(found) ?? found);
}

/** An attribute value, without its quotes. Throws invalid_input for a character that XML cannot carry. */
export function escapeAttribute(value: string): string {
  if (!ATTRIBUTE_SPECIAL.test(value)) return value;
  refuseIllegal(value);
  return value.replaceAll(/[&<"\t\n\r]/gu, (found) => ATTRIBUTE_ESCAPES.get(found) ?? found);
}

function refuseIllegal(value: string): void {
  if (ILLEGAL.test(value)) throw new SignetError('invalid_input', 'a value holds a character that XML does not allow');
}

/**
 * Attributes by qualified name in canonical order, which is the caller's part, since sorting would cost each token as much
 * as escaping it: xmlns declarations, then attributes without prefix, then the one with a prefix, each by code point
 * (Canonical XML 1.0, 2.2). Undefined ones are left out. A test compares whatever is written with its canonical form.
 */
export type Attributes = Readonly<Record<string, string | undefined>>;

/** The start tag. Names are ours, values are escaped. */
export function startTag(name: string, attributes: Attributes): string {
  let text = `<${name}`;
  for (const key in attributes) {
    const value = attributes[key];
    if (value !== undefined) text += ` ${key}="${escapeAttribute(value)}"`;
  }
  return `${text}>`;
}

/** A whole element around finished content. */
export function element(name: string, attributes: Attributes, ...content: readonly string[]): string {
  let text = startTag(name, attributes);
  // Added one by one, the parts are copied once, at the end; joined, once for each level.
  for (const part of content) text += part;
  return `${text}</${name}>`;
}
