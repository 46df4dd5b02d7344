/** Where an application's metadata comes from: a file somebody read, or an address that is fetched (threats M02, M03, X13). */
import { SignetError } from '../core/errors.js';
import type { MetadataOrigin } from '../core/model/relying-party.js';
import { createFetch, type FetchRequest } from '../net/fetch.js';

export type MetadataSource =
  | {
      readonly kind: 'file';
      /** Its path, to read it again; shown, never opened here. */
      readonly location: string;
      readonly bytes: Buffer;
    }
  | { readonly kind: 'url'; readonly location: string };

export interface SourceOptions {
  /** Metadata by plain http, and reply addresses with http, on hosts other than this machine. */
  readonly allowHttp?: boolean;
  /** Addresses in private networks. */
  readonly allowPrivate?: boolean;
}

export interface SourceText {
  readonly text: string;
  readonly source: Omit<MetadataOrigin, 'readAt'>;
  /** What may explain that it cannot be read. */
  readonly hint: string | undefined;
  /** What is sent along next time, so that only another copy is an answer. */
  readonly etag?: string;
  readonly lastModified?: string;
}

/** Of the copy that was looked at last, and how long to wait for another. */
export interface KnownCopy extends Pick<FetchRequest, 'etag' | 'lastModified' | 'signal'> {
  /** As every fetch unless given. */
  readonly timeoutMs?: number;
}

const MAX_BYTES = 10 * 1024 * 1024;

/**
 * The text of a source. Throws invalid_input with a sentence: not fetched, too large, not UTF-8.
 * @param fetchAllow private ranges that may be fetched from, as in SIGNET_FETCH_ALLOW
 */
export async function readSource(source: MetadataSource, fetchAllow: readonly string[], options: SourceOptions): Promise<SourceText> {
  if (source.kind === 'file') {
    if (source.bytes.length > MAX_BYTES) throw bad(`${source.location} is larger than 10 MB.`);
    return { text: decode(source.bytes, source.location), source: { kind: 'file', location: source.location, ...allowed(options) }, hint: undefined };
  }
  const read = await readAddress(source.location, fetchAllow, options);
  if (read === 'unchanged') throw bad(`${source.location} answers with nothing.`);
  return read;
}

/** The text at an address, or that it is still the copy that is known. Throws as `readSource`. */
export async function readAddress(
  location: string,
  fetchAllow: readonly string[],
  options: SourceOptions,
  { timeoutMs, ...known }: KnownCopy = {},
): Promise<SourceText | 'unchanged'> {
  const fetch = createFetch({
    allow: fetchAllow,
    allowPrivate: options.allowPrivate === true,
    allowHttp: options.allowHttp === true,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
  const found = await fetch({ url: location, ...known });
  if (found.kind === 'unchanged') return 'unchanged';
  const { etag, lastModified } = found;
  return {
    text: decode(found.body, location),
    source: { kind: 'url', location, ...allowed(options) },
    hint: /^text\/html\b/iu.test(found.contentType ?? '') ? `${location} answers with a web page.` : undefined,
    ...(etag === undefined ? {} : { etag }),
    ...(lastModified === undefined ? {} : { lastModified }),
  };
}

/** What an administrator allowed, and nothing else: it is remembered with the source. */
export function allowed({ allowHttp, allowPrivate }: SourceOptions): SourceOptions {
  return { ...(allowHttp === true ? { allowHttp } : {}), ...(allowPrivate === true ? { allowPrivate } : {}) };
}

/** UTF-8 only; the byte order mark that Windows tools write is dropped. Throws invalid_input with the place. */
export function decode(bytes: Buffer, location: string): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw bad(`${location} is not UTF-8 text; save it as UTF-8.`, error);
  }
  if (text.includes('\0')) throw bad(`${location} holds NUL characters; save it as UTF-8 text.`);
  return text;
}

function bad(sentence: string, cause?: unknown): SignetError {
  return new SignetError('invalid_input', sentence, { cause });
}
