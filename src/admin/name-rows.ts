/** Names of people at applications as rows of a CSV file. */
import { SignetError } from '../core/errors.js';
import { NAME_ID } from '../core/issuance/name-identifier.js';
import type { Instant } from '../core/model/ids.js';
import { plainField, readCsvFile, writeCsv } from './csv.js';
import { listed, show } from './setting-values.js';

export const NAME_COLUMNS = ['user', 'relyingParty', 'format', 'value', 'created'] as const;
type Column = (typeof NAME_COLUMNS)[number];

const NEEDED: readonly Column[] = ['user', 'relyingParty', 'value'];
const MOST_ROWS = 100_000;

export interface KnownName {
  /** User name. */
  readonly user: string;
  /** Entity id. */
  readonly relyingParty: string;
  /** The format URI; `pairwise` for a pairwise id. */
  readonly format: string;
  readonly value: string;
  /** Undefined for what is computed. */
  readonly created: Instant | undefined;
}

export interface NameRow {
  readonly line: number;
  readonly user: string;
  readonly relyingParty: string;
  readonly value: string;
}

/** The file, with its columns in the first line. */
export function writeNames(names: readonly KnownName[]): string {
  const rows = names.map(({ user, relyingParty, format, value, created }) => [
    user,
    relyingParty,
    format,
    value,
    created === undefined ? '' : new Date(created).toISOString(),
  ]);
  return writeCsv([NAME_COLUMNS, ...rows]);
}

/** Reads what `writeNames` writes; format and created may be missing. Throws invalid_input with the line. */
export function readNameRows(bytes: Buffer): readonly NameRow[] {
  const [header, ...rows] = readCsvFile(bytes);
  if (header === undefined || rows.length === 0) {
    throw new SignetError('invalid_input', 'The file holds no names: the first line names the columns, the others are names.');
  }
  if (rows.length > MOST_ROWS)
    throw new SignetError('invalid_input', `The file holds ${String(rows.length)} names; at most ${String(MOST_ROWS)} are read at once.`);
  const columns = header.fields.map((field) => readColumn(header.line, field));
  const missing = NEEDED.find((name) => !columns.includes(name));
  if (missing !== undefined) throw wrong(header.line, `there is no column "${missing}"`);
  const twice = columns.find((name, at) => columns.indexOf(name) !== at);
  if (twice !== undefined) throw wrong(header.line, `the column "${twice}" stands twice`);

  return rows.map(({ line, fields }) => {
    if (fields.length !== columns.length) throw wrong(line, `there are ${String(fields.length)} fields, and ${String(columns.length)} columns`);
    const field = (name: Column): string => plainField(fields[columns.indexOf(name)] ?? '');
    const format = field('format').trim();
    if (format !== '' && format !== 'persistent' && format !== NAME_ID.persistent) {
      throw wrong(line, `only persistent names can be taken over, not "${show(format)}": names of other formats are computed`);
    }
    return { line, user: field('user').trim(), relyingParty: field('relyingParty').trim(), value: field('value') };
  });
}

function readColumn(line: number, field: string): Column {
  const name = NAME_COLUMNS.find((known) => known.toLowerCase() === field.trim().toLowerCase());
  if (name === undefined) throw wrong(line, `"${show(field)}" is not a column; use ${listed(NAME_COLUMNS)}, separated by commas`);
  return name;
}

function wrong(line: number, what: string): SignetError {
  return new SignetError('invalid_input', `line ${String(line)}: ${what}.`);
}
