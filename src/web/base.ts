/** Where Signet lives, by its setting alone: nothing of Host or X-Forwarded-Host ever makes an address (threats I17). */

export interface Base {
  /** 'https://login.example.com'. */
  readonly origin: string;
  /** '' or '/idp': never a slash at the end. */
  readonly path: string;
  readonly https: boolean;
  /** The path, with the base in front, of one of our own addresses: '/login' -> '/idp/login'. */
  link(path: string): string;
}

/** @param baseUrl an absolute address without query; a path is kept */
export function readBase(baseUrl: string): Base {
  const url = new URL(baseUrl);
  const path = url.pathname.replace(/\/+$/u, '');
  return { origin: url.origin, path, https: url.protocol === 'https:', link: (own) => `${path}${own}` };
}
