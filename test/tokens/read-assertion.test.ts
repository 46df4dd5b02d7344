import { expect } from 'chai';
import { SignetError } from '../../src/core/errors.js';
import { readAssertion } from '../../src/tokens/read-assertion.js';
import { thrownBy } from '../support/builders.js';

const SAML20 = `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"><saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"><saml:Issuer>http://sts.example/adfs/services/trust</saml:Issuer><saml:Subject><saml:NameID Format="urn:f">ada</saml:NameID></saml:Subject><saml:Conditions><saml:AudienceRestriction><saml:Audience>urn:app</saml:Audience></saml:AudienceRestriction></saml:Conditions><saml:AttributeStatement><saml:Attribute Name="role"><saml:AttributeValue>one</saml:AttributeValue><saml:AttributeValue>two</saml:AttributeValue></saml:Attribute></saml:AttributeStatement><saml:AuthnStatement><saml:AuthnContext><saml:AuthnContextClassRef>urn:class</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement></saml:Assertion></samlp:Response>`;
const SAML11 = `<t:RequestSecurityTokenResponse xmlns:t="http://schemas.xmlsoap.org/ws/2005/02/trust"><t:RequestedSecurityToken><saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:1.0:assertion" Issuer="http://sts.example/adfs/services/trust"><!-- of AD FS --><saml:Conditions><saml:AudienceRestrictionCondition><saml:Audience>urn:app</saml:Audience></saml:AudienceRestrictionCondition></saml:Conditions><saml:AttributeStatement><saml:Subject><saml:NameIdentifier>ada</saml:NameIdentifier></saml:Subject><saml:Attribute AttributeName="upn" AttributeNamespace="http://schemas.xmlsoap.org/claims"><saml:AttributeValue>ada@corp.example</saml:AttributeValue></saml:Attribute></saml:AttributeStatement><saml:AuthenticationStatement AuthenticationMethod="urn:method"></saml:AuthenticationStatement></saml:Assertion></t:RequestedSecurityToken></t:RequestSecurityTokenResponse>`;

describe("somebody else's token", () => {
  it('is read out of a SAML Response', () => {
    expect(readAssertion(SAML20)).to.deep.equal({
      type: 'saml20',
      issuer: 'http://sts.example/adfs/services/trust',
      audiences: ['urn:app'],
      name: { value: 'ada', format: 'urn:f' },
      authentication: 'urn:class',
      attributes: [{ name: 'role', values: ['one', 'two'] }],
    });
  });

  it('is read out of a wresult, names joined as readers join them (S11-09)', () => {
    expect(readAssertion(SAML11)).to.deep.equal({
      type: 'saml11',
      issuer: 'http://sts.example/adfs/services/trust',
      audiences: ['urn:app'],
      name: { value: 'ada', format: undefined },
      authentication: 'urn:method',
      attributes: [{ name: 'http://schemas.xmlsoap.org/claims/upn', values: ['ada@corp.example'] }],
    });
  });

  it('is read as a form carries it, in lines or in one', () => {
    const base64 = Buffer.from(SAML20).toString('base64');
    expect(readAssertion(base64.replaceAll(/.{76}/gu, '$&\r\n'))).to.deep.equal(readAssertion(SAML20));
  });

  const refused: readonly (readonly [string, string, RegExp])[] = [
    ['no XML', 'hello', /neither XML nor the base64/u],
    ['broken XML', '<a>', /cannot be read/u],
    ['a document type', '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', /cannot be read/u],
    ['no assertion', '<a/>', /no SAML assertion in it; its root is a/u],
    ['an encrypted one', '<Response><EncryptedAssertion/></Response>', /encrypted for the application/u],
  ];
  for (const [title, text, sentence] of refused) {
    it(`is refused with a sentence: ${title}`, async () => {
      const error = await thrownBy(() => readAssertion(text));
      expect(error).to.be.instanceOf(SignetError).and.include({ code: 'invalid_input' });
      expect(error.message).to.match(sentence);
    });
  }
});
