import { expect } from 'chai';
import { describeChange, describeCondition, describeMapping, describeSource } from '../../../../src/core/claims/mappings/describe.js';
import { NAME_ID } from '../../../../src/core/issuance/name-identifier.js';
import { CLAIM } from '../../../../src/core/model/claim.js';
import type { ClaimChange, ClaimMapping, ClaimSource } from '../../../../src/core/model/claim-mapping.js';
import type { Condition } from '../../../../src/core/model/condition.js';

describe('conditions in words', () => {
  const rows: readonly (readonly [Condition, string])[] = [
    [{ everyone: true }, 'everyone'],
    [{ group: ['Finance'] }, 'in the group Finance'],
    [{ group: ['Finance', 'Audit'] }, 'in one of the groups Finance, Audit'],
    [{ claim: CLAIM.upn }, 'with a claim upn'],
    [{ claim: 'urn:x', is: ['a'] }, 'with a claim urn:x that is "a"'],
    [{ claim: CLAIM.upn, is: ['a', 'b'], matches: '@' }, 'with a claim upn that is one of "a", "b" and matches "@"'],
    [{ attribute: 'department', is: ['Sales'] }, 'with an attribute department that is "Sales"'],
    [{ network: 'intranet' }, 'from the intranet'],
    [{ network: ['10.0.0.0/8', '::1'] }, 'from 10.0.0.0/8 or ::1'],
    [{ method: ['otp', 'hwk'] }, 'with a sign-in by otp or hwk'],
    [{ secondFactor: true }, 'with a second factor'],
    [{ device: 'managed' }, 'from a managed device'],
    [{ time: { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', to: '18:00', zone: 'Europe/Berlin' } }, 'on mon to fri between 08:00 and 18:00 Europe/Berlin'],
    [{ time: { days: ['sun', 'sat'] } }, 'on sat, sun UTC'],
    [{ time: { days: ['fri', 'mon', 'wed'] } }, 'on mon, wed, fri UTC'],
    [{ time: { from: '22:00', to: '06:00' } }, 'between 22:00 and 06:00 UTC'],
    [{ not: { group: ['Guests'] } }, 'not in the group Guests'],
    [{ claim: 'x', is: ['a'.repeat(100)] }, `with a claim x that is "${'a'.repeat(60)}…"`],
  ]; // prettier-ignore
  for (const [condition, words] of rows) {
    it(words.slice(0, 90), () => {
      expect(describeCondition(condition)).to.equal(words);
    });
  }
});

describe('mappings in all their words', () => {
  const mapping = (changes: Partial<ClaimMapping>): ClaimMapping => ({ claim: 'role', from: [{ group: '*' }], ...changes });
  const rows: readonly (readonly [Partial<ClaimMapping>, string])[] = [
    [{ onlyWhen: [{ group: ['Sales'] }, { network: 'intranet' }] }, 'role from the groups; only in the group Sales and from the intranet'],
    [{ change: ['trim', { before: '@' }] }, 'role from the groups; without white space around it, then what stands before "@"'],
    [
      { domains: ['example.com'], change: ['first'], template: 'x{value}', nameFormat: 'urn:f', onlyWhen: [{ everyone: true }], required: true },
      'role from the groups, in example.com; only the first; as x{value}; name format urn:f; only everyone; required',
    ],
    [
      { claim: CLAIM.nameIdentifier, from: [{ identifier: 'pairwise' }], nameIdFormat: NAME_ID.persistent },
      `the name identifier from the pairwise identifier; format ${NAME_ID.persistent}`,
    ],
  ];
  for (const [changes, words] of rows) {
    it(words, () => {
      expect(describeMapping(mapping(changes))).to.equal(words);
    });
  }

  it('name every source', () => {
    const sources: readonly ClaimSource[] = [{ claim: CLAIM.email }, { attribute: 'mail' }, { constant: 'x' }, { group: 'A-*' }, { fact: 'time' }, { identifier: 'transient' }]; // prettier-ignore
    expect(sources.map(describeSource)).to.deep.equal(['email', 'attribute mail', 'the text "x"', 'groups like A-*', 'the time of the sign-in', 'the transient identifier']); // prettier-ignore
  });

  it('name every change', () => {
    const rows: readonly (readonly [ClaimChange, string])[] = [
      ['lowercase', 'in lower case'],
      ['uppercase', 'in upper case'],
      [{ after: '-' }, 'what stands after "-"'],
      [{ join: '; ' }, 'joined by "; "'],
      [{ split: ',' }, 'split at ","'],
      [{ replace: '^a', with: 'b' }, '"^a" replaced by "b"'],
      [{ keep: '@' }, 'only what matches "@"'],
      [{ map: { Finance: 'FIN', Sales: 'SAL' } }, '"Finance" as "FIN", "Sales" as "SAL"'],
      [{ map: { Finance: 'FIN' }, others: 'keep' }, '"Finance" as "FIN", others as they are'],
    ];
    for (const [change, words] of rows) expect(describeChange(change)).to.equal(words);
  });
});
