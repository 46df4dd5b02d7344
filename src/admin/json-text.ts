/** JSON that people write: a mistake in it is named by line and column, and no key stands twice (RFC 8259). */
import { SignetError } from '../core/errors.js';
import { show } from './setting-values.js';

const TOKEN = /"[^"\\\p{Cc}]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\p{Cc}]*)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\],:]/uy;
const BLANKS = /[ \t\r\n]*/uy;
const DEEPEST = 100;
const LONGEST = 1_048_576;
const SHOWN = 20;

interface Reader {
  readonly json: string;
  /** Where it is, in UTF-16 units from 0. */
  at: number;
}

/**
 * What a JSON text says. Throws invalid_input: 'line 3, column 5: …' with what was expected. At most 100 levels; a byte
 * order mark at the start is passed over.
 * @param longest characters
 */
export function readJson(text: string, longest = LONGEST): unknown {
  if (text.length > longest) throw new SignetError('invalid_input', `The text has more than ${String(longest)} characters.`);
  const reader: Reader = { json: text.replace(/^\uFEFF/u, ''), at: 0 };
  checkValue(reader, 0);
  peek(reader);
  if (reader.at < reader.json.length) throw expected(reader, 'the end of the text');
  return JSON.parse(reader.json);
}

function checkValue(reader: Reader, depth: number): void {
  const token = peek(reader);
  if (depth > DEEPEST) throw wrong(reader, `there are more than ${String(DEEPEST)} lists and objects in each other`);
  if (token === '{') checkObject(reader, depth);
  else if (token === '[') checkList(reader, depth);
  else if (token === '' || ',:]}'.includes(token)) throw expected(reader, 'a value');
  else reader.at += token.length;
}

function checkObject(reader: Reader, depth: number): void {
  const keys = new Set<unknown>();
  reader.at += 1;
  if (takeIf(reader, '}')) return;
  do {
    const token = peek(reader);
    if (!token.startsWith('"')) throw expected(reader, 'a key in double quotes');
    const key: unknown = JSON.parse(token);
    if (key === '__proto__') throw wrong(reader, `the key ${token} cannot be used`);
    if (keys.has(key)) throw wrong(reader, `the key ${show(token)} stands twice`);
    keys.add(key);
    reader.at += token.length;
    if (!takeIf(reader, ':')) throw expected(reader, 'a colon');
    checkValue(reader, depth + 1);
  } while (takeIf(reader, ','));
  if (!takeIf(reader, '}')) throw expected(reader, 'a comma or }');
}

function checkList(reader: Reader, depth: number): void {
  reader.at += 1;
  if (takeIf(reader, ']')) return;
  do checkValue(reader, depth + 1);
  while (takeIf(reader, ','));
  if (!takeIf(reader, ']')) throw expected(reader, 'a comma or ]');
}

/** The next token, not taken yet; empty at the end, and where there is none. */
function peek(reader: Reader): string {
  BLANKS.lastIndex = reader.at;
  reader.at += BLANKS.exec(reader.json)?.[0].length ?? 0;
  TOKEN.lastIndex = reader.at;
  return TOKEN.exec(reader.json)?.[0] ?? '';
}

function takeIf(reader: Reader, token: string): boolean {
  const found = peek(reader) === token;
  if (found) reader.at += token.length;
  return found;
}

function expected(reader: Reader, what: string): SignetError {
  const { json, at } = reader;
  if (json[at] === '"' && peek(reader) === '') return wrong(reader, 'a text does not end on its line, or holds a single backslash: write \\\\ for \\');
  const [found = ''] = /^[^\r\n]*/u.exec(json.slice(at, at + SHOWN)) ?? [];
  return wrong(reader, `expected ${what}, found ${at >= json.length ? 'the end' : show(found)}`);
}

function wrong({ json, at }: Reader, sentence: string): SignetError {
  const lines = json.slice(0, at).split('\n');
  return new SignetError('invalid_input', `line ${String(lines.length)}, column ${String((lines.at(-1) ?? '').length + 1)}: ${sentence}`);
}
