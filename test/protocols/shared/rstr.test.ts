import { expect } from 'chai';
import { type TokenResponse, writeTokenResponse } from '../../../src/protocols/shared/rstr.js';
import { NOW } from '../../support/builders.js';
import { readResponse, SAML11, SAML20 } from '../../support/wsfed-party.js';
import { canonicalByLibxml2, canonicalByXmlCrypto } from '../../support/xml-oracles.js';

const PROFILE = 'http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#';

function aResponse(changes: Partial<TokenResponse> = {}): TokenResponse {
  return {
    version: '2005',
    tokenType: 'saml11',
    tokenTypeUri: SAML11,
    tokenId: '_token',
    token: `<saml:Assertion xmlns:saml="${SAML11}" AssertionID="_token"></saml:Assertion>`,
    appliesTo: 'urn:example:wiki?a=1&b="2"',
    createdAt: NOW,
    expiresAt: NOW + 3_600_000,
    ...changes,
  };
}

/** What stands inside the response, with the names that differ between the two versions. */
const golden = (
  names: { readonly prefix: string; readonly trust: string; readonly keyType: string },
  token: { readonly xml: string; readonly uri: string; readonly reference: string },
): string => {
  const { prefix } = names;
  return [
    `<${prefix}:Lifetime><wsu:Created xmlns:wsu="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd">2026-11-24T09:00:00.000Z</wsu:Created>`,
    `<wsu:Expires xmlns:wsu="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd">2026-11-24T10:00:00.000Z</wsu:Expires></${prefix}:Lifetime>`,
    '<wsp:AppliesTo xmlns:wsp="http://schemas.xmlsoap.org/ws/2004/09/policy"><wsa:EndpointReference xmlns:wsa="http://www.w3.org/2005/08/addressing">',
    '<wsa:Address>urn:example:wiki?a=1&amp;b="2"</wsa:Address></wsa:EndpointReference></wsp:AppliesTo>',
    `<${prefix}:RequestedSecurityToken>${token.xml}</${prefix}:RequestedSecurityToken>`,
    `<${prefix}:RequestedAttachedReference>${token.reference}</${prefix}:RequestedAttachedReference>`,
    `<${prefix}:RequestedUnattachedReference>${token.reference}</${prefix}:RequestedUnattachedReference>`,
    `<${prefix}:TokenType>${token.uri}</${prefix}:TokenType>`,
    `<${prefix}:RequestType>${names.trust}/Issue</${prefix}:RequestType>`,
    `<${prefix}:KeyType>${names.keyType}</${prefix}:KeyType>`,
  ].join('');
};

const reference = (type: string, valueType: string): string =>
  `<wsse:SecurityTokenReference xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd" xmlns:wsse11="http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd" wsse11:TokenType="${type}"><wsse:KeyIdentifier ValueType="${valueType}">_token</wsse:KeyIdentifier></wsse:SecurityTokenReference>`;

const V2005 = { prefix: 't', trust: 'http://schemas.xmlsoap.org/ws/2005/02/trust', keyType: 'http://schemas.xmlsoap.org/ws/2005/05/identity/NoProofKey' };
const V13 = {
  prefix: 'trust',
  trust: 'http://docs.oasis-open.org/ws-sx/ws-trust/200512',
  keyType: 'http://docs.oasis-open.org/ws-sx/ws-trust/200512/Bearer',
};

describe('RequestSecurityTokenResponse', () => {
  it('in the form of February 2005, to the letter (WSF-11, WSF-12)', () => {
    const token = {
      xml: aResponse().token,
      uri: SAML11,
      reference: reference(`${PROFILE}SAMLV1.1`, 'http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.0#SAMLAssertionID'),
    };
    expect(writeTokenResponse(aResponse())).to.equal(
      `<t:RequestSecurityTokenResponse xmlns:t="${V2005.trust}">${golden(V2005, token)}</t:RequestSecurityTokenResponse>`,
    );
  });

  it('in the form of WS-Trust 1.3, inside a collection, to the letter (WSF-11, WSF-12)', () => {
    const response = aResponse({
      version: '1.3',
      tokenType: 'saml20',
      tokenTypeUri: `${PROFILE}SAMLV2.0`,
      token: `<saml:Assertion xmlns:saml="${SAML20}" ID="_token"></saml:Assertion>`,
    });
    const token = { xml: response.token, uri: `${PROFILE}SAMLV2.0`, reference: reference(`${PROFILE}SAMLV2.0`, `${PROFILE}SAMLID`) };
    expect(writeTokenResponse(response)).to.equal(
      `<trust:RequestSecurityTokenResponseCollection xmlns:trust="${V13.trust}"><trust:RequestSecurityTokenResponse>${golden(V13, token)}</trust:RequestSecurityTokenResponse></trust:RequestSecurityTokenResponseCollection>`,
    );
  });

  it('has its children in the order of AD FS in both forms (WSF-12)', () => {
    for (const version of ['2005', '1.3'] as const) {
      expect(readResponse(writeTokenResponse(aResponse({ version }))).children).to.deep.equal([
        'Lifetime',
        'AppliesTo',
        'RequestedSecurityToken',
        'RequestedAttachedReference',
        'RequestedUnattachedReference',
        'TokenType',
        'RequestType',
        'KeyType',
      ]);
    }
  });

  it('is its own canonical form, as two implementations see it', () => {
    for (const version of ['2005', '1.3'] as const) {
      const written = writeTokenResponse(aResponse({ version }));
      expect(canonicalByLibxml2(written)).to.equal(written);
      expect(canonicalByXmlCrypto(written)).to.equal(written);
    }
  });
});
