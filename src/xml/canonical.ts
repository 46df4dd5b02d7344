/** Exclusive canonical XML 1.0 without comments over our tree (W3C xml-exc-c14n, section 3). */
import type { XmlAttribute, XmlElement } from './parse.js';
import { namespaceInScope } from './read.js';
import { escapeAttribute, escapeText } from './write.js';

export interface CanonicalOptions {
  /** Left out with everything in it: the signature, for the enveloped-signature transform. */
  readonly without?: XmlElement;
  /** PrefixList of InclusiveNamespaces; '#default' for the default namespace. */
  readonly inclusivePrefixes?: readonly string[];
}

type Rendered = ReadonlyMap<string, string>;

/** The canonical text of an element and what is in it. */
export function canonicalize(element: XmlElement, options: CanonicalOptions = {}): string {
  const inclusive = new Set((options.inclusivePrefixes ?? []).map((prefix) => (prefix === '#default' ? '' : prefix)));
  const out: string[] = [];
  write(element, new Map(), { out, inclusive, without: options.without });
  return out.join('');
}

interface Work {
  readonly out: string[];
  readonly inclusive: ReadonlySet<string>;
  readonly without: XmlElement | undefined;
}

function write(element: XmlElement, rendered: Rendered, work: Work): void {
  const needed = neededNamespaces(element, rendered, work.inclusive);
  const inner = needed.length === 0 ? rendered : new Map([...rendered, ...needed]);
  const name = element.prefix === '' ? element.local : `${element.prefix}:${element.local}`;
  let start = `<${name}`;
  for (const [prefix, uri] of needed) start += prefix === '' ? ` xmlns="${escapeAttribute(uri)}"` : ` xmlns:${prefix}="${escapeAttribute(uri)}"`;
  for (const entry of sortAttributes(element.attributes)) {
    start += ` ${entry.prefix === '' ? entry.local : `${entry.prefix}:${entry.local}`}="${escapeAttribute(entry.value)}"`;
  }
  work.out.push(`${start}>`);
  for (const child of element.children) {
    if (typeof child === 'string') work.out.push(escapeText(child));
    else if (child !== work.without) write(child, inner, work);
  }
  work.out.push(`</${name}>`);
}

/** Prefixes that are visibly used here, or listed as inclusive, and not yet in force as they are (section 3, rule 3). */
function neededNamespaces(element: XmlElement, rendered: Rendered, inclusive: ReadonlySet<string>): readonly (readonly [string, string])[] {
  const needed = new Map<string, string>();
  const want = (prefix: string, uri: string): void => {
    if (prefix === 'xml') return;
    // An empty default namespace needs a declaration only where another one was in force.
    if ((rendered.get(prefix) ?? '') !== uri) needed.set(prefix, uri);
  };
  want(element.prefix, element.ns);
  for (const entry of element.attributes) if (entry.prefix !== '') want(entry.prefix, entry.ns);
  for (const prefix of inclusive) {
    const uri = namespaceInScope(element, prefix);
    if (uri !== undefined) want(prefix, uri);
  }
  return needed.size < 2 ? [...needed] : [...needed].sort(([a], [b]) => compare(a, b));
}

/** Namespace name first, then local name; no namespace sorts first. */
function sortAttributes(attributes: readonly XmlAttribute[]): readonly XmlAttribute[] {
  return attributes.length < 2 ? attributes : [...attributes].sort((a, b) => compare(a.ns, b.ns) || compare(a.local, b.local));
}

/** By code point, as canonical form sorts; JavaScript compares UTF-16 units, which differs beyond the basic plane. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
