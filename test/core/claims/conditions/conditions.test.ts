import { expect } from 'chai';
import { checkCondition } from '../../../../src/core/claims/conditions/conditions.js';
import type { FailedCondition, RuleFacts } from '../../../../src/core/claims/explanation.js';
import { AD_AUTHORITY, CLAIM, makeClaim } from '../../../../src/core/model/claim.js';
import type { Condition } from '../../../../src/core/model/condition.js';
import { aPerson, NOW } from '../../../support/builders.js';
import { claimsThere, someFacts } from '../../../support/rule-facts.js';

const CLAIMS = claimsThere(
  makeClaim(CLAIM.role, 'Approver', AD_AUTHORITY),
  makeClaim(CLAIM.role, 'Reader', AD_AUTHORITY),
  makeClaim('plain', 'x', AD_AUTHORITY),
);
const PERSON = aPerson({ department: ['Sales', 'Support'] });
const signedInBy = (...methods: readonly string[]): Partial<RuleFacts> => ({ authentication: { ...someFacts().authentication, methods } });
const from = (clientAddress: string | undefined, insideCorporateNetwork = false): Partial<RuleFacts> => ({
  context: { at: NOW, insideCorporateNetwork, ...(clientAddress === undefined ? {} : { clientAddress }) },
});

function check(condition: Condition, changes: Partial<RuleFacts> = {}): FailedCondition | undefined {
  return checkCondition(condition, CLAIMS, someFacts({ person: PERSON, ...changes }), () => undefined);
}

describe('conditions', () => {
  const holding: readonly (readonly [string, Condition, Partial<RuleFacts>?])[] = [
    ['everyone', { everyone: true }],
    ['a group', { group: ['Finance', 'Sales'] }],
    ['a claim that is there', { claim: CLAIM.role }],
    ['one claim of several by value', { claim: CLAIM.role, is: ['Reader'] }],
    ['a claim by pattern', { claim: CLAIM.role, matches: '^App' }],
    ['a claim by value and pattern', { claim: CLAIM.role, is: ['Reader', 'Approver'], matches: 'er$' }],
    ['a claim with a plain name', { claim: 'plain', is: ['x'] }],
    ['an attribute in any letter case', { attribute: 'DEPARTMENT', is: ['Support'] }],
    ['an attribute that is there', { attribute: 'department' }],
    ['an address in a range', { network: ['10.0.0.0/8', '203.0.113.0/24'] }],
    ['a mapped address', { network: ['203.0.113.0/24'] }, from('::ffff:203.0.113.7')],
    ['the extranet', { network: 'extranet' }],
    ['the intranet', { network: 'intranet' }, from('10.0.0.1', true)],
    ['a method', { method: ['otp', 'pwd'] }],
    ['a second factor', { secondFactor: true }, signedInBy('pwd', 'otp')],
    ['the hours of work', { time: { days: ['tue'], from: '09:00', to: '10:00' } }],
    ['what is not', { not: { group: ['Guests'] } }],
    ['what is not not', { not: { not: { everyone: true } } }],
    ['no known device', { not: { device: 'registered' } }],
  ];
  for (const [title, condition, changes] of holding) {
    it(`hold for ${title}`, () => {
      expect(check(condition, changes)).to.equal(undefined);
    });
  }

  const failing: readonly (readonly [string, Condition, Partial<FailedCondition>, Partial<RuleFacts>?])[] = [
    ['a group', { group: ['Finance'] }, { condition: 'in the group Finance', expected: 'the group Finance', observed: 'Sales', others: 1, nearest: undefined }],
    ['groups', { group: ['Finance', 'Audit'] }, { condition: 'in one of the groups Finance, Audit', expected: 'one of the groups Finance, Audit' }],
    ['a group in another letter case', { group: ['everyone'] }, { observed: 'Everyone', others: 1, nearest: { what: 'Everyone', difference: 'letter case' } }],
    ['a person without groups', { group: ['Finance'] }, { observed: undefined, nearest: undefined }, { person: aPerson({}, { groups: [] }) }],
    ['a claim by value', { claim: CLAIM.role, is: ['reader'] }, { expected: 'some role claim is "reader"', observed: 'Reader', others: 1, nearest: { what: 'Reader', difference: 'letter case' } }], // prettier-ignore
    ['a claim by several values', { claim: CLAIM.role, is: ['a', 'b'] }, { expected: 'some role claim is one of "a", "b"', observed: 'Approver' }],
    ['a claim by pattern', { claim: CLAIM.role, matches: '^x' }, { condition: 'with a claim role that matches "^x"', nearest: undefined }],
    ['values and pattern of different claims', { claim: CLAIM.role, is: ['Reader'], matches: '^App' }, { expected: 'some role claim is "Reader" and matches "^App"', nearest: undefined }], // prettier-ignore
    [
      'a claim that is not there',
      { claim: CLAIM.upn },
      { condition: 'with a claim upn', expected: 'some upn claim is there', observed: undefined, plain: true },
    ],
    ['a claim type in another letter case', { claim: 'Plain' }, { observed: undefined, nearest: { what: 'plain', difference: 'letter case' }, plain: true }],
    ['an attribute by value', { attribute: 'Department', is: ['Finance'] }, { condition: 'with an attribute Department that is "Finance"', expected: 'some value of attribute Department is "Finance"', observed: 'Sales', others: 1 }], // prettier-ignore
    ['an attribute that is not there', { attribute: 'departement' }, { expected: 'some value of attribute departement is there', observed: undefined, nearest: { what: 'department', difference: undefined }, plain: true }], // prettier-ignore
    ['another network', { network: ['10.0.0.0/8', '192.168.0.0/16'] }, { condition: 'from 10.0.0.0/8 or 192.168.0.0/16', expected: '10.0.0.0/8 or 192.168.0.0/16', observed: '203.0.113.7', plain: true }], // prettier-ignore
    ['an unknown address', { network: ['0.0.0.0/0'] }, { observed: 'an unknown address' }, from(undefined)],
    ['the intranet', { network: 'intranet' }, { condition: 'from the intranet', expected: 'the intranet', observed: 'the extranet, 203.0.113.7', plain: true }],
    ['the extranet', { network: 'extranet' }, { observed: 'the intranet, 10.0.0.1' }, from('10.0.0.1', true)],
    ['another method', { method: ['otp', 'hwk'] }, { condition: 'with a sign-in by otp or hwk', observed: 'a sign-in by pwd' }],
    [
      'one factor',
      { secondFactor: true },
      { condition: 'with a second factor', expected: 'a second factor', observed: 'a sign-in by pwd', plain: true, words: true },
    ],
    ['another time', { time: { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '18:00', to: '19:00', zone: 'Europe/Berlin' } }, { condition: 'on mon to fri between 18:00 and 19:00 Europe/Berlin', expected: 'mon to fri between 18:00 and 19:00 Europe/Berlin', observed: 'tue 10:00 Europe/Berlin', plain: true }], // prettier-ignore
    ['any device', { device: 'compliant' }, { condition: 'from a compliant device', expected: 'a compliant device', observed: 'Signet knows no devices' }],
    ['the opposite of a group', { not: { group: ['Everyone'] } }, { condition: 'not in the group Everyone', expected: 'anything but the group Everyone', observed: 'Everyone', nearest: undefined }], // prettier-ignore
    [
      'the opposite of a claim',
      { not: { claim: CLAIM.role, matches: 'er$' } },
      { condition: 'not with a claim role that matches "er$"', expected: 'anything but a claim role that matches "er$"', observed: 'Approver' },
    ],
    ['the opposite of everyone', { not: { everyone: true } }, { condition: 'not everyone', observed: 'everyone' }],
  ];
  for (const [title, condition, expected, changes] of failing) {
    it(`say what is missing: ${title}`, () => {
      expect(check(condition, changes)).to.deep.include(expected);
    });
  }

  it('name the first of many groups that were wanted', () => {
    const group = Array.from({ length: 25 }, (_, at) => `G${String(at)}`);
    expect(check({ group })?.expected).to.match(/^one of the groups G0, .*, G19, 5 more$/u);
  });
});
