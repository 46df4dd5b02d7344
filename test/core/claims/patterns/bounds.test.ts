import { expect } from 'chai';
import { compilePattern } from '../../../../src/core/claims/patterns/compile.js';
import { startRun } from '../../../../src/core/claims/patterns/matcher.js';
import { nativeSteps } from '../../../../src/core/claims/patterns/native-cost.js';
import { translate } from '../../../../src/core/claims/patterns/native.js';
import { parsePattern } from '../../../../src/core/claims/patterns/parse.js';
import { PatternError } from '../../../../src/core/claims/patterns/pattern.js';
import { buildProgram } from '../../../../src/core/claims/patterns/program.js';

/** What makes a backtracking engine slow on the input beside it, though it does not run away. */
const SLOW: readonly (readonly [string, string])[] = [
  ['.*.*.*.*x', 'a'],
  ['(?:a|a)(?:a+){3}a*b', 'a'],
  ['(?=.*x)a', 'a'],
  ['(?=.*b)a+c', 'ab'],
  ['(?<=b.*)x', 'a'],
  ['(?>a*)b', 'a'],
  ['\\d+\\d+\\d+x', '1'],
];

function stepsOf(pattern: string, input: string): number {
  const run = startRun(buildProgram(parsePattern(pattern).root), input, 0);
  run.find(0, 0);
  return run.steps;
}

describe('Patterns: bounds (M12)', () => {
  for (const [pattern, unit] of SLOW) {
    it(`an input twice as long takes ${pattern} about twice as many steps`, () => {
      const steps = stepsOf(pattern, unit.repeat(2000));
      expect(steps).to.be.greaterThan(2000);
      expect(stepsOf(pattern, unit.repeat(4000))).to.be.within(1.9 * steps, 2.1 * steps);
    });
  }

  it('replacing every match searches the rest once', () => {
    const run = startRun(buildProgram(parsePattern('a*?b|a').root), 'a'.repeat(1000), 0);
    let found = 0;
    for (let match = run.find(0, 0); match !== undefined; match = run.find(match.end, match.end)) found += 1;
    expect(found).to.equal(1000);
    expect(run.steps).to.be.lessThan(20_000);
  });

  it('only short inputs go to the engine where its backtracking is not linear', () => {
    const longest = (pattern: string): number => translate(parsePattern(pattern))?.longest ?? 0;
    expect(longest('^(?i)CL-AWS-')).to.be.at.least(16_384);
    expect(longest('@corp\\.example$')).to.be.at.least(1024);
    expect(longest('(?<d>[^\\\\]+)\\\\(?<n>.+)')).to.be.within(64, 256);
    expect(longest('.*.*x')).to.be.lessThan(64);
    expect(['(?:a?)*', '(a|ab)*c', '(?>a)', '\\G', '\\w'.repeat(100)].map(longest)).to.deep.equal([0, 0, 0, 0, 0]);
    expect(nativeSteps(parsePattern('.*.*x').root, 1000, { oneLine: true })).to.be.greaterThan(1e9);
  });

  it('texts of one line go to the engine where .* comes to their end', () => {
    const longest = (pattern: string): number => translate(parsePattern(pattern))?.longestLine ?? 0;
    expect(longest('.*finance.*')).to.be.at.least(32);
    expect(longest('^.*finance.*$')).to.be.at.least(1024);
    expect(longest('^.+@(.+)$')).to.be.at.least(1024);
    expect(longest('^.*-(.+)-.*$')).to.be.at.least(64);
    // A line feed may stand before the end: then all of it is tried again.
    expect(translate(parsePattern('^.*-(.+)-.*$'))?.longest).to.be.lessThan(32);
    expect(longest('.*.*x$')).to.be.lessThan(64);
  });

  it('repetitions inside of repetitions are not looked at without end', () => {
    const deep = `${'(?:'.repeat(120)}a+b${'c)+'.repeat(120)}`;
    expect(nativeSteps(parsePattern(deep).root, 30, { oneLine: true })).to.equal(Infinity);
    expect(compilePattern(deep).test(`ab${'c'.repeat(120)}`)).to.equal(true);
  });

  it('a value longer than 64 KiB, or too long for its pattern, is refused by name', () => {
    expect(() => compilePattern('(?>a)').test('a'.repeat(65_537))).to.throw(PatternError, 'longer than 65536');
    expect(() => compilePattern('(?>a)').replace('a'.repeat(65_537), '')).to.throw(PatternError, 'longer than 65536');
    expect(() => compilePattern('(?>a{900})').test('b'.repeat(60_000))).to.throw(PatternError, 'too long for this pattern');
    expect(() => compilePattern('.').replace('a'.repeat(300), '$_')).to.throw(PatternError, 'what comes out is longer');
    expect(() => compilePattern('\\Gb|a').replace('a'.repeat(60_000), 'c')).to.throw(PatternError, 'too long for this pattern');
  });

  it('a pattern is compiled once', () => {
    expect(compilePattern('^kept$')).to.equal(compilePattern('^kept$'));
  });
});
