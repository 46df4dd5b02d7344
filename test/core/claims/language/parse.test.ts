import { expect } from 'chai';
import { parseRules } from '../../../../src/core/claims/language/parse.js';
import type { Rule, RuleAction, RuleCondition } from '../../../../src/core/claims/rule.js';
import { CLAIM_RULES } from '../../../support/claim-rules.js';

function onlyRule(text: string): Rule {
  const [rule, ...more] = parseRules(text);
  expect(more).to.deep.equal([]);
  if (rule === undefined) throw new Error('no rule');
  return rule;
}

/** Compiled patterns as their text: what they do is tested where they are made. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, part: unknown) => (part !== null && typeof part === 'object' && 'test' in part ? 'compiled' : part)));
}

const test = (name: string, operator: string, value: string): object => ({ property: { name }, operator, value });

describe('rule texts (adfs.md 2)', () => {
  for (const text of ['', ' ', '\r\n\t', '\uFEFF', '\uFEFF\n']) {
    it(`has no rule in ${JSON.stringify(text)}`, () => {
      expect(parseRules(text)).to.deep.equal([]);
    });
  }

  const conditions: readonly (readonly [string, string, readonly unknown[]])[] = [
    ['none', '', []],
    ['any claim', 'c:[]', [{ kind: 'selector', label: 'c', tests: [], source: 'c:[]' }]],
    ['without a label', '[]', [{ kind: 'selector', tests: [], source: '[]' }]],
    [
      'every operator',
      '[Type == "a", Value != "b", Issuer == ""]',
      [
        {
          kind: 'selector',
          tests: [test('type', '==', 'a'), test('value', '!=', 'b'), test('issuer', '==', '')],
          source: '[Type == "a", Value != "b", Issuer == ""]',
        },
      ],
    ],
    ['a pattern', '[Value =~ "^a$"]', [{ kind: 'selector', tests: [{ ...test('value', '=~', '^a$'), pattern: 'compiled' }], source: '[Value =~ "^a$"]' }]],
    [
      'a pattern that must not occur',
      '[Value !~ "a"]',
      [{ kind: 'selector', tests: [{ ...test('value', '!~', 'a'), pattern: 'compiled' }], source: '[Value !~ "a"]' }],
    ],
    [
      'the other parts',
      '[valueTYPE == "a", ORIGINALISSUER == "b"]',
      [{ kind: 'selector', tests: [test('valuetype', '==', 'a'), test('originalissuer', '==', 'b')], source: '[valueTYPE == "a", ORIGINALISSUER == "b"]' }],
    ],
    [
      'a property',
      '[Properties [ "http://x" ] == "a"]',
      [
        {
          kind: 'selector',
          tests: [{ property: { name: 'properties', key: 'http://x' }, operator: '==', value: 'a' }],
          source: '[Properties [ "http://x" ] == "a"]',
        },
      ],
    ],
    ['exists', 'eXists ( [] )', [{ kind: 'aggregate', form: 'exists', tests: [], comparison: { operator: '>=', count: 1 }, source: 'eXists ( [] )' }]],
    [
      'not exists',
      'NOT EXISTS([])',
      [{ kind: 'aggregate', form: 'not exists', tests: [], comparison: { operator: '==', count: 0 }, source: 'NOT EXISTS([])' }],
    ],
    ...(['==', '!=', '<', '<=', '>', '>='] as const).map((operator) => {
      const source = `COUNT([Type == "a"]) ${operator} 12`;
      return [
        `count ${operator}`,
        source,
        [{ kind: 'aggregate', form: 'count', tests: [test('type', '==', 'a')], comparison: { operator, count: 12 }, source }],
      ] as const;
    }),
    [
      'a label before an aggregate',
      'a:EXISTS([])',
      [{ kind: 'aggregate', form: 'exists', tests: [], comparison: { operator: '>=', count: 1 }, source: 'a:EXISTS([])' }],
    ],
    [
      'a label within an aggregate',
      'EXISTS(a:[])',
      [{ kind: 'aggregate', form: 'exists', tests: [], comparison: { operator: '>=', count: 1 }, source: 'EXISTS(a:[])' }],
    ],
    [
      'a keyword as label',
      'exists:[] && value:[]',
      [
        { kind: 'selector', label: 'exists', tests: [], source: 'exists:[]' },
        { kind: 'selector', label: 'value', tests: [], source: 'value:[]' },
      ],
    ],
    [
      'a mixture',
      'c:[]&&COUNT([])>0&&_d2:[]',
      [
        { kind: 'selector', label: 'c', tests: [], source: 'c:[]' },
        { kind: 'aggregate', form: 'count', tests: [], comparison: { operator: '>', count: 0 }, source: 'COUNT([])>0' },
        { kind: 'selector', label: '_d2', tests: [], source: '_d2:[]' },
      ],
    ],
  ];
  for (const [title, text, expected] of conditions) {
    it(`takes conditions: ${title}`, () => {
      expect(plain(onlyRule(`${text} => issue(Type = "t");`).conditions)).to.deep.equal(expected);
    });
  }

  const text = (value: string): object => ({ kind: 'text', value });
  const part = (label: string, name: string): object => ({ kind: 'property', label, property: { name } });
  const actions: readonly (readonly [string, string, unknown])[] = [
    ['a copy', 'issue(claim = c)', { kind: 'copy', issue: true, label: 'c' }],
    ['a copy in other letters', 'ADD ( CLAIM = c )', { kind: 'copy', issue: false, label: 'c' }],
    [
      'a new claim',
      'issue(Value = "v", Type = "t")',
      {
        kind: 'fresh',
        issue: true,
        parts: [
          { property: { name: 'value' }, value: text('v') },
          { property: { name: 'type' }, value: text('t') },
        ],
      },
    ],
    [
      'parts of a claim',
      'add(Type = c.Type, Value = c . VALUE)',
      {
        kind: 'fresh',
        issue: false,
        parts: [
          { property: { name: 'type' }, value: part('c', 'type') },
          { property: { name: 'value' }, value: part('c', 'value') },
        ],
      },
    ],
    [
      'a property of a claim',
      'issue(Type = "t", Properties["p"] = c.Properties["q"], Properties["P"] = "x")',
      {
        kind: 'fresh',
        issue: true,
        parts: [
          { property: { name: 'type' }, value: text('t') },
          { property: { name: 'properties', key: 'p' }, value: { kind: 'property', label: 'c', property: { name: 'properties', key: 'q' } } },
          { property: { name: 'properties', key: 'P' }, value: text('x') },
        ],
      },
    ],
    [
      'a joined text',
      'issue(Type = "a" + "\\" + c.Value)',
      { kind: 'fresh', issue: true, parts: [{ property: { name: 'type' }, value: { kind: 'join', parts: [text('a'), text('\\'), part('c', 'value')] } }] },
    ],
    [
      'a replacement',
      'issue(Type = REGEXREPLACE(c.Value, "a", "b"))',
      {
        kind: 'fresh',
        issue: true,
        parts: [
          {
            property: { name: 'type' },
            value: { kind: 'replace', input: part('c', 'value'), pattern: text('a'), compiled: 'compiled', replacement: text('b') },
          },
        ],
      },
    ],
    [
      'a pattern that is put together',
      'issue(Type = RegExReplace("a", c.Type + "x", c.Value))',
      {
        kind: 'fresh',
        issue: true,
        parts: [
          {
            property: { name: 'type' },
            value: { kind: 'replace', input: text('a'), pattern: { kind: 'join', parts: [part('c', 'type'), text('x')] }, replacement: part('c', 'value') },
          },
        ],
      },
    ],
    [
      'a replacement in a replacement',
      'issue(Type = RegExReplace(RegExReplace("a", "b", "c"), "d", "e") + "f")',
      {
        kind: 'fresh',
        issue: true,
        parts: [
          {
            property: { name: 'type' },
            value: {
              kind: 'join',
              parts: [
                {
                  kind: 'replace',
                  input: { kind: 'replace', input: text('a'), pattern: text('b'), compiled: 'compiled', replacement: text('c') },
                  pattern: text('d'),
                  compiled: 'compiled',
                  replacement: text('e'),
                },
                text('f'),
              ],
            },
          },
        ],
      },
    ],
    [
      'a store',
      'issue(Store = "S", TYPES = ("a","b"), query = "q", param = c.Value, PARAM = "x" + "y")',
      {
        kind: 'store',
        issue: true,
        store: 'S',
        types: ['a', 'b'],
        query: text('q'),
        params: [part('c', 'value'), { kind: 'join', parts: [text('x'), text('y')] }],
      },
    ],
    [
      'a store without parameters',
      'add(store = "S", types = ("a"), query = "q" + c.Value)',
      { kind: 'store', issue: false, store: 'S', types: ['a'], query: { kind: 'join', parts: [text('q'), part('c', 'value')] }, params: [] },
    ],
  ];
  for (const [title, statement, expected] of actions) {
    it(`takes what to do: ${title}`, () => {
      expect(plain(onlyRule(`c:[] => ${statement};`).action)).to.deep.equal(expected);
    });
  }

  it('takes backslashes as they are: there is no escape character', () => {
    const rule = onlyRule('c:[Value == "\\\\a\\n"] => issue(Type = "\\", Value = "{0}");');
    expect(rule.conditions.map((condition) => (condition.kind === 'selector' ? condition.tests[0]?.value : undefined))).to.deep.equal(['\\\\a\\n']);
  });

  it('takes typographic quotes, tabs and everything else that can be seen within a string', () => {
    const rule = onlyRule('=> issue(Type = "“it’s”\t\u00A0; => // # @ 😀");');
    expect(plain(rule.action)).to.deep.include({ parts: [{ property: { name: 'type' }, value: text('“it’s”\t\u00A0; => // # @ 😀') }] });
  });

  it('names and places each rule, and keeps its text', () => {
    const rules = parseRules(
      '\uFEFF@RuleName = "One" []=>issue(Type="t");\r\n\r\n  @Owner = "me"\r@ruletemplate="X"\r => issue(Type = "t");[] => issue(Type = "u")\n ;\n',
    );
    expect(rules.map(({ name, origin }) => ({ name, origin }))).to.deep.equal([
      { name: 'One', origin: { kind: 'text', line: 1, column: 1, source: '@RuleName = "One" []=>issue(Type="t");', template: undefined } },
      { name: undefined, origin: { kind: 'text', line: 3, column: 3, source: '@Owner = "me"\r@ruletemplate="X"\r => issue(Type = "t");', template: 'X' } },
      { name: undefined, origin: { kind: 'text', line: 5, column: 23, source: '[] => issue(Type = "u")\n ;', template: undefined } },
    ]);
  });

  it('takes the first of two names', () => {
    expect(onlyRule('@RuleName = "a" @RULENAME = "b" => issue(Type = "t");').name).to.equal('a');
  });

  it('takes 20 conditions and 1,000 rules', () => {
    expect(onlyRule(`${Array.from({ length: 20 }, () => '[]').join('&&')} => issue(Type = "t");`).conditions).to.have.length(20);
    expect(parseRules('=>issue(Type="t");'.repeat(1000))).to.have.length(1000);
  });

  describe('as administrators keep them', () => {
    for (const [name, rules] of CLAIM_RULES) {
      it(`reads ${name}: what lies between the rules is white space only`, () => {
        const sources = parseRules(rules).map(({ origin }) => (origin.kind === 'text' ? origin.source : ''));
        const rest = sources.reduce((text, source) => text.replace(source, () => ''), rules);
        expect(sources).not.to.have.length(0);
        expect(rest.trim()).to.equal('');
      });
    }
  });

  describe('the worked checks (adfs.md 8)', () => {
    const worked = [
      'c:[Type == "upn"] => issue(claim = c);',
      'c:[Type == "upn"] => issue(Type = "dom", Value = RegexReplace(c.Value, "^[^@]+@", ""));',
      'c:[Type == "email", Value =~ "@corp\\.example$"] => issue(claim = c);',
      'c:[Type == "email", Value =~ "(?i)@corp\\.example$"] => issue(claim = c);',
      'c:[Type == "wan"] => issue(Type = "u", Value = RegexReplace(c.Value, "(?<d>[^\\\\]+)\\\\(?<n>.+)", "${n}"));',
      'c:[Type == "upn"] && g:[Type == "groupsid"] => issue(Type = "t", Value = c.Value + "\\" + g.Value);',
      'c:[Type == "groupsid"] => issue(Type = "x", Value = "y");',
      'EXISTS([Type == "groupsid", Value =~ "-512$"]) => add(Type = "tmp", Value = "1");',
      'c:[Type == "tmp"] => issue(Type = "admin", Value = c.Value);',
      'NOT EXISTS([Type == "role"]) => issue(Type = "role", Value = "guest");',
      'COUNT([Type == "groupsid"]) >= 2 => issue(Type = "many", Value = "true");',
      'c:[Type == "email"] => issue(Type = "q", Value = c.Properties["http://x/none"]);',
      'c:[Type == "wan", Issuer == "AD AUTHORITY"] => issue(store = "Active Directory", types = ("m", "p"), query = ";mail,telephoneNumber;{0}", param = c.Value);',
    ];
    for (const rule of worked) {
      it(`reads ${rule}`, () => {
        const read: { readonly conditions: readonly RuleCondition[]; readonly action: RuleAction } = onlyRule(rule);
        expect(read.conditions).not.to.have.length(0);
      });
    }
  });
});
