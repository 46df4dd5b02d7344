/** What conditions may look like: checked before they are stored, in mappings and access policies alike. */
import { isRange } from '../../network-ranges.js';
import type { AccessPolicy, Condition, TimeWindow, ValueTest } from '../../model/condition.js';
import { isText, keyed, problemOfCount, problemOfPattern, show } from '../mappings/sentences.js';
import { isTimeZone } from './time-windows.js';

const LIMITS = { rules: 50, conditions: 20, values: 200, methods: 20, value: 512, depth: 5 } as const;

/** amr values (RFC 8176 2). */
const METHOD = /^[\x21-\x7e]{1,64}$/u;
const CLOCK = /^(?:[01]\d|2[0-3]):[0-5]\d$/u;

/** A sentence that names the rule of the policy and the key that cannot be used, and the fix; undefined when all can. */
export function checkAccessPolicy({ name, rules }: AccessPolicy): string | undefined {
  if (name !== undefined && !isText(name)) return 'The access policy cannot be used: key name: it is empty, too long, or holds invisible characters.';
  if (rules.length > LIMITS.rules)
    return `The access policy cannot be used: key rules: there are ${String(rules.length)}; use at most ${String(LIMITS.rules)}.`;
  for (const [index, { when, except }] of rules.entries()) {
    const problem = problemOfConditions(when, 'when') ?? (except === undefined ? undefined : problemOfConditions(except, 'except'));
    if (problem !== undefined) return `Rule ${String(index + 1)} of the access policy cannot be used: ${problem}.`;
  }
  return undefined;
}

/** The first problem of a list of conditions, as the end of a sentence that starts with its key: 'key onlyWhen[0].group: …'. */
export function problemOfConditions(conditions: readonly Condition[], key: string): string | undefined {
  const count = problemOfCount(conditions, LIMITS.conditions, 'conditions');
  if (count !== undefined) return keyed(key, count);
  for (const [index, condition] of conditions.entries()) {
    const problem = problemOf(condition, `${key}[${String(index)}]`, 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function problemOf(condition: Condition, key: string, depth: number): string | undefined {
  if ('everyone' in condition || 'secondFactor' in condition || 'device' in condition) return undefined;
  if ('not' in condition) return depth > LIMITS.depth ? keyed(key, 'there are too many nots in each other') : problemOf(condition.not, `${key}.not`, depth + 1);
  if ('group' in condition) return keyed(`${key}.group`, problemOfTexts(condition.group, 'groups'));
  if ('claim' in condition) return keyed(`${key}.claim`, problemOfText(condition.claim)) ?? problemOfTest(condition, key);
  if ('attribute' in condition) return keyed(`${key}.attribute`, problemOfText(condition.attribute)) ?? problemOfTest(condition, key);
  if ('network' in condition) return keyed(`${key}.network`, problemOfNetwork(condition.network));
  return 'method' in condition ? keyed(`${key}.method`, problemOfMethods(condition.method)) : problemOfWindow(condition.time, `${key}.time`);
}

function problemOfTest({ is, matches }: ValueTest, key: string): string | undefined {
  const long = is?.find((value) => value.length > LIMITS.value);
  if (long !== undefined) return keyed(`${key}.is`, `${show(long)} is too long; use at most ${String(LIMITS.value)} characters`);
  return (
    keyed(`${key}.is`, is === undefined ? undefined : problemOfCount(is, LIMITS.values, 'values')) ??
    keyed(`${key}.matches`, matches === undefined ? undefined : problemOfPattern(matches))
  );
}

function problemOfNetwork(network: 'intranet' | 'extranet' | readonly string[]): string | undefined {
  if (typeof network === 'string') return undefined;
  const wrong = network.find((range) => !isRange(range));
  if (wrong !== undefined) return `"${show(wrong)}" is no range of addresses; write it like 10.0.0.0/8 or 2001:db8::/32`;
  return problemOfCount(network, LIMITS.values, 'ranges');
}

function problemOfMethods(methods: readonly string[]): string | undefined {
  const wrong = methods.find((method) => !METHOD.test(method));
  if (wrong !== undefined) return `"${show(wrong)}" is no method; give values of RFC 8176, such as pwd or otp`;
  return problemOfCount(methods, LIMITS.methods, 'methods');
}

function problemOfWindow({ days, from, to, zone }: TimeWindow, key: string): string | undefined {
  if (days === undefined && from === undefined && to === undefined) return keyed(key, 'give days, or from and to');
  if (days?.length === 0) return keyed(`${key}.days`, 'give at least one day, or leave it out for every day');
  if ((from === undefined) !== (to === undefined)) return keyed(key, 'give from and to together');
  const [name, wrong] = Object.entries({ from, to }).find(([, time]) => time !== undefined && !CLOCK.test(time)) ?? [];
  if (name !== undefined) return keyed(`${key}.${name}`, `"${show(wrong ?? '')}" is no time of the day; write it like 08:00, from 00:00 to 23:59`);
  if (from !== undefined && from === to) return keyed(key, `from and to are both ${from}; leave both out for the whole day`);
  return zone === undefined || isTimeZone(zone) ? undefined : keyed(`${key}.zone`, `"${show(zone)}" is no time zone; write it like Europe/Berlin`);
}

function problemOfTexts(texts: readonly string[], what: string): string | undefined {
  return problemOfCount(texts, LIMITS.values, what) ?? texts.map(problemOfText).find((problem) => problem !== undefined);
}

function problemOfText(text: string): string | undefined {
  return isText(text) ? undefined : `"${show(text)}" is empty, too long, or holds invisible characters`;
}
