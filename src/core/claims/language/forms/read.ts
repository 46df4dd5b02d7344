/** What of a rule forms can say: one condition on one claim, and a claim made from it. */
import { CLAIM_PROPERTY } from '../../../model/claim.js';
import type { Expression, PropertyName, Rule } from '../../rule.js';
import { readFilter, type ValueFilter } from './values.js';

/** c:[Type == "…", Value …, Issuer == "…"] */
export interface FormCondition {
  readonly type: string;
  readonly only: ValueFilter | undefined;
  readonly issuer: string | undefined;
}

/** The condition of a rule that has one, on the type of a claim and perhaps its value and issuer; undefined for any other. */
export function readCondition({ conditions }: Rule): FormCondition | undefined {
  const [selector, ...more] = conditions;
  if (selector?.kind !== 'selector' || more.length > 0) return undefined;
  const { tests } = selector;
  const type = tests.find(({ property }) => property.name === 'type');
  const issuer = tests.find(({ property }) => property.name === 'issuer');
  const value = tests.find(({ property }) => property.name === 'value');
  const only = value === undefined ? undefined : readFilter(value);
  const read = [type, issuer, value].filter((test) => test !== undefined).length;
  const fits = read === tests.length && [type, issuer].every((test) => test === undefined || test.operator === '==');
  if (!fits || type === undefined || (value !== undefined && only === undefined)) return undefined;
  return { type: type.value, only, issuer: issuer?.value };
}

/** issue(Type = "…", Value = …, Issuer = c.Issuer, …) */
export interface FormClaim {
  readonly type: string;
  readonly value: Expression;
  /** Whether issuer, original issuer and value type are those of the claim it is made from; else they are the usual ones. */
  readonly inherits: boolean;
  readonly format: string | undefined;
}

/** The claim that a rule issues; undefined when it says something that no form does. */
export function readClaim({ action }: Rule): FormClaim | undefined {
  if (action.kind !== 'fresh' || !action.issue) return undefined;
  const parts = new Map(action.parts.map(({ property, value }) => [property.name === 'properties' ? `[${property.key}` : property.name, value]));
  const [type, value, format] = [parts.get('type'), parts.get('value'), parts.get(`[${CLAIM_PROPERTY.format}`)];
  const inherited = INHERITED.filter((name) => isPart(parts.get(name), name)).length;
  const known = 2 + inherited + (format === undefined ? 0 : 1);
  if (type?.kind !== 'text' || value === undefined || parts.size !== known || ![0, INHERITED.length].includes(inherited)) return undefined;
  if (format !== undefined && format.kind !== 'text') return undefined;
  return { type: type.value, value, inherits: inherited > 0, format: format?.value };
}

const INHERITED = ['issuer', 'originalissuer', 'valuetype'] as const;

/** Whether a value is this part of the claim that the condition takes. */
export function isPart(value: Expression | undefined, name: PropertyName): boolean {
  return value?.kind === 'property' && value.property.name === name;
}
