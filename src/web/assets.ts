/**
 * Static files, read once at start and served from memory under /assets/NAME.HASH.ext: a request never names a path on the
 * disk (threats U18), and a changed file has a changed name.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

export interface Asset {
  readonly type: string;
  readonly body: Buffer;
  /** Smaller where the browser takes it. */
  readonly gzip: Buffer | undefined;
}

export interface Assets {
  /** Path below the base URL of a file: 'style.css' -> '/assets/style.4f9a….css'. */
  path(name: string): string;
  /** The file at a path below the base URL. */
  find(path: string): Asset | undefined;
}

export const ASSETS_PREFIX = '/assets/';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** The files of the interface's font that pages use; the rest of the package stays where it is. */
const FONTS = ['inter-latin-wght-normal.woff2', 'inter-latin-ext-wght-normal.woff2'];

/**
 * @param folder the stylesheet, scripts and pictures
 * @param fontFolders where the font may be; the first that has it counts, and without it the system's own font is used
 */
export function loadAssets(folder: string, fontFolders: readonly string[]): Assets {
  const names = new Map<string, string>();
  const files = new Map<string, Asset>();
  const add = (name: string, body: Buffer): void => {
    const extension = extname(name);
    const type = TYPES[extension];
    if (type === undefined) return;
    const hash = createHash('sha256').update(body).digest('hex').slice(0, 16);
    const path = `${ASSETS_PREFIX}${name.slice(0, -extension.length)}.${hash}${extension}`;
    names.set(name, path);
    files.set(path, { type, body, gzip: extension === '.woff2' ? undefined : gzipSync(body, { level: 9 }) });
  };

  const fonts = fontFolders.find((candidate) => existsSync(join(candidate, FONTS[0] ?? '')));
  if (fonts !== undefined) for (const font of FONTS) add(font, readFileSync(join(fonts, font)));
  for (const name of readdirSync(folder).sort()) {
    if (extname(name) === '.css') add(name, withFontNames(readFileSync(join(folder, name), 'utf8'), names));
    else add(name, readFileSync(join(folder, name)));
  }

  return {
    path: (name) => {
      const path = names.get(name);
      if (path === undefined) throw new Error(`no asset ${name}`);
      return path;
    },
    find: (path) => files.get(path),
  };
}

/** The stylesheet names its fonts beside itself: relative addresses, so that the base URL's path does not matter. */
function withFontNames(css: string, names: ReadonlyMap<string, string>): Buffer {
  const named = css.replace(/url\(([\w-]+\.woff2)\)/gu, (whole, name: string) => {
    const path = names.get(name);
    return path === undefined ? whole : `url(${path.slice(ASSETS_PREFIX.length)})`;
  });
  return Buffer.from(named);
}
