/** What forms say about the value of a claim, as a test in a rule and back. */
import type { ClaimTest } from '../../rule.js';
import { writeString } from './write.js';

/** The values a form lets through. */
export type ValueFilter =
  /** This one; the console's rules take it in any letter case. */
  | { readonly kind: 'equals'; readonly value: string; readonly anyCase: boolean }
  /** What starts with this, in any letter case. */
  | { readonly kind: 'starts'; readonly value: string }
  /** E-mail addresses and names that end with @ and this, in any letter case. */
  | { readonly kind: 'domain'; readonly value: string };

/** `, Value =~ "^(?i)…$"`, or nothing without a filter. Throws SignetError invalid_input. */
export function writeFilter(filter: ValueFilter | undefined): string {
  if (filter === undefined) return '';
  const { kind, value } = filter;
  if (kind === 'equals' && !filter.anyCase) return `, Value == ${writeString('the value', value)}`;
  const escaped = escapePattern(value);
  const pattern = { equals: `^(?i)${escaped}$`, starts: `^(?i)${escaped}`, domain: `(?i)@${escaped}$` }[kind];
  return `, Value =~ ${writeString('the value', pattern)}`;
}

/** The filter that a test of the value is; undefined when no form can say it. */
export function readFilter({ property, operator, value }: ClaimTest): ValueFilter | undefined {
  if (property.name !== 'value') return undefined;
  if (operator === '==') return { kind: 'equals', value, anyCase: false };
  if (operator !== '=~') return undefined;
  const equal = literal(/^\^\(\?i\)(.*)\$$/su.exec(value));
  if (equal !== undefined) return { kind: 'equals', value: equal, anyCase: true };
  const start = literal(/^\^\(\?i\)(.*)$/su.exec(value));
  if (start !== undefined) return { kind: 'starts', value: start };
  const domain = literal(/^\(\?i\)@(.*)\$$/su.exec(value));
  return domain === undefined ? undefined : { kind: 'domain', value: domain };
}

/** A text as a regular expression that stands for it only, as .NET's Regex.Escape writes it. */
function escapePattern(text: string): string {
  return text.replaceAll(/[\\*+?|{[()^$.# ]/gu, (character) => `\\${character}`).replaceAll('\t', '\\t');
}

/** The text that a regular expression stands for; undefined when it stands for others, too. */
function literal(match: RegExpExecArray | null): string | undefined {
  const pattern = match?.[1];
  if (pattern === undefined || !/^(?:[^\\*+?|{[()^$.]|\\[^\p{L}\p{N}_]|\\t)*$/u.test(pattern)) return undefined;
  return pattern.replaceAll(/\\(.)/gsu, (_, character: string) => (character === 't' ? '\t' : character));
}
