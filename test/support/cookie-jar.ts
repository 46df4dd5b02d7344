/** The cookies of one browser, with the rules that matter to a sign-on: host, path, Secure, SameSite, end (RFC 6265bis 5.6, 5.7). */

/** How a request came about: by our own site, or by a link or a form of another one. */
export type Cause = 'same-site' | 'cross-site-get' | 'cross-site-post';

export interface Cookie {
  readonly host: string;
  readonly path: string;
  readonly name: string;
  readonly value: string;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  readonly sameSite: string;
}

export class CookieJar {
  readonly #cookies = new Map<string, Cookie>();

  /** Takes the Set-Cookie lines of an answer. */
  keep(url: URL, lines: readonly string[]): void {
    for (const line of lines) {
      const [pair = '', ...rest] = line.split(';').map((part) => part.trim());
      const attributes = new Map(rest.map((part) => [part.split('=', 1)[0]?.toLowerCase() ?? '', part.slice(part.indexOf('=') + 1)]));
      const equals = pair.indexOf('=');
      const cookie: Cookie = {
        host: url.hostname,
        path: attributes.get('path') ?? '/',
        name: pair.slice(0, equals),
        value: pair.slice(equals + 1),
        secure: attributes.has('secure'),
        httpOnly: attributes.has('httponly'),
        sameSite: (attributes.get('samesite') ?? 'unsaid').toLowerCase(),
      };
      const key = `${cookie.host} ${cookie.path} ${cookie.name}`;
      const maxAge = attributes.get('max-age');
      const ended = maxAge === undefined ? Date.parse(attributes.get('expires') ?? '') <= Date.now() : Number(maxAge) <= 0;
      if (ended) this.#cookies.delete(key);
      else this.#cookies.set(key, cookie);
    }
  }

  /** The Cookie header for a request, or undefined when none goes along. */
  header(url: URL, cause: Cause): string | undefined {
    const cookies = [...this.#cookies.values()].filter(
      (cookie) => cookie.host === url.hostname && covers(cookie.path, url.pathname) && (!cookie.secure || url.protocol === 'https:') && travels(cookie, cause),
    );
    return cookies.length === 0 ? undefined : cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  }

  all(): readonly Cookie[] {
    return [...this.#cookies.values()];
  }

  /** The browser is closed and opened again elsewhere. */
  clear(): void {
    this.#cookies.clear();
  }
}

function covers(path: string, pathname: string): boolean {
  return pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`);
}

/** A cookie that says nothing is Lax, but goes with posts in its first two minutes (browsers' "Lax-allowing-unsafe"): all ours are young. */
function travels(cookie: Cookie, cause: Cause): boolean {
  if (cause === 'same-site' || cookie.sameSite === 'none' || cookie.sameSite === 'unsaid') return true;
  return cookie.sameSite === 'lax' && cause === 'cross-site-get';
}
