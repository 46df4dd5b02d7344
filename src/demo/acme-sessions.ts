/** Who is signed in at Acme: kept in memory, found by a random cookie. It has nothing to do with the sessions of Signet. */
import { randomToken } from '../crypto/random.js';
import type { SignedIn } from './acme-receive.js';

/** Browsers share cookies between all ports of a host: the name must not be one of Signet's. */
export const ACME_COOKIE = 'acme_expenses';
const LIFETIME_MS = 8 * 3600 * 1000;
const MOST = 1000;

export interface AcmeSessions {
  find(cookies: string | undefined): SignedIn | undefined;
  /** Gives the Set-Cookie value of a new session; an old id is never kept at sign-in. */
  start(who: SignedIn): string;
  /** Ends the session and gives the Set-Cookie value that forgets it. */
  end(cookies: string | undefined): string;
}

export function createAcmeSessions(now: () => number): AcmeSessions {
  const sessions = new Map<string, { readonly who: SignedIn; readonly ends: number }>();
  return {
    find: (cookies) => {
      const entry = sessions.get(readCookie(cookies) ?? '');
      return entry !== undefined && entry.ends > now() ? entry.who : undefined;
    },
    start: (who) => {
      const id = randomToken(24);
      sessions.set(id, { who, ends: now() + LIFETIME_MS });
      // The oldest go first: a Map keeps the order of insertion.
      for (const old of sessions.keys()) {
        if (sessions.size <= MOST) break;
        sessions.delete(old);
      }
      return `${ACME_COOKIE}=${id}; Path=/; HttpOnly; SameSite=Lax`;
    },
    end: (cookies) => {
      sessions.delete(readCookie(cookies) ?? '');
      return `${ACME_COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0`;
    },
  };
}

function readCookie(cookies: string | undefined): string | undefined {
  const prefix = `${ACME_COOKIE}=`;
  return cookies
    ?.split(/;\s*/u)
    .find((part) => part.startsWith(prefix))
    ?.slice(prefix.length);
}
