import { expect } from 'chai';
import type { StoreCatalogue } from '../../../../src/core/claims/attribute-store.js';
import { checkRules, type RuleNote } from '../../../../src/core/claims/language/check.js';
import { parseRules } from '../../../../src/core/claims/language/parse.js';
import { RuleTextError, type RuleSetName } from '../../../../src/core/claims/rule.js';
import { CLAIM } from '../../../../src/core/model/claim.js';
import { CLAIM_RULES } from '../../../support/claim-rules.js';

/** Two stores: one takes what it is asked, the other has an opinion. */
const CATALOGUE: StoreCatalogue = {
  names: ['Active Directory', 'HR'],
  check: (name, { query, columns, params }) => {
    if (name !== 'HR') return undefined;
    if (query === '{0}x') return { level: 'note', sentence: `asked with ${String(params)}` };
    return query === 'bad' ? { level: 'error', sentence: `cannot be asked for ${String(columns)} with ${String(params)}` } : undefined;
  },
};
const PERMIT = `=> issue(Type = "${CLAIM.permit}", Value = "true");`;

function notesOn(text: string, set: RuleSetName = 'transform'): readonly RuleNote[] {
  return checkRules(parseRules(text), set, CATALOGUE);
}

function mistakeIn(text: string): string {
  try {
    notesOn(text);
  } catch (error) {
    if (error instanceof RuleTextError) return error.message;
    throw error;
  }
  return '';
}

describe('rule sets, checked against the stores there are', () => {
  const mistakes: readonly (readonly [string, string, string])[] = [
    [
      'an unknown store',
      '@RuleName = "store"\nc:[] => issue(store = "HRM", types = ("a"), query = "q");',
      'line 2, column 23: unknown store "HRM": there are Active Directory and HR; did you mean HR?',
    ],
    [
      'an unknown store in a rule that names it before',
      '\n  @store = "HR"\n [Value == "x"] => add(\n\tStore = "Hr 2", types = ("a"), query = "q");',
      'line 4, column 10: unknown store "Hr 2": there are Active Directory and HR',
    ],
    [
      'a question that the store cannot answer',
      '=> issue(Type = "t"); c:[] => issue(store = "hr", types = ("a", "b"), query = "bad");',
      'line 1, column 79: cannot be asked for 2 with 0',
    ],
    [
      'a place without a parameter',
      'c:[] => issue(store = "HR", types = ("a"),\n query = "x {0} {1} {7}", param = c.Value);',
      'line 2, column 10: the query has {1}, and the rule gives 1 (counted from {0}): add a param, or take it out',
    ],
    [
      'a place without any parameter',
      '=> issue(store = "HR", types = ("a"), query = "{0}");',
      'line 1, column 47: the query has {0}, and the rule gives no param: add a param, or take it out',
    ],
  ];
  for (const [title, text, message] of mistakes) {
    it(`are refused for ${title}`, () => {
      expect(mistakeIn(text)).to.equal(message);
    });
  }

  it('say where there is no store at all', () => {
    const rules = parseRules('=> issue(store = "HR", types = ("a"), query = "");');
    expect(() => checkRules(rules, 'transform', { names: [], check: () => undefined })).to.throw(RuleTextError, 'unknown store "HR": there is none yet');
  });

  const notes: readonly (readonly [string, RuleSetName, string, readonly RuleNote[]])[] = [
    [
      'a parameter that is not used',
      'transform',
      'c:[] => issue(store = "Active Directory", types = ("a"), query = "{1}", param = "a", param = "b", param = "c");',
      [{ line: 1, column: 66, sentence: 'the query does not use {0} and {2}, though the rule gives a param for it' }],
    ],
    [
      'what a store says',
      'transform',
      'c:[] => issue(store = "HR", types = ("a"), query =\n c.Value + "x");',
      [{ line: 2, column: 2, sentence: 'asked with 1' }],
    ],
    [
      'an authorization set that permits nobody',
      'authorization',
      `\n => issue(Type = "${CLAIM.deny}", Value = "true");\n => add(Type = "${CLAIM.permit}", Value = "true");`,
      [{ line: 2, column: 2, sentence: `no rule issues a claim ${CLAIM.permit}, so nobody gets in by this set` }],
    ],
    [
      'an empty authorization set',
      'authorization',
      '',
      [{ line: 1, column: 1, sentence: `no rule issues a claim ${CLAIM.permit}, so nobody gets in by this set` }],
    ],
    [
      'a permit that is misspelt',
      'authorization',
      '=> issue(Type = "https://schemas.microsoft.com/authorization/claims/permit", Value = "true");',
      [
        {
          line: 1,
          column: 1,
          sentence: `no rule issues a claim ${CLAIM.permit}, so nobody gets in by this set; https://schemas.microsoft.com/authorization/claims/permit is almost it`,
        },
      ],
    ],
    [
      'a delegation set',
      'delegation',
      'c:[Type == "a"] => issue(claim = c);',
      [{ line: 1, column: 1, sentence: `no rule issues a claim ${CLAIM.permit}, so nobody may act for others by this set` }],
    ],
    [
      'an additional set that asks nobody',
      'additional',
      PERMIT,
      [{ line: 1, column: 1, sentence: `no rule issues a claim ${CLAIM.authenticationMethod}, so this set asks nobody for a second factor` }],
    ],
    [
      'a permit among what is sent',
      'transform',
      `c:[] => issue(claim = c); ${PERMIT}`,
      [{ line: 1, column: 27, sentence: 'a Permit claim decides nothing here and is sent to the application: such a rule belongs into the authorization set' }],
    ],
    [
      'an issuer in other letters',
      'transform',
      'c:[Value == "AD authority", Issuer == "AD Authority"] => issue(claim = c);',
      [{ line: 1, column: 39, sentence: 'the issuer "AD Authority" is not AD AUTHORITY, though it looks like it; letter case counts' }],
    ],
    [
      'a rule that looks for another prefix than it lets through',
      'transform',
      'c:[Type == "urn:tmp", Value =~ "(?i)^CL-AWS-"] => issue(Type = "r",\n Value = RegExReplace(c.Value, "CLD-AWS-([0-9]{12})-", "$1"));',
      [{ line: 2, column: 32, sentence: 'this looks for "CLD-AWS-", but the values that come here start with "CL-AWS-": is that meant?' }],
    ],
  ];
  for (const [title, set, text, expected] of notes) {
    it(`note ${title}`, () => {
      expect(notesOn(text, set)).to.deep.equal(expected);
    });
  }

  it('note a prefix that a rule above does not let through', () => {
    expect(notesOn(CLAIM_RULES.get('aws-mistaken-prefix') ?? '')).to.deep.equal([
      { line: 11, column: 95, sentence: 'this looks for "CLD-AWS-", but the values that come here start with "CL-AWS-": so it changes nothing' },
    ]);
  });

  const quiet: readonly (readonly [string, RuleSetName, string])[] = [
    ['a permit', 'authorization', PERMIT],
    ['a permit that may be copied', 'authorization', 'c:[] => issue(claim = c);'],
    ['a permit that is copied', 'impersonation', `c:[Type == "${CLAIM.permit}"] => issue(claim = c);`],
    ['a permit out of a store', 'delegation', `=> issue(store = "HR", types = ("${CLAIM.permit}"), query = "");`],
    ['a type that is put together', 'authorization', 'c:[] => issue(Type = c.Value);'],
    ['acceptance rules', 'acceptance', 'c:[Issuer == "https://partner.example"] => issue(claim = c);'],
    [
      'the names of authorities',
      'transform',
      'c:[Issuer == "AD AUTHORITY"] && [Issuer == "LOCAL AUTHORITY"] && [Issuer == "SELF AUTHORITY"] => issue(claim = c);',
    ],
    ['a claim called like an authority', 'transform', 'c:[Value == "AD AUTHORITIES"] => issue(claim = c);'],
    [
      'a prefix that is longer than the tested one',
      'transform',
      'c:[Type == "t", Value =~ "^AWS-"] => issue(Type = "r", Value = RegExReplace(c.Value, "^AWS-PROD-", ""));',
    ],
    ['another text further behind', 'transform', 'c:[Type == "t", Value =~ "^AWS-"] => issue(Type = "r", Value = RegExReplace(c.Value, "-admins$", ""));'],
    ['a prefix in other letters', 'transform', 'c:[Type == "t", Value =~ "(?i)^aws-"] => issue(Type = "r", Value = RegExReplace(c.Value, "^AWS-", ""));'],
    ['one of several prefixes', 'transform', 'c:[Type == "t", Value =~ "^(AWS|GCP)-"] => issue(Type = "r", Value = RegExReplace(c.Value, "^GCP-", ""));'],
    [
      'a rule above that changes values',
      'transform',
      'c:[Type == "t", Value =~ "^ABC-"] => add(Type = "u", Value = "X" + c.Value);\nc:[Type == "u"] => issue(Type = "r", Value = RegExReplace(c.Value, "^XYZ-", ""));',
    ],
    [
      'claims that may come from anywhere',
      'transform',
      `c:[Type == "t", Value =~ "^ABC-"] => issue(Type = "${CLAIM.role}", Value = c.Value);\nc:[Type == "${CLAIM.role}"] => issue(Type = "r", Value = RegExReplace(c.Value, "^XYZ-", ""));`,
    ],
  ];
  for (const [title, set, text] of quiet) {
    it(`have nothing to note about ${title}`, () => {
      expect(notesOn(text, set)).to.deep.equal([]);
    });
  }

  it('have nothing to note about what administrators keep', () => {
    const all: StoreCatalogue = { names: ['Active Directory', 'HR', '_OpaqueIdStore', '_PasswordExpiryStore'], check: () => undefined };
    for (const [name, text] of CLAIM_RULES) {
      if (name === 'aws-mistaken-prefix') continue;
      const set = name.startsWith('authorization') ? 'authorization' : name.startsWith('additional') ? 'additional' : 'transform';
      expect(checkRules(parseRules(text), set, all), name).to.deep.equal([]);
    }
  });
});
