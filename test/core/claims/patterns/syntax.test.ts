import { expect } from 'chai';
import { compilePattern } from '../../../../src/core/claims/patterns/compile.js';
import { PatternError } from '../../../../src/core/claims/patterns/pattern.js';

/** Pattern, what it occurs in, what it does not occur in. */
type Row = readonly [string, readonly string[], readonly string[]];

const SYNTAX: readonly Row[] = [
  // Real rules (adfs.md 4, 8)
  ['@corp\\.example$', ['a@corp.example', 'a@corp.example\n'], ['Ada@Corp.Example', 'a@corp.example.org', 'a@corp-example']],
  ['(?i)@corp\\.example$', ['Ada@Corp.Example'], ['Ada@Corp.Example.org']],
  ['^(?i)CL-AWS-', ['CL-AWS-1', 'cl-aws-1'], ['xCL-AWS-1']],
  ['-512$', ['S-1-5-21-1-2-3-512'], ['S-1-5-21-1-2-3-1105']],
  ['^(?i)ada@corp\\.example$', ['ADA@corp.example'], ['ada@corp.example ']],
  ['^(?:cn|CN)=([^,]+),.*$', ['cn=Finance,ou=x'], ['ou=x,cn=Finance']],
  // Literals and escapes
  ['a.c', ['abc', 'a\rc'], ['a\nc', 'ac']],
  ['\\t\\n\\r\\f\\v\\a\\e', ['\t\n\r\f\v\x07\x1b'], ['tnrfvae']],
  ['\\x41\\u00e9\\cA\\cb', ['A\u00e9\x01\x02'], ['A']],
  ['\\0\\101\\040', ['\0A '], ['0101']],
  ['\\12', ['\n'], ['12']],
  ['\\.\\*\\(\\)\\[\\]\\{\\}\\\\\\/\\-\\#\\ \\$\\^\\|', ['.*()[]{}\\/-# $^|'], ['.']],
  ['a{x}b}c]', ['a{x}b}c]'], ['axbc']],
  ['{1', ['{1'], ['1']],
  ['a{,2}', ['a{,2}'], ['aa']],
  // Classes
  ['^[a-cx]$', ['a', 'b', 'c', 'x'], ['d', '-', 'A']],
  ['^[^a-c]$', ['d', '\n'], ['b']],
  ['^[]a]$', [']', 'a'], ['[']],
  ['^[^]a]$', ['b'], [']', 'a']],
  ['^[a\\]\\-z]$', ['a', ']', '-', 'z'], ['b']],
  ['^[-a]$', ['-', 'a'], ['b']],
  ['^[a-]$', ['-', 'a'], ['b']],
  ['^[+--]$', ['+', ',', '-'], ['.']],
  ['^[\\w-z]$', ['b', '-', 'z'], ['+']],
  ['^[\\b]$', ['\b'], ['b']],
  ['^[a-z-[aeiou]]$', ['b', 'z'], ['a', 'u', '-']],
  ['^[^0-9-[x]]$', ['y'], ['x', '1']],
  ['^[a-z-[b-y-[m]]]$', ['a', 'z', 'm'], ['b', 'y']],
  ['^[\\d\\s]$', ['1', ' '], ['a']],
  ['^[\\D]$', ['a'], ['1']],
  ['^[a-[b]]$', ['a'], ['b', '-']],
  // What .NET calls a digit, a word, white space
  ['^\\d$', ['1', '\u0663'], ['a', '\u00b2']],
  ['^\\w$', ['a', '\u00e9', '\u0301', '_', '\u203f', '\u0663'], ['-', '\u200d', '\u0903', '\u00b2']],
  ['^\\s$', [' ', '\t', '\u0085', '\u00a0', '\u2028', '\u3000'], ['\ufeff', 'a', '\u200b']],
  ['^\\W\\S\\D$', ['-aa'], ['aaa']],
  ['^\\p{Lu}\\P{Lu}$', ['Aa', '\u00c9-'], ['aA']],
  ['^[\\p{L}\\p{Nd}]$', ['a', '1'], ['-']],
  ['^\\p{Sc}$', ['\u20ac'], ['E']],
  // UTF-16 units, as .NET counts them
  ['^..$', ['ab', '\u{1f600}'], ['a']],
  ['^[\\uD83D]', ['\u{1f600}'], ['a']],
  ['^\\p{Cs}{2}$', ['\u{1f600}'], ['ab']],
  // Anchors
  ['^a$', ['a', 'a\n'], ['a\n\n', 'a\r\n', 'b\na']],
  ['\\Aa\\Z', ['a', 'a\n'], ['ba', 'a\n\n']],
  ['\\Aa\\z', ['a'], ['a\n']],
  ['(?m)^b$', ['a\nb\nc', 'b'], ['a\r\nb\r\nc', 'ab']],
  ['(?m)\\Ab', ['b'], ['a\nb']],
  ['\\bfoo\\b', ['a foo b', 'foo', '-foo-'], ['food', '\u00e9foo', 'foo\u200d']],
  ['o\\Bo', ['foo'], ['o o']],
  ['\\Ga', ['ab'], ['ba']],
  ['$a', [], ['a', '\na']],
  // Groups, options and their scope
  ['^(?:ab)+$', ['abab'], ['aba']],
  ["^(?<x>a)(?'y'b)$", ['ab'], ['a']],
  ['a(?i)b', ['ab', 'aB'], ['Ab']],
  ['(a(?i)b)c', ['aBc'], ['aBC']],
  ['^(?:a(?i)b|c)d$', ['aBd', 'Cd'], ['CD', 'Abd']],
  ['(?i:a)b', ['Ab'], ['aB']],
  ['(?i)a(?-i)b', ['Ab'], ['AB']],
  ['(?i)a(?-i:b)c', ['AbC'], ['ABC']],
  ['(?s)a.b', ['a\nb'], ['ab']],
  ['(?s-s)a.b', ['axb'], ['a\nb']],
  ['(?x) a b # rest\n c', ['abc'], ['a b c']],
  ['(?x)a[ ]b\\ c', ['a b c'], ['abc']],
  ['a(?# nothing (here)b', ['ab'], ['a b']],
  ['a(?#between)+$', ['aa'], ['b']],
  ['(?im)^A$', ['b\na'], ['ba']],
  ['(?I)a', ['A'], ['b']],
  // Case: one character for one, by lower case, in every language the same
  ['(?i)^k$', ['K', '\u212a'], ['x']],
  ['(?i)^\u00df$', ['\u00df', '\u1e9e'], ['ss', 'SS']],
  ['(?i)^i$', ['I'], ['\u0130', '\u0131']],
  ['(?i)^\u03c3$', ['\u03a3'], ['\u03c2']],
  ['(?i)^[a-c]$', ['B'], ['D']],
  ['(?i)^[^a]$', ['b'], ['A']],
  ['(?i)^[a-z-[A]]$', ['B'], ['a']],
  ['(?i)^\\p{Lu}$', ['a', 'A'], ['1']],
  // Look-around and atomic groups
  ['^(?=.*\\d)[a-z\\d]+$', ['a1'], ['ab']],
  ['^(?!admin)', ['user'], ['admin1']],
  ['(?<=@)corp', ['a@corp'], ['corp']],
  ['(?<!@)corp$', ['x.corp'], ['a@corp']],
  ['(?<=(?<!x)a)b', ['ab'], ['xab']],
  ['(?<=a.*)b', ['axxb'], ['xxb']],
  ['^(?>a|ab)c', ['ac'], ['abc']],
  ['^(?>a*)b', ['aab'], []],
  ['^(?>a*)ab', [], ['aab']],
  // Quantifiers
  ['^a{2}$', ['aa'], ['a', 'aaa']],
  ['^a{2,}$', ['aa', 'aaaa'], ['a']],
  ['^a{2,3}$', ['aa', 'aaa'], ['a', 'aaaa']],
  ['^a{0}$', [''], ['a']],
  ['^(a|b)*?c$', ['abc', 'c'], ['ab']],
  ['^*a', ['ba', 'a'], ['b']],
  ['\\b?a', ['ba'], ['b']],
  ['(?=a)*b', ['b'], ['a']],
  ['|a', ['', 'b'], []],
  ['()', ['', 'b'], []],
];

/** Pattern, where, and what the sentence says. */
const REFUSED: readonly (readonly [string, number, RegExp])[] = [
  ['(a', 0, /not closed; add \)/u],
  ['a(b(c)', 1, /not closed/u],
  ['a)', 1, /a \) too many/u],
  ['x[a', 1, /not closed; add \]/u],
  ['[]', 0, /not closed/u],
  ['[a-z-[b]', 0, /not closed/u],
  ['[a-z-[b]c]', 8, /subtraction/u],
  ['*a', 0, /nothing to repeat/u],
  ['a|+', 2, /nothing to repeat/u],
  ['(?i)?', 4, /nothing to repeat/u],
  ['{2}', 0, /nothing to repeat/u],
  ['a**', 2, /another repetition/u],
  ['a*??', 3, /another repetition/u],
  ['a{2}{3}', 4, /another repetition/u],
  ['a{3,2}', 1, /counts down/u],
  ['a{2001}', 1, /too large/u],
  ['(a{1000}){3}', 1, /too large/u],
  ['((){2000}){2000}', 1, /too large/u],
  ['[z-a]', 1, /backwards/u],
  ['[a-\\d]', 1, /cannot end a range/u],
  ['[[:alpha:]]', 1, /POSIX/u],
  ['ab\\q', 2, /\\q means nothing/u],
  ['\\_', 0, /means nothing/u],
  ['a\\', 1, /ends with a backslash/u],
  ['[\\', 1, /ends with a backslash/u],
  ['\\x4', 0, /two hexadecimal/u],
  ['\\u00e', 0, /four hexadecimal/u],
  ['\\c1', 0, /letter/u],
  ['\\p', 0, /category in braces/u],
  ['\\p{Lx}', 0, /no category Lx/u],
  ['\\p{IsGreek}', 0, /named blocks such as IsGreek/u],
  ['(a)\\1', 3, /back-references/u],
  ['(?<n>a)\\k<n>', 7, /back-references/u],
  ['(?<n>a)\\<n>', 7, /back-references/u],
  ['(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)\\10', 30, /back-references/u],
  ['(?<a-b>x)', 0, /balancing/u],
  ['(?<-b>x)', 0, /balancing/u],
  ['(?(a)b|c)', 0, /conditionals/u],
  ['(?r)a', 0, /right to left/u],
  ['(?q)a', 0, /no option q/u],
  ['(?)a', 0, /no meaning/u],
  ['(?<1a>x)', 0, /starts with a digit/u],
  ['(?<0>x)', 0, /number 0/u],
  ['(?<n', 0, /no meaning/u],
  ['(?P<n>x)', 0, /no option p|no meaning/u],
  ['a(?#b', 1, /comment is not closed/u],
  ['a'.repeat(1001), 1000, /longer than 1000/u],
];

describe('Patterns: the syntax of .NET', () => {
  for (const [pattern, matches, others] of SYNTAX) {
    it(`knows ${JSON.stringify(pattern)}`, () => {
      const compiled = compilePattern(pattern);
      expect([...matches, ...others].filter((input) => compiled.test(input))).to.deep.equal(matches);
      // The same through the search of replace().
      expect([...matches, ...others].filter((input) => compiled.replace(input, '$&\u0001') !== input)).to.deep.equal(matches);
    });
  }

  for (const [pattern, offset, sentence] of REFUSED) {
    it(`refuses ${pattern.length > 40 ? `${pattern.slice(0, 40)}…` : pattern}`, () => {
      const error = refusalOf(pattern);
      expect(error.message).to.match(sentence);
      expect(error.offset).to.equal(offset);
    });
  }
});

function refusalOf(pattern: string): PatternError {
  try {
    compilePattern(pattern);
  } catch (error) {
    if (error instanceof PatternError) return error;
    throw error;
  }
  throw new Error(`${pattern} compiles`);
}
