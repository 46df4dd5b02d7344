/** Base64, DEFLATE and percent-encoding, bounded (threats X10). */
import { inflateRawSync } from 'node:zlib';
import { SignetError } from '../../core/errors.js';
import { MESSAGE_LIMIT } from '../../protocols/saml/bindings/redirect.js';

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/u;
const BASE64URL = /^[A-Za-z0-9_-]+={0,2}$/u;

/** What is encoded in a text, white space and line breaks left aside; undefined where it is neither base64 nor base64url. */
export function fromBase64(text: string): Buffer | undefined {
  const compact = text.replaceAll(/\s/gu, '');
  if (BASE64.test(compact)) return Buffer.from(compact, 'base64');
  return BASE64URL.test(compact) ? Buffer.from(compact, 'base64url') : undefined;
}

/** The text of bytes; undefined where they are none. */
export function textOf(bytes: Buffer): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? undefined : text;
  } catch {
    // Something else than text.
    return undefined;
  }
}

/** The text in raw DEFLATE; undefined where it is none. Throws invalid_input when it grows beyond what a message may have. */
export function inflate(bytes: Buffer): string | undefined {
  try {
    return textOf(inflateRawSync(bytes, { maxOutputLength: MESSAGE_LIMIT }));
  } catch (error) {
    if (error instanceof RangeError)
      throw new SignetError('invalid_input', `It inflates to more than ${String(MESSAGE_LIMIT / 1024)} KB, which no message does; it is not read.`, {
        cause: error,
      });
    return undefined;
  }
}

/** Percent-encoding and plus signs taken off; undefined where it is broken. */
export function percentDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', '%20'));
  } catch {
    return undefined;
  }
}

/** A message in a parameter: XML in base64, deflated or not, or, in WS-Federation, as it is. Undefined where it is none. */
export function messageIn(value: string): { readonly xml: string; readonly steps: readonly string[] } | undefined {
  if (value.trimStart().startsWith('<')) return { xml: value, steps: [] };
  const bytes = fromBase64(value);
  if (bytes === undefined) return undefined;
  const plain = textOf(bytes);
  if (plain?.trimStart().startsWith('<') === true) return { xml: plain, steps: ['base64'] };
  const inflated = inflate(bytes);
  return inflated?.trimStart().startsWith('<') === true ? { xml: inflated, steps: ['base64', 'DEFLATE'] } : undefined;
}
