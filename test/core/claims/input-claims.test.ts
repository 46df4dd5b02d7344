import { expect } from 'chai';
import { contextClaims } from '../../../src/core/claims/input-claims.js';
import { AD_AUTHORITY, CLAIM, LOCAL_AUTHORITY, MULTIPLE_AUTHENTICATION } from '../../../src/core/model/claim.js';
import type { RequestContext } from '../../../src/core/model/request-context.js';
import type { Authentication } from '../../../src/core/model/subject.js';
import { NOW } from '../../support/builders.js';

const PASSWORD: Authentication = { methods: ['pwd'], contextClass: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport', at: NOW - 60_000 };
const REQUEST: RequestContext = { at: NOW, clientAddress: '203.0.113.9', userAgent: 'Browser/1.0', path: '/saml/sso', insideCorporateNetwork: false };

function values(
  type: string,
  { authentication = {}, context = {} }: { authentication?: Partial<Authentication>; context?: Partial<RequestContext> } = {},
): readonly string[] {
  return contextClaims({ ...PASSWORD, ...authentication }, { ...REQUEST, ...context })
    .filter((claim) => claim.type === type)
    .map((claim) => claim.value);
}

describe('what a sign-on brings beside the person', () => {
  it('is how they signed in, by the directory, and what the request looked like, by this service', () => {
    expect(contextClaims(PASSWORD, REQUEST).map(({ type, value, issuer, originalIssuer }) => [type, value, issuer, originalIssuer])).to.deep.equal(
      [
        [CLAIM.authenticationMethod, PASSWORD.contextClass, AD_AUTHORITY],
        [CLAIM.authenticationInstant, '2026-11-24T08:59:00.000Z', AD_AUTHORITY],
        [CLAIM.authnMethodsReferences, PASSWORD.contextClass, AD_AUTHORITY],
        [CLAIM.insideCorporateNetwork, 'false', LOCAL_AUTHORITY],
        [CLAIM.forwardedClientIp, '203.0.113.9', LOCAL_AUTHORITY],
        [CLAIM.clientIp, '203.0.113.9', LOCAL_AUTHORITY],
        [CLAIM.proxy, 'signet', LOCAL_AUTHORITY],
        [CLAIM.clientUserAgent, 'Browser/1.0', LOCAL_AUTHORITY],
        [CLAIM.endpointPath, '/saml/sso', LOCAL_AUTHORITY],
      ].map(([type, value, issuer]) => [type, value, issuer, issuer]),
    );
  });

  it('has a proxy only for those who come from outside', () => {
    expect(values(CLAIM.proxy, { context: { insideCorporateNetwork: true } })).to.deep.equal([]);
    expect(values(CLAIM.insideCorporateNetwork, { context: { insideCorporateNetwork: true } })).to.deep.equal(['true']);
  });

  it('says so when there were several factors', () => {
    expect(values(CLAIM.authnMethodsReferences, { authentication: { methods: ['pwd', 'otp'] } })).to.deep.equal([
      PASSWORD.contextClass,
      MULTIPLE_AUTHENTICATION,
    ]);
    expect(values(CLAIM.authnMethodsReferences, { authentication: { methods: ['pwd', 'kba'] } })).to.deep.equal([PASSWORD.contextClass]);
  });

  it('leaves out what is not known of a request', () => {
    const types = contextClaims(PASSWORD, { at: NOW, insideCorporateNetwork: true }).map(({ type }) => type);
    expect(types).to.deep.equal([CLAIM.authenticationMethod, CLAIM.authenticationInstant, CLAIM.authnMethodsReferences, CLAIM.insideCorporateNetwork]);
  });

  const texts: readonly (readonly [what: string, given: string, value: string])[] = [
    ['control characters', 'a\u0000b\r\nc\u007f', 'abc'],
    ['invisible characters and half letters', 'a\u200b\u202e\ud800b\u2028', 'ab'],
    ['what is too much', 'x'.repeat(600), 'x'.repeat(512)],
    ['half of a letter at the end', `${'x'.repeat(511)}\u{1f642}`, 'x'.repeat(511)],
  ];
  for (const [what, given, value] of texts) {
    it(`takes the user agent without ${what} (X14, M08)`, () => {
      expect(values(CLAIM.clientUserAgent, { context: { userAgent: given } })).to.deep.equal([value]);
    });
  }

  it('bounds address and path as well', () => {
    expect(values(CLAIM.clientIp, { context: { clientAddress: '1'.repeat(100) } })[0]).to.have.length(64);
    expect(values(CLAIM.endpointPath, { context: { path: `/${'a'.repeat(5000)}` } })[0]).to.have.length(1024);
  });
});
