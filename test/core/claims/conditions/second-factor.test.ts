import { expect } from 'chai';
import { hasSecondFactor } from '../../../../src/core/claims/conditions/second-factor.js';

describe('a second factor', () => {
  const rows: readonly (readonly [readonly string[], boolean])[] = [
    [['pwd'], false],
    [['pwd', 'otp'], true],
    [['hwk', 'pwd'], true],
    [['pin', 'hwk'], true],
    [['face', 'hwk'], true],
    [['mfa'], true],
    [['pwd', 'mfa'], true],
    [['pwd', 'pin'], false],
    [['otp', 'sms'], false],
    [['pwd', 'pwd'], false],
    [['pwd', 'geo'], false],
    [['pwd', 'user'], false],
    [['wia', 'otp'], true],
    [['wia', 'pwd'], false],
    [['MFA'], false],
    [['constructor', '__proto__'], false],
    [[], false],
  ];
  for (const [methods, expected] of rows) {
    it(`is ${expected ? '' : 'not '}in ${methods.join(', ') || 'nothing'}`, () => {
      expect(hasSecondFactor(methods)).to.equal(expected);
    });
  }
});
