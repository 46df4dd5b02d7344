/** Strict reading of a query: what is not valid percent-encoded UTF-8 could not be given back as it came. */
import { SignetError } from '../../core/errors.js';

export interface QueryOptions {
  /** Names count in any letter case, as on the servers whose addresses we take over. */
  readonly anyCase?: boolean;
}

/**
 * The values of the named parameters, each list in the order of the query; parameters of other names are not looked at.
 * A name in percent-encoding is that name. Throws malformed_request for broken encoding, bytes that are not UTF-8 and NUL.
 * @param rawQuery as it arrived, without '?'
 */
export function readQuery<Name extends string>(rawQuery: string, names: readonly Name[], options: QueryOptions = {}): ReadonlyMap<Name, readonly string[]> {
  const found = new Map<Name, string[]>();
  for (const pair of rawQuery.split('&')) {
    const cut = pair.indexOf('=');
    const written = nameOf(cut < 0 ? pair : pair.slice(0, cut));
    const name = names.find((known) => known === written || (options.anyCase === true && known.toLowerCase() === written?.toLowerCase()));
    if (name === undefined) continue;
    const value = decode(cut < 0 ? '' : pair.slice(cut + 1), name);
    const values = found.get(name);
    if (values === undefined) found.set(name, [value]);
    else values.push(value);
  }
  return found;
}

/** A query of these parameters, in their order. */
export function writeQuery(parameters: readonly (readonly [name: string, value: string])[]): string {
  return parameters.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
}

/** Undefined for a name that is not readable: it is none that anybody asks for. */
function nameOf(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

const PRINTABLE = /^[\x21-\x7E]*$/u;

function decode(text: string, name: string): string {
  if (!PRINTABLE.test(text)) throw malformed(name, 'holds what must be percent-encoded');
  let value: string;
  try {
    value = decodeURIComponent(text.replaceAll('+', ' '));
  } catch (error) {
    throw malformed(name, 'is not percent-encoded UTF-8', error);
  }
  if (value.includes('\0')) throw malformed(name, 'holds NUL');
  return value;
}

function malformed(name: string, what: string, cause?: unknown): SignetError {
  return new SignetError('malformed_request', `${name} ${what}`, { cause });
}
