/** Certificates of a trust: keys that check its requests, and the key that its tokens are encrypted with. */
import { SignetError } from '../../core/errors.js';
import type { Instant } from '../../core/model/ids.js';
import type { EncryptionKey } from '../../core/model/relying-party.js';
import { readCertificate } from '../../crypto/certificate.js';
import { ALG } from '../../xml/names.js';
import type { AdfsValue } from './export.js';
import type { Report } from './report.js';
import { isObject, listOf, type TrustReader, valueIn } from './trust-reader.js';

/** What AD FS encrypts with: the applications it has were written against it. */
const ADFS_METHODS = [ALG.aes256Cbc, ALG.rsaOaepMgf1p];

/** The keys of a property, each once; what cannot be used is left out with a finding. base64 DER. */
export function readCertificates(trust: TrustReader, property: string, { report, now }: { readonly report: Report; readonly now: Instant }): readonly string[] {
  const keys = listOf(trust.value(property)).flatMap((value) => readOne(value, property, report) ?? []);
  for (const { subject, notAfter } of keys) if (notAfter < now) noteExpired(property, subject, notAfter, report);
  return [...new Set(keys.map(({ certificate }) => certificate))];
}

/** The key with what AD FS encrypts with it. */
export function asEncryptionKey(certificate: string): EncryptionKey {
  return { certificate, methods: ADFS_METHODS };
}

function readOne(value: AdfsValue, property: string, report: Report): ReturnType<typeof readCertificate> | undefined {
  const text = bytesOf(value);
  try {
    if (text !== undefined) return readCertificate(text);
  } catch (error) {
    if (!(error instanceof SignetError)) throw error;
    report.add(property, {
      id: 'adfs.certificate-unusable',
      level: 'warn',
      sentence: `A certificate was left out: ${error.message}.`,
      why: 'Nothing is checked with it, and nothing is encrypted with it.',
      fix: 'Ask the application for its current metadata or certificate.',
      textForThem: 'Please send us your current SAML metadata, or a certificate with an RSA key of at least 2048 bits.',
    });
    return undefined;
  }
  if (!isEmpty(value)) {
    report.add(property, {
      id: 'adfs.certificate-cut',
      level: 'warn',
      sentence: 'The export names a certificate and does not hold it: PowerShell cuts off what lies deeper than its -Depth.',
      why: 'Without the certificate nothing can be checked or encrypted with it.',
      fix: 'Export again with Export-Clixml -Depth 4, or with ConvertTo-Json -Depth 6.',
    });
  }
  return undefined;
}

/** base64, from whatever form a certificate was exported in: itself, or an object with its bytes in RawData. */
function bytesOf(value: AdfsValue): string | undefined {
  if (typeof value === 'string') return /^[A-Za-z0-9+/=\s]{64,}$|-----BEGIN/u.test(value) ? value : undefined;
  if (!isObject(value)) return undefined;
  const raw = valueIn(value, 'RawData');
  if (typeof raw === 'string') return raw;
  const bytes = listOf(raw).filter((byte) => typeof byte === 'number');
  return bytes.length === 0 ? undefined : Buffer.from(bytes).toString('base64');
}

function isEmpty(value: AdfsValue): boolean {
  return value === '' || (isObject(value) && Object.keys(value).length === 0);
}

function noteExpired(property: string, subject: string, notAfter: Instant, report: Report): void {
  report.add(property, {
    id: 'adfs.certificate-ended',
    level: 'warn',
    sentence: `The certificate ${subject} ended on ${new Date(notAfter).toISOString().slice(0, 10)}.`,
    why: 'Its key counts here, whatever its dates say; whoever let it end may have another by now.',
    fix: 'Ask the application whether it still signs or reads with this key.',
    textForThem: `Your certificate ${subject} ended on ${new Date(notAfter).toISOString().slice(0, 10)}. Do you still use its key? If not, please send us the current one.`,
  });
}
