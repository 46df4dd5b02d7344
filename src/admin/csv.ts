/** CSV as RFC 4180 has it: commas, quotes doubled inside quotes, line breaks inside quotes. */
import { SignetError } from '../core/errors.js';

export interface CsvRow {
  /** Where the row starts in the file, from 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

/** The rows of a file. Throws invalid_input when it is not UTF-8, or is no CSV. @param bytes with or without byte order mark */
export function readCsvFile(bytes: Buffer): readonly CsvRow[] {
  try {
    return readCsv(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    if (error instanceof SignetError) throw error;
    throw new SignetError('invalid_input', 'The file is not UTF-8 text; save it as CSV in UTF-8.', { cause: error });
  }
}

/** What a spreadsheet would take for a formula when it opens the file, and what it was made of here. */
const FORMULA = /^['=+\-@\t\r]/u;

/** Rows as a file. Where a spreadsheet would run a field as a formula, an apostrophe stands before it (CWE-1236); `plainField` takes it away. */
export function writeCsv(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map(writeField).join(',')}\r\n`).join('');
}

/** A field as it was before `writeCsv` put an apostrophe before it. */
export function plainField(field: string): string {
  return field.startsWith("'") && FORMULA.test(field.slice(1)) ? field.slice(1) : field;
}

function writeField(value: string): string {
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** All rows that are not empty. Throws invalid_input with the line of a quote that is not closed or stands inside a field. */
export function readCsv(text: string): readonly CsvRow[] {
  const rows: CsvRow[] = [];
  let fields: string[] = [];
  let line = 1;
  let start = 1;
  let at = 0;
  const endRow = (): void => {
    if (fields.length > 1 || fields[0] !== '') rows.push({ line: start, fields });
    fields = [];
  };
  while (at < text.length) {
    if (text.charAt(at) === '"') {
      const { value, next, breaks } = readQuoted(text, at, line);
      fields.push(value);
      line += breaks;
      at = next;
    } else {
      const end = endOfField(text, at);
      const value = text.slice(at, end);
      if (value.includes('"')) throw bad(line, 'a quote stands inside a field that does not start with one; put the whole field in quotes');
      fields.push(value);
      at = end;
    }
    if (text.charAt(at) === ',') {
      at += 1;
      if (at === text.length || isBreak(text, at)) fields.push('');
      if (at < text.length && !isBreak(text, at)) continue;
    }
    if (at < text.length) {
      at += text.startsWith('\r\n', at) ? 2 : 1;
      line += 1;
    }
    endRow();
    start = line;
  }
  return rows;
}

function isBreak(text: string, at: number): boolean {
  return text.charAt(at) === '\n' || text.charAt(at) === '\r';
}

function endOfField(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charAt(at) !== ',' && !isBreak(text, at)) at += 1;
  return at;
}

/** From an opening quote to behind its closing one. */
function readQuoted(text: string, from: number, line: number): { readonly value: string; readonly next: number; readonly breaks: number } {
  let value = '';
  let at = from + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) throw bad(line, 'a quote is opened and never closed');
    value += text.slice(at, quote);
    at = quote + 1;
    if (text.charAt(at) !== '"') break;
    value += '"';
    at += 1;
  }
  if (at < text.length && text.charAt(at) !== ',' && !isBreak(text, at))
    throw bad(line, 'something follows a closing quote; write quotes inside a field twice');
  return { value, next: at, breaks: (value.match(/\r\n|\r|\n/gu) ?? []).length };
}

function bad(line: number, what: string): SignetError {
  return new SignetError('invalid_input', `line ${String(line)}: ${what}.`);
}
