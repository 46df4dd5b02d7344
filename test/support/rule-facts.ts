/** What rules look at beside the claims, for tests. */
import type { ClaimSet, RuleFacts } from '../../src/core/claims/explanation.js';
import { CONTEXT_PASSWORD_PROTECTED } from '../../src/core/issuance/authn-policy.js';
import type { Claim } from '../../src/core/model/claim.js';
import { aPerson, NOW } from './builders.js';

/** Maria, signed in by password a minute ago, from outside, on her way to an application. */
export function someFacts(changes: Partial<RuleFacts> = {}): RuleFacts {
  return {
    person: aPerson(),
    authentication: { methods: ['pwd'], contextClass: CONTEXT_PASSWORD_PROTECTED, at: NOW - 60_000 },
    context: { at: NOW, clientAddress: '203.0.113.7', userAgent: 'Firefox', path: '/saml/sso', insideCorporateNetwork: false },
    relyingParty: 'https://app.example/metadata',
    stores: { find: () => undefined },
    identifier: (kind) => Promise.resolve(`${kind}-of-maria`),
    ...changes,
  };
}

/** The claims there are, in the plainest way. */
export function claimsThere(...all: readonly Claim[]): ClaimSet {
  return { all, ofType: (type) => all.filter((claim) => claim.type === type) };
}
