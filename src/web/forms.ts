/**
 * The one reader of posted forms: application/x-www-form-urlencoded, bounded, flat, each field once (threats U10, U17).
 * What is not read is let run out for a while, so that a sender of too much hears the answer instead of a broken pipe.
 */
import type { IncomingMessage } from 'node:http';
import { RequestRefused } from './refused.js';

const FORM_TYPE = 'application/x-www-form-urlencoded';
const MOST_FIELDS = 64;
/** Read and thrown away at most, before the connection is closed instead. */
const DISCARD_LIMIT = 16 * 1024 * 1024;

/** Reads a posted form. Throws RequestRefused: wrong-type (415), too-large (413), unreadable (400). */
export async function readForm(request: IncomingMessage, limit: number): Promise<ReadonlyMap<string, string>> {
  const refused = refuseByHeader(request, limit);
  if (refused !== undefined) {
    await eachChunk(request, () => undefined);
    throw refused;
  }
  return parseForm(await readBody(request, limit));
}

function refuseByHeader(request: IncomingMessage, limit: number): RequestRefused | undefined {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') return new RequestRefused('wrong-type', `content encoding ${encoding}`);
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type !== FORM_TYPE) return new RequestRefused('wrong-type', `content type ${type ?? 'none'}`);
  return Number(request.headers['content-length'] ?? 0) > limit ? tooLarge(limit) : undefined;
}

function tooLarge(limit: number): RequestRefused {
  return new RequestRefused('too-large', `a body over ${String(limit)} bytes`, { connection: 'close' });
}

/** The body as text. UTF-8 beyond ASCII does not occur in a form that a browser encoded. */
async function readBody(request: IncomingMessage, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  const size = await eachChunk(request, (chunk, before) => {
    if (before + chunk.length <= limit) chunks.push(chunk);
  });
  if (size > limit) throw tooLarge(limit);
  return Buffer.concat(chunks).toString('utf8');
}

/** Takes the body chunk by chunk, to its end or its bound; gives its size so far. The server's own time-outs end a slow one. */
function eachChunk(request: IncomingMessage, take: (chunk: Buffer, before: number) => void): Promise<number> {
  return new Promise((resolve, reject) => {
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      take(chunk, size);
      size += chunk.length;
      if (size <= DISCARD_LIMIT) return;
      request.pause();
      resolve(size);
    });
    request.once('end', () => {
      resolve(size);
    });
    request.once('error', (error) => {
      reject(new RequestRefused('unreadable', `the sender hung up: ${error.name}`));
    });
  });
}

/** Fields by name. Throws RequestRefused unreadable when a field comes twice, there are far too many, or the encoding is broken. */
export function parseForm(body: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  if (body === '') return fields;
  for (const pair of body.split('&', MOST_FIELDS + 1)) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals === -1 ? pair : pair.slice(0, equals));
    if (fields.has(name)) throw new RequestRefused('unreadable', 'a field comes twice');
    fields.set(name, equals === -1 ? '' : decode(pair.slice(equals + 1)));
  }
  if (fields.size > MOST_FIELDS) throw new RequestRefused('unreadable', 'too many fields');
  return fields;
}

function decode(text: string): string {
  let decoded: string;
  try {
    decoded = decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new RequestRefused('unreadable', 'broken percent-encoding in a form');
  }
  if (decoded.includes('\0')) throw new RequestRefused('unreadable', 'NUL in a form');
  return decoded;
}
