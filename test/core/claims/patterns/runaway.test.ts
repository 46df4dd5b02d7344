import { expect } from 'chai';
import { compilePattern } from '../../../../src/core/claims/patterns/compile.js';
import { PatternError } from '../../../../src/core/claims/patterns/pattern.js';

/** Pattern, where the group starts that runs away. */
const RUNAWAY: readonly (readonly [string, number])[] = [
  ['(a+)+$', 0],
  ['^(a*)*$', 1],
  ['^(?:a+)*b', 1],
  ['^(?:a*?)+b', 1],
  ['x(a|a)*b', 1],
  ['(a|a?)+$', 0],
  ['(a|aa)+$', 0],
  ['(?:a|b|ab)*c', 0],
  ['(\\w+\\s?)*$', 0],
  ['(.*)*x', 0],
  ['(.*,)*x', 0],
  ['^([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+[.]{1}(([a-z]{2,3})|([a-z]{2,3}[.]{1}[a-z]{2,3}))$', 14],
  ['^(([a-z])+.)+[A-Z]([a-z])+$', 1],
  ['^(?:b(a+)+c)+$', 5],
  ['((a?)*b)*c', 0],
  ['(a{1,2}){3,}$', 0],
  ['(?i)(k|\u212a)*$', 4],
  ['(\\d|[0-9])+x', 0],
  ['(?=(a+)+$)a', 3],
  ['(?<=(a+)+)b', 4],
  ['(?:(?>a+)|(?:b+)+)*c', 10],
  ['((a|b)*c?)*d', 0],
  ['(\\s*\\w+\\s*)*$', 0],
];

/** They look alike, and can take every text in one way only; or in ever more ways, but not twice as many for each round. */
const HARMLESS: readonly string[] = [
  '^([a-z]+\\.)+corp$',
  '(\\d{1,3}\\.){3}\\d{1,3}',
  '^(?:[^,]+,)*[^,]+$',
  '^(a|b)*c$',
  '^(?:a|ba)*$',
  '^(?:ab|ac)*d',
  '^(?:ab?c)*$',
  '(?:x+y+)+',
  '(a?)*',
  '(|a)*',
  '(a|)+b',
  '^(?>a+)+b',
  '^(?:(?>a+)b)*c',
  '(?:(?>a*))*b',
  '.*.*.*x',
  '\\d+\\d+\\d+x',
  '^(\\w+\\s)*\\w+$',
  '^([A-Z]{2,3}-)*\\d+$',
  '(a+){3}b',
  '(a|a)b',
  '(?:cn=[^,]*,)*ou=',
  '^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,}$',
  '(?:(?!,,).)*,,',
  '(?:\\G|,)a*',
];

describe('Patterns that can run away (M12)', () => {
  for (const [pattern, offset] of RUNAWAY) {
    it(`refuses ${pattern}`, () => {
      expect(() => compilePattern(pattern))
        .to.throw(PatternError, /can run away: .*; (remove|make)/u)
        .with.property('offset', offset);
    });
  }

  for (const pattern of HARMLESS) {
    it(`takes ${pattern}`, () => {
      expect(compilePattern(pattern).source).to.equal(pattern);
    });
  }

  it('says which of the two faults it is, and the fix', () => {
    expect(() => compilePattern('(a+)+$')).to.throw('remove one of the two repetitions');
    expect(() => compilePattern('(a|a)*$')).to.throw('make them begin with different characters');
  });

  it('gives up on a group too large to tell, within bounded work', () => {
    expect(() => compilePattern(`(?:${'a?'.repeat(400)}b)*`)).to.throw(PatternError, /too large to tell|can run away/u);
  });
});
