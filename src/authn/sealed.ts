/** Sealed texts that come back from browsers: whatever is not ours is no error, it is nothing. */
import { SignetError } from '../core/errors.js';
import type { SecretBox } from '../crypto/secret-box.js';

/** What was sealed for a purpose; undefined for a text that is too long, foreign, changed or meant for something else. */
export function unseal(box: SecretBox, text: string, about: { readonly context: string; readonly longest: number }): Buffer | undefined {
  if (text.length > about.longest) return undefined;
  try {
    return box.open(text, about.context);
  } catch (error) {
    if (error instanceof SignetError && error.code === 'invalid_input') return undefined;
    throw error;
  }
}
