/** Text files as administrators have them: UTF-8 or, from Windows, UTF-16 with a byte order mark. */
import { SignetError } from '../core/errors.js';

/**
 * The text of a file, its byte order mark removed. Throws invalid_input for what is longer than `most` bytes or is no text.
 * @param name what the sentence calls it
 */
export function decodeText(name: string, bytes: Uint8Array, most: number): string {
  if (bytes.length > most) throw new SignetError('invalid_input', `${name} has ${String(bytes.length)} bytes; the limit is ${String(most)}.`);
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    throw new SignetError('invalid_input', `${name} is no text in UTF-8, nor in UTF-16 with a byte order mark; save it as UTF-8.`, { cause: error });
  }
}
