import { expect } from 'chai';
import { BUILT_IN_POLICIES, describePolicy, evaluateAccessPolicy } from '../../../src/core/issuance/policies.js';
import type { AccessPolicy, AccessRule } from '../../../src/core/model/condition.js';
import { NOW } from '../../support/builders.js';
import { claimsThere, someFacts } from '../../support/rule-facts.js';

const CLAIMS = claimsThere();
/** Maria is in Sales and Everyone. */
const facts = (methods: readonly string[] = ['pwd'], insideCorporateNetwork = false): ReturnType<typeof someFacts> =>
  someFacts({
    authentication: { ...someFacts().authentication, methods },
    context: { at: NOW, clientAddress: insideCorporateNetwork ? '10.0.0.7' : '203.0.113.7', insideCorporateNetwork },
  });
const verdict = (rules: readonly AccessRule[], about = facts()): ReturnType<typeof evaluateAccessPolicy> => evaluateAccessPolicy({ rules }, CLAIMS, about);

function builtIn(name: string, ...groups: readonly string[]): AccessPolicy {
  const policy = BUILT_IN_POLICIES.find((candidate) => candidate.name === name);
  if (policy === undefined) throw new Error(`there is no policy ${name}`);
  return { name, rules: policy.rules(groups) };
}

describe('access policies', () => {
  it('permit when any rule holds', () => {
    expect(verdict([{ when: [{ group: ['Finance'] }] }, { when: [{ group: ['Sales'] }] }])).to.deep.equal({
      permitted: true,
      needsSecondFactor: false,
      failed: [],
    });
  });

  it('permit by a rule only when all its conditions hold', () => {
    expect(verdict([{ when: [{ group: ['Sales'] }, { network: 'extranet' }] }]).permitted).to.equal(true);
    const refused = verdict([{ when: [{ group: ['Sales'] }, { network: 'intranet' }] }]);
    expect(refused.permitted).to.equal(false);
    expect(refused.failed.map(({ condition }) => condition)).to.deep.equal(['from the intranet']);
  });

  it('do not permit by a rule when any of its exceptions holds', () => {
    const except = [{ group: ['Guests'] }, { group: ['Sales'] }];
    const refused = verdict([{ when: [{ everyone: true }], except }]);
    expect(refused).to.deep.include({ permitted: false, needsSecondFactor: false });
    expect(refused.failed.map(({ condition, observed }) => [condition, observed])).to.deep.equal([['not in the group Sales', 'Sales']]);
    expect(verdict([{ when: [{ everyone: true }], except: [{ group: ['Guests'] }] }]).permitted).to.equal(true);
  });

  it('permit nobody without rules', () => {
    expect(verdict([])).to.deep.equal({ permitted: false, needsSecondFactor: false, failed: [] });
  });

  it('say of every rule what failed first', () => {
    const refused = verdict([{ when: [{ group: ['Finance'] }, { secondFactor: true }] }, { when: [{ everyone: true }, { network: 'intranet' }] }]);
    expect(refused.failed.map(({ expected }) => expected)).to.deep.equal(['the group Finance', 'the intranet']);
  });

  describe('ask for a second factor when only that is missing', () => {
    const rows: readonly (readonly [string, readonly AccessRule[], boolean])[] = [
      ['of one condition', [{ when: [{ secondFactor: true }] }], true],
      ['beside conditions that hold', [{ when: [{ group: ['Sales'] }, { secondFactor: true }] }], true],
      ['in any rule', [{ when: [{ group: ['Finance'] }] }, { when: [{ secondFactor: true }] }], true],
      ['but not beside another that fails', [{ when: [{ secondFactor: true }, { group: ['Finance'] }] }], false],
      ['but not under an exception', [{ when: [{ secondFactor: true }], except: [{ group: ['Sales'] }] }], false],
      ['but not where it is what must not be', [{ when: [{ group: ['Finance'] }, { not: { secondFactor: true } }] }], false],
      ['for an exception from which it frees', [{ when: [{ everyone: true }], except: [{ not: { secondFactor: true } }] }], true],
    ];
    for (const [title, rules, needsSecondFactor] of rows) {
      it(title, () => {
        expect(verdict(rules)).to.deep.include({ permitted: false, needsSecondFactor });
        if (needsSecondFactor) expect(verdict(rules, facts(['pwd', 'otp']))).to.deep.include({ permitted: true, needsSecondFactor: false });
      });
    }
  });

  it('are described', () => {
    expect(describePolicy({ rules: [] })).to.equal('nobody');
    expect(
      describePolicy({
        name: 'Office',
        rules: [
          { when: [{ network: 'intranet' }] },
          { when: [{ group: ['Sales', 'Support'] }, { secondFactor: true }], except: [{ group: ['Guests'] }, { time: { days: ['sat', 'sun'] } }] },
        ],
      }),
    ).to.equal('Office: from the intranet; or in one of the groups Sales, Support and with a second factor, except in the group Guests or on sat, sun UTC');
  });
});

describe('the built-in policies of AD FS (adfs.md 9)', () => {
  const INSIDE = true;
  type Answer = 'permitted' | 'second factor' | 'refused';
  /** By password from outside, by password from inside, by two factors from outside. */
  const rows: readonly (readonly [AccessPolicy, Answer, Answer, Answer])[] = [
    [builtIn('Permit everyone'), 'permitted', 'permitted', 'permitted'],
    [builtIn('Permit everyone and require MFA'), 'second factor', 'second factor', 'permitted'],
    [builtIn('Permit everyone and require MFA for specific group', 'Sales'), 'second factor', 'second factor', 'permitted'],
    [builtIn('Permit everyone and require MFA for specific group', 'Finance'), 'permitted', 'permitted', 'permitted'],
    [builtIn('Permit everyone and require MFA from extranet access'), 'second factor', 'permitted', 'permitted'],
    [builtIn('Permit everyone and require MFA from unauthenticated devices'), 'second factor', 'second factor', 'permitted'],
    [builtIn('Permit everyone and require MFA, allow automatic device registration'), 'second factor', 'second factor', 'permitted'],
    [builtIn('Permit everyone for intranet access'), 'refused', 'permitted', 'refused'],
    [builtIn('Permit specific group', 'Finance', 'Sales'), 'permitted', 'permitted', 'permitted'],
    [builtIn('Permit specific group', 'Finance'), 'refused', 'refused', 'refused'],
  ];
  const answer = (policy: AccessPolicy, about: ReturnType<typeof facts>): Answer => {
    const { permitted, needsSecondFactor } = evaluateAccessPolicy(policy, CLAIMS, about);
    return permitted ? 'permitted' : needsSecondFactor ? 'second factor' : 'refused';
  };
  for (const [policy, outside, inside, twoFactors] of rows) {
    it(`answer as AD FS does: ${describePolicy(policy)}`, () => {
      expect([answer(policy, facts()), answer(policy, facts(['pwd'], INSIDE)), answer(policy, facts(['pwd', 'otp']))]).to.deep.equal([
        outside,
        inside,
        twoFactors,
      ]);
    });
  }

  it('are all there', () => {
    expect(new Set(rows.map(([{ name }]) => name))).to.have.property('size', BUILT_IN_POLICIES.length);
  });
});
