/** Parts of rules in words: claims, conditions, and texts that are put together. */
import { CLAIM } from '../../model/claim.js';
import { displayNameOf } from '../explanation/claim-names.js';
import { quoted } from '../mappings/describe.js';
import type { Aggregate, ClaimTest, Expression, PropertyRef, Rule, RuleCondition, Selector } from '../rule.js';
import { readFilter } from './forms/values.js';

/** 'Role', 'claim urn:x' for a type nobody named, 'claim' for any. */
export function claimName(type: string | undefined): string {
  if (type === undefined) return 'claim';
  const name = displayNameOf(type);
  return name === type ? `claim ${type}` : name;
}

/** 'E-Mail Address that ends with "@corp.example" from AD AUTHORITY' */
export function describeClaim(tests: readonly ClaimTest[]): string {
  return `${claimName(typeOf(tests))}${describeTests(tests)}`;
}

/** 'there is a Role that is "x"', 'there are more than 2 claims Group SID' */
export function describeCondition(condition: Exclude<RuleCondition, { readonly kind: 'own' }>): string {
  if (condition.kind === 'selector' || condition.form === 'exists') return `there is ${withArticle(describeClaim(condition.tests))}`;
  if (condition.form === 'not exists') return `there is no ${describeClaim(condition.tests)}`;
  const { tests, comparison } = condition;
  const type = typeOf(tests);
  const claims = type === undefined ? 'claims' : `claims ${displayNameOf(type)}`;
  return `there are ${COMPARED[comparison.operator]} ${String(comparison.count)} ${claims}${describeTests(tests)}`;
}

/** The group whose members a condition takes; undefined for another condition. */
export function groupOf(condition: RuleCondition): string | undefined {
  if (condition.kind !== 'selector' || ![CLAIM.groupSid, CLAIM.group].some((type) => type === typeOf(condition.tests))) return undefined;
  const values = condition.tests.filter(({ property }) => property.name === 'value');
  const [filter, ...more] = values.map(readFilter);
  const others = condition.tests.filter(({ property }) => !['type', 'value', 'issuer'].includes(property.name));
  return filter?.kind === 'equals' && more.length === 0 && others.length === 0 ? filter.value : undefined;
}

/** The claims that a rule's labels stand for, in words: the first time in full, then in short. */
export interface Named {
  name(label: string): string;
  /** The conditions that no name was asked for. */
  unnamed(): readonly RuleCondition[];
}

export function createNames({ conditions }: Rule): Named {
  const told = new Set<RuleCondition>();
  return {
    name(label) {
      const selector = conditions.find((condition): condition is Selector => condition.kind === 'selector' && condition.label === label);
      if (selector === undefined) return 'a claim';
      const full = !told.has(selector);
      told.add(selector);
      return `the ${full ? describeClaim(selector.tests) : claimName(typeOf(selector.tests))}`;
    },
    unnamed: () => conditions.filter((condition) => !told.has(condition)),
  };
}

/** 'the UPN with "@.*" replaced by "@corp.example"' */
export function describeExpression(expression: Expression, names: Named): string {
  switch (expression.kind) {
    case 'text':
      return quoted(expression.value);
    case 'property':
      return expression.property.name === 'value' ? names.name(expression.label) : `the ${partName(expression.property)} of ${names.name(expression.label)}`;
    case 'join':
      return expression.parts.map((part) => describeExpression(part, names)).join(' followed by ');
    case 'replace': {
      const [input, pattern, by] = [expression.input, expression.pattern, expression.replacement].map((part) => describeExpression(part, names));
      return by === '""' ? `${input ?? ''} without what matches ${pattern ?? ''}` : `${input ?? ''} with ${pattern ?? ''} replaced by ${by ?? ''}`;
    }
  }
}

const COMPARED: Readonly<Record<Aggregate['comparison']['operator'], string>> = {
  '==': 'exactly',
  '!=': 'more or fewer than',
  '<': 'fewer than',
  '<=': 'at most',
  '>': 'more than',
  '>=': 'at least',
};
const OPERATORS: Readonly<Record<ClaimTest['operator'], string>> = { '==': 'is', '!=': 'is not', '=~': 'matches', '!~': 'does not match' };

function typeOf(tests: readonly ClaimTest[]): string | undefined {
  return tests.find(({ property, operator }) => property.name === 'type' && operator === '==')?.value;
}

function describeTests(tests: readonly ClaimTest[]): string {
  const type = tests.find(({ property, operator }) => property.name === 'type' && operator === '==');
  return tests
    .filter((test) => test !== type)
    .map((test) => ` ${describeTest(test)}`)
    .join('');
}

function describeTest(test: ClaimTest): string {
  const { property, operator, value } = test;
  if (property.name === 'issuer' && operator === '==') return `from ${value}`;
  const filter = readFilter(test);
  if (filter?.kind === 'equals') return `that is ${quoted(filter.value)}`;
  if (filter?.kind === 'starts') return `that starts with ${quoted(filter.value)}`;
  if (filter?.kind === 'domain') return `that ends with ${quoted(`@${filter.value}`)}`;
  const compared = `${OPERATORS[operator]} ${quoted(value)}`;
  return property.name === 'value' ? `that ${compared}` : `whose ${partName(property)} ${compared}`;
}

function partName(property: PropertyRef): string {
  if (property.name === 'properties') return `property ${property.key.slice(property.key.lastIndexOf('/') + 1)}`;
  return { type: 'type', value: 'value', valuetype: 'value type', issuer: 'issuer', originalissuer: 'original issuer' }[property.name];
}

/** A UPN, an E-Mail Address. */
function withArticle(noun: string): string {
  return `${/^[aeio]/iu.test(noun) ? 'an' : 'a'} ${noun}`;
}
