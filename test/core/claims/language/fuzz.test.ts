import { expect } from 'chai';
import fc from 'fast-check';
import { parseRules } from '../../../../src/core/claims/language/parse.js';
import { RuleTextError, type Rule } from '../../../../src/core/claims/rule.js';
import { CLAIM_RULES } from '../../../support/claim-rules.js';
import { plainRule, ruleText } from '../../../support/rule-texts.js';
import { anyCharacter } from '../../../support/any-character.js';

/** The rules, or undefined where the text is refused at a place that lies in it; anything else that is thrown fails the test. */
function read(text: string): readonly Rule[] | undefined {
  try {
    return parseRules(text);
  } catch (error) {
    if (!(error instanceof RuleTextError)) throw error;
    const line = text.replace(/^\uFEFF/u, '').split(/\r\n|\r|\n/u)[error.line - 1];
    expect(line, error.message).to.be.a('string');
    expect(error.column, error.message).to.be.within(1, (line ?? '').length + 1);
    expect(error.message).to.match(/^line \d+, column \d+: \S[^\r\n]*$/u);
    return undefined;
  }
}

const PIECES = [
  ...[
    'c',
    'c1',
    'd',
    'Type',
    'Value',
    'ValueType',
    'Issuer',
    'Properties',
    'issue',
    'add',
    'claim',
    'store',
    'types',
    'query',
    'param',
    'exists',
    'not',
    'count',
  ],
  ...[
    'RegExReplace',
    '@RuleName',
    '"',
    '""',
    '"a"',
    '"(a"',
    '"(?i)a+$"',
    '"\\"',
    '=>',
    '&&',
    '==',
    '=~',
    '!~',
    '=',
    '+',
    '>=',
    '2',
    '[',
    ']',
    '[]',
    '(',
    ')',
    ':',
  ],
  ...[';', ',', '.', ' ', '\n', '\r\n', '\r', '\t', '“', '”', '//', '#', '\u0000', '\u00A0', '\uFEFF', '\uD83D', '😀', '{0}', "'", '|', '&', '-'],
];
const piece = fc.constantFrom(...PIECES);
const change = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat(2),
  by: fc.oneof(piece, fc.string({ maxLength: 3 })),
});

describe('rule texts of any kind (M12)', () => {
  it('are read or refused at a place: random text', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter, maxLength: 60 }), (text) => {
        read(text);
      }),
      { numRuns: 1000 },
    );
  });

  it('are read or refused at a place: words and symbols in any order', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), fc.constantFrom('', ' '), (pieces, between) => {
        read(pieces.join(between));
      }),
      { numRuns: 2000 },
    );
  });

  it('are read or refused at a place: what administrators have, damaged; what is read still lies in the text', () => {
    const texts = [...CLAIM_RULES.values()];
    let [taken, refused] = [0, 0];
    fc.assert(
      fc.property(fc.nat(texts.length - 1), fc.array(change, { minLength: 1, maxLength: 3 }), (which, changes) => {
        const text = changes.reduce((before, { at, length, by }) => {
          const offset = Math.floor(at * before.length);
          return before.slice(0, offset) + by + before.slice(offset + length);
        }, texts[which] ?? '');
        const rules = read(text);
        if (rules === undefined) refused += 1;
        else taken += 1;
        for (const { origin } of rules ?? []) expect(origin.kind === 'text' && text.includes(origin.source)).to.equal(true);
      }),
      { numRuns: 3000 },
    );
    expect(taken).to.be.greaterThan(20);
    expect(refused).to.be.greaterThan(100);
  });

  it('say what they were written to say, whatever their white space and letter case', () => {
    fc.assert(
      fc.property(fc.array(ruleText, { maxLength: 4 }), (written) => {
        const rules = parseRules(written.map(({ text }) => text).join(''));
        expect(rules.map(plainRule)).to.deep.equal(written.map(({ rule }) => rule));
      }),
      { numRuns: 500 },
    );
  });
});
