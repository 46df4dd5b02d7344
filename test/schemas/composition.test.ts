/** That the schemas together find what is wrong inside one another: without this, "valid" would say nothing about WS-Federation. */
import { expect } from 'chai';
import { NS } from '../../src/xml/names.js';
import { schemaProblems } from '../support/xml-oracles.js';

const endpoint = (name: string): string =>
  `<fed:${name}><wsa:EndpointReference xmlns:wsa="${NS.wsa}"><wsa:Address>https://idp.example/wsfed</wsa:Address></wsa:EndpointReference></fed:${name}>`;

const role = (inside: string, type = 'fed:SecurityTokenServiceType'): string =>
  `<md:EntityDescriptor xmlns:md="${NS.md}" entityID="https://idp.example"><md:RoleDescriptor xmlns:fed="${NS.fed}" xmlns:xsi="${NS.xsi}" ` +
  `xsi:type="${type}" protocolSupportEnumeration="${NS.fed}">${inside}</md:RoleDescriptor></md:EntityDescriptor>`;

const claimTypes = (attribute = 'Optional="true"'): string =>
  `<fed:ClaimTypesOffered><auth:ClaimType xmlns:auth="${NS.auth}" Uri="urn:x" ${attribute}><auth:DisplayName>x</auth:DisplayName></auth:ClaimType></fed:ClaimTypesOffered>`;

const assertion = (methods = 'urn:x'): string =>
  `<saml:Assertion xmlns:saml="${NS.saml11}" AssertionID="_1" IssueInstant="2026-01-01T00:00:00.000Z" Issuer="x" MajorVersion="1" MinorVersion="1">` +
  `<saml:AuthenticationStatement AuthenticationInstant="2026-01-01T00:00:00.000Z" AuthenticationMethod="${methods}"><saml:Subject>` +
  '<saml:NameIdentifier>x</saml:NameIdentifier></saml:Subject></saml:AuthenticationStatement></saml:Assertion>';

const answer = (ns: string, inside: string): string =>
  `<t:RequestSecurityTokenResponse xmlns:t="${ns}"><t:Lifetime><wsu:Created xmlns:wsu="${NS.wsu}">2026-01-01T00:00:00.000Z</wsu:Created></t:Lifetime>` +
  `<wsp:AppliesTo xmlns:wsp="${NS.wsp}"><wsa:EndpointReference xmlns:wsa="${NS.wsa}"><wsa:Address>urn:app</wsa:Address></wsa:EndpointReference></wsp:AppliesTo>` +
  `<t:RequestedSecurityToken>${inside}</t:RequestedSecurityToken><t:TokenType>urn:x</t:TokenType></t:RequestSecurityTokenResponse>`;

describe('the schemas together', () => {
  it('know the roles of WS-Federation inside SAML metadata, and the order of their parts (FMD-03, FMD-04, FMD-07)', () => {
    const inOrder = role(claimTypes() + endpoint('SecurityTokenServiceEndpoint') + endpoint('PassiveRequestorEndpoint'));
    expect(schemaProblems(inOrder)).to.deep.equal([]);
    const wrong = {
      'endpoints exchanged': role(endpoint('PassiveRequestorEndpoint') + endpoint('SecurityTokenServiceEndpoint')),
      'no endpoint': role(claimTypes()),
      'unknown attribute of a claim type': role(claimTypes('Optionl="true"') + endpoint('SecurityTokenServiceEndpoint')),
      'unknown role': role(endpoint('SecurityTokenServiceEndpoint'), 'fed:SecurityTokenServiceTipe'),
    };
    for (const [what, xml] of Object.entries(wrong)) expect(schemaProblems(xml), what).to.not.deep.equal([]);
  });

  for (const ns of [NS.wst2005, NS.wst13]) {
    it(`see into an answer of ${ns}, down to the token (WSF-11, WSF-12, S11-01)`, () => {
      const fine = answer(ns, assertion());
      expect(schemaProblems(fine)).to.deep.equal([]);
      const wrong = {
        'an unknown element': fine.replace('<t:TokenType>urn:x</t:TokenType>', '<t:TokenTipe>urn:x</t:TokenTipe>'),
        'a token of no known kind': answer(ns, '<x xmlns="urn:x"/>'),
        'two tokens': answer(ns, assertion() + assertion().replace('"_1"', '"_2"')),
        'a token without a statement': answer(ns, assertion().replace(/<saml:AuthenticationStatement.*<\/saml:AuthenticationStatement>/u, '')),
        'a token without an issuer': fine.replace(' Issuer="x"', ''),
        'an address of no known kind': fine.replace(/<wsa:EndpointReference.*<\/wsa:EndpointReference>/u, '<x xmlns="urn:x"/>'),
      };
      for (const [what, xml] of Object.entries(wrong)) {
        expect(xml, what).to.not.equal(fine);
        expect(schemaProblems(xml), what).to.not.deep.equal([]);
      }
    });
  }

  it('have the collection of WS-Trust 1.3, which February 2005 does not know (WSF-11)', () => {
    const collection = (ns: string): string =>
      `<t:RequestSecurityTokenResponseCollection xmlns:t="${ns}">${answer(ns, assertion())}</t:RequestSecurityTokenResponseCollection>`;
    expect(schemaProblems(collection(NS.wst13))).to.deep.equal([]);
    expect(schemaProblems(collection(NS.wst2005))).to.not.deep.equal([]);
    expect(schemaProblems(collection(NS.wst13).replace(/<t:RequestSecurityTokenResponse .*<\/t:RequestSecurityTokenResponse>/u, ''))).to.not.deep.equal([]);
  });
});
