/** Where an application's metadata comes from: a file somebody read, or an address that is fetched (threats M02, M03, X13). */
import { SignetError } from '../core/errors.js';
import type { RelyingPartyRecord } from '../core/model/relying-party.js';
import { createFetch } from '../net/fetch.js';

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
  readonly source: Pick<RelyingPartyRecord['source'], 'kind' | 'location'>;
  /** What may explain that it cannot be read. */
  readonly hint: string | undefined;
}

const MAX_BYTES = 10 * 1024 * 1024;

/**
 * The text of a source. Throws invalid_input with a sentence: not fetched, too large, not UTF-8.
 * @param fetchAllow private ranges that may be fetched from, as in SIGNET_FETCH_ALLOW
 */
export async function readSource(source: MetadataSource, fetchAllow: readonly string[], options: SourceOptions): Promise<SourceText> {
  if (source.kind === 'file') {
    if (source.bytes.length > MAX_BYTES) throw bad(`${source.location} is larger than 10 MB.`);
    return { text: decode(source.bytes, source.location), source: { kind: 'file', location: source.location }, hint: undefined };
  }
  const fetch = createFetch({ allow: fetchAllow, allowPrivate: options.allowPrivate === true, allowHttp: options.allowHttp === true });
  const found = await fetch({ url: source.location });
  if (found.kind === 'unchanged') throw bad(`${source.location} answers with nothing.`);
  return {
    text: decode(found.body, source.location),
    source: { kind: 'url', location: source.location },
    hint: /^text\/html\b/iu.test(found.contentType ?? '') ? `${source.location} answers with a web page.` : undefined,
  };
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
