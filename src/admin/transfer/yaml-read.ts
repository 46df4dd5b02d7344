/** YAML that people and strangers write: its plain part only, and what is wrong is named by file, line and column (threats M10). */
import { Composer, isAlias, isMap, isScalar, isSeq, Lexer, LineCounter, Parser, type Document, type ErrorCode, type Pair, type ParsedNode } from 'yaml';
import { SignetError } from '../../core/errors.js';
import { show } from '../setting-values.js';
import { decodeText } from '../text-file.js';

/** One document of a file. */
export interface YamlDocument {
  /** Objects, lists, texts, numbers, true and false; null where a value is missing. */
  readonly value: unknown;
  /** 'wiki.yaml, line 3, column 5' of what stands at the path, or as near to it as there is something. */
  placeOf(path: readonly PropertyKey[]): string;
}

const MOST_BYTES = 10 * 1024 * 1024;
/** Levels, each of which takes one or two entries of the parser's stack: a deeper text would use up the stack of the process. */
const DEEPEST = 100;

/**
 * The documents of a file; those without any content are left out. Throws invalid_input with the place for what is no YAML,
 * and for aliases, anchors, tags, directives, keys that stand twice or are no texts.
 * @param name what the sentences call the file
 */
export function readYaml(name: string, bytes: Uint8Array): readonly YamlDocument[] {
  const text = decodeText(name, bytes, MOST_BYTES);
  const lines = new LineCounter();
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${name}, line ${String(line)}, column ${String(col)}`;
  };
  const refuse: Refuse = (offset, sentence) => new SignetError('invalid_input', `${place(offset)}: ${sentence}.`);
  const unseen = /[\0-\x08\x0b\x0c\x0e-\x1f]/u.exec(text);
  const tokens = tokensOf(text, lines, refuse);
  if (unseen !== null) throw refuse(unseen.index, `the character U+${(unseen[0].codePointAt(0) ?? 0).toString(16).padStart(4, '0')} cannot stand in YAML; remove it, or write it as an escape in double quotes`); // prettier-ignore
  // Keys that stand twice are looked for below: the library compares each key with every other.
  const documents = [...new Composer({ uniqueKeys: false, prettyErrors: false }).compose(tokens)];
  return documents.flatMap((document) => {
    refuseMistakes(document, refuse);
    const { contents } = document;
    if (contents === null || (isScalar(contents) && contents.value === null)) return [];
    return [{ value: valueOf(contents, refuse), placeOf: (path) => place(offsetOf(contents, path)) }];
  });
}

type Refuse = (offset: number, sentence: string) => SignetError;

function tokensOf(text: string, lines: LineCounter, refuse: Refuse): Parameters<Composer['compose']>[0] {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  const tokens = [];
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    if (parser.stack.length > DEEPEST) throw refuse(parser.offset, 'there are too many lists and mappings in each other');
  }
  tokens.push(...parser.end());
  return tokens;
}

/** The library's words are about its parts: these are about the file. */
const MISTAKES: Readonly<Partial<Record<ErrorCode, string>>> = {
  BAD_DQ_ESCAPE: 'that is no escape of YAML; write \\\\ for \\, or use single quotes',
  BAD_INDENT: 'a list, a mapping or a text ends too early, or what follows is not indented as it was before',
  BAD_SCALAR_START: 'a text cannot begin with this character; put it in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'there are two colons on one line; put the text in quotes',
  MISSING_CHAR: 'a quote, a bracket or a colon is missing',
  MULTILINE_IMPLICIT_KEY: 'there is no colon behind the key',
  TAB_AS_INDENT: 'lines are indented with blanks, not with tabs',
  UNEXPECTED_TOKEN: 'this does not belong here; look at the line before as well',
};

function refuseMistakes({ errors, warnings, directives }: Document.Parsed<ParsedNode, boolean>, refuse: Refuse): void {
  const [mistake] = errors;
  if (mistake !== undefined) throw refuse(mistake.pos[0], MISTAKES[mistake.code] ?? 'that is no YAML');
  const [warning] = warnings;
  if (warning !== undefined) throw refuse(warning.pos[0], 'only plain values can stand here; take out the tag or the directive');
  if (directives.yaml.explicit === true) throw refuse(0, 'directives (%YAML) cannot be used; take the line out');
}

function valueOf(node: ParsedNode, refuse: Refuse): unknown {
  const [offset] = node.range;
  if (isAlias(node)) throw refuse(offset, `aliases cannot be used; write out what *${show(node.source)} stands for`);
  if (node.anchor !== undefined) throw refuse(offset, `anchors cannot be used; take out &${show(node.anchor)}`);
  if (node.tag !== undefined) throw refuse(offset, 'tags cannot be used; take out the word that begins with an exclamation mark');
  if (isSeq(node)) return node.items.map((item) => valueOf(item, refuse));
  if (!isMap(node)) return node.value;
  const entries = new Map<string, unknown>();
  for (const { key, value } of node.items) {
    const name = isScalar(key) && key.value !== null ? textOf(key) : undefined;
    const at = key.range[0];
    if (name === undefined || isAlias(key)) throw refuse(at, 'a key is a plain text');
    if (key.anchor !== undefined || key.tag !== undefined) valueOf(key, refuse);
    if (name === '__proto__') throw refuse(at, 'the key __proto__ cannot be used');
    if (entries.has(name)) throw refuse(at, `the key ${show(name)} stands twice`);
    entries.set(name, value === null ? null : valueOf(value, refuse));
  }
  return Object.fromEntries(entries);
}

/** A key as it is written: 10 and true are texts there. */
function textOf({ value, source }: { readonly value: unknown; readonly source: string }): string {
  return typeof value === 'string' ? value : source;
}

function offsetOf(contents: ParsedNode, path: readonly PropertyKey[]): number {
  let node: ParsedNode | null = contents;
  let offset = node.range[0];
  for (const part of path) {
    if (isMap(node)) {
      const pair: Pair<ParsedNode, ParsedNode | null> | undefined = node.items.find(({ key }) => isScalar(key) && textOf(key) === part);
      if (pair === undefined) break;
      offset = pair.key.range[0];
      node = pair.value;
    } else if (isSeq(node)) {
      const item: ParsedNode | undefined = node.items[Number(part)];
      if (item === undefined) break;
      offset = item.range[0];
      node = item;
    } else break;
  }
  return offset;
}
