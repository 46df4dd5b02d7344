import 'reflect-metadata';
import { X509CertificateGenerator } from '@peculiar/x509';
import { expect } from 'chai';
import fc from 'fast-check';
import { createPrivateKey, webcrypto, X509Certificate } from 'node:crypto';
import { SignetError } from '../../src/core/errors.js';
import type { KeyAlgorithm } from '../../src/core/model/signing-key.js';
import { makeKeyPair, readCertificate } from '../../src/crypto/certificate.js';
import { NOW, thrownBy } from '../support/builders.js';

const DAY_MS = 86_400_000;

function pem(body: string, label = 'CERTIFICATE'): string {
  return `-----BEGIN ${label}-----\n${body.replaceAll(/(.{64})/gu, '$1\n')}\n-----END ${label}-----\n`;
}

/** A self-signed certificate over a key that makeKeyPair does not make. */
async function certificateOver(
  algorithm: Parameters<typeof webcrypto.subtle.generateKey>[0] & { name: string },
  signing: { name: string; hash?: string } = algorithm,
): Promise<string> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  if (!('privateKey' in keys)) throw new Error('not a key pair');
  const made = await X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: 'CN=weak.example',
    notBefore: new Date(NOW),
    notAfter: new Date(NOW + DAY_MS),
    keys,
    signingAlgorithm: signing,
  });
  return Buffer.from(made.rawData).toString('base64');
}

async function refusal(text: string): Promise<string> {
  const error = await thrownBy(() => readCertificate(text));
  expect(error).to.be.instanceOf(SignetError).and.include({ code: 'invalid_input' });
  return error.message;
}

describe('making a certificate', () => {
  const algorithms: readonly (readonly [KeyAlgorithm, 'rsa' | 'ec', number])[] = [
    ['RSA-2048', 'rsa', 2048],
    ['P-256', 'ec', 256],
    ['P-384', 'ec', 384],
  ];
  for (const [algorithm, keyType, bits] of algorithms) {
    it(`gives a ${algorithm} key with its certificate, self-signed and valid for the time asked for`, async () => {
      const pair = await makeKeyPair({ algorithm, commonName: 'idp.example', notBefore: NOW, notAfter: NOW + 10 * DAY_MS });
      const facts = readCertificate(pair.certificate);
      expect(facts).to.include({ certificate: pair.certificate, subject: 'CN=idp.example', keyType, bits, notBefore: NOW, notAfter: NOW + 10 * DAY_MS });
      const certificate = new X509Certificate(Buffer.from(pair.certificate, 'base64'));
      expect(certificate.verify(certificate.publicKey)).to.equal(true);
      expect(certificate.checkPrivateKey(createPrivateKey({ key: pair.privateKey, format: 'der', type: 'pkcs8' }))).to.equal(true);
      expect(certificate.serialNumber).to.match(/^[0-7]?[0-9A-F]{1,31}$/u);
    });
  }

  it('gives another key and another serial number each time', async () => {
    const make = (): ReturnType<typeof makeKeyPair> => makeKeyPair({ algorithm: 'P-256', commonName: 'idp.example', notBefore: NOW, notAfter: NOW + DAY_MS });
    const [one, two] = [await make(), await make()];
    const serial = (pair: { readonly certificate: string }): string => new X509Certificate(Buffer.from(pair.certificate, 'base64')).serialNumber;
    expect(one.privateKey.equals(two.privateKey)).to.equal(false);
    expect(serial(one)).not.to.equal(serial(two));
  });

  it('takes a name with characters that mean something in a distinguished name', async () => {
    const commonName = 'Exemplo, São Paulo + b=c; <idp>';
    const pair = await makeKeyPair({ algorithm: 'P-256', commonName, notBefore: NOW, notAfter: NOW + DAY_MS });
    const subject = new X509Certificate(Buffer.from(pair.certificate, 'base64')).toLegacyObject().subject;
    expect(subject).to.have.property('CN', commonName);
  });
});

describe('reading a certificate', () => {
  let certificate: string;
  before(async () => {
    ({ certificate } = await makeKeyPair({ algorithm: 'RSA-2048', commonName: 'app.example', notBefore: NOW, notAfter: NOW + DAY_MS }));
  });

  it('takes PEM, bare base64, and base64 broken into lines', () => {
    const { sha256Thumbprint, sha1Thumbprint } = readCertificate(certificate);
    expect(sha256Thumbprint).to.match(/^[0-9a-f]{64}$/u);
    expect(sha1Thumbprint).to.match(/^[0-9a-f]{40}$/u);
    for (const text of [pem(certificate), `\n  ${certificate.replaceAll(/(.{40})/gu, '$1\r\n\t')}  \n`]) {
      expect(readCertificate(text)).to.include({ certificate, sha256Thumbprint });
    }
  });

  it('takes one that is out of date: a certificate is a container of a key (MET, metadata interoperability profile 2.6.1)', async () => {
    const old = await makeKeyPair({ algorithm: 'P-256', commonName: 'old.example', notBefore: 0, notAfter: DAY_MS });
    expect(readCertificate(old.certificate)).to.include({ notAfter: DAY_MS });
  });

  describe('refuses (S18)', () => {
    it('a private key pasted in, with a word of what it is', async () => {
      for (const label of ['PRIVATE KEY', 'RSA PRIVATE KEY', 'EC PRIVATE KEY', 'ENCRYPTED PRIVATE KEY']) {
        expect(await refusal(pem(certificate, label))).to.contain('private key');
      }
      expect(await refusal(pem(certificate) + pem('MIIB', 'PRIVATE KEY'))).to.contain('private key');
    });

    it('a private key without its label', async () => {
      const { privateKey } = await makeKeyPair({ algorithm: 'P-256', commonName: 'x', notBefore: NOW, notAfter: NOW + DAY_MS });
      expect(await refusal(privateKey.toString('base64'))).to.contain('not readable');
    });

    it('an RSA key below 2048 bits, naming its size', async () => {
      const weak = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: new Uint8Array([1, 0, 1]), modulusLength: 1024 };
      expect(await refusal(await certificateOver(weak)))
        .to.contain('1024 bits')
        .and.contain('2048');
    });

    it('a key that no signature of ours or theirs can use', async () => {
      expect(await refusal(await certificateOver({ name: 'Ed25519' }))).to.contain('neither RSA nor');
    });

    it('nothing, garbage, and what is cut off', async () => {
      for (const text of ['', ' ', 'not a certificate', 'AAAA', certificate.slice(0, -40), `${certificate.slice(0, 200)}AAAA`, '-----BEGIN CERTIFICATE-----']) {
        await refusal(text);
      }
    });

    it('every text that is none, without another error', async () => {
      await fc.assert(fc.asyncProperty(fc.oneof(fc.string(), fc.base64String()), async (text) => (await refusal(text)) !== ''));
    });
  });

  it('reads a bent certificate, or refuses it, without another error (S18)', () => {
    const der = Buffer.from(certificate, 'base64');
    fc.assert(
      fc.property(fc.nat(der.length - 1), fc.nat(255), (at, byte) => {
        const bent = Buffer.from(der);
        bent[at] = byte;
        try {
          readCertificate(bent.toString('base64'));
        } catch (error) {
          return error instanceof SignetError && error.code === 'invalid_input';
        }
        return true;
      }),
      { numRuns: 500 },
    );
  });
});
