/** What WS-Federation sends, by xmllint and xmlsec1. */
import { expect } from 'chai';
import type { KeyAlgorithm } from '../../src/core/model/signing-key.js';
import { theWorld } from '../e2e/world.js';
import { send } from '../support/browser.js';
import { keyPairOf } from '../support/saml-idp.js';
import { createXmlPrograms, type XmlPrograms } from '../support/xml-programs.js';
import { TYPED_RULES } from './typed-rules.js';
import { ANSWER_KINDS, answerOf } from './wsfed-answers.js';

describe('xmllint and xmlsec1 on WS-Federation', () => {
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

  const assertionIn = (xml: string): string => /<saml:Assertion.*<\/saml:Assertion>/su.exec(xml)?.[0] ?? '';

  for (const kind of ANSWER_KINDS) {
    it(`${kind.words} (WSF-11, WSF-14, WSF-15, S11-02, S11-03)`, async () => {
      for (const algorithm of ['RSA-2048', 'P-256'] satisfies KeyAlgorithm[]) {
        const { wresult, certificate, privateKey } = await answerOf(kind, algorithm);
        expectValid(wresult);
        const assertion = assertionIn(kind.encrypted ? programs.decrypt(wresult, privateKey) : wresult);
        expectValid(assertion);
        expectSigned(assertion, 'Assertion', certificate);
        // In its place as well as cut out.
        if (!kind.encrypted) expectSigned(wresult, 'Assertion', certificate);
        const bent = assertion.replace('>maria<', '>marib<');
        expect(bent).to.not.equal(assertion);
        expect(programs.verify(bent, 'Assertion', certificate).fine).to.equal(false);
        expect(programs.verify(assertion, 'Assertion', (await keyPairOf('somebody else', algorithm)).certificate).fine).to.equal(false);
      }
    });
  }

  it('values with types, as rules give them, in every kind of answer, also cut out (S11-03, S11-10, WSF-14)', async () => {
    for (const kind of ANSWER_KINDS) {
      const { wresult, certificate, privateKey } = await answerOf(kind, 'RSA-2048', { rules: { transform: TYPED_RULES } });
      const assertion = assertionIn(kind.encrypted ? programs.decrypt(wresult, privateKey) : wresult);
      expect(assertion).to.include('xs:dateTime');
      for (const text of kind.encrypted ? [assertion] : [assertion, wresult]) {
        expectValid(text);
        expectSigned(text, 'Assertion', certificate);
      }
      const bent = assertion.replaceAll('http://www.w3.org/2001/XMLSchema"', 'http://www.w3.org/2001/XMLSchemb"');
      expect(programs.verify(bent, 'Assertion', certificate).fine).to.equal(false);
      expect(programs.lint(assertion.replace('>-42<', '>four<')).fine).to.equal(false);
    }
  });

  it('a copy around the signed assertion, under the same identifier, does not verify (S11-03)', async () => {
    const [kind] = ANSWER_KINDS;
    if (kind === undefined) throw new Error('no kinds');
    const { wresult, certificate } = await answerOf(kind);
    const assertion = assertionIn(wresult);
    const inner = assertion.replace(/<ds:Signature .*<\/ds:Signature>/su, '');
    const wrapped = assertion.replace('>maria<', '>admin<').replace('</saml:Conditions>', `</saml:Conditions><saml:Advice>${inner}</saml:Advice>`);
    expect(wrapped).to.include('>admin<');
    expect(programs.verify(wrapped, 'Assertion', certificate).fine).to.equal(false);
  });

  it('the federation metadata that a node serves (FMD-01, FMD-02, FMD-04)', async () => {
    const { node } = await theWorld();
    const { body } = await send(node.url('/FederationMetadata/2007-06/FederationMetadata.xml'));
    expectValid(body);
    const [, certificate = ''] = /<ds:X509Certificate>([^<]*)</u.exec(body) ?? [];
    expectSigned(body, 'EntityDescriptor', certificate);
    const role = /<md:RoleDescriptor .*?<\/md:RoleDescriptor>/su.exec(body)?.[0] ?? '';
    expect(role, 'lists the key it is signed by').to.include(certificate);
    expect(programs.verify(body.replace('/wsfed<', '/wsfad<'), 'EntityDescriptor', certificate).fine).to.equal(false);
  });
});
