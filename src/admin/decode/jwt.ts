/** JSON web tokens (RFC 7519): the header, the claims, and whose signature it is. */
import { constants, verify, X509Certificate } from 'node:crypto';
import { SignetError } from '../../core/errors.js';
import { type Field, note, personal, type Reading } from './decoded.js';
import { judge } from './signatures.js';
import { sayTime } from './words.js';

interface Algorithm {
  readonly type: 'rsa' | 'ec';
  readonly hash: string;
  readonly pss?: true;
}

const ALGORITHMS: ReadonlyMap<string, Algorithm> = new Map<string, Algorithm>(
  ['256', '384', '512'].flatMap((bits): [string, Algorithm][] => [
    [`RS${bits}`, { type: 'rsa', hash: `sha${bits}` }],
    [`PS${bits}`, { type: 'rsa', hash: `sha${bits}`, pss: true }],
    [`ES${bits}`, { type: 'ec', hash: `sha${bits}` }],
  ]),
);
const TIMES: readonly string[] = ['iat', 'nbf', 'exp', 'auth_time'];
/** Claims that say nothing about a person. */
const PLAIN: readonly string[] = [...TIMES, 'iss', 'aud', 'azp', 'client_id', 'appid', 'scope', 'scp', 'acr', 'amr', 'ver', 'typ', 'token_type'];

type Json = Readonly<Record<string, unknown>>;

/** True for three parts, or five of an encrypted one, whose first is a header. */
export function looksLikeJwt(text: string): boolean {
  const parts = text.trim().split('.');
  return (parts.length === 3 || parts.length === 5) && typeof headerOf(parts)?.['alg'] === 'string';
}

/** Shows a token. Gives its title. */
export function readJwt(text: string, reading: Reading): string {
  reading.steps.push('JWT');
  const parts = text.trim().split('.');
  const header = headerOf(parts) ?? {};
  const algorithm = String(header['alg']);
  reading.sections.push({ title: 'Header', verified: undefined, fields: Object.entries(header).map(([name, value]) => ({ name, value: show(value) })) });
  if (parts.length === 5) return 'JSON web token, encrypted';
  const [head = '', body = '', signature = ''] = parts;
  const holds = checkSignature(reading, { octets: `${head}.${body}`, signature: Buffer.from(signature, 'base64url'), algorithm, header });
  const claims = jsonIn(body);
  if (claims === undefined) {
    note(reading, 'xml.unreadable', 'The content of the token is not JSON.');
    return 'JSON web token';
  }
  reading.sections.push({ title: 'Claims', verified: holds, fields: Object.entries(claims).map(([name, value]) => claimField(name, value, reading)) });
  judgeTimes(claims, reading);
  return 'JSON web token';
}

function checkSignature(
  reading: Reading,
  token: { readonly octets: string; readonly signature: Buffer; readonly algorithm: string; readonly header: Json },
): boolean {
  const { octets, signature, algorithm, header } = token;
  if (/^none$/iu.test(algorithm)) {
    note(reading, 'jwt.unsigned', 'The token has the algorithm none: it is not signed.');
    return false;
  }
  if (algorithm.startsWith('HS')) {
    note(reading, 'jwt.symmetric', `The token has the algorithm ${algorithm}: a shared secret.`);
    return false;
  }
  const chain: unknown = header['x5c'];
  const first: unknown = Array.isArray(chain) ? chain[0] : undefined;
  const verified = judge(reading, {
    of: 'the token',
    algorithms: [algorithm],
    covers: 'it covers header and claims',
    inside: typeof first === 'string' ? first : undefined,
    check: (certificates) => {
      const method = ALGORITHMS.get(algorithm);
      if (method === undefined) throw unfit(`the algorithm ${algorithm.slice(0, 40)} is not known here`);
      if (certificates.length === 0) throw unfit('no certificate is known to check it with');
      if (!certificates.some((certificate) => fits(certificate, method, octets, signature))) {
        throw unfit(`it fits none of ${String(certificates.length)} known certificate${certificates.length === 1 ? '' : 's'}`);
      }
      return true;
    },
  });
  return verified === true;
}

function fits(certificate: string, { type, hash, pss }: Algorithm, octets: string, signature: Buffer): boolean {
  const { publicKey } = new X509Certificate(Buffer.from(certificate, 'base64'));
  if (publicKey.asymmetricKeyType !== type) return false;
  const padding = pss === true ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST } : {};
  return verify(hash, Buffer.from(octets), { key: publicKey, dsaEncoding: 'ieee-p1363', ...padding }, signature);
}

function unfit(message: string): SignetError {
  return new SignetError('invalid_signature', message);
}

function claimField(name: string, value: unknown, reading: Reading): Field {
  if (TIMES.includes(name) && typeof value === 'number') return { name, value: sayTime(value * 1000, reading.context.now) };
  return { name, value: PLAIN.includes(name) ? show(value) : personal(reading, show(value)) };
}

function judgeTimes(claims: Json, reading: Reading): void {
  const { now } = reading.context;
  const time = (name: string): number => (typeof claims[name] === 'number' ? claims[name] * 1000 : Number.NaN);
  if (time('exp') <= now) note(reading, 'time.expired', `The token was valid until ${sayTime(time('exp'), now)}.`);
  if (time('nbf') > now) note(reading, 'time.future', `The token is valid from ${sayTime(time('nbf'), now)}.`);
}

function headerOf([head = '']: readonly string[]): Json | undefined {
  return head.length < 8192 ? jsonIn(head) : undefined;
}

function jsonIn(part: string): Json | undefined {
  if (!/^[A-Za-z0-9_-]+$/u.test(part)) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
  } catch {
    // Three words with dots between them, and no token.
    return undefined;
  }
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
