import { createPrivateKey, privateDecrypt } from 'node:crypto';
import { expect } from 'chai';
import type { EncryptionKey } from '../../src/core/model/relying-party.js';
import { chooseEncryption, encryptElement, encryptionKeyFor } from '../../src/xml/encrypt.js';
import { ALG, NS } from '../../src/xml/names.js';
import { wrapKey } from '../../src/xml/oaep.js';
import { parseXml } from '../../src/xml/parse.js';
import { publicKeyOf } from '../../src/xml/public-key.js';
import { leafText } from '../../src/xml/read.js';
import { decryptFirst, findAnywhere } from '../support/decrypt.js';
import { keyPairOf } from '../support/saml-idp.js';

const TRIPLE_DES = 'http://www.w3.org/2001/04/xmlenc#tripledes-cbc';
const RSA_15 = 'http://www.w3.org/2001/04/xmlenc#rsa-1_5';

describe('encryption', () => {
  const choose = (methods: readonly string[], oaep?: EncryptionKey['oaep']): unknown => {
    const choice = chooseEncryption({ certificate: '', methods, ...(oaep === undefined ? {} : { oaep }) });
    return choice === undefined ? undefined : [choice.content, choice.transport, choice.digest, choice.mask];
  };

  const table: readonly (readonly [string, readonly string[], readonly string[] | undefined])[] = [
    ['nothing said: what every peer reads', [], [ALG.aes256Gcm, ALG.rsaOaepMgf1p, ALG.sha1, ALG.mgf1Sha1]],
    ['only a content algorithm', [ALG.aes128Gcm], [ALG.aes128Gcm, ALG.rsaOaepMgf1p, ALG.sha1, ALG.mgf1Sha1]],
    ['only a transport', [ALG.rsaOaep], [ALG.aes256Gcm, ALG.rsaOaep, ALG.sha256, ALG.mgf1Sha256]],
    ['the first of each', [ALG.aes192Gcm, ALG.aes256Gcm, ALG.rsaOaepMgf1p, ALG.rsaOaep], [ALG.aes192Gcm, ALG.rsaOaepMgf1p, ALG.sha1, ALG.mgf1Sha1]],
    ['GCM before CBC, wherever it stands', [ALG.aes128Cbc, ALG.aes128Gcm], [ALG.aes128Gcm, ALG.rsaOaepMgf1p, ALG.sha1, ALG.mgf1Sha1]],
    ['CBC where there is nothing else', [TRIPLE_DES, ALG.aes128Cbc, ALG.aes256Cbc], [ALG.aes128Cbc, ALG.rsaOaepMgf1p, ALG.sha1, ALG.mgf1Sha1]],
    ['never 3DES', [TRIPLE_DES], undefined],
    ['never PKCS#1 v1.5', [ALG.aes256Gcm, RSA_15], undefined],
    ['past PKCS#1 v1.5', [RSA_15, ALG.rsaOaep], [ALG.aes256Gcm, ALG.rsaOaep, ALG.sha256, ALG.mgf1Sha256]],
    ['no such thing', ['constructor', '__proto__'], undefined],
  ];
  for (const [name, methods, expected] of table) {
    it(`chooses: ${name} (MDX-05, XML-16, XML-19, IIP-ALG08)`, () => {
      expect(choose(methods)).to.deep.equal(expected);
    });
  }

  it('takes digest and mask as the metadata names them, past those it does not know (XML-17)', () => {
    const oaep = [
      { transport: ALG.rsaOaep, digest: 'urn:md5', mask: ALG.mgf1Sha1 },
      { transport: ALG.rsaOaep, digest: ALG.sha512, mask: ALG.mgf1Sha1 },
    ];
    expect(choose([ALG.rsaOaep], oaep)).to.deep.equal([ALG.aes256Gcm, ALG.rsaOaep, ALG.sha512, ALG.mgf1Sha1]);
    // Left out, both are SHA-1 (XML Encryption 1.1, 5.5.2).
    expect(choose([ALG.rsaOaep], [{ transport: ALG.rsaOaep }])).to.deep.equal([ALG.aes256Gcm, ALG.rsaOaep, ALG.sha1, ALG.mgf1Sha1]);
    expect(choose([ALG.rsaOaepMgf1p], [{ transport: ALG.rsaOaepMgf1p, digest: ALG.sha256, mask: ALG.mgf1Sha512 }])).to.deep.equal([
      ALG.aes256Gcm,
      ALG.rsaOaepMgf1p,
      ALG.sha256,
      ALG.mgf1Sha1,
    ]);
    expect(choose([ALG.rsaOaep, ALG.rsaOaepMgf1p], [{ transport: ALG.rsaOaep, digest: 'urn:md5' }])).to.deep.equal([
      ALG.aes256Gcm,
      ALG.rsaOaepMgf1p,
      ALG.sha1,
      ALG.mgf1Sha1,
    ]);
  });

  it('takes the first key it can use, and none where the administrator said never', () => {
    const [bad, good] = [
      { certificate: 'a', methods: [TRIPLE_DES] },
      { certificate: 'b', methods: [] },
    ];
    expect(encryptionKeyFor({ encrypt: 'auto', encryptionKeys: [bad, good] })).to.equal(good);
    expect(encryptionKeyFor({ encrypt: 'never', encryptionKeys: [good] })).to.equal(undefined);
    expect(encryptionKeyFor({ encrypt: 'always', encryptionKeys: [bad] })).to.equal(undefined);
  });

  it('GCM is 12 octets of IV, the data, 16 of tag; CBC 16 of IV and whole blocks (XML-15, S17)', async () => {
    const { certificate } = await keyPairOf('sp.example');
    const length = (content: string): number => {
      const data = parseXml(encryptElement('x'.repeat(100), { certificate, methods: [content] }, { recipient: 'r' }));
      const values = data.children.flatMap((child) => (typeof child !== 'string' && child.local === 'CipherData' ? [child] : []));
      const value = values[0] === undefined ? undefined : findAnywhere(values[0], NS.xenc, 'CipherValue');
      return Buffer.from(value === undefined ? '' : leafText(value), 'base64').length;
    };
    expect(length(ALG.aes256Gcm)).to.equal(12 + 100 + 16);
    expect(length(ALG.aes256Cbc)).to.equal(16 + 112);
  });

  it('any text comes back, whatever its octets are', async () => {
    const { certificate, privateKey } = await keyPairOf('sp.example');
    for (const text of ['', '<a>ü\u{1F600}</a>', 'x'.repeat(100_000)]) {
      for (const methods of [[ALG.aes128Gcm], [ALG.aes256Cbc, ALG.rsaOaep]]) {
        expect(decryptFirst(encryptElement(text, { certificate, methods }, { recipient: 'r' }), privateKey).text).to.equal(text);
      }
    }
  });

  it('our OAEP with one hash is the one node:crypto has, so its decoder takes it (XML-17)', async () => {
    const { certificate, privateKey } = await keyPairOf('sp.example');
    const key = createPrivateKey({ key: privateKey, format: 'der', type: 'pkcs8' });
    const plain = Buffer.from('0123456789abcdef');
    for (const hash of ['sha1', 'sha256', 'sha384', 'sha512'] as const) {
      expect(privateDecrypt({ key, oaepHash: hash }, wrapKey(plain, publicKeyOf(certificate), { digest: hash, mask: hash })).equals(plain)).to.equal(true);
    }
    // 2048 bits have no room for two SHA-512 digests and 150 octets.
    expect(() => wrapKey(Buffer.alloc(150), publicKeyOf(certificate), { digest: 'sha512', mask: 'sha1' })).to.throw(RangeError);
  });

  it('a certificate that is none is refused by name', () => {
    expect(() => publicKeyOf('QUJD')).to.throw('not readable');
  });
});
