/** Files that somebody names on the command line. */
import { readFile } from 'node:fs/promises';
import { decodeText } from '../admin/text-file.js';
import { SignetError } from '../core/errors.js';
import type { Terminal } from './output.js';

/** Longer than any rule set, mapping or token. */
const MOST_BYTES = 4 * 1024 * 1024;

/** The content of a file. Throws invalid_input with its path. */
export async function readBytes(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** All of standard input. */
export async function readAll(stdin: Terminal['stdin']): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** The text of a file of up to 4 MiB, in UTF-8 or UTF-16; of standard input for -, where that is given. Throws invalid_input with its name. */
export async function readText(file: string, stdin?: Terminal['stdin']): Promise<string> {
  const fromStdin = file === '-' && stdin !== undefined;
  return decodeText(nameOfFile(file), fromStdin ? await readAll(stdin) : await readBytes(file), MOST_BYTES);
}

/** Does something with a file: a mistake in it is said with its name. */
export async function namingFile<T>(file: string | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (file === undefined || !(error instanceof SignetError) || error.code !== 'invalid_input') throw error;
    throw new SignetError('invalid_input', `${nameOfFile(file)}: ${error.message}`, { cause: error });
  }
}

function nameOfFile(file: string): string {
  return file === '-' ? 'standard input' : file;
}

function unreadable(path: string, error: unknown): SignetError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  const why = code === 'ENOENT' ? 'there is no such file' : code === 'EACCES' ? 'it may not be read' : code === 'EISDIR' ? 'it is a folder' : code;
  return new SignetError('invalid_input', `${path} cannot be read: ${why}.`, { cause: error });
}
