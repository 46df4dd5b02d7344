/** The body of an answer, bounded before and after decompression (threats M03). */
import type { IncomingMessage } from 'node:http';
import { brotliDecompress, gunzip, inflate, inflateRaw, type InputType } from 'node:zlib';
import { promisify } from 'node:util';
import { SignetError } from '../core/errors.js';

type Decompress = (bytes: InputType, options: { readonly maxOutputLength: number }) => Promise<Buffer>;

const inflateZlib: Decompress = promisify(inflate);
const inflateBare: Decompress = promisify(inflateRaw);

const DECODERS: Readonly<Record<string, Decompress>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  br: promisify(brotliDecompress),
  // RFC 9110 means the zlib format; some servers send the bare one. The first byte tells: 8 is deflate with its header.
  deflate: (bytes, options) => (isZlib(bytes) ? inflateZlib(bytes, options) : inflateBare(bytes, options)),
};

/**
 * Reads all of it. Throws invalid_input when it is over the limit, packed in a way that is not known, or damaged.
 * @param limit bytes, of what arrives and of what it unpacks to
 * @param name the address, for the sentence
 */
export async function readBody(response: IncomingMessage, limit: number, name: string): Promise<Buffer> {
  const encoding = (response.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  const decompress = DECODERS[encoding];
  if (decompress === undefined && encoding !== 'identity') {
    response.destroy();
    throw bad(`${name} is packed as "${encoding.slice(0, 40)}", which is not read here.`);
  }
  const packed = await collect(response, limit, name);
  if (decompress === undefined) return packed;
  try {
    return await decompress(packed, { maxOutputLength: limit });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(limit, name, error);
    throw bad(`${name} is packed as ${encoding}, and cannot be unpacked.`, error);
  }
}

async function collect(response: IncomingMessage, limit: number, name: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > limit) {
      response.destroy();
      throw tooLarge(limit, name);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function isZlib(bytes: InputType): boolean {
  return Buffer.isBuffer(bytes) && ((bytes[0] ?? 0) & 0x0f) === 8;
}

function tooLarge(limit: number, name: string, cause?: unknown): SignetError {
  return bad(`${name} is larger than ${String(Math.floor(limit / (1024 * 1024)))} MB.`, cause);
}

function bad(sentence: string, cause?: unknown): SignetError {
  return new SignetError('invalid_input', sentence, { cause });
}
