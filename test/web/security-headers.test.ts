import { expect } from 'chai';
import { readBase } from '../../src/web/base.js';
import { createSecurityHeaders, type HeaderList } from '../../src/web/security-headers.js';

const read = (list: HeaderList, name: string): string | undefined => list.find((_, index) => index % 2 === 1 && list[index - 1] === name);
const policyOf = (list: HeaderList): string => read(list, 'content-security-policy') ?? '';

const OWN = "default-src 'none';script-src 'self';style-src 'self';img-src 'self';font-src 'self'";

describe('web/security-headers', () => {
  const plain = createSecurityHeaders(readBase('http://localhost:8080'));
  const secure = createSecurityHeaders(readBase('https://login.example/idp'));

  it('has one exact policy for each kind of answer (U07)', () => {
    expect(Object.fromEntries(Object.entries(secure).map(([kind, list]) => [kind, policyOf(list)]))).to.deep.equal({
      page: `${OWN};connect-src 'self';base-uri 'none';form-action 'self';frame-ancestors 'none'`,
      'hand-off': `${OWN};connect-src 'self';base-uri 'none';form-action *;frame-ancestors 'none'`,
      'sign-out': `${OWN};connect-src 'self' https:;base-uri 'none';form-action 'self';frame-src 'self' https:;frame-ancestors 'none'`,
      framed: `${OWN};connect-src 'self';base-uri 'none';form-action 'self';frame-ancestors 'self'`,
      'framed-hand-off': `${OWN};connect-src 'self';base-uri 'none';form-action *;frame-ancestors 'self'`,
      bare: "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
    });
  });

  it('lets the sign-out page show and ask applications without https only where we have none either', () => {
    expect(policyOf(plain['sign-out'])).to.contain("connect-src 'self' https: http:;").and.contain("frame-src 'self' https: http:;");
  });

  it('says the same about frames to browsers that know X-Frame-Options only (U07)', () => {
    const framing = Object.entries(plain).map(([kind, list]) => [kind, read(list, 'x-frame-options')]);
    expect(Object.fromEntries(framing)).to.deep.equal({
      page: 'DENY',
      'hand-off': 'DENY',
      'sign-out': 'DENY',
      framed: 'SAMEORIGIN',
      'framed-hand-off': 'SAMEORIGIN',
      bare: 'DENY',
    });
  });
});
