/** A password for a command: typed as an option, from a file, or from standard input, which keeps it out of the list of processes. */
import type { Command } from 'commander';
import { readAll, readBytes } from './files.js';
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
  if (options.passwordFile !== undefined) return withoutLineEnd((await readBytes(options.passwordFile)).toString('utf8'));
  if (options.passwordStdin === true) return withoutLineEnd((await readAll(stdin)).toString('utf8'));
  return options.password;
}

function withoutLineEnd(text: string): string {
  return text.replace(/\r?\n$/u, '');
}
