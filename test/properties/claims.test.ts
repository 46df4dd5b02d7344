/** Rules of AD FS against a second evaluator, written as adfs.md 3 reads and without any thought of speed. */
import { expect } from 'chai';
import fc from 'fast-check';
import { evaluateRules } from '../../src/core/claims/evaluation/evaluate-rules.js';
import { type Evaluation, RuleFailure } from '../../src/core/claims/explanation.js';
import { parseRules } from '../../src/core/claims/language/parse.js';
import { recordSet } from '../../src/core/claims/explanation/record.js';
import type { ClaimTest, Expression, PropertyRef, Rule } from '../../src/core/claims/rule.js';
import { whyOf } from '../../src/core/claims/explanation/why.js';
import { type Claim, LOCAL_AUTHORITY, XS_STRING } from '../../src/core/model/claim.js';
import { someFacts } from '../support/rule-facts.js';
import { memoryStores } from '../support/run-rules.js';

const TYPES = ['a', 'b', 'c'];
const VALUES = ['x', 'y', 'xy', 'X', ''];
const oneOf = (...texts: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...texts);

const anyClaim: fc.Arbitrary<Claim> = fc
  .record({
    type: oneOf(...TYPES),
    value: oneOf(...VALUES),
    valueType: oneOf(XS_STRING, 'vt'),
    issuer: oneOf('I', LOCAL_AUTHORITY),
    originalIssuer: oneOf('I', LOCAL_AUTHORITY),
    properties: fc.option(fc.dictionary(oneOf('p', 'q'), oneOf('x', 'y')), { nil: undefined }),
  })
  .map(({ properties, ...claim }) => (properties === undefined ? claim : { ...claim, properties }));

const anyTest = fc.oneof(
  fc.tuple(oneOf('Type'), oneOf('==', '==', '==', '!=', '=~'), oneOf(...TYPES)),
  fc.tuple(oneOf('Value', 'Issuer', 'Properties["p"]', 'Properties["q"]'), oneOf('==', '!=', '=~', '!~'), oneOf('x', 'y', 'I', '(?i)x$', '^$')),
).map(([property, operator, value]) => `${property} ${operator} "${operator.includes('~') ? value : value.replaceAll(/[^a-zI]/gu, '')}"`); // prettier-ignore
const anyBrackets = fc.array(anyTest, { maxLength: 3 }).map((tests) => `[${tests.join(', ')}]`);
const anyAggregate = fc.oneof(
  fc.tuple(oneOf('EXISTS', 'NOT EXISTS'), anyBrackets).map(([word, tests]) => `${word}(${tests})`),
  fc.tuple(anyBrackets, oneOf('==', '!=', '<', '<=', '>', '>='), fc.nat(3)).map(([tests, operator, count]) => `COUNT(${tests}) ${operator} ${String(count)}`),
);

/** What a rule can say with so many labelled conditions before it. */
function anyAction(labels: readonly string[]): fc.Arbitrary<string> {
  const verb = oneOf('issue', 'issue', 'add');
  const part = oneOf(
    '"x"',
    '"y"',
    ...labels.flatMap((label) => [`${label}.Value`, `${label}.Type`, `${label}.Properties["p"]`, `RegexReplace(${label}.Value, "x", "$&y")`]),
  );
  const value = fc.array(part, { minLength: 1, maxLength: 2 }).map((parts) => parts.join(' + '));
  const type = oneOf(...TYPES.map((name) => `"${name}"`), ...labels.map((label) => `${label}.Type`));
  const more = oneOf('', ', Issuer = "I"', ', Properties["p"] = "x"', ', ValueType = "vt", OriginalIssuer = "I"');
  const fresh = fc.tuple(type, value, more).map(([t, v, m]) => `Type = ${t}, Value = ${v}${m}`);
  const store = fc
    .tuple(value, oneOf(...TYPES), oneOf(...TYPES))
    .map(([v, one, two]) => `store = "S", types = ("${one}", "${two}"), query = "q", param = ${v}`);
  const copy = labels.map((label) => fc.constant(`claim = ${label}`));
  return fc.tuple(verb, fc.oneof(fresh, fresh, store, ...copy)).map(([word, body]) => `${word}(${body});`);
}

const anyRule = fc.array(anyBrackets, { maxLength: 2 }).chain((selectors) => {
  const labels = selectors.map((_, at) => `c${String(at)}`);
  const conditions = selectors.map((tests, at) => `c${String(at)}:${tests}`);
  return fc
    .tuple(fc.array(anyAggregate, { maxLength: 1 }), fc.boolean(), anyAction(labels))
    .map(([aggregates, first, action]) => `${(first ? [...aggregates, ...conditions] : [...conditions, ...aggregates]).join(' && ')} => ${action}`);
});
const anyRules = fc.array(anyRule, { maxLength: 6 }).map((rules) => rules.join('\n'));
const anyClaims = fc.array(anyClaim, { maxLength: 6 });

/** Rows that depend on the question, with a value missing now and then. */
const answer = (param = ''): readonly (readonly (string | undefined)[])[] => [
  [param, undefined],
  [undefined, 'y'],
];
const { stores } = memoryStores({ S: ({ params }) => Promise.resolve(answer(params[0])) });
const facts = someFacts({ stores });

function evaluate(text: string, claims: readonly Claim[]): Promise<Evaluation> {
  return evaluateRules('transform', parseRules(text), claims, facts);
}

const keyOf = ({ type, value, valueType, issuer, originalIssuer }: Claim): string => JSON.stringify([type, value, valueType, issuer, originalIssuer]);
const wholeKeyOf = (claim: Claim): string => JSON.stringify([keyOf(claim), Object.entries(claim.properties ?? {}).sort()]);

/** What is issued, by adfs.md 3. */
function reference(rules: readonly Rule[], input: readonly Claim[]): readonly Claim[] {
  const working = [...input];
  const output: Claim[] = [];
  const part = (claim: Claim, property: PropertyRef): string | undefined => {
    if (property.name === 'properties') return claim.properties?.[property.key];
    return { type: claim.type, value: claim.value, valuetype: claim.valueType, issuer: claim.issuer, originalissuer: claim.originalIssuer }[property.name];
  };
  const holds = (claim: Claim, test: ClaimTest): boolean => {
    const text = part(claim, test.property);
    if (test.operator === '==') return text === test.value;
    if (test.operator === '!=') return text !== test.value;
    const found = text !== undefined && test.pattern?.test(text) === true;
    return test.operator === '=~' ? found : !found;
  };
  for (const { conditions, action } of rules) {
    if (action.kind === 'send') throw new Error('texts have no mappings');
    let runs: ReadonlyMap<string, Claim>[] = [new Map()];
    for (const condition of conditions) {
      if (condition.kind === 'own') throw new Error('texts have none');
      const found = working.filter((claim) => condition.tests.every((test) => holds(claim, test)));
      if (condition.kind === 'selector') {
        runs = runs.flatMap((run) => found.map((claim) => new Map([...run, [condition.label ?? '', claim] as const])));
      } else {
        const { operator, count } = condition.comparison;
        const n = found.length;
        const all = { '==': n === count, '!=': n !== count, '<': n < count, '<=': n <= count, '>': n > count, '>=': n >= count };
        if (!all[operator]) runs = [];
      }
    }
    const textOf = (expression: Expression, run: ReadonlyMap<string, Claim>): string => {
      const of = (inner: Expression): string => textOf(inner, run);
      if (expression.kind === 'text') return expression.value;
      if (expression.kind === 'join') return expression.parts.map(of).join('');
      if (expression.kind === 'replace') return of(expression.input).replaceAll('x', 'xy');
      const claim = run.get(expression.label);
      return (claim === undefined ? undefined : part(claim, expression.property)) ?? '';
    };
    const products = runs.flatMap((run): readonly Claim[] => {
      if (action.kind === 'copy') return [...run].flatMap(([label, claim]) => (label === action.label ? [claim] : []));
      const local = { valueType: XS_STRING, issuer: LOCAL_AUTHORITY, originalIssuer: LOCAL_AUTHORITY };
      if (action.kind === 'store') {
        const rows = answer(action.params.map((param) => textOf(param, run))[0]);
        return action.types.flatMap((type, at) => rows.flatMap((row) => (row[at] === undefined ? [] : [{ ...local, type, value: row[at] }])));
      }
      const given = (name: string, otherwise: string): string => {
        const found = action.parts.find(({ property }) => property.name === name);
        return found === undefined ? otherwise : textOf(found.value, run);
      };
      const properties = action.parts.flatMap(({ property, value }) => (property.name === 'properties' ? [[property.key, textOf(value, run)] as const] : []));
      return [
        {
          type: given('type', ''),
          value: given('value', ''),
          valueType: given('valuetype', XS_STRING),
          issuer: given('issuer', LOCAL_AUTHORITY),
          originalIssuer: given('originalissuer', LOCAL_AUTHORITY),
          ...(properties.length === 0 ? {} : { properties: Object.fromEntries(properties) }),
        },
      ];
    });
    for (const claim of products) {
      if (!working.some((other) => wholeKeyOf(other) === wholeKeyOf(claim))) working.push(claim);
      if (action.issue && !output.some((other) => keyOf(other) === keyOf(claim))) output.push(claim);
    }
  }
  return output;
}

describe('rule sets of any kind', () => {
  it('give what adfs.md 3 says', async () => {
    await fc.assert(
      fc.asyncProperty(anyRules, anyClaims, async (text, claims) => {
        const { issued } = await evaluate(text, claims);
        expect(issued.map(wholeKeyOf)).to.deep.equal(reference(parseRules(text), claims).map(wholeKeyOf));
      }),
      { numRuns: 600 },
    );
  });

  it('give the same twice, and change nothing of what they are given', async () => {
    await fc.assert(
      fc.asyncProperty(anyRules, anyClaims, async (text, claims) => {
        const before = structuredClone(claims);
        const record = async (): Promise<unknown> => {
          const evaluation = await evaluate(text, claims);
          return [evaluation.issued, recordSet('transform', evaluation, { masked: true })];
        };
        expect(await record()).to.deep.equal(await record());
        expect(claims).to.deep.equal(before);
      }),
      { numRuns: 100 },
    );
  });

  it('issue nothing by add alone', async () => {
    await fc.assert(
      fc.asyncProperty(anyRules, anyClaims, async (text, claims) => {
        expect((await evaluate(text.replaceAll('issue(', 'add('), claims)).issued).to.deep.equal([]);
      }),
      { numRuns: 100 },
    );
  });

  it('have an outcome for every rule, that fits what was issued, with a sentence', async () => {
    await fc.assert(
      fc.asyncProperty(anyRules, anyClaims, async (text, claims) => {
        const evaluation = await evaluate(text, claims);
        const rules = parseRules(text);
        expect(evaluation.outcomes.map(({ position }) => position)).to.deep.equal(rules.map((_, at) => at + 1));
        for (const { matched, runs, failed, inputs, outputs } of evaluation.outcomes) {
          expect(runs > 0).to.equal(matched);
          expect(failed === undefined).to.equal(matched);
          if (!matched) expect([...inputs, ...outputs]).to.deep.equal([]);
        }
        const made = evaluation.outcomes.flatMap(({ rule, outputs }) => (rule.action.kind !== 'send' && rule.action.issue ? outputs : []));
        expect(new Set(evaluation.issued.map(keyOf))).to.deep.equal(new Set(made.map(keyOf)));
        for (const rule of recordSet('transform', evaluation, { masked: false }).rules) expect(whyOf(rule)).to.match(/^[A-Z].*\.$/su);
      }),
      { numRuns: 200 },
    );
  });

  it('do not depend on the order of claims that come in, but for the order of what they give', async () => {
    await fc.assert(
      fc.asyncProperty(anyRules, anyClaims, async (text, claims) => {
        const keys = (evaluation: Evaluation): readonly string[] => evaluation.issued.map(keyOf).sort();
        expect(keys(await evaluate(text, claims))).to.deep.equal(keys(await evaluate(text, claims.toReversed())));
      }),
      { numRuns: 200 },
    );
  });

  it('end within their limits, however they grow (M12)', async () => {
    const growing = fc.array(
      oneOf(
        'c:[] => add(Type = c.Type + "x", Value = c.Value + c.Value);',
        'c:[] && d:[] => add(Type = "t", Value = c.Value + d.Value);',
        'c:[] => add(Type = c.Value, Value = RegexReplace(c.Value, "x|^", "$&$&y"));',
        'c:[] && d:[] && e:[] => issue(Type = c.Value, Value = d.Type + e.Value);',
      ),
      { minLength: 5, maxLength: 40 },
    );
    await fc.assert(
      fc.asyncProperty(growing, anyClaims, async (rules, claims) => {
        try {
          expect((await evaluate(rules.join(''), claims)).issued.length).to.be.at.most(5000);
        } catch (error) {
          expect(error).to.be.instanceOf(RuleFailure).and.to.include({ kind: 'limit' });
        }
      }),
      { numRuns: 20 },
    );
  });
});
