import 'reflect-metadata';
import { X509CertificateGenerator } from '@peculiar/x509';
import { expect } from 'chai';
import fc from 'fast-check';
import { createPrivateKey, sign, verify, webcrypto, X509Certificate } from 'node:crypto';
import { type ChooseKey, type KeyFile, readKeyMaterial } from '../../src/admin/key-import.js';
import type { KeyMaterial } from '../../src/admin/keys.js';
import { SignetError } from '../../src/core/errors.js';
import { NOW, thrownBy } from '../support/builders.js';
import { makePfx, pemKey, type PfxProtection } from '../support/pfx.js';
import { keyPairOf } from '../support/saml-idp.js';
import { pem } from '../support/xml-oracles.js';

type Pair = Awaited<ReturnType<typeof keyPairOf>>;

const PASSWORD = 'a pässword of the farm';

const file = (bytes: Buffer | string, name = 'adfs.pfx'): KeyFile => ({ name, bytes: Buffer.from(bytes) });
const pfxOf = (pairs: readonly Pair[], protection: Partial<PfxProtection> = {}, more: readonly string[] = []): KeyFile =>
  file(
    makePfx(
      { keys: pairs.map(({ privateKey }) => privateKey), certificates: [...more, ...pairs.map(({ certificate }) => certificate)] },
      { password: PASSWORD, ...protection },
    ),
  );

function expectPair({ privateKey, certificate }: KeyMaterial, of: Pair): void {
  expect(certificate).to.equal(of.certificate);
  const key = createPrivateKey({ key: privateKey, format: 'der', type: 'pkcs8' });
  const { publicKey } = new X509Certificate(Buffer.from(certificate, 'base64'));
  expect(verify('sha256', Buffer.from('text'), publicKey, sign('sha256', Buffer.from('text'), key))).to.equal(true);
}

async function refusal(files: readonly KeyFile[], options: ChooseKey = { password: PASSWORD }): Promise<string> {
  const error = await thrownBy(() => readKeyMaterial(files, options));
  expect(error, error.stack).to.be.instanceOf(SignetError).and.include({ code: 'invalid_input' });
  return error.message;
}

/** A certificate somebody else issued over a new P-256 key, by a root that came along. */
async function issued(): Promise<Pair & { readonly root: string }> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const [rootKeys, keys] = [
    await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']),
    await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']),
  ];
  const times = { notBefore: new Date(NOW), notAfter: new Date(NOW + 86_400_000), signingAlgorithm: algorithm };
  const root = await X509CertificateGenerator.createSelfSigned({ ...times, name: 'CN=Company Root', serialNumber: '01', keys: rootKeys });
  const own = await X509CertificateGenerator.create({
    ...times,
    subject: 'CN=ADFS Signing',
    issuer: 'CN=Company Root',
    serialNumber: '02',
    publicKey: keys.publicKey,
    signingKey: rootKeys.privateKey,
  });
  return {
    certificate: Buffer.from(own.rawData).toString('base64'),
    privateKey: Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)),
    root: Buffer.from(root.rawData).toString('base64'),
  };
}

describe('reading a signing key from a file', () => {
  const ways: readonly (readonly [string, Partial<PfxProtection>])[] = [
    ['3DES with a MAC of SHA-1, as old Windows exports', { scheme: '3des', mac: 'sha1' }],
    ['AES-256 with a MAC of SHA-256, as Windows Server 2019 exports', { scheme: 'aes256', mac: 'sha256' }],
    ['no MAC', { mac: 'none' }],
  ];
  for (const [name, protection] of ways) {
    it(`opens a PKCS#12 file of ${name}, and not with another password`, async () => {
      const pair = await keyPairOf('adfs');
      const made = pfxOf([pair], protection);
      const material = await readKeyMaterial([made], { password: PASSWORD });
      expectPair(material, pair);
      expect(material)
        .to.include({ algorithm: 'RSA-2048', expiresAt: Date.UTC(2120, 0) })
        .and.not.have.property('chain');
      expect(await refusal([made], { password: 'another' })).to.equal('The password does not open adfs.pfx.');
      expect(await refusal([made], {})).to.equal('adfs.pfx is protected by a password; give it by --password-stdin.');
    });
  }

  for (const algorithm of ['P-256', 'P-384', 'P-521'] as const) {
    it(`takes ${algorithm} keys`, async () => {
      const pair = await keyPairOf('adfs', algorithm);
      const material = await readKeyMaterial([pfxOf([pair])], { password: PASSWORD });
      expectPair(material, pair);
      expect(material.algorithm).to.equal(algorithm);
    });
  }

  it('reads PEM, in one file and in two, with and without a password', async () => {
    const pair = await keyPairOf('adfs', 'P-256');
    expectPair(await readKeyMaterial([file(`${pem(pair.certificate)}${pemKey(pair.privateKey)}`)], {}), pair);
    const apart = [file(pem(pair.certificate), 'adfs.crt'), file(pemKey(pair.privateKey, PASSWORD), 'adfs.key')];
    expectPair(await readKeyMaterial(apart, { password: PASSWORD }), pair);
    expect(await refusal(apart, { password: 'another' })).to.equal('The password does not open adfs.key.');
    expect(await refusal(apart, {})).to.equal('adfs.key is protected by a password; give it by --password-stdin.');
  });

  it('keeps the certificates of the issuers aside, and no others', async () => {
    const [pair, other] = [await issued(), await keyPairOf('other', 'P-256')];
    const material = await readKeyMaterial([pfxOf([pair], {}, [other.certificate, pair.root])], { password: PASSWORD });
    expectPair(material, pair);
    expect(material.chain).to.deep.equal([pair.root]);
  });

  it('chooses among several keys by thumbprint, as Windows writes it', async () => {
    const [one, two] = [await keyPairOf('one', 'P-256'), await keyPairOf('two', 'P-256')];
    const made = pfxOf([one, two]);
    const { fingerprint, fingerprint256 } = new X509Certificate(Buffer.from(two.certificate, 'base64'));
    for (const thumbprint of [fingerprint, fingerprint.replaceAll(':', ' ').toLowerCase(), `\u200e${fingerprint256}`])
      expectPair(await readKeyMaterial([made], { password: PASSWORD, thumbprint }), two);
    expect(await refusal([made])).to.match(
      /^There are several keys in adfs\.pfx; choose one with --thumbprint: [0-9A-F]{40} \(CN=one\); [0-9A-F]{40} \(CN=two\)\.$/u,
    );
    expect(await refusal([made], { password: PASSWORD, thumbprint: 'AB' })).to.match(
      /^No key in adfs\.pfx has the thumbprint AB; there is [0-9A-F]{40} \(CN=one\)/u,
    );
  });

  it('refuses what may not sign here, with the reason (S18)', async () => {
    const [pair, other] = [await keyPairOf('adfs', 'P-256'), await keyPairOf('other', 'P-256')];
    expect(await refusal([file(makePfx({ keys: [pair.privateKey], certificates: [other.certificate] }, { password: PASSWORD }))])).to.match(
      /^No certificate in adfs\.pfx fits/u,
    );
    expect(await refusal([file(makePfx({ keys: [], certificates: [other.certificate] }, { password: PASSWORD }))])).to.match(
      /^There is no private key in adfs\.pfx/u,
    );
    const weak = await rsaPair(1024);
    expect(await refusal([pfxOf([weak])])).to.equal('This key may not sign here: the RSA key has 1024 bits; at least 2048 are needed.');
    const odd = await rsaPair(2560);
    expect(await refusal([pfxOf([odd])])).to.match(/^This key may not sign here: it is RSA-2560; there is RSA-2048, /u);
  });

  it('reads what is no PKCS#12 file in bounded time, and says what it is not (X11)', async () => {
    expect(await refusal([file('hello')])).to.match(/^adfs\.pfx is no PKCS#12 file that can be read/u);
    expect(await refusal([file(Buffer.alloc(2 * 1024 * 1024))])).to.match(/^adfs\.pfx has 2097152 bytes/u);
    expect(await refusal([file(Buffer.alloc(500_000, 0x30))])).to.match(/^adfs\.pfx is no PKCS#12 file/u);
    // Minutes of key derivation are not begun.
    const slow = pfxOf([await keyPairOf('adfs', 'P-256')], { macRounds: 0x7fffffff });
    expect(await refusal([slow])).to.match(/^adfs\.pfx asks for more than 1000000 rounds/u);
  });

  it('throws nothing but refusals, whatever the bytes are', async () => {
    const made = pfxOf([await keyPairOf('adfs', 'P-256')], { mac: 'none', rounds: 1 }).bytes;
    const bent = fc.tuple(fc.nat(made.length - 1), fc.uint8Array({ minLength: 1, maxLength: 4 })).map(([at, bytes]) => {
      const copy = Buffer.from(made);
      copy.set(bytes.slice(0, copy.length - at), at);
      return copy;
    });
    await fc.assert(
      fc.asyncProperty(fc.oneof(bent, fc.uint8Array({ maxLength: 60 })), async (bytes) => {
        try {
          await readKeyMaterial([file(Buffer.from(bytes))], { password: PASSWORD });
        } catch (error) {
          expect(error, String(error)).to.be.instanceOf(SignetError);
        }
      }),
      { numRuns: 150 },
    );
  });
});

async function rsaPair(modulusLength: number): Promise<Pair> {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: new Uint8Array([1, 0, 1]), modulusLength };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const name = `CN=${String(modulusLength)}`;
  const times = { notBefore: new Date(NOW), notAfter: new Date(NOW + 86_400_000), signingAlgorithm: algorithm };
  const made = await X509CertificateGenerator.createSelfSigned({ ...times, name, serialNumber: '01', keys });
  return { certificate: Buffer.from(made.rawData).toString('base64'), privateKey: Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)) };
}
