import { expect } from 'chai';
import { readBody, readHead } from '../../../../src/protocols/saml/messages/authn-request.js';
import { parseXml } from '../../../../src/xml/parse.js';
import { NOW, thrownBy } from '../../../support/builders.js';
import { authnRequest } from '../../../support/saml-idp.js';

const clock = { now: () => NOW };
const request = (children = '', attributes: Readonly<Record<string, string | undefined>> = {}): ReturnType<typeof parseXml> =>
  parseXml(authnRequest(clock, { children, attributes }));

describe('AuthnRequest', () => {
  it('is read whole, in the order of the schema (CORE-13)', () => {
    const tree = request(
      [
        '<samlp:Extensions><x xmlns="urn:x"/></samlp:Extensions>',
        '<saml:Subject><saml:NameID Format="urn:f" NameQualifier="n" SPNameQualifier="s" SPProvidedID="p">maria</saml:NameID></saml:Subject>',
        '<samlp:NameIDPolicy Format="urn:g" SPNameQualifier="t" AllowCreate="1"/>',
        '<saml:Conditions/>',
        '<samlp:RequestedAuthnContext Comparison="minimum"><saml:AuthnContextClassRef> urn:c </saml:AuthnContextClassRef></samlp:RequestedAuthnContext>',
        '<samlp:Scoping ProxyCount="0"><samlp:IDPList><samlp:IDPEntry ProviderID="urn:i"/><samlp:GetComplete>https://x</samlp:GetComplete></samlp:IDPList><samlp:RequesterID>urn:r</samlp:RequesterID></samlp:Scoping>',
      ].join(''),
      { ForceAuthn: '1', IsPassive: 'false', AttributeConsumingServiceIndex: '7', AssertionConsumerServiceIndex: '3', ProviderName: 'x' },
    );
    expect(readHead(tree)).to.include({ id: '_request1', version: '2.0', issuer: 'https://app.example/metadata', acsIndex: '3', acsUrl: undefined });
    expect(readBody(tree)).to.deep.equal({
      issueInstant: NOW,
      forceAuthn: true,
      isPassive: false,
      attributeServiceIndex: 7,
      subject: { value: 'maria', format: 'urn:f', nameQualifier: 'n', spNameQualifier: 's' },
      subjectConfirmation: false,
      nameIdPolicy: { format: 'urn:g', spNameQualifier: 't', allowCreate: true },
      context: { classes: ['urn:c'], comparison: 'minimum' },
      contextDeclarations: false,
      idpList: ['urn:i'],
    });
  });

  it('with nothing in it asks for nothing', () => {
    expect(readBody(request())).to.include({
      forceAuthn: false,
      isPassive: false,
      subject: undefined,
      nameIdPolicy: undefined,
      context: undefined,
      idpList: undefined,
    });
  });

  it('names are read as they stand (CORE-04)', () => {
    expect(readHead(parseXml(authnRequest(clock, { issuer: ' a ' }))).issuer).to.equal(' a ');
  });

  const parts = [
    '<samlp:Extensions/>',
    '<saml:Subject><saml:NameID>a</saml:NameID></saml:Subject>',
    '<samlp:NameIDPolicy/>',
    '<saml:Conditions/>',
    '<samlp:RequestedAuthnContext><saml:AuthnContextClassRef>a</saml:AuthnContextClassRef></samlp:RequestedAuthnContext>',
    '<samlp:Scoping/>',
  ];
  it('any two parts the other way round, and any part twice, break the schema (CORE-13)', async () => {
    for (const [at, part] of parts.entries()) {
      expect(await thrownBy(() => readBody(request(part + part)))).to.include({ code: 'malformed_request' });
      for (const earlier of parts.slice(0, at)) {
        expect(await thrownBy(() => readBody(request(part + earlier)))).to.include({ code: 'malformed_request' });
        readBody(request(earlier + part));
      }
    }
  });

  const broken: readonly (readonly [string, string, Readonly<Record<string, string | undefined>>?])[] = [
    ['an element of another kind', '<saml:Assertion/>'],
    ['a part in another namespace', '<NameIDPolicy xmlns="urn:x"/>'],
    ['text between the parts', 'x'],
    ['a flag that is none', '', { IsPassive: 'maybe' }],
    ['an index that is none', '', { AttributeConsumingServiceIndex: '-1' }],
    ['no time', '', { IssueInstant: undefined }],
    ['AllowCreate that is none', '<samlp:NameIDPolicy AllowCreate="yes"/>'],
    ['an encrypted subject', '<saml:Subject><saml:EncryptedID/></saml:Subject>'],
    ['an empty context', '<samlp:RequestedAuthnContext/>'],
    ['something else in a context', '<samlp:RequestedAuthnContext><a xmlns="urn:a"/></samlp:RequestedAuthnContext>'],
  ];
  for (const [name, children, attributes] of broken) {
    it(`refuses ${name}`, async () => {
      expect(await thrownBy(() => readBody(request(children, attributes)))).to.include({ code: 'malformed_request' });
    });
  }
});
