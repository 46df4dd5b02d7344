/** Mappings and conditions in words, for administrators: the trace, `rp show`, refusals. */
import { CLAIM } from '../../model/claim.js';
import type { ClaimChange, ClaimMapping, ClaimSource } from '../../model/claim-mapping.js';
import type { Condition, TimeWindow, ValueTest } from '../../model/condition.js';
import { DEFAULT_ZONE, WEEKDAYS } from '../conditions/time-windows.js';

const SHORT_NAMES: ReadonlyMap<string, string> = new Map(Object.entries(CLAIM).map(([name, type]) => [type, name]));
const SHOWN = 60;
const SHOWN_IN_LISTS = 20;

/** upn, attribute department, the text "Example Corp". */
export function describeSource(source: ClaimSource): string {
  if ('claim' in source) return shortName(source.claim);
  if ('attribute' in source) return `attribute ${source.attribute}`;
  if ('constant' in source) return `the text ${quoted(source.constant)}`;
  if ('group' in source) return source.group === '*' ? 'the groups' : `groups like ${source.group}`;
  return 'fact' in source ? `the ${source.fact} of the sign-in` : `the ${source.identifier} identifier`;
}

/** http://schemas.xmlsoap.org/claims/UPN from upn, else email, in example.com; only in the group Sales; required */
export function describeMapping(mapping: ClaimMapping): string {
  const { from, onlyWhen = [], domains, change = [], template, nameIdFormat, nameFormat, required } = mapping;
  const where = domains === undefined ? '' : `, in ${listed(domains)}`;
  const more = [
    ...(change.length === 0 ? [] : [change.map(describeChange).join(', then ')]),
    ...(template === undefined ? [] : [`as ${template}`]),
    ...(nameIdFormat === undefined ? [] : [`format ${nameIdFormat}`]),
    ...(nameFormat === undefined ? [] : [`name format ${nameFormat}`]),
    ...(onlyWhen.length === 0 ? [] : [`only ${onlyWhen.map(describeCondition).join(' and ')}`]),
    ...(required === true ? ['required'] : []),
  ];
  return [`${target(mapping.claim)} from ${from.map(describeSource).join(', else ')}${where}`, ...more].join('; ');
}

/** in lower case, what stands before "@", "Finance" as "FIN" */
export function describeChange(change: ClaimChange): string {
  if (typeof change === 'string') return WORD_CHANGES[change];
  if ('before' in change) return `what stands before ${quoted(change.before)}`;
  if ('after' in change) return `what stands after ${quoted(change.after)}`;
  if ('join' in change) return `joined by ${quoted(change.join)}`;
  if ('split' in change) return `split at ${quoted(change.split)}`;
  if ('replace' in change) return `${quoted(change.replace)} replaced by ${quoted(change.with)}`;
  if ('keep' in change) return `only what matches ${quoted(change.keep)}`;
  const entries = Object.entries(change.map).map(([value, becomes]) => `${quoted(value)} as ${quoted(becomes)}`);
  return [...shorten(entries), ...(change.others === 'keep' ? ['others as they are'] : [])].join(', ');
}

const WORD_CHANGES: Readonly<Record<Extract<ClaimChange, string>, string>> = {
  lowercase: 'in lower case',
  uppercase: 'in upper case',
  trim: 'without white space around it',
  first: 'only the first',
};

/** 'in one of the groups Finance, Audit', 'from the intranet', 'not from 10.0.0.0/8': completes "only". */
export function describeCondition(condition: Condition): string {
  return 'not' in condition ? `not ${describeCondition(condition.not)}` : `${prepositionOf(condition)}${nounOf(condition)}`;
}

/** What a condition wants, as FailedCondition has it: 'one of the groups Finance, Audit', 'some role claim is "Reader"'. */
export function describeExpected(condition: Condition): string {
  if ('claim' in condition) return `some ${shortName(condition.claim)} claim ${describeTest(condition) || 'is there'}`;
  if ('attribute' in condition) return `some value of attribute ${condition.attribute} ${describeTest(condition) || 'is there'}`;
  if (!('not' in condition)) return nounOf(condition);
  return `anything but ${'not' in condition.not ? describeExpected(condition.not) : nounOf(condition.not)}`;
}

type PlainCondition = Exclude<Condition, { readonly not: unknown }>;

function nounOf(condition: PlainCondition): string {
  if ('everyone' in condition) return 'everyone';
  if ('group' in condition) return `${condition.group.length === 1 ? 'the group' : 'one of the groups'} ${shorten(condition.group).join(', ')}`;
  if ('claim' in condition) return `a claim ${shortName(condition.claim)}${that(condition)}`;
  if ('attribute' in condition) return `an attribute ${condition.attribute}${that(condition)}`;
  if ('network' in condition) return typeof condition.network === 'string' ? `the ${condition.network}` : listed(shorten(condition.network));
  if ('method' in condition) return `a sign-in by ${listed(condition.method)}`;
  if ('secondFactor' in condition) return 'a second factor';
  return 'time' in condition ? describeWindow(condition.time) : `a ${condition.device} device`;
}

function prepositionOf(condition: PlainCondition): string {
  if ('everyone' in condition) return '';
  if ('group' in condition) return 'in ';
  if ('network' in condition || 'device' in condition) return 'from ';
  if ('time' in condition) return condition.time.days === undefined ? '' : 'on ';
  return 'with ';
}

function that(test: ValueTest): string {
  const words = describeTest(test);
  return words === '' ? '' : ` that ${words}`;
}

/** Empty where a value only has to be there. */
function describeTest({ is, matches }: ValueTest): string {
  const tests = [
    ...(is === undefined ? [] : [is.length === 1 ? `is ${is.map(quoted).join('')}` : `is one of ${shorten(is).map(quoted).join(', ')}`]),
    ...(matches === undefined ? [] : [`matches ${quoted(matches)}`]),
  ];
  return tests.join(' and ');
}

/** 'mon to fri between 08:00 and 18:00 Europe/Berlin' */
function describeWindow({ days, from, to, zone = DEFAULT_ZONE }: TimeWindow): string {
  const time = from === undefined || to === undefined ? [] : [`between ${from} and ${to}`];
  return [...(days === undefined ? [] : [describeDays(days)]), ...time, zone].join(' ');
}

function describeDays(days: readonly string[]): string {
  const sorted = WEEKDAYS.filter((day) => days.includes(day));
  const [first, last] = [sorted[0] ?? 'mon', sorted.at(-1) ?? 'mon'];
  const inARow = WEEKDAYS.indexOf(last) - WEEKDAYS.indexOf(first) === sorted.length - 1;
  return sorted.length > 2 && inARow ? `${first} to ${last}` : sorted.join(', ');
}

/** upn for its long type; a type without a short name as it is. */
export function shortName(claim: string): string {
  return SHORT_NAMES.get(claim) ?? claim;
}

/** A value as it may stand in a sentence. */
export function quoted(value: string): string {
  return `"${value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value}"`;
}

/** The first of a long list, and how many more. */
export function shorten(list: readonly string[]): readonly string[] {
  return list.length > SHOWN_IN_LISTS ? [...list.slice(0, SHOWN_IN_LISTS), `${String(list.length - SHOWN_IN_LISTS)} more`] : list;
}

function listed(words: readonly string[]): string {
  return words.join(' or ');
}

function target(claim: string): string {
  if (claim === CLAIM.nameIdentifier) return 'the name identifier';
  return claim === CLAIM.issuerId ? 'the issuer of the token' : claim;
}
