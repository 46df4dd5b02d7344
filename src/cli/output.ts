/** What a command prints and how it ends: text or JSON on stdout, one line about a mistake on stderr, an exit code. */
import { SignetError, type ErrorCode } from '../core/errors.js';

/** interface.md: exit codes. */
export const EXIT = { done: 0, refused: 1, wrongUse: 2, notFound: 3, conflict: 4, unreachable: 5, findings: 6 } as const;

/** A command typed wrongly: exit 2. */
export class WrongUse extends Error {
  override readonly name = 'WrongUse';
}

/** Where a command reads and writes: the process's own streams, unless a test says otherwise. */
export interface Terminal {
  readonly stdin: AsyncIterable<Buffer | string>;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
}

export interface Output {
  readonly json: boolean;
  /** The result: the value as JSON, or the text. */
  result(value: unknown, text: string): void;
  /** A text to the byte, for a file: nothing is added. */
  raw(text: string): void;
  /** One object of a stream, on a line of its own; `text` without --json. */
  line(value: unknown, text: string): void;
  /** For people, on stderr; nothing with --json, where the result says it. */
  hint(sentence: string): void;
  /** True once the reader of stdout went away. */
  closed(): boolean;
}

/** True once whoever reads stdout went away (`| head`): that is no error, and nothing more need be written. */
export function watchReader(stdout: NodeJS.WritableStream): () => boolean {
  let closed = false;
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    closed = true;
  });
  return () => closed;
}

/** @param closed whether the reader of stdout went away */
export function createOutput({ stdout, stderr }: Terminal, json: boolean, closed: () => boolean): Output {
  const print = (text: string): void => {
    if (!closed() && text !== '') stdout.write(`${text}\n`);
  };
  return {
    json,
    result: (value, text) => {
      print(json ? safeJson(value, 2) : text);
    },
    raw: (text) => {
      if (!closed() && text !== '') stdout.write(text);
    },
    line: (value, text) => {
      print(json ? safeJson(value) : text);
    },
    hint: (sentence) => {
      if (!json) stderr.write(`${oneLine(sentence)}\n`);
    },
    closed,
  };
}

/** With escapes for all that a terminal obeys or does not show: JSON's own are not enough (threats M08). */
function safeJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replaceAll(/[\x7f-\x9f\p{Cf}\u2028\u2029]/gu, (character) =>
    Array.from({ length: character.length }, (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
  );
}

const CODES: Readonly<Partial<Record<ErrorCode, number>>> = { not_found: EXIT.notFound, conflict: EXIT.conflict, unavailable: EXIT.unreachable };

/** Prints why a command did not do it, and gives its exit code. */
export function reportError({ stderr }: Terminal, error: unknown, json: boolean): number {
  const { code, message, exit } = describe(error);
  const text = oneLine(message);
  stderr.write(json ? `${JSON.stringify({ error: { code, message: text } })}\n` : `signet: ${text}\n`);
  return exit;
}

function describe(error: unknown): { readonly code: string; readonly message: string; readonly exit: number } {
  if (error instanceof WrongUse) return { code: 'wrong_use', message: error.message, exit: EXIT.wrongUse };
  if (error instanceof SignetError) return { code: error.code, message: sentence(error.message), exit: CODES[error.code] ?? EXIT.refused };
  return { code: 'internal', message: `An unexpected error: ${error instanceof Error ? error.message : String(error)}`, exit: EXIT.refused };
}

/** Messages of the inner parts are clauses: they become sentences. A command at the end stays as it is to be typed. */
export function sentence(message: string): string {
  const text = message.trim();
  return /[.!?)]$/u.test(text) || text.includes(': signet ') ? text : `${text}.`;
}

/** Names and messages come from outside: neither breaks the line nor colours it. */
export function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/gu, ' ').replaceAll(/[\p{Cc}\p{Cf}]/gu, '?');
}

/** Columns under their names, as wide as their longest cell; the last one as it is. */
export function table(columns: readonly string[], rows: readonly (readonly (string | undefined)[])[]): string {
  const lines = [columns.map((name) => name.toUpperCase()), ...rows.map((row) => columns.map((_, at) => oneLine(row[at] ?? '-')))];
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, at) => (at === columns.length - 1 ? cell : cell.padEnd(widths[at] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Wide enough for a sentence beside two columns, and for most terminals. */
const LINE = 120;

/**
 * As `table`, in lines of 120: what is longer goes on below itself, between words, none of which is cut.
 * @param most how wide a column before the last may become
 */
export function wrappedTable(columns: readonly string[], rows: readonly (readonly string[])[], most: number): string {
  const lengths = columns.map((name, at) => Math.max(name.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const firsts = lengths.slice(0, -1).map((length) => Math.min(length, most));
  const rest = LINE - firsts.reduce((sum, width) => sum + width + 2, 0);
  const lines = rows.flatMap((row) => {
    const cells = row.map((cell, at) => wrap(oneLine(cell), firsts[at] ?? rest));
    const height = Math.max(...cells.map(({ length }) => length));
    return Array.from({ length: height }, (_, line) => cells.map((cell) => cell[line] ?? ''));
  });
  return table(columns, lines);
}

function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Names and values, one pair a line. */
export function pairs(entries: readonly (readonly [string, string | undefined])[]): string {
  const shown = entries.filter(([, value]) => value !== undefined);
  const width = Math.max(...shown.map(([name]) => name.length));
  return shown.map(([name, value]) => `${name.padEnd(width)}  ${oneLine(value ?? '')}`).join('\n');
}

/** 2026-11-24 09:00:00Z */
export function showTime(instant: number): string {
  return new Date(instant)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/u, 'Z');
}
