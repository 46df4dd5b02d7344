/** How metadata is refused: a sentence that names the element and the fix. */
import { SignetError } from '../../../core/errors.js';

/** An error whose message is the sentence an administrator reads. */
export function refuse(sentence: string, cause?: unknown): SignetError {
  return new SignetError('invalid_input', sentence, { cause });
}
