/** Addresses of SQL stores as administrators give them: what is kept, and the password that is kept apart from it. */
import { SignetError } from '../core/errors.js';
import { listed, show } from './setting-values.js';
import { parseUrl } from '../core/model/uri.js';

export interface SqlAddress {
  /** Without a password. */
  readonly url: string;
  readonly password: string | undefined;
}

const FORM = 'postgres://USER@HOST:PORT/DATABASE';
/** What may stand behind a question mark: anything else could hold a password, or send the connection elsewhere. */
const PARAMETERS: Readonly<Record<string, readonly string[] | undefined>> = { sslmode: ['disable', 'verify-full', 'no-verify'], sslrootcert: undefined };

/** Reads an address. Throws invalid_input with what to give instead, and never repeats a password. */
export function readSqlAddress(text: string): SqlAddress {
  const url = parseUrl(text);
  if (url === undefined || !/^postgres(?:ql)?:$/u.test(url.protocol)) throw refused(`The address is not of the form ${FORM}.`);
  if (url.hostname === '') throw refused(`The address names no host; give ${FORM}.`);
  if (url.username === '') throw refused(`The address names no user; give ${FORM}.`);
  if (!/^\/[^/]+$/u.test(url.pathname)) throw refused(`The address names no database; give ${FORM}.`);
  if (url.hash !== '') throw refused('The address has a # in it; write it as %23.');
  for (const [name, value] of url.searchParams) {
    if (!Object.hasOwn(PARAMETERS, name)) throw refused(`The address has the parameter "${show(name)}"; only ${listed(Object.keys(PARAMETERS))} can be given.`);
    const choices = PARAMETERS[name];
    if (choices !== undefined && !choices.includes(value)) throw refused(`${name} is "${show(value)}"; use ${listed(choices)}.`);
  }
  const password = url.password === '' ? undefined : decode(url.password);
  url.password = '';
  return { url: url.href, password };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    throw new SignetError('invalid_input', 'The password in the address has a % that is not part of an escape; write it as %25, or use --password-file.', {
      cause: error,
    });
  }
}

function refused(sentence: string): SignetError {
  return new SignetError('invalid_input', sentence);
}
