/**
 * The signature of express-session's cookie, read in front of Express: `s:ID.HMAC-SHA-256`, the same secret, the same
 * answer. Verified cookies are remembered, since a browser sends the same one with every request.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createBoundedMap } from '../core/bounded-map.js';

export interface SessionCookie {
  /** The session id a cookie carries, or undefined when its signature is not ours. Takes the text as it stands in the header. */
  verify(value: string): string | undefined;
}

const REMEMBERED = 20_000;
/** Far above any cookie of ours: longer ones are not worth a digest. */
const LONGEST = 512;

/** @param secret the secret express-session signs with */
export function createSessionCookie(secret: string): SessionCookie {
  const verified = createBoundedMap<string, string>(REMEMBERED);
  return {
    verify: (value) => {
      const known = verified.get(value);
      if (known !== undefined) return known;
      const id = value.length > LONGEST ? undefined : unsign(value, secret);
      if (id !== undefined) verified.set(value, id);
      return id;
    },
  };
}

function unsign(value: string, secret: string): string | undefined {
  const text = decode(value);
  if (!text?.startsWith('s:')) return undefined;
  const dot = text.lastIndexOf('.');
  if (dot <= 2) return undefined;
  const id = text.slice(2, dot);
  const expected = Buffer.from(createHmac('sha256', secret).update(id).digest('base64').replace(/=+$/u, ''));
  const given = Buffer.from(text.slice(dot + 1));
  return given.length === expected.length && timingSafeEqual(given, expected) ? id : undefined;
}

function decode(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}
