/**
 * What AD FS and the tools around it export, in every form it comes in, recognised by content: PowerShell's XML, JSON, zip
 * archives of them, diagnostics, texts of rules. All of it is read or nothing.
 */
import { SignetError } from '../../core/errors.js';
import { show } from '../setting-values.js';
import { decodeText } from '../text-file.js';
import { isArchive, readArchive, type NamedFile } from './archive.js';
import { readClixml, type CliObject } from './clixml.js';
import type { AdfsExport } from './export.js';
import { readJsonExport } from './json-export.js';
import { readRuleFile } from './rule-file.js';
import { trustOf } from './trusts.js';

const LARGEST_FILE = 20 * 1024 * 1024;
const EXPECTED = 'relying party or claims provider trusts (Export-Clixml, ConvertTo-Json, ADFSApps.zip, a diagnostics file) or claim rules';
const NOTHING: AdfsExport = { trusts: [], rules: [], notes: [] };

/**
 * The trusts and rules of files. Throws invalid_input with one sentence that names the file and what is wrong with it, also
 * when a file holds nothing of AD FS; in an archive, such a file is left out with a note as long as another holds something.
 */
export async function readAdfsExport(files: readonly NamedFile[]): Promise<AdfsExport> {
  let all = NOTHING;
  for (const { name, bytes } of files) {
    const file = show(name);
    all = joined(all, isArchive(bytes) ? readAll(file, await readArchive(file, bytes)) : (readFile(file, bytes) ?? nothingIn(file)));
  }
  return all;
}

function readAll(archive: string, files: readonly NamedFile[]): AdfsExport {
  const read = files.map(({ name, bytes }) => readFile(name, bytes) ?? { ...NOTHING, notes: [`${name} holds nothing of AD FS and is left out.`] });
  const all = read.reduce(joined, NOTHING);
  return all.trusts.length + all.rules.length === 0 ? nothingIn(archive) : all;
}

/** Undefined for a file that holds nothing of AD FS. */
function readFile(file: string, bytes: Buffer): AdfsExport | undefined {
  // What a Mac puts beside the files of an archive.
  if (file.includes('/__MACOSX/')) return undefined;
  const text = decodeText(file, bytes, LARGEST_FILE);
  if (text.includes('\0')) throw new SignetError('invalid_input', `${file} holds NUL characters; save it as UTF-8, or as UTF-16 with a byte order mark.`);
  const start = text.trimStart();
  if (start.startsWith('<')) return start.includes('<Objs') ? trustsOf(file, clixmlOf(file, start)) : undefined;
  if (!/^(?:\{|\[\s*(?:\{|\]?\s*$))/u.test(start)) return rulesOf(file, text);
  const { objects, diagnostics } = readJsonExport(file, start, LARGEST_FILE);
  const found = trustsOf(file, objects);
  if (found === undefined || !diagnostics) return found;
  return {
    ...found,
    notes: [...found.notes, `${file}: diagnostics name relying parties and most of their rules, but no reply addresses and no certificates.`],
  };
}

function clixmlOf(file: string, text: string): readonly CliObject[] {
  try {
    return readClixml(text);
  } catch (error) {
    throw error instanceof SignetError ? new SignetError('invalid_input', `${file} is not readable as an export of PowerShell: ${error.message}.`) : error;
  }
}

function trustsOf(file: string, objects: readonly CliObject[]): AdfsExport | undefined {
  const read = objects.map((object) => trustOf(file, object));
  const found = read.filter((trust) => trust !== undefined);
  if (found.length === 0) return undefined;
  const others = read.length - found.length;
  const notes =
    others === 0 ? [] : [`${file}: ${others === 1 ? 'one object that is no trust is' : `${String(others)} objects that are no trusts are`} left out.`];
  return { ...NOTHING, trusts: found.map(({ trust }) => trust), notes: [...found.flatMap((trust) => trust.notes), ...notes] };
}

function rulesOf(file: string, text: string): AdfsExport | undefined {
  const found = readRuleFile(file, text);
  return found && { ...NOTHING, ...found };
}

function nothingIn(file: string): never {
  throw new SignetError('invalid_input', `${file} holds nothing of AD FS; expected ${EXPECTED}.`);
}

function joined(one: AdfsExport, other: AdfsExport): AdfsExport {
  return { trusts: [...one.trusts, ...other.trusts], rules: [...one.rules, ...other.rules], notes: [...one.notes, ...other.notes] };
}
