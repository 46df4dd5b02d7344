/** A password for a command: typed as an option, from a file, or from standard input, which keeps it out of the list of processes. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { SignetError } from '../core/errors.js';
import { type Terminal, WrongUse } from './output.js';

export interface PasswordOptions {
  readonly password?: string;
  readonly passwordStdin?: boolean;
  readonly passwordFile?: string;
}

/** The three options. */
export function withPasswordOptions(command: Command): Command {
  return command
    .option('--password <password>', 'the password; others on this machine may see it')
    .option('--password-stdin', 'read the password from standard input')
    .option('--password-file <file>', 'read the password from a file');
}

/** The password without its line end; undefined when none was given. Throws when it was given twice or cannot be read. */
export async function readPassword(options: PasswordOptions, stdin: Terminal['stdin']): Promise<string | undefined> {
  const given = [options.password !== undefined, options.passwordStdin === true, options.passwordFile !== undefined].filter(Boolean);
  if (given.length > 1) throw new WrongUse('The password is given in several ways; keep one of --password, --password-stdin, --password-file.');
  if (options.passwordFile !== undefined) return withoutLineEnd(await readFileText(options.passwordFile));
  if (options.passwordStdin === true) return withoutLineEnd(await readAll(stdin));
  return options.password;
}

async function readFileText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function readAll(stdin: Terminal['stdin']): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

function withoutLineEnd(text: string): string {
  return text.replace(/\r?\n$/u, '');
}

/** A file somebody named that cannot be read: exit 1 with its path. */
export function unreadable(path: string, error: unknown): SignetError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  const why = code === 'ENOENT' ? 'there is no such file' : code === 'EACCES' ? 'it may not be read' : code === 'EISDIR' ? 'it is a folder' : code;
  return new SignetError('invalid_input', `${path} cannot be read: ${why}.`, { cause: error });
}
