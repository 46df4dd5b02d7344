import { expect } from 'chai';
import { checkAccessPolicy, problemOfConditions } from '../../../../src/core/claims/conditions/check-conditions.js';
import { CLAIM } from '../../../../src/core/model/claim.js';
import type { AccessRule, Condition } from '../../../../src/core/model/condition.js';

const nested = (depth: number): Condition => (depth === 0 ? { everyone: true } : { not: nested(depth - 1) });

describe('conditions that are to be stored', () => {
  const taken: readonly Condition[] = [
    { everyone: true },
    { group: ['Finance', 'Büro Süd'] },
    { claim: CLAIM.role },
    { claim: 'tmp/made by a rule', is: ['', 'x'] },
    { attribute: 'department', is: ['Sales'], matches: '(?i)^s' },
    { network: 'intranet' },
    { network: ['10.0.0.0/8', '2001:db8::/32', '192.0.2.7'] },
    { method: ['pwd', 'otp'] },
    { secondFactor: true },
    { time: { days: ['mon'] } },
    { time: { from: '22:00', to: '06:00', zone: 'Europe/Berlin' } },
    { device: 'managed' },
    { not: { group: ['Guests'] } },
    nested(5),
  ];
  for (const condition of taken) {
    it(`may be ${JSON.stringify(condition)}`, () => {
      expect(problemOfConditions([condition], 'when')).to.equal(undefined);
    });
  }

  const refused: readonly (readonly [Condition, string])[] = [
    [{ group: [] }, 'key when[0].group: give from 1 to 200 groups'],
    [{ group: ['Finance', ' '] }, 'key when[0].group: " " is empty, too long, or holds invisible characters'],
    [{ claim: '' }, 'key when[0].claim: "" is empty, too long, or holds invisible characters'],
    [{ claim: 'x', is: [] }, 'key when[0].is: give from 1 to 200 values'],
    [{ claim: 'x', is: ['a'.repeat(513)] }, `key when[0].is: ${'a'.repeat(128)}… is too long; use at most 512 characters`],
    [{ claim: 'x', matches: '' }, 'key when[0].matches: the pattern is empty, and would fit everything'],
    [{ attribute: 'a\nb' }, 'key when[0].attribute: "a\nb" is empty, too long, or holds invisible characters'],
    [{ network: [] }, 'key when[0].network: give from 1 to 200 ranges'],
    [{ network: ['10.0.0.0/8', '10.0.0.0/33'] }, 'key when[0].network: "10.0.0.0/33" is no range of addresses; write it like 10.0.0.0/8 or 2001:db8::/32'],
    [{ method: [] }, 'key when[0].method: give from 1 to 20 methods'],
    [{ method: ['one time password'] }, 'key when[0].method: "one time password" is no method; give values of RFC 8176, such as pwd or otp'],
    [{ time: {} }, 'key when[0].time: give days, or from and to'],
    [{ time: { zone: 'UTC' } }, 'key when[0].time: give days, or from and to'],
    [{ time: { days: [] } }, 'key when[0].time.days: give at least one day, or leave it out for every day'],
    [{ time: { from: '08:00' } }, 'key when[0].time: give from and to together'],
    [{ time: { from: '8:00', to: '18:00' } }, 'key when[0].time.from: "8:00" is no time of the day; write it like 08:00, from 00:00 to 23:59'],
    [{ time: { from: '08:00', to: '24:00' } }, 'key when[0].time.to: "24:00" is no time of the day; write it like 08:00, from 00:00 to 23:59'],
    [{ time: { from: '08:00', to: '08:00' } }, 'key when[0].time: from and to are both 08:00; leave both out for the whole day'],
    [{ time: { days: ['mon'], zone: 'Berlin' } }, 'key when[0].time.zone: "Berlin" is no time zone; write it like Europe/Berlin'],
    [{ not: { group: [] } }, 'key when[0].not.group: give from 1 to 200 groups'],
    [nested(6), 'key when[0].not.not.not.not.not: there are too many nots in each other'],
  ];
  for (const [condition, sentence] of refused) {
    it(`may not be ${JSON.stringify(condition).slice(0, 80)}`, () => {
      expect(problemOfConditions([condition], 'when')).to.equal(sentence);
    });
  }

  it('may not have a pattern that does not compile, and say where (M12)', () => {
    expect(problemOfConditions([{ everyone: true }, { claim: 'x', matches: 'ab(' }], 'onlyWhen')).to.match(
      /^key onlyWhen\[1\]\.matches: the pattern ab\( cannot be used: at character \d, /u,
    );
  });
});

describe('access policies that are to be stored', () => {
  const rule: AccessRule = { when: [{ everyone: true }] };

  it('may have rules with exceptions, or none at all', () => {
    expect(checkAccessPolicy({ name: 'Office', rules: [rule, { ...rule, except: [{ group: ['Guests'] }] }] })).to.equal(undefined);
    expect(checkAccessPolicy({ rules: [] })).to.equal(undefined);
  });

  it('name the rule and the key that cannot be used', () => {
    expect(checkAccessPolicy({ rules: [rule, { when: [] }] })).to.equal('Rule 2 of the access policy cannot be used: key when: give from 1 to 20 conditions.');
    expect(checkAccessPolicy({ rules: [{ ...rule, except: [{ method: [''] }] }] })).to.match(/^Rule 1 .*key except\[0\]\.method: /u);
    expect(checkAccessPolicy({ rules: Array.from({ length: 51 }, () => rule) })).to.match(/key rules: there are 51; use at most 50/u);
    expect(checkAccessPolicy({ name: '', rules: [rule] })).to.match(/key name/u);
  });
});
