/** How metadata is refused: a sentence that names the element and the fix. */
import { SignetError } from '../../../core/errors.js';

/** An error whose message is the sentence an administrator reads. */
export function refuse(sentence: string, cause?: unknown): SignetError {
  return new SignetError('invalid_input', sentence, { cause });
}

/** A value of the schema, read or refused by name. */
export function orRefuse<T>(what: string, text: string, read: (text: string) => T): T {
  try {
    return read(text);
  } catch (error) {
    throw refuse(`${what} is "${text.slice(0, 32)}", which the schema does not allow.`, error);
  }
}
