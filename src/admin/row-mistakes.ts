/** Mistakes in the rows of a file: gathered, so that somebody who corrects it sees more than the first. */
import { SignetError } from '../core/errors.js';

const SHOWN_MISTAKES = 3;

/** "line 3: …". Throws what is no mistake of the file. */
export function atLine(line: number, error: unknown): string {
  if (!(error instanceof SignetError) || (error.code !== 'invalid_input' && error.code !== 'conflict')) throw error;
  return `line ${String(line)}: ${error.message}`;
}

/** Throws invalid_input with the first mistakes, where there are any. @param nothing says that nothing was done: 'Nobody was added.' */
export function refuseMistakes(mistakes: readonly string[], nothing: string): void {
  if (mistakes.length === 0) return;
  const more = mistakes.length > SHOWN_MISTAKES ? ` And ${String(mistakes.length - SHOWN_MISTAKES)} more.` : '';
  throw new SignetError('invalid_input', `${mistakes.slice(0, SHOWN_MISTAKES).join(' ')}${more} ${nothing}`);
}
