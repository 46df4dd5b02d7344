/** Certificates: made self-signed for our own keys, read as key containers for everybody else's. */
import { createPublicKey, webcrypto, X509Certificate, type KeyObject } from 'node:crypto';
import { SignetError } from '../core/errors.js';
import type { Instant } from '../core/model/ids.js';
import type { KeyAlgorithm } from '../core/model/signing-key.js';

export interface CertificateFacts {
  /** base64 DER without line breaks. */
  readonly certificate: string;
  readonly subject: string;
  readonly notBefore: Instant;
  readonly notAfter: Instant;
  readonly sha256Thumbprint: string;
  readonly sha1Thumbprint: string;
  readonly keyType: 'rsa' | 'ec';
  readonly bits: number;
  readonly publicKey: KeyObject;
}

/** A certificate with whatever key. */
export interface AnyCertificate extends Omit<CertificateFacts, 'keyType' | 'bits'> {
  readonly keyType: 'rsa' | 'ec' | 'other';
  /** 0 for a curve that is not known. */
  readonly bits: number;
  /** The issuer signed it with SHA-1. */
  readonly signedWithSha1: boolean;
}

const CURVE_BITS: Readonly<Record<string, number>> = { prime256v1: 256, secp384r1: 384, secp521r1: 521 };
/** sha1WithRSAEncryption and ecdsa-with-SHA1, as DER writes them (RFC 3279 2.2). */
const SHA1_SIGNATURES = ['06092a864886f70d010105', '06072a8648ce3d0401'].map((oid) => Buffer.from(oid, 'hex'));

/**
 * Reads PEM or bare base64. Dates, issuer and extensions decide nothing (metadata interoperability profile 2.6.1).
 * Throws invalid_input for a private key, for what is no certificate, and for keys under RSA 2048 or EC 256 (threats S18).
 */
export function readCertificate(text: string): CertificateFacts {
  const { keyType, signedWithSha1: _, ...facts } = readAnyCertificate(text);
  if (keyType === 'other' || facts.bits === 0) throw bad('the key is neither RSA nor on the curves P-256, P-384, P-521');
  if (keyType === 'rsa' && facts.bits < 2048) throw bad(`the RSA key has ${String(facts.bits)} bits; at least 2048 are needed`);
  return { ...facts, keyType };
}

/** As `readCertificate`, whatever its key is good for: for who tells an administrator about it. */
export function readAnyCertificate(text: string): AnyCertificate {
  if (/PRIVATE KEY/u.test(text)) throw bad('this is a private key; use the certificate');
  const body = text.replaceAll(/-----(BEGIN|END) CERTIFICATE-----/gu, '').replaceAll(/\s/gu, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/u.test(body)) throw bad('the certificate is not base64');
  let parsed: X509Certificate;
  let publicKey: KeyObject;
  try {
    parsed = new X509Certificate(Buffer.from(body, 'base64'));
    publicKey = createPublicKey(parsed.publicKey.export({ type: 'spki', format: 'pem' }));
  } catch (error) {
    throw bad('the certificate is not readable', error);
  }
  return {
    certificate: parsed.raw.toString('base64'),
    subject: parsed.subject.replaceAll('\n', ', '),
    notBefore: Date.parse(parsed.validFrom),
    notAfter: Date.parse(parsed.validTo),
    sha256Thumbprint: parsed.fingerprint256.replaceAll(':', '').toLowerCase(),
    sha1Thumbprint: parsed.fingerprint.replaceAll(':', '').toLowerCase(),
    ...strength(publicKey),
    signedWithSha1: SHA1_SIGNATURES.some((oid) => parsed.raw.includes(oid)),
    publicKey,
  };
}

function strength({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): Pick<AnyCertificate, 'keyType' | 'bits'> {
  if (type === 'rsa') return { keyType: 'rsa', bits: details?.modulusLength ?? 0 };
  return type === 'ec' ? { keyType: 'ec', bits: CURVE_BITS[details?.namedCurve ?? ''] ?? 0 } : { keyType: 'other', bits: 0 };
}

const RSA_BITS: Readonly<Partial<Record<KeyAlgorithm, number>>> = { 'RSA-2048': 2048, 'RSA-3072': 3072, 'RSA-4096': 4096 };

/** A key pair with its self-signed SHA-256 certificate: the certificate as base64 DER, the private key as PKCS#8 DER. */
export async function makeKeyPair(wish: {
  readonly algorithm: KeyAlgorithm;
  readonly commonName: string;
  readonly notBefore: Instant;
  readonly notAfter: Instant;
}): Promise<{ readonly certificate: string; readonly privateKey: Buffer }> {
  // Loaded here, since only making a certificate needs it and it is slow to load; it wants reflect-metadata first.
  await import('reflect-metadata');
  const { X509CertificateGenerator } = await import('@peculiar/x509');
  const modulusLength = RSA_BITS[wish.algorithm];
  const algorithm =
    modulusLength === undefined
      ? { name: 'ECDSA', namedCurve: wish.algorithm, hash: 'SHA-256' }
      : { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: new Uint8Array([1, 0, 1]), modulusLength };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const serial = Buffer.from(webcrypto.getRandomValues(new Uint8Array(16)));
  serial[0] = (serial[0] ?? 0) & 0x7f;
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serial.toString('hex'),
    name: [{ CN: [wish.commonName] }],
    notBefore: new Date(wish.notBefore),
    notAfter: new Date(wish.notAfter),
    keys,
    signingAlgorithm: algorithm,
  });
  const privateKey = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  return { certificate: Buffer.from(certificate.rawData).toString('base64'), privateKey };
}

function bad(sentence: string, cause?: unknown): SignetError {
  return new SignetError('invalid_input', sentence, { cause });
}
