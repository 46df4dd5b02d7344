/**
 * What somebody has in the hand: recognised by its content, unwrapped step by step and shown, with the signature tried
 * against the keys that are known. Nothing is stored, nothing is sent, nothing is fetched.
 */
import { SignetError } from '../../core/errors.js';
import { decodeText } from '../text-file.js';
import { beginReading, type Decoded, type DecodeContext, type DecodedMessage, note, type Reading } from './decoded.js';
import { readHar } from './har.js';
import { looksLikeJwt, readJwt } from './jwt.js';
import { looksLikeParameters, readParameters } from './parameters.js';
import { fromBase64, inflate, percentDecode, textOf } from './unwrap.js';
import { readXml } from './xml.js';

export const MOST_BYTES = 20 * 1024 * 1024;
/** Wrappings within wrappings. */
const MOST_STEPS = 8;
const LOOKED_FOR =
  'It is nothing that is known here: looked for XML of SAML, WS-Federation or metadata, base64, DEFLATE, percent-encoding, addresses and forms with their parameters, JWT and HAR.';

/**
 * Decodes one input. Throws invalid_input in one sentence: too large, nothing known, a file of another kind, or what
 * inflates beyond bounds. What is wrong inside a message is among its findings.
 */
export function decode(input: Buffer, context: DecodeContext): Promise<Decoded> {
  return Promise.resolve().then(() => {
    if (input.length > MOST_BYTES) throw bad(`It has ${String(input.length)} bytes; the limit is ${String(MOST_BYTES)}.`);
    if (input.subarray(0, 4).equals(Buffer.from('PK\u0003\u0004')))
      throw bad('It is a zip archive; unpack it, or read an export of AD FS with: signet import adfs FILE');
    const { text, steps } = textIn(input);
    return { messages: text.startsWith('{') || text.startsWith('[') ? readJson(text, context) : [readText(text, beginReading(context, steps))] };
  });
}

function textIn(input: Buffer): { readonly text: string; readonly steps: readonly string[] } {
  try {
    return { text: decodeText('it', input, MOST_BYTES).trim(), steps: [] };
  } catch (error) {
    const inflated = inflate(input);
    if (inflated === undefined) throw bad(LOOKED_FOR, error);
    return { text: inflated.trim(), steps: ['DEFLATE'] };
  }
}

function readJson(text: string, context: DecodeContext): readonly DecodedMessage[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw bad('It begins like JSON and is none.', error);
  }
  const messages = readHar(json, context, finish);
  if (messages?.length === 0) throw bad('It is a recording (HAR) without a message of SAML or WS-Federation in its requests.');
  if (messages !== undefined) return messages;
  if (!/"(?:SamlEndpoints|IssuanceTransformRules|WSFedEndpoint|AcceptanceTransformRules)"/u.test(text)) throw bad(LOOKED_FOR);
  const reading = beginReading(context, ['JSON']);
  note(reading, 'hint.import', 'It holds trusts of AD FS.');
  return [finish(reading, 'trusts of AD FS as JSON')];
}

function readText(text: string, reading: Reading): DecodedMessage {
  const title = unwrap(text.replace(/^(?:Authorization:\s*)?Bearer\s+/iu, ''), reading);
  if (title === undefined) throw bad(LOOKED_FOR);
  return finish(reading, title);
}

/** Takes off one wrapping after the other until something is known. */
function unwrap(text: string, reading: Reading): string | undefined {
  if (text === '' || reading.steps.length >= MOST_STEPS) return undefined;
  if (text.startsWith('<')) return readXml(text, reading);
  if (looksLikeJwt(text)) return readJwt(text, reading);
  const address = /^(?:https?:\/)?\/[^\s?#]*/iu.exec(text)?.[0];
  const isAddress = address !== undefined && /^[?#]/u.test(text.slice(address.length));
  if (isAddress) {
    reading.steps.push('address');
    reading.sections.push({ title: 'Address', verified: undefined, fields: [{ name: 'sent to', value: address }] });
    const [query = '', fragment = ''] = text.slice(address.length).replace(/^\?/u, '').split('#');
    return readParameters([query, fragment].filter((part) => part !== '').join('&'), reading);
  }
  if (looksLikeParameters(text)) {
    reading.steps.push('parameters');
    return readParameters(text.replace(/^[?#]/u, ''), reading);
  }
  const plain = /%[0-9A-Fa-f]{2}/u.test(text) ? percentDecode(text) : undefined;
  if (plain !== undefined && plain !== text) {
    reading.steps.push('percent-encoding');
    return unwrap(plain.trim(), reading);
  }
  const bytes = fromBase64(text);
  if (bytes === undefined) return undefined;
  reading.steps.push('base64');
  const inner = textOf(bytes);
  if (inner !== undefined) return unwrap(inner.trim(), reading);
  const inflated = inflate(bytes);
  if (inflated === undefined) return undefined;
  reading.steps.push('DEFLATE');
  return unwrap(inflated.trim(), reading);
}

function finish({ context, steps, sections, signatures, findings, xml }: Reading, title: string): DecodedMessage {
  return { title, steps, sections, signatures, findings, ...(xml === undefined || context.mask === true ? {} : { xml }) };
}

/** False where a signature is not verified, or a finding says that it cannot be used so. */
export function isSound({ messages }: Decoded): boolean {
  return messages.every(({ signatures, findings }) => signatures.every(({ verified }) => verified) && findings.every(({ level }) => level !== 'stop'));
}

function bad(sentence: string, cause?: unknown): SignetError {
  return new SignetError('invalid_input', sentence, { cause });
}
