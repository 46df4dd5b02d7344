/** What a rule does, in one English sentence. */
import { CLAIM, CLAIM_PROPERTY, MULTIPLE_AUTHENTICATION } from '../../model/claim.js';
import { describeCondition as describeOwn, describeMapping, quoted } from '../mappings/describe.js';
import { displayNameOf } from '../explanation/claim-names.js';
import type { Expression, Rule, RuleAction, RuleCondition } from '../rule.js';
import { listed } from './spelling.js';
import { claimName, createNames, describeCondition, describeExpression, groupOf, type Named } from './words.js';

type Store = Extract<RuleAction, { readonly kind: 'store' }>;

/** 'Sends Role "admin" to members of the group S-1-5-…', without a full stop; of mappings and defaults, too. */
export function sentenceOf(rule: Rule): string {
  const { action, conditions } = rule;
  if (action.kind === 'send') return `Sends ${describeMapping(action.mapping)}`;
  const names = createNames(rule);
  const tail = action.issue ? '' : ' for the rules below';
  if (action.kind === 'copy') return `${verb(action)} every ${names.name(action.label).replace(/^the /u, '')} as it is${tail}${when(names.unnamed())}`;
  if (action.kind === 'store') return `${ask(action, names)}${tail}${when(names.unnamed())}`;
  const type = partOf(action, 'type');
  const value = partOf(action, 'value');
  if (action.issue && type?.kind === 'text') {
    const decision = decide(type.value, value, conditions);
    if (decision !== undefined) return decision;
  }
  const made = make(verb(action), type, value, names);
  const format = action.parts.find(({ property }) => property.name === 'properties' && property.key === CLAIM_PROPERTY.format)?.value;
  const formatted = format?.kind === 'text' ? `, in the format ${format.value.slice(format.value.lastIndexOf(':') + 1)}` : '';
  const { members, rest } = membersOf(names.unnamed());
  const people = members === undefined ? '' : ` ${action.issue ? 'to' : 'about'} ${members}`;
  return `${made}${formatted}${tail}${people}${when(rest)}`;
}

/** Rules that let people in, keep them out, or ask them for more. */
function decide(type: string, value: Expression | undefined, conditions: readonly RuleCondition[]): string | undefined {
  const { members = 'everybody', rest } = membersOf(conditions);
  if (type === CLAIM.permit) return `Permits ${members}${when(rest)}`;
  if (type === CLAIM.deny) return `Refuses ${members}${when(rest)}`;
  const asks = type === CLAIM.authenticationMethod && value?.kind === 'text' && value.value === MULTIPLE_AUTHENTICATION;
  return asks ? `Asks ${members} for a second factor${when(rest)}` : undefined;
}

function make(does: string, type: Expression | undefined, value: Expression | undefined, names: Named): string {
  if (type?.kind !== 'text') {
    const made = type === undefined ? '' : describeExpression(type, names);
    return `${does} a claim whose type is ${made}${value === undefined ? '' : `, and its value ${describeExpression(value, names)}`}`;
  }
  const name = claimName(type.value);
  if (value === undefined) return `${does} ${name} without a value`;
  if (value.kind === 'text') return `${does} ${name} ${quoted(value.value)}`;
  if (value.kind === 'property') return `${does} ${describeExpression(value, names)} as ${name}`;
  return `${does} ${name} made of ${describeExpression(value, names)}`;
}

/** Looks up mail and displayName in Active Directory and sends them as E-Mail Address and Name */
function ask(action: Store, names: Named): string {
  const { store, types, query, params, issue } = action;
  // What it is asked about needs no word of its own: it is the account, as a rule.
  for (const param of params) describeExpression(param, names);
  if (query.kind !== 'text') describeExpression(query, names);
  const attributes = query.kind === 'text' ? (/^[^;]*;([\w.(),-]+)(?:;|$)/u.exec(query.value)?.[1]?.split(',') ?? []) : [];
  const claims = listed(types.map(displayNameOf));
  const does = issue ? 'sends' : 'adds';
  if (attributes.length !== types.length) return `Asks ${store} and ${does} what it has as ${claims}`;
  return `Looks up ${listed(attributes)} in ${store} and ${does} ${types.length === 1 ? 'it' : 'them'} as ${claims}`;
}

function verb(action: Exclude<RuleAction, { readonly kind: 'send' }>): string {
  return action.issue ? 'Sends' : 'Adds';
}

function partOf(action: Extract<RuleAction, { readonly kind: 'fresh' }>, name: 'type' | 'value'): Expression | undefined {
  return action.parts.find(({ property }) => property.name === name)?.value;
}

/** 'members of the group Finance', and the conditions beside it. */
function membersOf(conditions: readonly RuleCondition[]): { readonly members: string | undefined; readonly rest: readonly RuleCondition[] } {
  const first = conditions.find((condition) => groupOf(condition) !== undefined);
  const group = first === undefined ? undefined : groupOf(first);
  return { members: group === undefined ? undefined : `members of the group ${group}`, rest: conditions.filter((condition) => condition !== first) };
}

/** ' when there is no Role and there is a UPN', or nothing. */
function when(conditions: readonly RuleCondition[]): string {
  if (conditions.length === 0) return '';
  return ` when ${listed(conditions.map((condition) => (condition.kind === 'own' ? describeOwn(condition.condition) : describeCondition(condition))))}`;
}
