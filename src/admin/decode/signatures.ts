/**
 * Who signed: tried against every key that is known here, and last against the certificate inside, which proves nothing.
 * Called verified is only what verification gave back, never the document around it (threats S01, S05).
 */
import { X509Certificate } from 'node:crypto';
import { SignetError } from '../../core/errors.js';
import { NS } from '../../xml/names.js';
import type { XmlElement } from '../../xml/parse.js';
import { attribute, childElements, children, leafText } from '../../xml/read.js';
import { hasSignature, verifyEnveloped } from '../../xml/verify.js';
import { type KnownKey, note, type Reading } from './decoded.js';
import { shortName } from './words.js';

/** Checks with any of these certificates; throws invalid_signature. */
export type Check<T> = (certificates: readonly string[]) => T;

const WEAK = /sha1$|md5$|rsa-1_5$|tripledes-cbc$/u;
/** The content is as it was signed; only nobody known has the key. */
const NO_KEY = /^(?:it fits none of|no certificate is known)/u;

/** The element as it was signed, where one of the known keys signed it; undefined where it has no signature, or none that holds. */
export function verifiedElement(element: XmlElement, reading: Reading): XmlElement | undefined {
  if (!hasSignature(element)) return undefined;
  const signature = children(element, NS.ds, 'Signature')[0] ?? element;
  const algorithms = algorithmsOf(signature);
  return judge(reading, {
    of: nameOf(element),
    algorithms,
    inside: certificateIn(signature),
    covers: `it covers ${nameOf(element)} and everything in it`,
    check: (certificates) => verifyEnveloped(element, certificates),
  });
}

/** 'Assertion _12ab' */
export function nameOf(element: XmlElement): string {
  const id = attribute(element, element.ns === NS.saml11 ? 'AssertionID' : 'ID');
  return id === undefined ? element.local : `${element.local} ${id.slice(0, 100)}`;
}

/** Says what became of a signature, and gives what its check gave where one of the known keys fits. */
export function judge<T>(
  reading: Reading,
  signature: {
    readonly of: string;
    readonly algorithms: readonly string[];
    readonly covers: string;
    /** base64 DER. */
    readonly inside?: string | undefined;
    readonly check: Check<T>;
  },
): T | undefined {
  const { of, algorithms, covers, check } = signature;
  const algorithm = algorithms.map(shortName).join(', ');
  const { keys } = reading.context;
  for (const weak of algorithms.filter((uri) => WEAK.test(uri))) note(reading, 'signature.algorithm', `${of} is signed with ${shortName(weak)}.`);
  const view = (verified: boolean, sentence: string): void => {
    reading.signatures.push({ of, algorithm, verified, sentence });
  };
  try {
    const { whose, result } = findKey(keys, check);
    view(true, `verified: it is of ${whose}; ${covers}`);
    return result;
  } catch (error) {
    if (!(error instanceof SignetError)) throw error;
    const inside = insideWords(signature.inside, check);
    const unknown = inside?.fits === true || NO_KEY.test(error.message);
    view(false, `not verified: ${error.message}${inside === undefined ? '' : `; ${inside.words}`}`);
    if (unknown) note(reading, 'signature.unknown-key', `Nobody who is known here signed ${of}.`);
    else note(reading, 'signature.wrong', `The signature of ${of} does not hold: ${error.message}.`);
    return undefined;
  }
}

/** With all of them first, then halving: a message is canonicalised a few times, not once for each application. */
function findKey<T>(keys: readonly KnownKey[], check: Check<T>): { readonly whose: string; readonly result: T } {
  const certificates = (list: readonly KnownKey[]): readonly string[] => list.map(({ certificate }) => certificate);
  let result = check(certificates(keys));
  let left = keys;
  while (left.length > 1) {
    const half = left.slice(0, Math.ceil(left.length / 2));
    try {
      result = check(certificates(half));
      left = half;
    } catch (error) {
      if (!(error instanceof SignetError)) throw error;
      left = left.slice(half.length);
    }
  }
  const same = keys.filter(({ certificate }) => certificate === left[0]?.certificate);
  return { whose: same.map(({ whose }) => whose).join(' and '), result };
}

function insideWords(certificate: string | undefined, check: Check<unknown>): { readonly fits: boolean; readonly words: string } | undefined {
  if (certificate === undefined) return undefined;
  let parsed: X509Certificate;
  try {
    parsed = new X509Certificate(Buffer.from(certificate, 'base64'));
  } catch {
    // Nothing that could be named.
    return undefined;
  }
  const named = `${parsed.subject.replaceAll('\n', ', ')}, SHA-1 ${parsed.fingerprint.replaceAll(':', '')}`;
  try {
    check([parsed.raw.toString('base64')]);
    return { fits: true, words: `it fits the certificate inside (${named}): it says so of itself, which proves nothing` };
  } catch (error) {
    if (!(error instanceof SignetError)) throw error;
    return { fits: false, words: `it names the certificate ${named}` };
  }
}

function algorithmsOf(signature: XmlElement): readonly string[] {
  return [...walk(signature)]
    .filter(({ ns, local }) => ns === NS.ds && (local === 'SignatureMethod' || local === 'DigestMethod'))
    .map((method) => attribute(method, 'Algorithm') ?? 'unnamed');
}

function certificateIn(signature: XmlElement): string | undefined {
  const found = [...walk(signature)].find(({ ns, local }) => ns === NS.ds && local === 'X509Certificate');
  return found === undefined ? undefined : leafText(found).replaceAll(/\s/gu, '');
}

/** Every element of a tree, in document order. */
export function* walk(element: XmlElement): Generator<XmlElement> {
  yield element;
  for (const inner of childElements(element)) yield* walk(inner);
}
