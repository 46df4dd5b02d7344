import { expect } from 'chai';
import { asId } from '../../src/core/model/ids.js';
import { createSigner } from '../../src/crypto/signer.js';
import { ALG } from '../../src/xml/names.js';
import { isDigestAlgorithm, isSignatureAlgorithm, signEnveloped } from '../../src/xml/sign.js';
import { keyPairOf } from '../support/saml-idp.js';
import { thrownBy } from '../support/builders.js';

describe('enveloped signatures', () => {
  it('knows what a key can do, and no other name (IIP-ALG08)', () => {
    expect(isSignatureAlgorithm(ALG.rsaSha256, 'rsa')).to.equal(true);
    expect(isSignatureAlgorithm(ALG.rsaSha256, 'ec')).to.equal(false);
    for (const name of ['constructor', '__proto__', '', 'http://www.w3.org/2000/09/xmldsig#rsa-sha1', 'http://www.w3.org/2001/04/xmldsig-more#rsa-md5']) {
      expect([isSignatureAlgorithm(name), isDigestAlgorithm(name)]).to.deep.equal([false, false]);
    }
  });

  it('refuses to sign with what the key cannot do', async () => {
    const signer = createSigner({ keyId: asId('k'), ...(await keyPairOf('idp.example')) });
    const job = { before: '<a ID="_1">', after: '</a>', id: '_1', signer };
    for (const wish of [{ signatureAlgorithm: ALG.ecdsaSha256 }, { digestAlgorithm: ALG.sha1 }, { digestAlgorithm: 'constructor' }]) {
      expect(await thrownBy(() => signEnveloped({ ...job, ...wish }))).to.include({ code: 'unsupported_request' });
    }
  });

  it('ECDSA values are r and s at fixed width (XML-12)', async () => {
    for (const [algorithm, octets] of [
      ['P-256', 64],
      ['P-384', 96],
    ] as const) {
      const signer = createSigner({ keyId: asId('k'), ...(await keyPairOf('idp.example', algorithm)) });
      const xml = await signEnveloped({ before: '<a ID="_1">', after: '</a>', id: '_1', signer });
      expect(Buffer.from(/<ds:SignatureValue>([^<]*)/u.exec(xml)?.[1] ?? '', 'base64')).to.have.length(octets);
    }
  });
});
