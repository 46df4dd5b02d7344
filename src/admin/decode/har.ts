/** Recordings of a browser (HAR 1.2): the messages in the requests, in order. Nothing else of it is looked at: cookies, headers, passwords. */
import { beginReading, type DecodeContext, type DecodedMessage, type Reading } from './decoded.js';
import { looksLikeMessage, readParameters } from './parameters.js';

const MOST_MESSAGES = 500;

/** The requests of a recording that carry messages; undefined where the JSON is no recording. */
export function readHar(
  json: unknown,
  context: DecodeContext,
  finish: (reading: Reading, title: string) => DecodedMessage,
): readonly DecodedMessage[] | undefined {
  const entries = listIn(objectIn(json, 'log'), 'entries');
  if (entries === undefined) return undefined;
  const found: DecodedMessage[] = [];
  for (const entry of entries) {
    const request = objectIn(entry, 'request');
    const url = stringIn(request, 'url') ?? '';
    for (const [step, raw] of [
      ['query', queryOf(url)],
      ['form', formOf(objectIn(request, 'postData'))],
    ] as const) {
      if (!looksLikeMessage(raw) || found.length >= MOST_MESSAGES) continue;
      const reading = beginReading(context, ['HAR', step]);
      const title = readParameters(raw, reading) ?? 'parameters';
      found.push({
        ...finish(reading, title),
        request: {
          time: stringIn(entry, 'startedDateTime') ?? 'no time',
          method: stringIn(request, 'method') ?? 'no method',
          url: url.replace(/[?#].*$/su, ''),
        },
      });
    }
  }
  return found;
}

function queryOf(url: string): string {
  return /\?([^#]*)/u.exec(url)?.[1] ?? '';
}

/** As it was sent, or put together from the list of parameters. */
function formOf(postData: unknown): string {
  const text = stringIn(postData, 'text');
  if (text !== undefined && text !== '') return text;
  const parameters = listIn(postData, 'params') ?? [];
  return parameters
    .map((entry) => `${encodeURIComponent(stringIn(entry, 'name') ?? '')}=${encodeURIComponent(decoded(stringIn(entry, 'value') ?? ''))}`)
    .join('&');
}

/** Some browsers record values in percent-encoding, others without. */
function decoded(value: string): string {
  try {
    return /%[0-9A-Fa-f]{2}/u.test(value) ? decodeURIComponent(value) : value;
  } catch {
    return value;
  }
}

function objectIn(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function listIn(value: unknown, name: string): readonly unknown[] | undefined {
  const found = objectIn(value, name);
  return Array.isArray(found) ? found : undefined;
}

function stringIn(value: unknown, name: string): string | undefined {
  const found = objectIn(value, name);
  return typeof found === 'string' ? found : undefined;
}
