/** PKCS#12 files in the ways they are found: keys of any kind, old and new protection, chunks, several keys. */
import { createHmac, createPrivateKey } from 'node:crypto';
import forge from 'node-forge';

export interface PfxContent {
  /** PKCS#8 DER. */
  readonly keys: readonly Buffer[];
  /** base64 DER. */
  readonly certificates: readonly string[];
}

export interface PfxProtection {
  readonly password: string;
  /** As Windows Server 2016 exports, or as 2019 and OpenSSL 3 do. */
  readonly scheme?: '3des' | 'aes256';
  readonly rounds?: number;
  readonly mac?: 'sha1' | 'sha256' | 'none';
  /** How many rounds the MAC says it was made with. */
  readonly macRounds?: number;
}

type Asn1 = forge.asn1.Asn1;
const { asn1, pki } = forge;
const OID = {
  data: '1.2.840.113549.1.7.1',
  encryptedData: '1.2.840.113549.1.7.6',
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  certBag: '1.2.840.113549.1.12.10.1.3',
  x509: '1.2.840.113549.1.9.22.1',
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
};

const { UNIVERSAL, CONTEXT_SPECIFIC } = asn1.Class;
const sequence = (...parts: readonly Asn1[]): Asn1 => asn1.create(UNIVERSAL, asn1.Type.SEQUENCE, true, [...parts]);
const oid = (text: string): Asn1 => asn1.create(UNIVERSAL, asn1.Type.OID, false, asn1.oidToDer(text).getBytes());
const octets = (bytes: Buffer): Asn1 => asn1.create(UNIVERSAL, asn1.Type.OCTETSTRING, false, bytes.toString('binary'));
const integer = (value: number): Asn1 => asn1.create(UNIVERSAL, asn1.Type.INTEGER, false, asn1.integerToDer(value).getBytes());
const tagged = (inner: Asn1): Asn1 => asn1.create(CONTEXT_SPECIFIC, asn1.Type.NONE, true, [inner]);
const der = (node: Asn1): Buffer => Buffer.from(asn1.toDer(node).getBytes(), 'binary');

/** The file. Keys in shrouded bags, certificates in encrypted contents. */
export function makePfx(
  { keys, certificates }: PfxContent,
  { password, scheme = 'aes256', rounds = 200, mac = 'sha256', macRounds = 2000 }: PfxProtection,
): Buffer {
  const given = scheme === 'aes256' ? Buffer.from(password).toString('binary') : password;
  const encrypt = (plain: Asn1): Asn1 => pki.encryptPrivateKeyInfo(plain, given, { algorithm: scheme, count: rounds, prfAlgorithm: 'sha256' } as never);
  const keyBags = keys.map((key) => sequence(oid(OID.shroudedKeyBag), tagged(encrypt(asn1.fromDer(key.toString('binary'))))));
  const certBags = certificates.map((text) => sequence(oid(OID.certBag), tagged(sequence(oid(OID.x509), tagged(octets(Buffer.from(text, 'base64')))))));
  const [algorithm, ciphertext] = encrypt(sequence(...certBags)).value as [Asn1, Asn1];
  const encrypted = asn1.create(CONTEXT_SPECIFIC, asn1.Type.NONE, false, ciphertext.value);
  const safe = der(
    sequence(
      sequence(oid(OID.data), tagged(octets(der(sequence(...keyBags))))),
      sequence(oid(OID.encryptedData), tagged(sequence(integer(0), sequence(oid(OID.data), algorithm, encrypted)))),
    ),
  );
  const authSafe = sequence(oid(OID.data), tagged(octets(safe)));
  return der(sequence(integer(3), authSafe, ...(mac === 'none' ? [] : [macData(safe, password, mac, macRounds)])));
}

function macData(safe: Buffer, password: string, hash: 'sha1' | 'sha256', said: number): Asn1 {
  const salt = Buffer.alloc(8, 7);
  const key = forge.pkcs12.generateKey(password, forge.util.createBuffer(salt.toString('binary')), 3, 2000, hash === 'sha1' ? 20 : 32, forge.md[hash].create());
  const digest = createHmac(hash, Buffer.from(key.getBytes(), 'binary')).update(safe).digest();
  return sequence(sequence(sequence(oid(OID[hash])), octets(digest)), octets(salt), integer(said));
}

/** PKCS#8 as PEM, under a password where one is given. */
export function pemKey(key: Buffer, passphrase?: string): string {
  const format = passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase };
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' })
    .export({ type: 'pkcs8', format: 'pem', ...format })
    .toString();
}
