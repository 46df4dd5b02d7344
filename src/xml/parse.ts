/**
 * Bounded, DTD-free parsing into one light tree, which is the only tree that is verified and read. Whatever two
 * readers could see differently is refused: DTDs, processing instructions, comments and CDATA in messages, relative
 * namespace names, anything not well-formed.
 */
import { SaxesParser, type SaxesTagNS } from 'saxes';
import { SignetError } from '../core/errors.js';
import { NS } from './names.js';

export interface XmlAttribute {
  readonly prefix: string;
  readonly local: string;
  /** '' for an attribute in no namespace. */
  readonly ns: string;
  readonly value: string;
}

export interface XmlElement {
  readonly prefix: string;
  readonly local: string;
  readonly ns: string;
  /** Without namespace declarations. */
  readonly attributes: readonly XmlAttribute[];
  readonly declarations: readonly { readonly prefix: string; readonly uri: string }[];
  readonly children: readonly (XmlElement | string)[];
  readonly parent: XmlElement | undefined;
  /** Where its tag starts; undefined unless it was asked for. */
  readonly line: number | undefined;
}

export interface ParseOptions {
  readonly bytes: number;
  readonly depth: number;
  readonly elements: number;
  /** Attributes and namespace declarations of one element. */
  readonly attributes: number;
  /** Dropped comments leave the text whole, as exclusive canonical form without comments does. */
  readonly comments: 'refuse' | 'drop';
  readonly cdata: 'refuse' | 'text';
  /** Whether elements know their line. */
  readonly lines: boolean;
}

const MESSAGE: ParseOptions = { bytes: 256 * 1024, depth: 64, elements: 10_000, attributes: 64, comments: 'refuse', cdata: 'refuse', lines: false };

interface Building {
  readonly prefix: string;
  readonly local: string;
  readonly ns: string;
  readonly attributes: XmlAttribute[];
  readonly declarations: { readonly prefix: string; readonly uri: string }[];
  readonly children: (Building | string)[];
  readonly parent: Building | undefined;
  readonly line: number | undefined;
}

/** Strict UTF-8 without byte order mark and NUL; anything else throws malformed_request. */
export function decodeUtf8(bytes: Buffer): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw malformed('the text is not UTF-8', error);
  }
  if (text.startsWith('\uFEFF') || text.includes('\0')) throw malformed('the text starts with a byte order mark or holds NUL');
  return text;
}

/** Gives the root element. Throws malformed_request with the place, never with the input. */
export function parseXml(text: string, options: Partial<ParseOptions> = {}): XmlElement {
  const limits: ParseOptions = { ...MESSAGE, ...options };
  if (Buffer.byteLength(text) > limits.bytes) throw malformed(`the text is over ${String(Math.floor(limits.bytes / 1024))} KB`);
  const builder = createBuilder(limits);
  try {
    builder.parser.write(text).close();
  } catch (error) {
    throw error instanceof SignetError ? error : malformed('not well-formed', error);
  }
  const root = builder.root();
  if (root === undefined) throw malformed('there is no element');
  return root;
}

function createBuilder(limits: ParseOptions): { readonly parser: SaxesParser<{ xmlns: true }>; readonly root: () => XmlElement | undefined } {
  const parser = new SaxesParser({ xmlns: true as const, position: true });
  let root: Building | undefined;
  let open: Building | undefined;
  let depth = 0;
  let count = 0;
  const refuse = (what: string): never => {
    throw malformed(`${what} (line ${String(parser.line)}, column ${String(parser.column)})`);
  };
  const addText = (text: string): void => {
    if (open === undefined) return;
    const last = open.children.length - 1;
    const before = open.children[last];
    if (typeof before === 'string') open.children[last] = before + text;
    else open.children.push(text);
  };
  parser.on('error', () => refuse('not well-formed'));
  parser.on('doctype', () => refuse('a document type declaration is not allowed'));
  parser.on('processinginstruction', () => refuse('a processing instruction is not allowed'));
  parser.on('xmldecl', (declaration) => {
    if (declaration.encoding !== undefined && declaration.encoding.toUpperCase() !== 'UTF-8') refuse('the encoding is not UTF-8');
    if (declaration.version !== undefined && declaration.version !== '1.0') refuse('the XML version is not 1.0');
  });
  parser.on('comment', () => {
    if (limits.comments === 'refuse') refuse('a comment is not allowed');
  });
  parser.on('cdata', (text) => {
    if (limits.cdata === 'refuse') refuse('a CDATA section is not allowed');
    addText(text);
  });
  parser.on('text', addText);
  let attributes = 0;
  let line = 1;
  parser.on('opentagstart', () => {
    attributes = 0;
    line = parser.line;
    depth += 1;
    count += 1;
    if (depth > limits.depth) refuse('nested too deeply');
    if (count > limits.elements) refuse('too many elements');
  });
  parser.on('attribute', () => {
    attributes += 1;
    if (attributes > limits.attributes) refuse('too many attributes');
  });
  parser.on('opentag', (tag) => {
    const problem = namespaceProblem(tag);
    if (problem !== undefined) refuse(problem);
    const built = build(tag, open, limits.lines ? line : undefined);
    if (open === undefined) root = built;
    else open.children.push(built);
    open = built;
  });
  parser.on('closetag', () => {
    depth -= 1;
    open = open?.parent;
  });
  return { parser, root: () => root };
}

/**
 * Relative and empty namespace names make canonical form undefined (threats X09), and the parser trims white space from
 * them where others do not (X07): looked at as they are written.
 */
function namespaceProblem(tag: SaxesTagNS): string | undefined {
  for (const { prefix, local, value } of Object.values(tag.attributes)) {
    const isDefault = prefix === '' && local === 'xmlns';
    if (!isDefault && prefix !== 'xmlns') continue;
    if (value === '' ? !isDefault : !/^[A-Za-z][A-Za-z0-9+.-]*:\S+$/u.test(value)) return 'a namespace name is not absolute';
  }
  return undefined;
}

function build(tag: SaxesTagNS, parent: Building | undefined, line: number | undefined): Building {
  const attributes: XmlAttribute[] = [];
  for (const { prefix, local, uri, value } of Object.values(tag.attributes)) {
    if (prefix !== 'xmlns' && !(prefix === '' && local === 'xmlns')) attributes.push({ prefix, local, ns: uri, value });
  }
  const declarations = Object.entries(tag.ns)
    .filter(([prefix, uri]) => !(prefix === 'xml' && uri === NS.xml))
    .map(([prefix, uri]) => ({ prefix, uri }));
  return { prefix: tag.prefix, local: tag.local, ns: tag.uri, attributes, declarations, children: [], parent, line };
}

function malformed(message: string, cause?: unknown): SignetError {
  return new SignetError('malformed_request', message, { cause });
}
