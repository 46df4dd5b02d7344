/**
 * HTTP client for metadata: one GET with bounds on time, size and redirects, connected to the very address that was
 * checked. The only outgoing request Signet makes is to an address an administrator named (threats M02, M03; MET-13).
 */
import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { SignetError } from '../core/errors.js';
import { literalAddress, readWebAddress, showAddress } from './address.js';
import { type AddressGuard, createAddressGuard, type GuardSettings } from './address-guard.js';
import { readBody } from './body.js';
import { sayNetworkError } from './network-error.js';
import { parseUrl } from '../core/model/uri.js';

export interface FetchSettings extends GuardSettings {
  /** Plain http to public addresses as well; to addresses the guard opened it may go anyway. */
  readonly allowHttp?: boolean;
  /** For everything together: looking up, connecting, redirects, the last byte. */
  readonly timeoutMs?: number;
  /** After decompression. */
  readonly maxBytes?: number;
  /** Looks names up; the system's resolver unless a test says otherwise. */
  readonly resolve?: (host: string) => Promise<readonly LookupAddress[]>;
}

export interface FetchRequest {
  readonly url: string;
  /** ETag and Last-Modified of the copy that is held: the answer may be `unchanged`. */
  readonly etag?: string;
  readonly lastModified?: string;
  /** Ends it before its time: it then rejects with the reason. */
  readonly signal?: AbortSignal;
}

export type FetchResult =
  | {
      readonly kind: 'found';
      /** Where it was found, after redirects. */
      readonly url: string;
      readonly body: Buffer;
      readonly contentType: string | undefined;
      readonly etag: string | undefined;
      readonly lastModified: string | undefined;
    }
  | { readonly kind: 'unchanged' };

/** Fetches one document. Throws invalid_input with one sentence that says what was in the way. */
export type Fetch = (request: FetchRequest) => Promise<FetchResult>;

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 10 * 1024 * 1024;
const MAX_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

interface Bounds {
  readonly guard: AddressGuard;
  readonly allowHttp: boolean;
  readonly maxBytes: number;
  readonly resolve: (host: string) => Promise<readonly LookupAddress[]>;
  readonly signal: AbortSignal;
}

/** Makes the client. Throws invalid_input when the allow list cannot be read. */
export function createFetch(settings: FetchSettings): Fetch {
  const guard = createAddressGuard(settings);
  const timeoutMs = settings.timeoutMs ?? TIMEOUT_MS;
  const maxBytes = settings.maxBytes ?? MAX_BYTES;
  return async (request) => {
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = request.signal === undefined ? timeout : AbortSignal.any([timeout, request.signal]);
    try {
      return await follow(request, { guard, allowHttp: settings.allowHttp === true, maxBytes, resolve: settings.resolve ?? resolveName, signal });
    } catch (error) {
      if (error instanceof SignetError) throw error;
      request.signal?.throwIfAborted();
      const why = timeout.aborted ? `did not answer in ${String(timeoutMs / 1000)} seconds` : sayNetworkError(error);
      throw bad(`${showAddress(request.url)} ${why}.`, error);
    }
  };
}

/** Redirects are followed by hand: each hop is checked like the first, stays on its host and never goes from https to http. */
async function follow(request: FetchRequest, bounds: Bounds): Promise<FetchResult> {
  let url = readWebAddress(request.url);
  for (let hops = 0; ; hops += 1) {
    const response = await send(url, request, bounds);
    const status = response.statusCode ?? 0;
    const { location } = response.headers;
    if (!REDIRECTS.has(status) || location === undefined) return answer(url, response, request, bounds);
    response.destroy();
    if (hops >= MAX_REDIRECTS) throw bad(`${showAddress(request.url)} redirects more than ${String(MAX_REDIRECTS)} times.`);
    url = redirectTarget(url, location);
  }
}

function redirectTarget(from: URL, location: string): URL {
  const text = parseUrl(location) !== undefined ? location : resolveAgainst(location, from);
  const to = readWebAddress(text);
  if (from.protocol === 'https:' && to.protocol === 'http:')
    throw bad(`${from.origin} redirects from https to http (${showAddress(text)}); use an https address.`);
  if (to.hostname !== from.hostname) throw bad(`${from.origin} redirects to another host. If it is meant, give that address: ${showAddress(text)}`);
  return to;
}

function resolveAgainst(location: string, from: URL): string {
  const url = parseUrl(location, from);
  if (url === undefined) throw bad(`${from.origin} redirects to what is not an address.`);
  return url.href;
}

async function send(url: URL, request: FetchRequest, bounds: Bounds): Promise<IncomingMessage> {
  const literal = literalAddress(url);
  // A literal address is not looked up, so it is checked here; names are checked where they are looked up.
  if (literal !== undefined) check(literal, url, bounds);
  const headers = {
    accept: 'application/samlmetadata+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1',
    'accept-encoding': 'gzip, deflate, br',
    'user-agent': 'Signet',
    ...(request.etag === undefined ? {} : { 'if-none-match': request.etag }),
    ...(request.lastModified === undefined ? {} : { 'if-modified-since': request.lastModified }),
  };
  const options: RequestOptions = { method: 'GET', headers, agent: false, signal: bounds.signal, lookup: checkingLookup(url, bounds) };
  return new Promise((resolve, reject) => {
    const outgoing = url.protocol === 'https:' ? httpsRequest(url, options) : httpRequest(url, options);
    outgoing.on('response', resolve);
    outgoing.on('error', reject);
    outgoing.end();
  });
}

/** Gives the connection only addresses that were checked, so that a name cannot change its mind between check and use. */
function checkingLookup(url: URL, bounds: Bounds): LookupFunction {
  return (host, options, callback) => {
    bounds.resolve(host).then(
      (found) => {
        const usable = found.filter(({ address }) => isUsable(address, url, bounds));
        const [first] = usable;
        if (first === undefined) {
          callback(refusal(found, url, bounds), '');
          return;
        }
        if (options.all === true) callback(null, usable);
        else callback(null, first.address, first.family);
      },
      (error: unknown) => {
        callback(error instanceof Error ? error : new Error('the name cannot be looked up'), '');
      },
    );
  };
}

function refusal(found: readonly LookupAddress[], url: URL, bounds: Bounds): Error {
  const [first] = found;
  if (first === undefined) return bad(`${url.hostname} has no address.`);
  try {
    check(first.address, url, bounds);
  } catch (error) {
    if (error instanceof Error) return error;
  }
  return bad(`${url.hostname} has no address that may be used.`);
}

function isUsable(address: string, url: URL, bounds: Bounds): boolean {
  const verdict = bounds.guard(address);
  return verdict.kind === 'allowed' && (url.protocol === 'https:' || bounds.allowHttp || verdict.local);
}

function check(address: string, url: URL, bounds: Bounds): void {
  const verdict = bounds.guard(address);
  if (verdict.kind === 'refused') {
    const which = literalAddress(url) === undefined ? `${url.hostname} is ${address},` : `${address} is`;
    throw bad(`${which} ${verdict.what}, which metadata is not fetched from. ${verdict.fix}`);
  }
  if (!isUsable(address, url, bounds)) throw bad(`${url.origin} uses http, so what arrives could be anybody's; use https, or allow it with --allow-http.`);
}

async function answer(url: URL, response: IncomingMessage, request: FetchRequest, bounds: Bounds): Promise<FetchResult> {
  const status = response.statusCode ?? 0;
  const conditional = request.etag !== undefined || request.lastModified !== undefined;
  if (status === 304 && conditional) {
    response.destroy();
    return { kind: 'unchanged' };
  }
  if (status !== 200) {
    response.destroy();
    throw bad(`${showAddress(url.href)} answers with status ${String(status)} instead of 200.`);
  }
  const { headers } = response;
  return {
    kind: 'found',
    url: url.href,
    body: await readBody(response, bounds.maxBytes, showAddress(url.href)),
    contentType: headers['content-type'],
    etag: headers.etag,
    lastModified: headers['last-modified'],
  };
}

function resolveName(host: string): Promise<readonly LookupAddress[]> {
  return new Promise((resolve, reject) => {
    systemLookup(host, { all: true }, (error, addresses) => {
      if (error === null) resolve(addresses);
      else reject(error);
    });
  });
}

function bad(sentence: string, cause?: unknown): SignetError {
  return new SignetError('invalid_input', sentence, { cause });
}
