/** The address of an outgoing request: what may be asked at all, before a name is looked up (threats M02). */
import { isIP } from 'node:net';
import { SignetError } from '../core/errors.js';
import { parseUrl } from '../core/model/uri.js';

/**
 * Reads an address an administrator typed, or a redirect named. Throws invalid_input with a sentence: http and https
 * only, without user name, white space or backslash, and IP addresses in their plain form.
 */
export function readWebAddress(text: string): URL {
  const shown = showAddress(text);
  if (/[\s\\\p{Cc}\p{Cf}]/u.test(text)) throw bad(`${shown} holds white space, a backslash or invisible characters; remove them.`);
  if (parseUrl(text) === undefined) throw bad(`${shown} is not a web address; write it like https://app.example/metadata.`);
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw bad(`${shown} is not a web address: metadata is fetched by https only.`);
  if (url.username !== '' || url.password !== '') throw bad(`${url.origin} was given with a user name or password; remove them.`);
  // 0x7f.1, 017700000001 and 2130706433 are spellings of 127.0.0.1: nobody types them in good faith.
  const host = writtenHost(text);
  if (isIP(url.hostname) === 4 && host !== url.hostname) throw bad(`${host} is an odd spelling of the IP address ${url.hostname}; write it plainly.`);
  return url;
}

/** The IP address a URL names, without brackets; undefined for a host name. */
export function literalAddress(url: URL): string | undefined {
  const host = url.hostname.replace(/^\[(.*)\]$/u, '$1');
  return isIP(host) === 0 ? undefined : host;
}

/** An address as it may be shown: without user name and password, and not too long. */
export function showAddress(text: string): string {
  const plain = text.replaceAll(/[\p{Cc}\p{Cf}]/gu, '?').replace(/\/\/[^/@]*@/u, '//');
  return plain.length > 200 ? `${plain.slice(0, 200)}…` : plain;
}

function writtenHost(text: string): string {
  return (/^[^:]*:\/*([^/?#]*)/u.exec(text)?.[1] ?? '').replace(/:\d*$/u, '').toLowerCase();
}

function bad(sentence: string): SignetError {
  return new SignetError('invalid_input', sentence);
}
