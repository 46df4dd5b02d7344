import { expect } from 'chai';
import { generateKeyPairSync, verify } from 'node:crypto';
import type { KeyAlgorithm } from '../../src/core/model/signing-key.js';
import { asId } from '../../src/core/model/ids.js';
import type { SignatureHash, Signer } from '../../src/core/ports.js';
import { makeKeyPair, readCertificate } from '../../src/crypto/certificate.js';
import { createSigner } from '../../src/crypto/signer.js';
import { NOW, thrownBy } from '../support/builders.js';

const HASHES: readonly SignatureHash[] = ['sha256', 'sha384', 'sha512', 'sha1'];

async function signerOf(algorithm: KeyAlgorithm): Promise<Signer> {
  const pair = await makeKeyPair({ algorithm, commonName: 'idp.example', notBefore: NOW, notAfter: NOW + 86_400_000 });
  return createSigner({ keyId: asId('key-1'), ...pair });
}

describe('a signer', () => {
  it('signs with RSASSA-PKCS1-v1_5 under each hash, and its certificate verifies it', async () => {
    const signer = await signerOf('RSA-2048');
    const { publicKey } = readCertificate(signer.certificate);
    expect(signer).to.include({ keyId: 'key-1', type: 'rsa' });
    for (const hash of HASHES) {
      const signature = await signer.sign('to be signed', hash);
      expect(signature).to.have.length(256);
      expect(verify(hash, Buffer.from('to be signed'), publicKey, signature), hash).to.equal(true);
      expect(verify(hash, Buffer.from('something else'), publicKey, signature), hash).to.equal(false);
    }
  });

  for (const [algorithm, width] of [
    ['P-256', 64],
    ['P-384', 96],
  ] as const) {
    it(`signs with ECDSA on ${algorithm} as r and s at fixed width (XMLDSig 1.1 6.4.3)`, async () => {
      const signer = await signerOf(algorithm);
      const { publicKey } = readCertificate(signer.certificate);
      expect(signer.type).to.equal('ec');
      // A leading zero of r or s, which DER would drop, shows up within a few hundred signatures.
      for (let index = 0; index < 300; index += 1) {
        const signature = await signer.sign(`text ${String(index)}`, 'sha256');
        expect(signature).to.have.length(width);
        expect(verify('sha256', Buffer.from(`text ${String(index)}`), { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)).to.equal(true);
      }
    });
  }

  it('takes bytes as they are and text as UTF-8', async () => {
    const signer = await signerOf('RSA-2048');
    expect((await signer.sign('José', 'sha256')).equals(await signer.sign(Buffer.from('José'), 'sha256'))).to.equal(true);
  });

  it('does not mix up what is signed at the same time', async () => {
    const signer = await signerOf('RSA-2048');
    const { publicKey } = readCertificate(signer.certificate);
    const texts = Array.from({ length: 40 }, (_, index) => `text ${String(index)}`);
    const signatures = await Promise.all(texts.map((text) => signer.sign(text, 'sha256')));
    for (const [index, text] of texts.entries()) {
      expect(verify('sha256', Buffer.from(text), publicKey, signatures[index] ?? Buffer.alloc(0)), text).to.equal(true);
    }
  });

  it('refuses a key it cannot sign XML with (S18)', async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const error = await thrownBy(() =>
      createSigner({ keyId: asId('key-1'), certificate: '', privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }) }),
    );
    expect(error).to.include({ code: 'invalid_input' });
    expect(error.message).to.contain('ed25519');
  });
});
