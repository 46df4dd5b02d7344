import { expect } from 'chai';
import { compilePattern } from '../../../../src/core/claims/patterns/compile.js';

/** Pattern, input, replacement, what Regex.Replace gives. */
const REPLACED: readonly (readonly [string, string, string, string])[] = [
  // Worked checks (adfs.md 8) and templates
  ['^[^@]+@', 'ada@eu.corp.example', '', 'eu.corp.example'],
  ['(?<d>[^\\\\]+)\\\\(?<n>.+)', 'CORP\\ada', '${n}', 'ada'],
  ['(?<d>[^\\\\]+)\\\\(?<n>.+)', 'CORP\\ada', '$2@$1', 'ada@CORP'],
  ['CL-AWS-(\\d+)-(.+)', 'CL-AWS-12-Ops', 'arn:aws:iam::$1:role/$2', 'arn:aws:iam::12:role/Ops'],
  ['x', 'abc', '-', 'abc'],
  // What a dollar means
  ['b', 'abc', '[$&]', 'a[b]c'],
  ['b', 'abc', '[$0]', 'a[b]c'],
  ['b', 'abc', '[$`]', 'a[a]c'],
  ['b', 'abc', "[$']", 'a[c]c'],
  ['b', 'abc', '[$_]', 'a[abc]c'],
  ['b', 'abc', '[$$]', 'a[$]c'],
  ['b', 'abc', '$$1', 'a$1c'],
  ['(b)', 'abc', '$$$1', 'a$bc'],
  ['b', 'abc', '$', 'a$c'],
  ['b', 'abc', '$ x$', 'a$ x$c'],
  ['b', 'abc', '$1${1}${n}${', 'a$1${1}${n}${c'],
  ['(b)', 'abc', '$1$2${1}${01}', 'ab$2bbc'],
  ['(b)', 'abc', '$10', 'a$10c'],
  ['(b)', 'abc', '${1}0', 'ab0c'],
  ['(b)', 'abc', '${1', 'a${1c'],
  ['(b)', 'abc', '$99999999999', 'a$99999999999c'],
  ['(?<n>b)', 'abc', '${n}$n${N}', 'ab$n${N}c'],
  ['(a)(b)?', 'ac', '[$2]', '[]c'],
  ['(a)|(b)', 'ab', '[$+]', '[][b]'],
  ['b', 'abc', '$+', 'abc'],
  // Numbers: unnamed groups first, then names in order of appearance
  ['(?<n>a)(b)(?<m>c)(d)', 'abcd', '$1$2$3$4$+', 'bdacc'],
  ['(?<2>a)(b)', 'ab', '$1-$2', 'b-a'],
  ['(?<n>a)(?<1>b)(c)', 'abc', '$1$2', 'ca'],
  ['(?n)(a)(?<x>b)', 'ab', '$1$2', 'b$2'],
  ['(?<n>a)|(?<n>b)', 'ab', '<${n}>', '<a><b>'],
  // What a group holds: the last that it took, also from an earlier round
  ['(\\w)+', 'abc', '$1', 'c'],
  ['(?:(a)|b)+', 'ab', '$1', 'a'],
  ['(?:(a)|(b))+', 'aab', '$1$2', 'ab'],
  ['(?<n>a(?<n>b))', 'ab', '$1', 'ab'],
  ['(a?)*b', 'aab', '[$1]', '[]'],
  ['(a|ab)(c|bcd)', 'abcd', '$1,$2', 'a,bcd'],
  ['(a+?)(a*)', 'aaa', '$1,$2', 'a,aa'],
  ['(?=(a+))a', 'aa', '$1', 'aaa'],
  ['(?!(a)b)a', 'ac', '[$1]', '[]c'],
  ['(?<=(\\d+)(\\d+))x', '123x', '$1,$2', '1231,23'],
  ['(?>(a|ab))c?', 'abc', '$1', 'abc'],
  // All matches; empty ones are passed by one character
  ['a', 'banana', 'o', 'bonono'],
  ['x*', 'abc', '-', '-a-b-c-'],
  ['a*', 'baaac', '-', '-b--c-'],
  ['a*', 'aaa', '-', '--'],
  ['', 'ab', '-', '-a-b-'],
  ['^', 'a\nb', '>', '>a\nb'],
  ['(?m)^', 'a\nb', '>', '>a\n>b'],
  ['$', 'a\n', '<', 'a<\n<'],
  ['\\b', 'a b', '|', '|a| |b|'],
  ['\\Ga', 'aaba', 'x', 'xxba'],
  ['\\G', 'ab', '-', '-ab'],
  ['(?<=a)b', 'abab', 'x', 'axax'],
  // An alternative that is empty ends its repetition in .NET; JavaScript would try the next one
  ['(?:|a)*', 'aa', 'x', 'xaxax'],
  ['(?:|a)+b', 'ab', 'x', 'x'],
  ['(?:a??)*', 'aa', '-', '-a-a-'],
];

describe('Patterns: replacing as .NET does', () => {
  for (const [pattern, input, replacement, result] of REPLACED) {
    it(`${JSON.stringify(pattern)} in ${JSON.stringify(input)} with ${replacement}`, () => {
      expect(compilePattern(pattern).replace(input, replacement)).to.equal(result);
    });
  }

  it('takes what comes out of a value for text, never for another replacement (X14)', () => {
    expect(compilePattern('a|b').replace('ab', '$&$$&')).to.equal('a$&b$&');
    expect(compilePattern('x(.*)').replace('x$1$&', '$1')).to.equal('$1$&');
  });
});
