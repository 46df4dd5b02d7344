/** Rules made at random together with a text that says them, in whatever white space and letter case. */
import fc from 'fast-check';
import type { Aggregate, Rule } from '../../src/core/claims/rule.js';

/** What a rule says, without compiled patterns and without what its text looks like. */
export function plainRule({ name, conditions, action }: Rule): unknown {
  const what = JSON.stringify({ name, conditions, action }, (key, value: unknown) =>
    ['pattern', 'compiled'].includes(key) && isCompiled(value) ? undefined : key === 'source' ? undefined : value,
  );
  return JSON.parse(what);
}

interface Written {
  readonly text: string;
  readonly what: unknown;
}

/** Words and symbols; a mark stands for where white space may be. */
const GAP = '\uE000';
const LABELS = ['c', 'c2', '_d', 'type', 'exists', 'Not'];
const PARTS = ['type', 'value', 'valuetype', 'issuer', 'originalissuer'];

const string = fc.oneof(
  fc.constantFrom('', 'a', '\\', '{0}', '=> ;', '“x”', '@RuleName', '//'),
  fc.string({ unit: 'grapheme-ascii', maxLength: 12 }).map((text) => text.replaceAll('"', "'")),
);
const pattern = fc.constantFrom('a', '^a$', '(?i)b+', '@corp\\.example$', '^[^@]+@');
const gap = fc.constantFrom('', '', ' ', '\n', '\r\n', '\t ', '\r');
const quoted = (text: string): string => `"${text}"`;
const spaced = (...pieces: readonly string[]): string => pieces.join(GAP);

const property: fc.Arbitrary<Written> = fc.oneof(
  fc.constantFrom(...PARTS).map((name) => ({ text: name, what: { name } })),
  string.map((key) => ({ text: spaced('properties', '[', quoted(key), ']'), what: { name: 'properties', key } })),
);

const claimTest: fc.Arbitrary<Written> = fc
  .record({ property, compared: fc.oneof(fc.tuple(fc.constantFrom('==', '!='), string), fc.tuple(fc.constantFrom('=~', '!~'), pattern)) })
  .map(({ property: { text, what }, compared: [operator, value] }) => ({
    text: spaced(text, operator, quoted(value)),
    what: { property: what, operator, value },
  }));
const tests = fc.array(claimTest, { maxLength: 3 }).map((list) => ({
  text: spaced('[', list.map(({ text }) => text).join(`${GAP},${GAP}`), ']'),
  what: list.map(({ what }) => what),
}));

const aggregate: fc.Arbitrary<Written> = fc
  .record({
    tests,
    form: fc.constantFrom<Aggregate['form']>('exists', 'not exists', 'count'),
    operator: fc.constantFrom('==', '!=', '<', '<=', '>', '>='),
    count: fc.nat(99),
  })
  .map(({ tests: { text, what }, form, operator, count }) => ({
    text: spaced(form.replace(' ', ` ${GAP}`), '(', text, ')', ...(form === 'count' ? [operator, String(count)] : [])),
    what: {
      kind: 'aggregate',
      tests: what,
      comparison: form === 'count' ? { operator, count } : form === 'exists' ? { operator: '>=', count: 1 } : { operator: '==', count: 0 },
      form,
    },
  }));

/** Every label once, so that each can be used. */
const conditions = fc
  .record({ selectors: fc.array(tests, { maxLength: 3 }), aggregates: fc.array(aggregate, { maxLength: 2 }), first: fc.nat(LABELS.length - 1) })
  .map(({ selectors, aggregates, first }) => {
    const labelled = selectors.map(({ text, what }, index) => {
      const label = LABELS[(first + index) % LABELS.length] ?? 'c';
      return { label, text: spaced(label, ':', text), what: { kind: 'selector', label, tests: what } };
    });
    const all: readonly Written[] = [...labelled, ...aggregates];
    return { labels: labelled.map(({ label }) => label), text: all.map(({ text }) => text).join(`${GAP}&&${GAP}`), what: all.map(({ what }) => what) };
  });

function expression(labels: readonly string[], depth = 0): fc.Arbitrary<Written> {
  const text: fc.Arbitrary<Written> = string.map((value) => ({ text: quoted(value), what: { kind: 'text', value } }));
  const part = fc
    .record({ label: fc.constantFrom('', ...labels), property })
    .chain(({ label, property: of }) =>
      label === '' ? text : fc.constant({ text: spaced(label, '.', of.text), what: { kind: 'property', label, property: of.what } }),
    );
  if (depth === 2) return fc.oneof(text, part);
  const inner = expression(labels, depth + 1);
  const replace = fc.record({ input: inner, pattern, replacement: inner }).map(({ input, pattern: source, replacement }) => ({
    text: spaced('regexreplace', '(', input.text, ',', quoted(source), ',', replacement.text, ')'),
    what: { kind: 'replace', input: input.what, pattern: { kind: 'text', value: source }, replacement: replacement.what },
  }));
  const term = fc.oneof(text, part, replace);
  return fc.array(term, { minLength: 1, maxLength: 3 }).map((terms) => {
    const [first] = terms;
    if (terms.length === 1 && first !== undefined) return first;
    return { text: terms.map((one) => one.text).join(`${GAP}+${GAP}`), what: { kind: 'join', parts: terms.map(({ what }) => what) } };
  });
}

function action(labels: readonly string[]): fc.Arbitrary<Written> {
  const value = expression(labels);
  const fresh = fc.record({ type: value, value, key: string }).map(({ type, value: other, key }) => ({
    text: spaced('value', '=', other.text, ',', 'type', '=', type.text, ',', 'properties', '[', quoted(key), ']', '=', other.text),
    what: {
      kind: 'fresh',
      parts: [
        { property: { name: 'value' }, value: other.what },
        { property: { name: 'type' }, value: type.what },
        { property: { name: 'properties', key }, value: other.what },
      ],
    },
  }));
  const store = fc
    .record({ name: string, types: fc.array(string, { minLength: 1, maxLength: 3 }), query: value, params: fc.array(value, { maxLength: 2 }) })
    .map(({ name, types, query, params }) => ({
      text: spaced(
        'store',
        '=',
        quoted(name),
        ',',
        'types',
        '=',
        '(',
        types.map(quoted).join(`${GAP},`),
        ')',
        ',',
        'query',
        '=',
        query.text,
        ...params.flatMap(({ text }) => [',', 'param', '=', text]),
      ),
      what: { kind: 'store', store: name, types, query: query.what, params: params.map(({ what }) => what) },
    }));
  const [first] = labels;
  const copy = first === undefined ? [] : [fc.constant({ text: spaced('claim', '=', first), what: { kind: 'copy', label: first } })];
  return fc.record({ inner: fc.oneof(fresh, store, ...copy), issue: fc.boolean() }).map(({ inner, issue }) => ({
    text: spaced(issue ? 'issue' : 'add', '(', inner.text, ')', ';'),
    what: { ...(inner.what as object), issue },
  }));
}

/** A rule, and its text; texts can be put together without anything between them. */
export const ruleText: fc.Arbitrary<{ readonly text: string; readonly rule: unknown }> = fc
  .record({ name: fc.option(string, { nil: undefined }), conditions })
  .chain(({ name, conditions: when }) =>
    fc.record({ then: action(when.labels), gaps: fc.array(gap, { minLength: 7, maxLength: 7 }), upper: fc.boolean() }).map(({ then, gaps, upper }) => {
      const text = spaced(...(name === undefined ? [] : ['@', 'RuleName', '=', quoted(name)]), when.text, '=>', then.text);
      let count = 0;
      const filled = text.replaceAll(GAP, () => gaps[(count += 1) % gaps.length] ?? '');
      return {
        text: upper ? upperCaseKeywords(filled, when.labels) : filled,
        rule: JSON.parse(JSON.stringify({ name, conditions: when.what, action: then.what })) as unknown,
      };
    }),
  );

/** Outside of strings, and not where a word is a label. */
function upperCaseKeywords(text: string, labels: readonly string[]): string {
  return text.replaceAll(/"[^"]*"|[A-Za-z_][A-Za-z0-9_]*/gu, (word) => (word.startsWith('"') || labels.includes(word) ? word : word.toUpperCase()));
}

function isCompiled(value: unknown): boolean {
  return value !== null && typeof value === 'object' && 'test' in value;
}
