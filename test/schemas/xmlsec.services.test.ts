/** What SAML 2.0 sends, by xmllint and xmlsec1. */
import { expect } from 'chai';
import type { RelyingParty } from '../../src/core/model/relying-party.js';
import type { KeyAlgorithm } from '../../src/core/model/signing-key.js';
import { ALG } from '../../src/xml/names.js';
import { aRelyingParty } from '../support/builders.js';
import { authnRequest, isForm, keyPairOf, redirectQuery, testIdpWith } from '../support/saml-idp.js';
import { createXmlPrograms, type XmlPrograms } from '../support/xml-programs.js';
import { TYPED_RULES } from './typed-rules.js';

const SIGNATURES: readonly (readonly [string, KeyAlgorithm])[] = [
  [ALG.rsaSha256, 'RSA-2048'],
  [ALG.rsaSha384, 'RSA-2048'],
  [ALG.rsaSha512, 'RSA-2048'],
  [ALG.ecdsaSha256, 'P-256'],
  [ALG.ecdsaSha384, 'P-384'],
  [ALG.ecdsaSha512, 'P-384'],
];

describe('xmllint and xmlsec1', () => {
  let programs: XmlPrograms;
  before(() => {
    programs = createXmlPrograms();
  });
  after(() => {
    programs.end();
  });

  const expectValid = (xml: string): void => {
    const { fine, said } = programs.lint(xml);
    expect(fine, said).to.equal(true);
  };

  const expectSigned = (...job: Parameters<XmlPrograms['verify']>): void => {
    const { fine, said } = programs.verify(...job);
    expect(fine, said).to.equal(true);
  };

  const respond = async (
    algorithm: KeyAlgorithm,
    changes: Partial<RelyingParty>,
    more = '',
  ): Promise<{ readonly xml: string; readonly certificate: string }> => {
    const idp = await testIdpWith({ algorithm }, aRelyingParty(changes));
    const children = more === '' ? '' : `<samlp:NameIDPolicy AllowCreate="true" Format="${more}"/>`;
    const { xml } = isForm(await idp.get('/saml/sso', redirectQuery(authnRequest(idp.clock, { children }))));
    return { xml, certificate: idp.certificate };
  };

  for (const [signatureAlgorithm, algorithm] of SIGNATURES) {
    it(`the Response, the Assertion, and both, signed by ${signatureAlgorithm.split('#')[1] ?? ''} (XML-01, SSO-11, CORE-33)`, async () => {
      for (const sign of ['assertion', 'response', 'both'] as const) {
        const { xml, certificate } = await respond(algorithm, { sign, signatureAlgorithm });
        expectValid(xml);
        if (sign !== 'assertion') expectSigned(xml, 'Response', certificate);
        if (sign !== 'response') expectSigned(xml, 'Assertion', certificate);
        const bent = xml.replace('>maria<', '>marib<');
        expect(bent).to.not.equal(xml);
        const parent = sign === 'response' ? 'Response' : 'Assertion';
        expect(programs.verify(bent, parent, certificate).fine).to.equal(false);
        expect(programs.verify(xml, parent, (await keyPairOf('somebody else', algorithm)).certificate).fine).to.equal(false);
      }
    });

    it(`an error signed by ${signatureAlgorithm.split('#')[1] ?? ''} (CORE-09, CORE-10)`, async () => {
      const { xml, certificate } = await respond(algorithm, { signatureAlgorithm }, 'urn:unknown');
      expect(xml).to.include('InvalidNameIDPolicy');
      expectValid(xml);
      expectSigned(xml, 'Response', certificate);
    });
  }

  it('the metadata, with RSA and EC keys (MET-01, MET-02, MET-07, MET-11, MET-12)', async () => {
    for (const algorithm of ['RSA-2048', 'P-256', 'P-384'] satisfies KeyAlgorithm[]) {
      const idp = await testIdpWith({ algorithm }, aRelyingParty());
      const reply = await idp.get('/saml/metadata');
      if (reply.kind !== 'text') throw new Error(`got ${reply.kind}`);
      expectValid(reply.body);
      expectSigned(reply.body, 'EntityDescriptor', idp.certificate);
    }
  });

  it('an assertion lifted out of its Response still verifies (XML-13, XML-14)', async () => {
    const { xml, certificate } = await respond('RSA-2048', { sign: 'assertion' });
    const lifted = /<saml:Assertion.*<\/saml:Assertion>/su.exec(xml)?.[0] ?? '';
    expectValid(lifted);
    expectSigned(lifted, 'Assertion', certificate);
  });

  it('values with types and names with qualifiers, as rules give them, also lifted out (CORE-22, CORE-36, XML-14)', async () => {
    for (const sign of ['assertion', 'both'] as const) {
      const { xml, certificate } = await respond('RSA-2048', { sign, rules: { transform: TYPED_RULES } });
      const lifted = /<saml:Assertion.*<\/saml:Assertion>/su.exec(xml)?.[0] ?? '';
      for (const text of [xml, lifted]) {
        expect(text).to.include('xs:dateTime');
        expectValid(text);
        expectSigned(text, 'Assertion', certificate);
        // A declaration that only a type uses is signed with the rest.
        const bent = text.replaceAll('http://www.w3.org/2001/XMLSchema"', 'http://www.w3.org/2001/XMLSchemb"');
        expect(programs.verify(bent, 'Assertion', certificate).fine).to.equal(false);
      }
      expect(programs.lint(xml.replace('>-42<', '>four<')).fine).to.equal(false);
    }
  });

  // xmlsec1 of Debian 12 knows mgf1p only; the other transport is read by our own tests.
  for (const content of [ALG.aes128Gcm, ALG.aes192Gcm, ALG.aes256Gcm, ALG.aes128Cbc, ALG.aes256Cbc]) {
    it(`decrypts ${content.split('#')[1] ?? ''} under rsa-oaep-mgf1p, and the signature inside verifies (XML-15, XML-16, CORE-38)`, async () => {
      const pair = await keyPairOf('sp.example');
      const { xml, certificate } = await respond('RSA-2048', { encryptionKeys: [{ certificate: pair.certificate, methods: [content] }] });
      expectValid(xml);
      expectSigned(xml, 'Response', certificate);
      const plain = programs.decrypt(xml, pair.privateKey);
      const assertion = /<saml:Assertion.*<\/saml:Assertion>/su.exec(plain)?.[0] ?? '';
      expectValid(assertion);
      expectSigned(assertion, 'Assertion', certificate);
    });
  }
});
