import { expect } from 'chai';
import fc from 'fast-check';
import { policyByName, readAccessPolicy, writeAccessPolicy } from '../../src/admin/access-policies.js';
import { BUILT_IN_POLICIES } from '../../src/core/issuance/policies.js';
import type { AccessPolicy } from '../../src/core/model/condition.js';
import { thrownBy } from '../support/builders.js';
import { someConditions, someText } from '../support/claim-arbitraries.js';

describe('access policies as data', () => {
  it('are read as they were written', () => {
    const rule = fc.record({ when: someConditions, except: someConditions }, { requiredKeys: ['when'] });
    const policy: fc.Arbitrary<AccessPolicy> = fc.record({ name: someText, rules: fc.array(rule, { maxLength: 4 }) }, { requiredKeys: ['rules'] });
    fc.assert(
      fc.property(policy, (written) => {
        expect(readAccessPolicy(writeAccessPolicy(written))).to.deep.equal(written);
      }),
      { numRuns: 200 },
    );
  });

  const refused: readonly (readonly [string, string, string])[] = [
    ['no JSON', '{"rules": [}', 'line 1, column 12: expected a value, found }'],
    ['a list', '[]', 'The access policy cannot be used: give an object.'],
    ['no rules', '{"name": "x"}', 'The access policy cannot be used: key rules: give a list of rules.'],
    ['a key that is not known', '{"rules": [], "groups": []}', 'The access policy cannot be used: there is no key groups; there is name or rules.'],
    ['a rule that is a text', '{"rules": ["x"]}', 'Rule 1 of the access policy cannot be used: give an object.'],
    ['a rule without conditions', '{"rules": [{"when": [{"everyone": true}]}, {"except": []}]}', 'Rule 2 of the access policy cannot be used: key when: give a list of conditions.'], // prettier-ignore
    ['a method that is no list', '{"rules": [{"when": [{"method": "otp"}]}]}', 'Rule 1 of the access policy cannot be used: key when[0].method: give a list of texts.'], // prettier-ignore
    ['what has the shape and no meaning', '{"rules": [{"when": []}]}', 'Rule 1 of the access policy cannot be used: key when: give from 1 to 20 conditions.'],
  ];
  for (const [title, text, sentence] of refused) {
    it(`are refused with ${title}`, async () => {
      expect(await thrownBy(() => readAccessPolicy(text))).to.include({ code: 'invalid_input', message: sentence });
    });
  }
});

describe('access policies by name', () => {
  it('are known in any letter case', () => {
    for (const { name, takesGroups } of BUILT_IN_POLICIES) {
      const policy = policyByName(` ${name.toUpperCase()}`, takesGroups ? { groups: ['Finance'] } : {});
      expect(policy.name).to.equal(name);
      expect(policy.rules).to.not.have.length(0);
      expect(JSON.stringify(policy).includes('Finance')).to.equal(takesGroups);
    }
  });

  const refused: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['Permit nobody', [], /^There is no access policy "Permit nobody"; there is "Permit everyone", .* or "Permit specific group"\.$/u],
    ['Permit specific group', [], /^The access policy "Permit specific group" is for groups; name at least one\.$/u],
    ['permit everyone', ['Finance'], /^The access policy "Permit everyone" takes no groups; leave them out\.$/u],
    ['Permit specific group', ['Finance', ''], /^Rule 1 of the access policy cannot be used: key when\[0\]\.group: "" is empty/u],
  ];
  for (const [name, groups, sentence] of refused) {
    it(`are refused: "${name}" for ${groups.join(', ') || 'no groups'}`, async () => {
      expect(await thrownBy(() => policyByName(name, { groups })))
        .to.include({ code: 'invalid_input' })
        .and.have.property('message')
        .that.matches(sentence);
    });
  }
});
