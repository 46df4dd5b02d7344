/** Who is signed in at an application: kept in memory, found by a random cookie. It has nothing to do with the sessions of Signet. */
import { randomBytes } from 'node:crypto';
import { createNewest } from './newest.js';

const LIFETIME_MS = 8 * 3600 * 1000;
const MOST = 1000;
const ATTRIBUTES = 'Path=/; HttpOnly; SameSite=Lax';

export interface Sessions<Who> {
  find(cookies: string | undefined): Who | undefined;
  /** Gives the Set-Cookie value of a new session; an old id is never kept at sign-in. */
  start(who: Who): string;
  /** Ends the session and gives the Set-Cookie value that forgets it. */
  end(cookies: string | undefined): string;
  /** Ends all sessions that match, whichever browser they are in, and gives their number. */
  endWhere(matches: (who: Who) => boolean): number;
}

/** Browsers share cookies between all ports of a host: the name must not be one of Signet's, nor of another application. */
export function createSessions<Who>(cookie: string, now: () => number): Sessions<Who> {
  const sessions = createNewest<{ readonly who: Who; readonly ends: number }>(MOST);
  return {
    find: (cookies) => {
      const entry = sessions.get(readCookie(cookies, cookie) ?? '');
      return entry !== undefined && entry.ends > now() ? entry.who : undefined;
    },
    start: (who) => {
      const id = randomName();
      sessions.set(id, { who, ends: now() + LIFETIME_MS });
      return `${cookie}=${id}; ${ATTRIBUTES}`;
    },
    end: (cookies) => {
      sessions.take(readCookie(cookies, cookie) ?? '');
      return `${cookie}=; ${ATTRIBUTES}; Max-Age=0`;
    },
    endWhere: (matches) => sessions.removeWhere((entry) => matches(entry.who)),
  };
}

/** A value of a Cookie header. */
export function readCookie(cookies: string | undefined, name: string): string | undefined {
  const prefix = `${name}=`;
  return cookies
    ?.split(/;\s*/u)
    .find((part) => part.startsWith(prefix))
    ?.slice(prefix.length);
}

/** 192 random bits, in letters that need no escaping anywhere. */
export function randomName(): string {
  return randomBytes(24).toString('base64url');
}
