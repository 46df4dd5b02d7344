/** Which claim types a rule makes, as far as its text says. */
import type { Rule, RuleAction, RuleCondition } from '../rule.js';

/** Literal types; undefined stands for a type that is put together when the rule runs. */
export function targetsOf(rule: Rule): readonly (string | undefined)[] {
  const { action } = rule;
  switch (action.kind) {
    case 'store':
      return action.types;
    case 'send':
      return [action.mapping.claim];
    case 'copy':
      return [literalType(rule.conditions.find((condition) => condition.kind === 'selector' && condition.label === action.label))];
    case 'fresh': {
      const type = action.parts.find(({ property }) => property.name === 'type')?.value;
      if (type?.kind === 'text') return [type.value];
      if (type?.kind !== 'property' || type.property.name !== 'type') return [undefined];
      return [literalType(rule.conditions.find((condition) => condition.kind === 'selector' && condition.label === type.label))];
    }
  }
}

/** The claim types that its conditions and sources name: where a claim that is missing could have come from. */
export function needsOf(rule: Rule): readonly string[] {
  const conditions = rule.conditions.flatMap(
    (condition) => literalType(condition) ?? (condition.kind === 'own' && 'claim' in condition.condition ? condition.condition.claim : []),
  );
  const sources = rule.action.kind === 'send' ? rule.action.mapping.from.flatMap((source) => ('claim' in source ? source.claim : [])) : [];
  return [...new Set([...conditions, ...sources])];
}

/** The attribute that a rule asks a store for to make a type: 'mail' of ";mail,displayName;{0}"; undefined where none is listed, as in SQL. */
export function attributeAsked({ types, query }: Extract<RuleAction, { kind: 'store' }>, type: string): string | undefined {
  const listed = query.kind === 'text' ? (query.value.split(';')[1]?.split(',') ?? []) : [];
  return listed.length === types.length ? listed[types.indexOf(type)]?.trim() : undefined;
}

function literalType(condition: RuleCondition | undefined): string | undefined {
  if (condition === undefined || condition.kind === 'own') return undefined;
  return condition.tests.find(({ property, operator }) => property.name === 'type' && operator === '==')?.value;
}
