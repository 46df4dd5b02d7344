import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { SignedXml } from 'xml-crypto';
import { draftToken } from '../../src/core/issuance/token-draft.js';
import type { RelyingParty } from '../../src/core/model/relying-party.js';
import { asId } from '../../src/core/model/ids.js';
import type { KeyAlgorithm } from '../../src/core/model/signing-key.js';
import type { KeyRing } from '../../src/core/ports.js';
import { makeKeyPair } from '../../src/crypto/certificate.js';
import { randomId } from '../../src/crypto/random.js';
import { createSigner } from '../../src/crypto/signer.js';
import { createSaml20Builder } from '../../src/tokens/saml20.js';
import { ALG } from '../../src/xml/names.js';
import { parseXml } from '../../src/xml/parse.js';
import { childElements, leafText } from '../../src/xml/read.js';
import { canonicalize } from '../../src/xml/canonical.js';
import { verifyEnveloped } from '../../src/xml/verify.js';
import { anIssuanceRequest, aRelyingParty, issuers, NOW } from '../support/builders.js';

async function aKeyRing(algorithm: KeyAlgorithm): Promise<KeyRing> {
  const pair = await makeKeyPair({ algorithm, commonName: 'test', notBefore: NOW, notAfter: NOW + 86_400_000 });
  const signer = createSigner({ keyId: asId('k'), ...pair });
  return { signerFor: () => Promise.resolve(signer), published: () => Promise.resolve([]) };
}

const content = {
  released: {
    attributes: [
      {
        name: 'urn:oid:0.9.2342.19200300.100.1.3',
        nameFormat: 'urn:oasis:names:tc:SAML:2.0:attrname-format:uri',
        friendlyName: 'mail',
        values: ['a&b<c>"\r\n\té'],
      },
    ],
  },
  name: { value: 'maria', format: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified' },
  sessionIndex: '_s',
};

async function build(keyRing: KeyRing, changes: Partial<RelyingParty> = {}): Promise<string> {
  const request = anIssuanceRequest({ relyingParty: aRelyingParty(changes) });
  const draft = draftToken({ issuers: issuers('https://idp.example'), makeId: randomId, now: () => NOW }, request, content);
  return (await createSaml20Builder({ keyRing })(draft)).serialized;
}

/** xml-crypto, an implementation of XML Signature that is not ours. */
function checkWithXmlCrypto(xml: string, certificate: string): boolean {
  const signature = /<ds:Signature .*?<\/ds:Signature>/su.exec(xml)?.[0] ?? '';
  const pem = `-----BEGIN CERTIFICATE-----\n${certificate.replaceAll(/(.{64})/gu, '$1\n')}\n-----END CERTIFICATE-----`;
  const verifier = new SignedXml({ publicCert: pem });
  verifier.loadSignature(signature);
  return verifier.checkSignature(xml);
}

describe('SAML 2.0 assertion', () => {
  it('verifies by xml-crypto and by our own profile, and is canonical as it stands (XML-01, XML-03)', async () => {
    const keyRing = await aKeyRing('RSA-2048');
    const { certificate } = await keyRing.signerFor(undefined);
    for (const signatureAlgorithm of [ALG.rsaSha256, ALG.rsaSha512]) {
      const xml = await build(keyRing, { signatureAlgorithm });
      expect(checkWithXmlCrypto(xml, certificate)).to.equal(true);
      expect(canonicalize(parseXml(xml), { inclusivePrefixes: ['xs', 'xsi'] })).to.equal(xml);
      expect(verifyEnveloped(parseXml(xml), [certificate]).local).to.equal('Assertion');
    }
  });

  it('signs with P-256 as r and s at fixed width (XML-12)', async () => {
    const keyRing = await aKeyRing('P-256');
    const { certificate } = await keyRing.signerFor(undefined);
    const xml = await build(keyRing);
    const value = /<ds:SignatureValue>([^<]*)</u.exec(xml)?.[1] ?? '';
    expect(Buffer.from(value, 'base64')).to.have.length(64);
    expect(verifyEnveloped(parseXml(xml), [certificate]).local).to.equal('Assertion');
  });

  it('does not verify after one changed byte, nor by another key (CORE-11, S04)', async () => {
    const keyRing = await aKeyRing('RSA-2048');
    const { certificate } = await keyRing.signerFor(undefined);
    const other = await (await aKeyRing('RSA-2048')).signerFor(undefined);
    const xml = await build(keyRing);
    expect(() => verifyEnveloped(parseXml(xml.replace('>maria<', '>marib<')), [certificate])).to.throw('digest differs');
    expect(() => verifyEnveloped(parseXml(xml), [other.certificate])).to.throw('fits none');
    expect(verifyEnveloped(parseXml(xml), [other.certificate, certificate]).local).to.equal('Assertion');
  });

  it('is left unsigned when only the Response is to be signed', async () => {
    expect(await build(await aKeyRing('RSA-2048'), { sign: 'response' })).to.not.include('Signature');
  });

  it('stays within the algorithms the metadata lists, or refuses (IIP-MD10)', async () => {
    const keyRing = await aKeyRing('RSA-2048');
    expect(await build(keyRing, { signingMethods: [ALG.ecdsaSha256, ALG.rsaSha512] })).to.include(ALG.rsaSha512);
    const failure = await build(keyRing, { signingMethods: [ALG.ecdsaSha256] }).catch((error: unknown) => String(error));
    expect(failure).to.include('takes only signatures that are not made here');
  });

  it('carries any text that XML can (X14)', async () => {
    const nonsense = `{NameID} $& ${randomBytes(4).toString('hex')} <evil a="b"/>`;
    const keyRing = await aKeyRing('P-256');
    const request = anIssuanceRequest();
    const draft = draftToken({ issuers: issuers('https://idp.example'), makeId: randomId, now: () => NOW }, request, {
      ...content,
      name: { ...content.name, value: nonsense },
    });
    const token = await createSaml20Builder({ keyRing })(draft);
    const subject = childElements(parseXml(token.serialized)).find((element) => element.local === 'Subject');
    const [name] = subject === undefined ? [] : childElements(subject);
    expect(name === undefined ? '' : leafText(name)).to.equal(nonsense);
  });
});
