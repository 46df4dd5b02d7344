import { expect } from 'chai';
import { CONTEXT_PASSWORD, CONTEXT_PASSWORD_PROTECTED, CONTEXT_UNSPECIFIED, meetContext } from '../../../src/core/issuance/authn-policy.js';

const MFA = 'http://schemas.microsoft.com/claims/multipleauthn';
type Comparison = 'exact' | 'minimum' | 'maximum' | 'better';

describe('authentication context (SAML Core 3.3.2.2.1)', () => {
  const cases: readonly (readonly [string, Comparison, readonly string[], string, string | undefined])[] = [
    ['nothing listed keeps what was performed', 'exact', [], CONTEXT_PASSWORD_PROTECTED, CONTEXT_PASSWORD_PROTECTED],
    ['exact names the class that was met (CORE-25)', 'exact', [CONTEXT_PASSWORD_PROTECTED], CONTEXT_PASSWORD_PROTECTED, CONTEXT_PASSWORD_PROTECTED],
    ['exact tries in the order given (CORE-25)', 'exact', [MFA, CONTEXT_PASSWORD], CONTEXT_PASSWORD_PROTECTED, CONTEXT_PASSWORD],
    ['exact, the reverse order (CORE-25)', 'exact', [CONTEXT_PASSWORD, MFA], CONTEXT_PASSWORD_PROTECTED, CONTEXT_PASSWORD],
    ['exact never claims what was not done (I10)', 'exact', [CONTEXT_PASSWORD_PROTECTED], CONTEXT_PASSWORD, undefined],
    ['an unknown class is unmet (CORE-27)', 'exact', ['urn:unknown'], CONTEXT_PASSWORD_PROTECTED, undefined],
    ['unspecified is met by anything', 'exact', [CONTEXT_UNSPECIFIED], CONTEXT_PASSWORD, CONTEXT_UNSPECIFIED],
    ['minimum takes the equal (CORE-26)', 'minimum', [CONTEXT_PASSWORD], CONTEXT_PASSWORD, CONTEXT_PASSWORD],
    ['minimum takes the stronger (CORE-26)', 'minimum', [CONTEXT_PASSWORD], CONTEXT_PASSWORD_PROTECTED, CONTEXT_PASSWORD_PROTECTED],
    ['minimum refuses the weaker (CORE-26)', 'minimum', [CONTEXT_PASSWORD_PROTECTED], CONTEXT_PASSWORD, undefined],
    ['better refuses the equal (CORE-26)', 'better', [CONTEXT_PASSWORD_PROTECTED], CONTEXT_PASSWORD_PROTECTED, undefined],
    [
      'better takes the stronger than one listed (CORE-26)',
      'better',
      [CONTEXT_PASSWORD_PROTECTED, CONTEXT_PASSWORD],
      CONTEXT_PASSWORD_PROTECTED,
      CONTEXT_PASSWORD_PROTECTED,
    ],
    ['maximum is the strongest not above (CORE-26)', 'maximum', [CONTEXT_PASSWORD], CONTEXT_PASSWORD_PROTECTED, CONTEXT_PASSWORD],
    ['maximum with only unknown classes is unmet', 'maximum', [MFA], CONTEXT_PASSWORD, undefined],
  ];
  for (const [name, comparison, classes, performed, expected] of cases) {
    it(name, () => {
      expect(meetContext(performed, { classes, comparison })).to.equal(expected);
    });
  }

  const allowedCases: readonly (readonly [string, Comparison, readonly string[], readonly string[], string | undefined])[] = [
    ['what was performed, where that is allowed', 'exact', [], [CONTEXT_PASSWORD_PROTECTED, CONTEXT_PASSWORD], CONTEXT_PASSWORD_PROTECTED],
    ['the strongest allowed one, where nothing is asked for', 'minimum', [], [CONTEXT_UNSPECIFIED, CONTEXT_PASSWORD], CONTEXT_PASSWORD],
    ['the first asked for that is allowed', 'exact', [CONTEXT_PASSWORD_PROTECTED, CONTEXT_PASSWORD], [CONTEXT_PASSWORD], CONTEXT_PASSWORD],
    ['none that is asked for and not allowed', 'exact', [CONTEXT_PASSWORD_PROTECTED], [CONTEXT_PASSWORD], undefined],
    ['one at least as strong, of those allowed', 'minimum', [CONTEXT_UNSPECIFIED], [CONTEXT_PASSWORD], CONTEXT_PASSWORD],
    ['none, where those allowed are too weak', 'minimum', [CONTEXT_PASSWORD_PROTECTED], [CONTEXT_PASSWORD], undefined],
    ['none, where those allowed are not better', 'better', [CONTEXT_PASSWORD], [CONTEXT_PASSWORD], undefined],
    ['the strongest allowed one not above', 'maximum', [CONTEXT_PASSWORD_PROTECTED], [CONTEXT_UNSPECIFIED], CONTEXT_UNSPECIFIED],
    ['none that was not performed (I10)', 'exact', [], [MFA], undefined],
  ];
  for (const [name, comparison, classes, allowed, expected] of allowedCases) {
    it(`names, of the allowed classes, ${name}`, () => {
      expect(meetContext(CONTEXT_PASSWORD_PROTECTED, { classes, comparison, allowed })).to.equal(expected);
    });
  }

  it('asks for nothing when nothing was requested', () => {
    expect(meetContext(CONTEXT_PASSWORD, undefined)).to.equal(CONTEXT_PASSWORD);
  });
});
