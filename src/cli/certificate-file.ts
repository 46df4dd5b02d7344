/** Certificates of other sides, as files have them. */
import { readCertificate } from '../crypto/certificate.js';
import { namingFile, readBytes } from './files.js';

/** First octet of every certificate in DER: a SEQUENCE. */
const DER = 0x30;

/** base64 DER of the certificate in a file: PEM, base64 or DER. Throws invalid_input with its path. */
export async function readCertificateFile(path: string): Promise<string> {
  const bytes = await readBytes(path);
  const text = bytes[0] === DER ? bytes.toString('base64') : bytes.toString('latin1');
  return namingFile(path, () => Promise.resolve(readCertificate(text).certificate));
}
