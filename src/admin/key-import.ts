/**
 * A signing key from somewhere else, as a rule from the AD FS that is taken over: partners pinned its certificate, so it
 * comes as it is, whoever issued it, and even when it ended.
 */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { SignetError } from '../core/errors.js';
import type { SigningKey } from '../core/model/signing-key.js';
import { type CertificateFacts, readCertificate } from '../crypto/certificate.js';
import { type Pkcs12Content, readPkcs12 } from '../crypto/pkcs12.js';
import { KEY_ALGORITHMS, type KeyMaterial } from './keys.js';

export interface KeyFile {
  /** What sentences call it. */
  readonly name: string;
  readonly bytes: Buffer;
}

export interface ChooseKey {
  readonly password?: string;
  /** SHA-1 or SHA-256 of the certificate in hex, as Windows shows it. */
  readonly thumbprint?: string;
}

/**
 * Reads a key with its certificate, from a PKCS#12 file or from PEM in one file or several. Throws invalid_input with the
 * name of the file: it cannot be opened, holds no key with a fitting certificate, several of which none was chosen, or one
 * that is too weak.
 */
export async function readKeyMaterial(files: readonly KeyFile[], { password, thumbprint }: ChooseKey): Promise<KeyMaterial> {
  const names = files.map(({ name }) => name).join(' and ');
  const found = await Promise.all(files.map((file) => readFile(file, password)));
  const privateKeys = found.flatMap((file) => file.privateKeys);
  const certificates = found.flatMap((file) => file.certificates).map((der) => parseCertificate(names, der));
  if (privateKeys.length === 0) throw bad(`There is no private key in ${names}; export it with its key, or give that with --key.`);
  const pairs = privateKeys.flatMap((key) =>
    certificates.filter((certificate) => certificate.checkPrivateKey(key)).map((certificate) => ({ key, certificate })),
  );
  const { key, certificate } = choosePair(names, pairs, thumbprint);
  const facts = readFacts(certificate);
  const chain = issuersOf(certificate, certificates).map((issuer) => issuer.raw.toString('base64'));
  return {
    algorithm: algorithmOf(facts),
    certificate: facts.certificate,
    ...(chain.length === 0 ? {} : { chain }),
    expiresAt: facts.notAfter,
    privateKey: key.export({ type: 'pkcs8', format: 'der' }),
  };
}

const PEM = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/gu;

async function readFile({ name, bytes }: KeyFile, password = ''): Promise<Pkcs12Content> {
  const blocks = [...bytes.toString('latin1').matchAll(PEM)].map(([text, label]) => ({ text, label: label ?? '' }));
  if (blocks.length === 0) return readPkcs12(name, bytes, password);
  return {
    privateKeys: blocks.filter(({ label }) => label.endsWith('PRIVATE KEY')).map(({ text }) => readPem(name, text, password)),
    certificates: blocks.filter(({ label }) => label === 'CERTIFICATE').map(({ text }) => Buffer.from(text.replaceAll(/-----[^-]+-----|\s/gu, ''), 'base64')),
  };
}

function readPem(name: string, key: string, passphrase: string): KeyObject {
  try {
    return createPrivateKey({ key, format: 'pem', passphrase });
  } catch (error) {
    if (!key.includes('ENCRYPTED')) throw bad(`The private key in ${name} is not readable; give it as PKCS#8 in PEM.`, error);
    throw bad(passphrase === '' ? `${name} is protected by a password; give it by --password-stdin.` : `The password does not open ${name}.`, error);
  }
}

function parseCertificate(names: string, der: Buffer): X509Certificate {
  try {
    return new X509Certificate(der);
  } catch (error) {
    throw bad(`A certificate in ${names} is not readable.`, error);
  }
}

interface Pair {
  readonly key: KeyObject;
  readonly certificate: X509Certificate;
}

function choosePair(names: string, pairs: readonly Pair[], thumbprint: string | undefined): Pair {
  const wanted = thumbprint?.replaceAll(/[^0-9A-Fa-f]/gu, '').toUpperCase();
  const chosen = pairs.filter(({ certificate }) => wanted === undefined || thumbprintsOf(certificate).includes(wanted));
  const [first, ...others] = chosen;
  if (first !== undefined && others.length === 0) return first;
  if (pairs.length === 0) throw bad(`No certificate in ${names} fits the private key; give both of the same pair.`);
  const all = pairs.map(({ certificate }) => `${thumbprintsOf(certificate)[0] ?? ''} (${certificate.subject.replaceAll('\n', ', ')})`).join('; ');
  throw bad(
    first === undefined
      ? `No key in ${names} has the thumbprint ${(thumbprint ?? '').slice(0, 100)}; there is ${all}.`
      : `There are several keys in ${names}; choose one with --thumbprint: ${all}.`,
  );
}

/** SHA-1 and SHA-256, in capitals. */
function thumbprintsOf({ fingerprint, fingerprint256 }: X509Certificate): readonly string[] {
  return [fingerprint, fingerprint256].map((text) => text.replaceAll(':', ''));
}

function readFacts(certificate: X509Certificate): CertificateFacts {
  try {
    return readCertificate(certificate.raw.toString('base64'));
  } catch (error) {
    throw error instanceof SignetError ? bad(`This key may not sign here: ${error.message}.`, error) : error;
  }
}

function algorithmOf({ keyType, bits }: CertificateFacts): SigningKey['algorithm'] {
  const name = `${keyType === 'rsa' ? 'RSA' : 'P'}-${String(bits)}`;
  const known = KEY_ALGORITHMS.find((algorithm) => algorithm === name);
  if (known === undefined) throw bad(`This key may not sign here: it is ${name}; there is ${KEY_ALGORITHMS.join(', ')}.`);
  return known;
}

/** From the issuer of the certificate up, as far as they are there. */
function issuersOf(certificate: X509Certificate, all: readonly X509Certificate[]): readonly X509Certificate[] {
  const found: X509Certificate[] = [];
  for (let at: X509Certificate | undefined = certificate; at !== undefined; at = found.at(-1)) {
    const below: X509Certificate = at;
    const issuer = all.find((candidate) => below.checkIssued(candidate) && ![certificate, ...found].some(({ raw }) => raw.equals(candidate.raw)));
    if (issuer === undefined) break;
    found.push(issuer);
  }
  return found;
}

function bad(sentence: string, cause?: unknown): SignetError {
  return new SignetError('invalid_input', sentence, { cause });
}
