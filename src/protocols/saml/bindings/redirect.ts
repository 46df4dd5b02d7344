/**
 * HTTP-Redirect (SAML Bindings 3.4): base64 of raw DEFLATE in the query, with a detached signature over the query
 * octets exactly as they arrived.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Trace } from '../../../core/checks/trace.js';
import { withQuery } from '../../../core/model/reply-address.js';

/** Under which name a message travels, on Redirect and on POST. */
export type MessageParameter = 'SAMLRequest' | 'SAMLResponse';

export interface QuerySignature {
  readonly algorithm: string;
  readonly value: Buffer;
  /** What was signed: the received substrings in the order of the specification (Bindings 3.4.4.1). */
  readonly octets: string;
}

export interface DecodedMessage {
  readonly xml: Buffer;
  readonly relayState: string | undefined;
  /** Present on redirect only. */
  readonly signature: QuerySignature | undefined;
}

/** Most bytes a message may inflate to. */
export const MESSAGE_LIMIT = 256 * 1024;
/** RelayState beyond the 80 bytes of the specification is echoed up to this many bytes. */
export const RELAY_STATE_LIMIT = 2048;

const DEFLATE = 'urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE';
const KNOWN = ['SAMLRequest', 'SAMLResponse', 'RelayState', 'SigAlg', 'Signature', 'SAMLEncoding'] as const;
type Parameter = (typeof KNOWN)[number];
export const OTHER: Readonly<Record<MessageParameter, MessageParameter>> = { SAMLRequest: 'SAMLResponse', SAMLResponse: 'SAMLRequest' };

/** Reads a query that carries one message. Errors: check request.binding, request.decodable, request.size, request.relaystate. */
export function decodeRedirect(rawQuery: string, trace: Trace, wanted: MessageParameter = 'SAMLRequest'): DecodedMessage {
  const raw = readParameters(rawQuery, trace);
  const encoded = raw.get(wanted);
  const other = OTHER[wanted];
  if (encoded === undefined || raw.has(other)) {
    throw trace.failure('request.binding', { observed: raw.has(other) ? other : `no ${wanted}`, expected: `one ${wanted}` });
  }
  const encoding = raw.get('SAMLEncoding');
  if (encoding !== undefined && percentDecode(encoding, trace) !== DEFLATE) {
    throw trace.failure('request.decodable', { observed: 'unknown SAMLEncoding' });
  }
  const relayState = raw.get('RelayState');
  return {
    xml: inflate(fromBase64(percentDecode(encoded, trace), trace), trace),
    relayState: relayState === undefined ? undefined : checkRelayState(percentDecode(relayState, trace), trace),
    signature: readSignature(raw, `${wanted}=${encoded}`, trace),
  };
}

/**
 * The address that carries a message, signed over its own query (Bindings 3.4.4.1): nothing of the XML is signed.
 * @param address registered; a query of its own stays
 * @param signing makes the signature over the octets it is given, and names its algorithm
 */
export async function encodeRedirect(
  address: string,
  message: { readonly parameter: MessageParameter; readonly xml: string; readonly relayState: string | undefined },
  signing: { readonly algorithm: string; readonly sign: (octets: string) => Promise<Buffer> },
): Promise<string> {
  const relayState = message.relayState === undefined ? '' : `&RelayState=${encodeURIComponent(message.relayState)}`;
  const encoded = encodeURIComponent(deflateRawSync(message.xml).toString('base64'));
  const octets = `${message.parameter}=${encoded}${relayState}&SigAlg=${encodeURIComponent(signing.algorithm)}`;
  const signature = await signing.sign(octets);
  return withQuery(address, `${octets}&Signature=${encodeURIComponent(signature.toString('base64'))}`);
}

function readParameters(rawQuery: string, trace: Trace): ReadonlyMap<Parameter, string> {
  const found = new Map<Parameter, string>();
  for (const pair of rawQuery.split('&')) {
    const cut = pair.indexOf('=');
    const written = cut < 0 ? pair : pair.slice(0, cut);
    const name = KNOWN.find((known) => known === written);
    if (name === undefined) {
      refuseDisguised(written, trace);
      continue;
    }
    if (found.has(name)) throw trace.failure('request.binding', { observed: `${name} twice`, expected: 'each parameter once' });
    found.set(name, cut < 0 ? '' : pair.slice(cut + 1));
  }
  return found;
}

/** A known name in percent-encoding: another reader would see the parameter, and perhaps for the second time. */
function refuseDisguised(written: string, trace: Trace): void {
  const disguised = written.includes('%') ? KNOWN.find((known) => new URLSearchParams(written).has(known)) : undefined;
  if (disguised !== undefined) throw trace.failure('request.binding', { observed: `${disguised} in percent-encoding`, expected: 'each name as it is' });
}

function readSignature(raw: ReadonlyMap<Parameter, string>, message: string, trace: Trace): QuerySignature | undefined {
  const signature = raw.get('Signature');
  const algorithm = raw.get('SigAlg');
  if (signature === undefined && algorithm === undefined) return undefined;
  if (signature === undefined || algorithm === undefined) {
    throw trace.failure('request.binding', { observed: signature === undefined ? 'SigAlg without Signature' : 'Signature without SigAlg', expected: 'both' });
  }
  const relayState = raw.get('RelayState');
  const signed = relayState === undefined ? message : `${message}&RelayState=${relayState}`;
  return {
    algorithm: percentDecode(algorithm, trace),
    value: fromBase64(percentDecode(signature, trace), trace),
    octets: `${signed}&SigAlg=${algorithm}`,
  };
}

/** Strict percent-decoding of application/x-www-form-urlencoded text. */
function percentDecode(text: string, trace: Trace): string {
  try {
    return decodeURIComponent(text.replaceAll('+', '%20'));
  } catch (error) {
    throw trace.failure('request.decodable', { observed: 'broken percent-encoding' }, error);
  }
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/u;

/** Base64 with white space tolerated, nothing else. */
export function fromBase64(text: string, trace: Trace): Buffer {
  const compact = /\s/u.test(text) ? text.replaceAll(/\s/gu, '') : text;
  if (compact === '' || !BASE64.test(compact)) throw trace.failure('request.decodable', { observed: 'not base64' });
  return Buffer.from(compact, 'base64');
}

function inflate(bytes: Buffer, trace: Trace): Buffer {
  let result: { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } };
  try {
    // `info` gives the engine as well, whose count tells how much of the input was used; the types leave it out.
    result = inflateRawSync(bytes, { maxOutputLength: MESSAGE_LIMIT, info: true }) as unknown as typeof result;
  } catch (error) {
    if (error instanceof RangeError) throw trace.failure('request.size', { observed: 'more', expected: `${String(MESSAGE_LIMIT / 1024)} KB` }, error);
    throw trace.failure('request.decodable', { observed: 'not raw DEFLATE' }, error);
  }
  if (result.engine.bytesWritten !== bytes.length) throw trace.failure('request.decodable', { observed: 'bytes after the end of the DEFLATE stream' });
  return result.buffer;
}

/** Gives the value back, or refuses it for its length. It is opaque: nothing in it is ever interpreted. */
export function checkRelayState(value: string, trace: Trace): string {
  const bytes = Buffer.byteLength(value);
  trace.check('request.relaystate', bytes <= RELAY_STATE_LIMIT, { observed: `${String(bytes)} bytes`, expected: `${String(RELAY_STATE_LIMIT)} bytes` });
  return value;
}
