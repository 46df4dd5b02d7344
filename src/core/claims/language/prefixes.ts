/**
 * Rules that rewrite what never reaches them: a condition lets through values with one beginning, and RegExReplace looks for
 * another. The commonest slip in rules that make roles out of group names.
 */
import { displayNameOf } from '../explanation/claim-names.js';
import type { Expression, Rule, Selector } from '../rule.js';
import { placeInRule, type RuleNote } from './places.js';
import { nearestWord } from './spelling.js';

/** The text that a regular expression starts with. */
interface Prefix {
  readonly text: string;
  readonly anyCase: boolean;
  /** Only at the start of a value. */
  readonly anchored: boolean;
}

type Replace = Extract<Expression, { readonly kind: 'replace' }>;

/** Shorter ones say too little. */
const SHORTEST = 3;

export function notesOnPrefixes(rules: readonly Rule[]): readonly RuleNote[] {
  return rules.flatMap((rule, index) =>
    replacementsOf(rule).flatMap((replace) => {
      const { input, compiled } = replace;
      const wanted = compiled === undefined ? undefined : prefixOf(compiled.source);
      if (wanted === undefined || compiled === undefined || input.kind !== 'property' || input.property.name !== 'value') return [];
      const there = prefixesOf(selectorOf(rule, input.label), rules.slice(0, index));
      if (there.length === 0 || there.some((prefix) => !differs(prefix, wanted))) return [];
      const place = placeInRule(rule, (token, before) => token.kind === 'string' && token.text === compiled.source && before.text === ',');
      const result = wanted.anchored ? 'so it changes nothing' : 'is that meant?';
      return [{ ...place, sentence: `this looks for "${wanted.text}", but the values that come here start with "${there[0]?.text ?? ''}": ${result}` }];
    }),
  );
}

/** How the values of a condition start: by its own test, or by those of the rules above that make claims of its type. Empty when that is open. */
function prefixesOf(selector: Selector | undefined, above: readonly Rule[]): readonly Prefix[] {
  const own = testedPrefix(selector);
  const type = selector === undefined ? undefined : typeOf(selector);
  if (own !== undefined) return [own];
  // Other claims may come from anywhere.
  if (type === undefined || displayNameOf(type) !== type) return [];
  const made = above.filter((rule) => makes(rule, type)).map(passedPrefix);
  return made.includes(undefined) ? [] : made.filter((prefix) => prefix !== undefined);
}

/** How the values start that a rule hands on as they are; undefined when it changes them or takes any. */
function passedPrefix(rule: Rule): Prefix | undefined {
  const value = rule.action.kind === 'fresh' ? rule.action.parts.find(({ property }) => property.name === 'value')?.value : undefined;
  if (rule.action.kind === 'copy') return testedPrefix(selectorOf(rule, rule.action.label));
  return value?.kind === 'property' && value.property.name === 'value' ? testedPrefix(selectorOf(rule, value.label)) : undefined;
}

function makes(rule: Rule, type: string): boolean {
  const { action } = rule;
  if (action.kind === 'store') return action.types.includes(type);
  if (action.kind === 'fresh') {
    const made = action.parts.find(({ property }) => property.name === 'type')?.value;
    return made?.kind !== 'text' || made.value === type;
  }
  if (action.kind === 'send') return action.mapping.claim === type;
  const copied = selectorOf(rule, action.label);
  const from = copied === undefined ? undefined : typeOf(copied);
  return from === undefined || from === type;
}

function selectorOf({ conditions }: Rule, label: string): Selector | undefined {
  return conditions.find((condition): condition is Selector => condition.kind === 'selector' && condition.label === label);
}

function typeOf({ tests }: Selector): string | undefined {
  return tests.find(({ property, operator }) => property.name === 'type' && operator === '==')?.value;
}

function testedPrefix(selector: Selector | undefined): Prefix | undefined {
  const test = selector?.tests.find(({ property, operator }) => property.name === 'value' && operator === '=~');
  const prefix = test === undefined ? undefined : prefixOf(test.value);
  return prefix?.anchored === true ? prefix : undefined;
}

function prefixOf(pattern: string): Prefix | undefined {
  const match = /^(\^?(?:\(\?i\))?\^?)([A-Za-z0-9 _:@/-]*)([?*{]?)/u.exec(pattern);
  const [, head = '', run = '', quantifier = ''] = match ?? [];
  const text = quantifier === '' ? run : run.slice(0, -1);
  if (pattern.includes('|') || text.length < SHORTEST) return undefined;
  return { text, anyCase: head.includes('i'), anchored: head.includes('^') };
}

/** Whether what starts like this cannot have what is looked for; where that could stand further behind, only when it looks like a slip. */
function differs(there: Prefix, wanted: Prefix): boolean {
  const [one, other] = there.anyCase || wanted.anyCase ? [there.text.toLowerCase(), wanted.text.toLowerCase()] : [there.text, wanted.text];
  if (one.startsWith(other) || other.startsWith(one)) return false;
  return wanted.anchored || nearestWord(wanted.text, [there.text]) !== undefined;
}

function replacementsOf({ action }: Rule): readonly Replace[] {
  return action.kind === 'fresh' ? action.parts.flatMap(({ value }) => within(value)) : [];
}

function within(expression: Expression): readonly Replace[] {
  if (expression.kind === 'join') return expression.parts.flatMap(within);
  return expression.kind === 'replace' ? [expression, ...within(expression.input)] : [];
}
