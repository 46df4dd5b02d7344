import { expect } from 'chai';
import { parseRules } from '../../../../src/core/claims/language/parse.js';
import { RuleTextError } from '../../../../src/core/claims/rule.js';

function mistakeIn(text: string): RuleTextError {
  try {
    parseRules(text);
  } catch (error) {
    if (error instanceof RuleTextError) return error;
    throw error;
  }
  throw new Error(`no mistake in ${text}`);
}

type Row = readonly [text: string, line: number, column: number, sentence: string];

const KNOWN = 'a claim has Type, Value, ValueType, Issuer, OriginalIssuer and Properties["…"]';
const STRAIGHT = 'where a straight quote " was expected: replace the quotes that a word processor made by straight ones';
const NO_COMMENTS = 'found a comment, and this language has none: remove it, or say it in @RuleName = "…" before the rule';
const ASK = 'issue(store = "…", types = ("…"), query = "…", param = c.Value)';
const NO_QUOTE = 'a string cannot hold a double quote, and \\ does not change that; take the quote out, or put';
const STARTS = 'a rule starts with @, with a condition such as c:[…] or EXISTS([…]), or with =>';

const UNUSABLE = 'the regular expression cannot be used:';

const MISTAKES: Readonly<Record<string, readonly Row[]>> = {
  labels: [
    ['c1:[] && c2:[]\n=> issue(claim = c3);', 2, 18, 'unknown label c3: its labels are c1 and c2; did you mean c1?'],
    ['c:[] => issue(Type = "t", Value = d.Value);', 1, 35, 'unknown label d: its only label is c; did you mean c?'],
    ['account:[] => issue(claim = accuont);', 1, 29, 'unknown label accuont: its only label is account; did you mean account?'],
    ['C:[] => issue(claim = c);', 1, 23, 'unknown label c: its only label is C; did you mean C?'],
    ['=> issue(Type = "t", Value = c.Value);', 1, 30, 'unknown label c: no condition of this rule has a label; write c:[…] for the claim that is meant'],
    ['[] => issue(claim = c);', 1, 21, 'unknown label c: no condition of this rule has a label; write c:[…] for the claim that is meant'],
    [
      'c:[] => issue(claim = c);\n[] => issue(claim = c);',
      2,
      21,
      'unknown label c: no condition of this rule has a label; write c:[…] for the claim that is meant',
    ],
    ['c:[] && c:[] => issue(claim = c);', 1, 9, 'the label c stands before two conditions of this rule: give the second another label'],
    ['c:[] && EXISTS(c:[]) => issue(claim = c);', 1, 16, 'the label c stands before two conditions of this rule: give the second another label'],
    ['a:EXISTS([]) => issue(claim = a);', 1, 31, 'a is the label of EXISTS or COUNT, which take no claim: use the label of a condition such as c:[…]'],
    ['COUNT(a:[]) > 1 => issue(Type = a.Value);', 1, 33, 'a is the label of EXISTS or COUNT, which take no claim: use the label of a condition such as c:[…]'],
    ['c[] => issue(claim = c);', 1, 1, 'there is no colon between the label c and its condition: write c:[…]'],
    ['c: => issue(claim = c);', 1, 4, 'found => where [ was expected: a label stands before a condition in brackets, as in c:[Type == "…"]'],
  ],
  'new claims': [
    ['c:[] => issue(Value = c.Value);', 1, 9, 'the new claim has no Type: write issue(Type = "…", …)'],
    ['c:[] =>\n  Add(Value = c.Value);', 2, 3, 'the new claim has no Type: write Add(Type = "…", …)'],
    ['=> issue(Type = "a", Value = "b", value = "c");', 1, 35, 'value is given twice in one claim: take one of the two out'],
    ['=> issue(Type = "a", Properties["x"] = "b", properties["x"] = "c");', 1, 45, 'Properties["x"] is given twice in one claim: take one of the two out'],
    ['=> issue(Type == "a");', 1, 15, 'found == where = was expected: a value is given by a single ='],
    ['=> issue();', 1, 10, 'found ) where a claim was expected: write issue(claim = c), or issue(Type = "…", Value = "…")'],
    [
      'c:[] => issue(claim = c, Value = "x");',
      1,
      24,
      'found , where ) was expected: claim = c copies the whole claim and takes nothing beside it; to change a part of it, name each: issue(Type = c.Type, Value = …)',
    ],
    ['c:[] => issue(claim = "c");', 1, 23, 'found "c" where a label was expected: write issue(claim = c), with the label of a condition c:[…]'],
  ],
  stores: [
    [
      '=> issue(store = "S", types = (), query = "");',
      1,
      32,
      'found ) where a claim type was expected: types names at least one, one for each value that the query gives: types = ("…")',
    ],
    ['=> issue(store = "S", types = "x", query = "");', 1, 31, 'found "x" where ( was expected: write types = ("…", "…"), in parentheses even for one'],
    ['=> issue(store = "S", types = ("x" "y"), query = "");', 1, 36, 'found "y" where , or ) was expected: write types = ("…", "…")'],
    ['=> issue(store = "S", query = "", types = ("x"));', 1, 23, `found query where types was expected: write ${ASK}`],
    ['=> issue(types = ("x"), store = "S", query = "");', 1, 10, `found types where store was expected: what a store is asked comes in this order: ${ASK}`],
    ['=> issue(store = "S", types = ("x"));', 1, 36, `found ) where , was expected: write ${ASK}`],
    ['=> issue(store = "S", types = ("x"), query = "", parm = "y");', 1, 50, `found parm where param was expected: write ${ASK}`],
    ['=> issue(store = S, types = ("x"), query = "");', 1, 18, `found S where the name of a store was expected: write ${ASK}`],
  ],
  words: [
    ['c:[Typ == "x"] => issue(claim = c);', 1, 4, `unknown property Typ: ${KNOWN}; did you mean Type?`],
    ['c:[] => issue(Type = c.Vlaue);', 1, 24, `unknown property Vlaue: ${KNOWN}; did you mean Value?`],
    ['c:[] => issue(calim = c);', 1, 15, `unknown property calim: ${KNOWN}; did you mean claim?`],
    ['=> issue(Type = "t", Claim = "c");', 1, 22, `unknown property Claim: ${KNOWN}`],
    ['c:[] => isue(claim = c);', 1, 9, 'unknown word isue where issue or add was expected: write => issue(claim = c); did you mean issue?'],
    ['EXSITS([]) => issue(Type = "a");', 1, 1, `unknown word EXSITS: ${STARTS}; did you mean exists?`],
    ['c:[] && cuont([]) > 1 => issue(claim = c);', 1, 9, `unknown word cuont: ${STARTS}; did you mean count?`],
    ['NOT COUNT([]) => issue(Type = "a");', 1, 5, 'found COUNT where exists was expected: write NOT EXISTS([Type == "…"])'],
    ['=> issue(Type = Upper("a"));', 1, 17, 'unknown function Upper: the only one of this language is RegExReplace(c.Value, "pattern", "replacement")'],
    ['c:[] => issue(Type = c);', 1, 23, 'found ) where . was expected: write c.Value for the value of the claim, or put a text between double quotes'],
    ['c:[] => issue(claim = c); hello', 1, 27, `unknown word hello: ${STARTS}`],
    ['<Rules>', 1, 1, 'found < where a condition was expected: write c:[Type == "…"]'],
  ],
  'what is left out': [
    ['c:[] => issue(claim = c)', 1, 25, 'there is no semicolon at the end of the rule: add ; here, where the text ends'],
    ['c:[] => issue(claim = c)\r\n\r\nd:[] => issue(claim = d);', 1, 25, 'there is no semicolon at the end of the rule: add ; here, where d comes next'],
    ['c:[] => issue(claim = c) @RuleName = "x" => issue(Type = "t");', 1, 25, 'there is no semicolon at the end of the rule: add ; here, where @ comes next'],
    ['c:[] issue(claim = c);', 1, 6, 'found issue where => was expected: write => issue(…)'],
    ['issue(Type = "a");', 1, 1, 'there is no => before issue: write => issue(…)'],
    ['c:[];', 1, 5, 'found ; where && or => was expected: write c:[Type == "…"] => issue(claim = c);'],
    ['c:[] d:[] => issue(claim = c);', 1, 6, 'found d where && or => was expected: join conditions by &&'],
    ['c:[] [] => issue(claim = c);', 1, 6, 'found [ where && or => was expected: join conditions by &&'],
    ['c:[Type == "a" Value == "b"] => issue(claim = c);', 1, 16, 'found Value where , or ] was expected: write c:[Type == "…", Value == "…"]'],
    ['c:[] => issue(Type = "a" c.Value);', 1, 26, 'found c where +, a comma or ) was expected: texts are joined by +, parts by a comma'],
    ['c:[Type == "a"] =>', 1, 19, 'found the end of the text where issue or add was expected: write => issue(claim = c);'],
    ['@RuleName = "x"', 1, 16, 'found the end of the text where a condition was expected: write c:[Type == "…"]'],
    ['@RuleName "x" => issue(Type = "t");', 1, 11, 'found "x" where = was expected: write @RuleName = "…"'],
    ['@ = "x" => issue(Type = "t");', 1, 3, 'found = where the name of an annotation was expected: write @RuleName = "…"'],
    ['EXISTS [] => issue(Type = "t");', 1, 8, 'found [ where ( was expected: write EXISTS([Type == "…"])'],
  ],
  'what is too much': [
    ['c:[] => issue(claim = c);;', 1, 26, 'found ; where a rule was expected: take this semicolon out; one stands at the end of each rule only'],
    ['c:[] => issue(claim = c));', 1, 25, 'found ) where ; was expected: take this parenthesis out; it was not opened'],
    ['=>issue(Type="t");'.repeat(1001), 1, 18001, 'the rule set has more than 1000 rules: take some out'],
    [`${Array.from({ length: 21 }, () => '[]').join('&&')} => issue(Type = "t");`, 1, 81, 'the rule has more than 20 conditions: make several rules of it'],
    [`=> issue(Type = ${'RegExReplace('.repeat(21)}`, 1, 277, 'RegExReplace stands in RegExReplace more than 20 times: make it in several rules'],
    [`${'\n'.repeat(1024 * 1024)}=> issue(Type = "t");`, 1048577, 1, 'the rule set is longer than 1 MiB: give a shorter one'],
  ],
  comparisons: [
    ['c:[Type = "a"] => issue(claim = c);', 1, 9, 'found = where ==, !=, =~ or !~ was expected: a test compares by ==; a single = gives a value'],
    ['c:[Type] => issue(claim = c);', 1, 8, 'found ] where ==, !=, =~ or !~ was expected: write Value == "…", or Value =~ "a regular expression"'],
    [
      'c:[] && d:[Value == c.Value] => issue(claim = c);',
      1,
      21,
      'found c where a string was expected: a test compares with a text between double quotes only, not with another claim',
    ],
    [
      'c:["a"] => issue(claim = c);',
      1,
      4,
      'found "a" where a part of a claim was expected: write Type, Value, ValueType, Issuer, OriginalIssuer or Properties["…"]',
    ],
    ['c:[Type == "a" && Value == "b"] => issue(claim = c);', 1, 16, 'found && where , or ] was expected: tests of one condition are joined by a comma'],
    ['COUNT([]) = 2 => issue(Type = "a");', 1, 11, 'found = where ==, !=, <, <=, > or >= was expected: write COUNT([Type == "…"]) >= 2'],
    ['COUNT([]) => issue(Type = "a");', 1, 11, 'found => where ==, !=, <, <=, > or >= was expected: write COUNT([Type == "…"]) >= 2'],
    ['COUNT([]) >= "2" => issue(Type = "a");', 1, 14, 'found "2" where a whole number was expected: write COUNT([Type == "…"]) >= 2'],
    ['c:[] || d:[] => issue(claim = c);', 1, 6, 'found | where && was expected: there is no "or" in this language; write one rule for each case'],
    ['c:[] or d:[] => issue(claim = c);', 1, 6, 'found or where && or => was expected: there is no "or" in this language; write one rule for each case'],
    ['=> issue(Type = "a" & "b");', 1, 21, 'found & where && was expected: conditions are joined by &&, texts by +'],
  ],
  'regular expressions (M12)': [
    ['c:[Type == "t",\n Value =~ "ab(c"] => issue(claim = c);', 2, 14, `${UNUSABLE} the group is not closed; add )`],
    ['c:[Value !~ "ab(c"] => issue(claim = c);', 1, 16, `${UNUSABLE} the group is not closed; add )`],
    ['EXISTS([Value =~ "ab(c"]) => issue(Type = "t");', 1, 21, `${UNUSABLE} the group is not closed; add )`],
    ['c:[] => issue(Type = RegExReplace(c.Value, "ab(c", ""));', 1, 47, `${UNUSABLE} the group is not closed; add )`],
    [
      'c:[] => issue(Type = RegExReplace(c.Value, "^(a+)+$", ""));',
      1,
      46,
      `${UNUSABLE} the group can run away: it repeats something that itself repeats in the same way; remove one of the two repetitions`,
    ],
  ],
  strings: [
    [
      'c:[Type == "upn] => issue(claim = c);',
      1,
      12,
      'the string is not ended: its line ended before a closing quote; add " where the string ends, on the same line',
    ],
    [
      'c:[Type == "a\n"] => issue(claim = c);',
      1,
      12,
      'the string is not ended: its line ended before a closing quote; add " where the string ends, on the same line',
    ],
    [
      '[Type == "upn", Value == "a"b"] => issue(Type = "t");',
      1,
      29,
      `found b where , or ] was expected, because the string ended before it: ${NO_QUOTE} , or ] here`,
    ],
    [
      '=> issue(Type = "C:\\"abc");',
      1,
      22,
      `found abc where +, a comma or ) was expected, because the string ended before it: ${NO_QUOTE} +, a comma or ) here`,
    ],
    ['c:[Type == “upn”] => issue(claim = c);', 1, 12, `found the typographic quote “ ${STRAIGHT}`],
    ['c:[Type == "upn”] => issue(claim = c);', 1, 16, `found the typographic quote ” ${STRAIGHT}`],
    ['c:[Type == "upn”, Value == "x"] => issue(claim = c);', 1, 16, `found the typographic quote ” ${STRAIGHT}`],
    ['\r\n\r\n@RuleName = „x“ => issue(Type = "t");', 3, 13, `found the typographic quote „ ${STRAIGHT}`],
    ["c:[Type == 'a'] => issue(claim = c);", 1, 12, `found ' where a straight double quote " was expected: strings stand between double quotes`],
    ['c:[Type == "a\u0001"] => issue(claim = c);', 1, 14, 'found the invisible character U+0001 in a string, where it cannot be seen: remove it'],
  ],
  characters: [
    ['// a\nc:[] => issue(claim = c);', 1, 1, NO_COMMENTS],
    ['c:[] /* a */ => issue(claim = c);', 1, 6, NO_COMMENTS],
    ['\n# a', 2, 1, NO_COMMENTS],
    ['c:[] => issue(claim = c); -- a', 1, 27, NO_COMMENTS],
    [
      'c:[]\u00A0=> issue(claim = c);',
      1,
      5,
      'found the invisible character U+00A0, which is no white space here: replace it by an ordinary space, or remove it',
    ],
    [
      'c:[\u0000] => issue(claim = c);',
      1,
      4,
      'found the invisible character U+0000, which is no white space here: replace it by an ordinary space, or remove it',
    ],
    [
      '\n \uFEFF=> issue(Type = "t");',
      2,
      2,
      'found the invisible character U+FEFF, which is no white space here: replace it by an ordinary space, or remove it',
    ],
    ['{c:[] => issue(claim = c);}', 1, 1, 'found { outside of a string: only conditions have brackets, and theirs are [ and ]'],
    ['c:[] => issue(claim = c) 😀', 1, 26, 'found 😀, which means nothing outside of a string: remove it, or put the text between double quotes'],
    ['=> issue(Type = "😀", Value = ?);', 1, 31, 'found ?, which means nothing outside of a string: remove it, or put the text between double quotes'],
  ],
};

describe('mistakes in rule texts', () => {
  for (const [about, rows] of Object.entries(MISTAKES)) {
    describe(about, () => {
      for (const [text, line, column, sentence] of rows) {
        it(JSON.stringify(text).slice(0, 100), () => {
          const mistake = mistakeIn(text);
          expect({ line: mistake.line, column: mistake.column, message: mistake.message }).to.deep.equal({
            line,
            column,
            message: `line ${String(line)}, column ${String(column)}: ${sentence}`,
          });
          expect(mistake.code).to.equal('invalid_input');
        });
      }
    });
  }
});
