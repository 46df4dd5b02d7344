/** People from a CSV file: all rows are checked before the first is written. */
import { SignetError } from '../core/errors.js';
import { normalizeUserName } from '../core/model/user.js';
import { type CsvRow, readCsvFile } from './csv.js';
import type { Doing } from './doing.js';
import { atLine, refuseMistakes } from './row-mistakes.js';
import { readFlag, readNames, show } from './setting-values.js';
import { type NewUser, type UserAdmin } from './users.js';

export interface Imported {
  readonly names: readonly string[];
  /** "line 3: …", of rows that were taken all the same. */
  readonly findings: readonly string[];
}

interface Entry {
  readonly line: number;
  readonly person: NewUser;
}

const MAX_ROWS = 100_000;

type Column = (person: NewUser, value: string) => NewUser;

const COLUMNS: Readonly<Record<string, Column>> = {
  name: (person, value) => ({ ...person, userName: value }),
  password: (person, value) => (value === '' ? person : { ...person, password: value }),
  email: (person, value) => ({ ...person, email: value }),
  'given-name': (person, value) => ({ ...person, givenName: value }),
  surname: (person, value) => ({ ...person, surname: value }),
  'display-name': (person, value) => ({ ...person, displayName: value }),
  groups: (person, value) => ({ ...person, groups: readNames('groups', value.split(';')) }),
  admin: (person, value) => (value.trim() === '' ? person : { ...person, admin: readFlag('admin', value) }),
};

/** What the first line may name, for help texts. */
export const IMPORT_COLUMNS: readonly string[] = [...Object.keys(COLUMNS), 'attr.NAME'];

/**
 * Reads and adds everybody in the file. The first line names the columns; groups and values of attributes are separated
 * by semicolons. Throws invalid_input with the first mistakes and their lines, and then nothing was written.
 * @param bytes UTF-8, with or without byte order mark
 */
export async function importUsers(admin: Pick<UserAdmin, 'add' | 'check'>, bytes: Buffer, doing: Doing): Promise<Imported> {
  const entries = readEntries(bytes);
  const findings = await checkAll(admin, entries);
  if (doing.dryRun !== true) await addAll(admin, entries, doing);
  return { names: entries.map(({ person }) => person.userName.trim()), findings };
}

function readEntries(bytes: Buffer): readonly Entry[] {
  const [header, ...rows] = readCsvFile(bytes);
  if (header === undefined || rows.length === 0)
    throw new SignetError('invalid_input', 'The file holds nobody: the first line names the columns, the others are people.');
  if (rows.length > MAX_ROWS)
    throw new SignetError('invalid_input', `The file holds ${String(rows.length)} people; at most ${String(MAX_ROWS)} are read at once.`);
  const columns = readHeader(header);
  const mistakes: string[] = [];
  const entries = rows.flatMap((row) => {
    try {
      return [{ line: row.line, person: readPerson(row, columns) }];
    } catch (error) {
      mistakes.push(atLine(row.line, error));
      return [];
    }
  });
  refuseMistakes(mistakes, 'Nobody was added.');
  return entries;
}

function readHeader({ line, fields }: CsvRow): readonly Column[] {
  const names = fields.map((field) => field.trim().toLowerCase());
  const columns = names.map((name, at): Column => {
    const column = Object.hasOwn(COLUMNS, name) ? COLUMNS[name] : undefined;
    if (column !== undefined) return column;
    // Attribute names keep their case.
    const attribute = /^attr\.(.+)$/iu.exec(fields[at]?.trim() ?? '')?.[1];
    if (attribute !== undefined) return (person, value) => ({ ...person, attributes: { ...person.attributes, [attribute]: splitValues(value) } });
    throw new SignetError('invalid_input', `line ${String(line)}: "${show(name)}" is not a column; use ${IMPORT_COLUMNS.join(', ')}, separated by commas.`);
  });
  if (!names.includes('name')) throw new SignetError('invalid_input', `line ${String(line)}: there is no column "name".`);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new SignetError('invalid_input', `line ${String(line)}: the column "${show(twice)}" stands twice.`);
  return columns;
}

function splitValues(value: string): readonly string[] {
  return value.split(';').filter((part) => part.trim() !== '');
}

function readPerson(row: CsvRow, columns: readonly Column[]): NewUser {
  if (row.fields.length !== columns.length) {
    throw new SignetError('invalid_input', `there are ${String(row.fields.length)} fields, and ${String(columns.length)} columns.`);
  }
  return columns.reduce<NewUser>((person, column, at) => column(person, row.fields[at] ?? ''), { userName: '' });
}

async function checkAll(admin: Pick<UserAdmin, 'check'>, entries: readonly Entry[]): Promise<readonly string[]> {
  const findings: string[] = [];
  const mistakes: string[] = [];
  const lines = new Map<string, number>();
  for (const { line, person } of entries) {
    const name = normalizeUserName(person.userName);
    const earlier = lines.get(name);
    lines.set(name, earlier ?? line);
    if (earlier !== undefined) mistakes.push(`line ${String(line)}: ${show(person.userName)} stands on line ${String(earlier)} already.`);
    try {
      findings.push(...(await admin.check(person)).findings.map((finding) => `line ${String(line)}: ${finding}`));
    } catch (error) {
      mistakes.push(atLine(line, error));
    }
  }
  refuseMistakes(mistakes, 'Nobody was added.');
  return findings;
}

/** One after the other: hashing fills the processors by itself. What stops it midway says how far it came. */
async function addAll(admin: Pick<UserAdmin, 'add'>, entries: readonly Entry[], doing: Doing): Promise<void> {
  for (const [done, { line, person }] of entries.entries()) {
    try {
      await admin.add(person, doing);
    } catch (error) {
      if (!(error instanceof SignetError) || done === 0) throw error;
      throw new SignetError(error.code, `line ${String(line)}: ${error.message} The ${String(done)} people before it were added.`, { cause: error });
    }
  }
}
