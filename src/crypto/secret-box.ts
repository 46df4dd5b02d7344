/** Authenticated encryption and codes under the secret key, with one derived key per purpose. */
import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { SignetError } from '../core/errors.js';

export interface SecretBox {
  /** Encrypts; `context` names the purpose and is bound to the text. */
  seal(plain: Buffer | string, context: string): string;
  /** Throws invalid_input when the text was sealed for another purpose, under another key, or changed. */
  open(text: string, context: string): Buffer;
  /** HMAC-SHA-256, base64url. */
  mac(context: string, text: string): string;
  /** A key of its own for a purpose. */
  derive(context: string, bytes?: number): Buffer;
}

const VERSION = 'v1';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** @param secretKey the text of SIGNET_SECRET_KEY */
export function createSecretBox(secretKey: string): SecretBox {
  const derived = new Map<string, Buffer>();
  const derive = (context: string, bytes = 32): Buffer => {
    const name = `${context}/${String(bytes)}`;
    const known = derived.get(name);
    if (known !== undefined) return known;
    const key = Buffer.from(hkdfSync('sha256', secretKey, 'signet', context, bytes));
    derived.set(name, key);
    return key;
  };
  // Names the key, so that a text sealed under another one is told from a damaged one.
  const keyId = createHash('sha256').update(derive('key-id')).digest('base64url').slice(0, 8);

  return {
    derive,
    mac: (context, text) =>
      createHmac('sha256', derive(`mac:${context}`))
        .update(text)
        .digest('base64url'),
    seal: (plain, context) => {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', derive('seal'), iv, { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.from(context));
      const body = Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
      return `${VERSION}.${keyId}.${body.toString('base64url')}`;
    },
    open: (text, context) => {
      const [version, id, body = ''] = text.split('.');
      const bytes = Buffer.from(body, 'base64url');
      if (version !== VERSION || bytes.length < IV_BYTES + TAG_BYTES) throw new SignetError('invalid_input', 'the sealed text is not readable');
      if (id !== keyId) throw new SignetError('invalid_input', 'the text was sealed under another secret key');
      const decipher = createDecipheriv('aes-256-gcm', derive('seal'), bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(context));
      decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
      try {
        return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, bytes.length - TAG_BYTES)), decipher.final()]);
      } catch (error) {
        throw new SignetError('invalid_input', 'the sealed text was changed, or sealed for another purpose', { cause: error });
      }
    },
  };
}
