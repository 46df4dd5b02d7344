/** What the openssl program exports, in the ways it has had over the years. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createPublicKey, X509Certificate } from 'node:crypto';
import { readPkcs12 } from '../../src/crypto/pkcs12.js';
import { thrownBy } from '../support/builders.js';
import { pemKey } from '../support/pfx.js';
import { keyPairOf } from '../support/saml-idp.js';
import { pem } from '../support/xml-oracles.js';

const WAYS: readonly (readonly [name: string, ...options: readonly string[]])[] = [
  ['as OpenSSL 3 does by itself'],
  ['with RC2-40 and 3DES, as OpenSSL 1 did', '-legacy'],
  ['with 3DES, as Windows did', '-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES', '-macalg', 'sha1'],
  ['with AES-256 and SHA-256, as Windows does', '-keypbe', 'AES-256-CBC', '-certpbe', 'AES-256-CBC', '-macalg', 'sha256'],
  ['with AES-128 and SHA-512', '-keypbe', 'AES-128-CBC', '-certpbe', 'AES-128-CBC', '-macalg', 'sha512'],
  ['without encryption', '-keypbe', 'NONE', '-certpbe', 'NONE'],
  ['without a MAC', '-nomac'],
];

describe('PKCS#12 files of openssl', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'signet-pfx-'));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  for (const [name, ...options] of WAYS) {
    for (const algorithm of ['RSA-2048', 'P-384'] as const) {
      it(`are read: ${algorithm} ${name}`, async () => {
        const { certificate, privateKey } = await keyPairOf('adfs', algorithm);
        const [key, crt, pfx] = ['key', 'crt', 'pfx'].map((ending) => join(folder, `adfs.${ending}`)) as [string, string, string];
        writeFileSync(key, pemKey(privateKey));
        writeFileSync(crt, pem(certificate));
        execFileSync('openssl', ['pkcs12', '-export', '-inkey', key, '-in', crt, '-out', pfx, '-passout', 'pass:pässword €', '-name', 'AD FS', ...options]);
        const read = await readPkcs12('adfs.pfx', readFileSync(pfx), 'pässword €');
        expect(read.certificates.map((der) => der.toString('base64'))).to.deep.equal([certificate]);
        const [own] = read.privateKeys.map((found) => createPublicKey(found));
        expect(own?.equals(new X509Certificate(Buffer.from(certificate, 'base64')).publicKey)).to.equal(true);
        const error = await thrownBy(() => readPkcs12('adfs.pfx', readFileSync(pfx), 'password'));
        expect(error.message).to.equal('The password does not open adfs.pfx.');
      });
    }
  }
});
