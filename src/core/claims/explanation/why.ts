/** One rule in one sentence for people: what it made and why, or why it did not match. */
import { CLAIM } from '../../model/claim.js';
import { displayNameOf } from './claim-names.js';
import type { ClaimRecord, RuleRecord } from '../explanation.js';

const NAMED = 3;

/**
 * Sent role "approver" because the group claim is "Finance" (rule 3 "Finance approvers", line 7).
 * Rule 3 did not match: no group claim is "Finance". Nearest: "Finance-EU".
 *
 * @param record with values masked, or as they are
 */
export function whyOf(record: RuleRecord): string {
  if (!record.matched) return `${capitalized(placeOf(record))} did not match: ${failureOf(record)}`;
  const { outputs = [], nothing } = record;
  if (outputs.length === 0) return `${attempt(record)}${nothing === undefined ? ' and made nothing' : `, but ${nothing}`}.`;
  return `${made(record, outputs)} ${reasonOf(record)}${nothing === undefined ? '' : `; ${nothing}`}.`;
}

/** What is left to say of a rule that made a claim, where claim and values are seen: 'because the Group claim is "Finance" (rule 3, line 7)'. */
export function reasonOf(record: RuleRecord): string {
  const { groups } = UNWRITTEN.exec(record.rule) ?? {};
  return groups === undefined ? `${because(record)} (${placeOf(record)})` : `${because(record)}, ${groups['origin'] ?? ''}`;
}

/** Labels of rules that nobody wrote. */
const UNWRITTEN = /^(?<claim>.*), (?<origin>by default|as requested)$/su;

function attempt(record: RuleRecord): string {
  const { groups } = UNWRITTEN.exec(record.rule) ?? {};
  if (groups === undefined) return `${capitalized(placeOf(record))} matched`;
  return `${groups['claim'] ?? ''} is ${groups['origin'] === 'by default' ? 'sent by default' : 'requested'}`;
}

/** 'rule 3 "Finance", line 7' */
function placeOf({ rule }: RuleRecord): string {
  return rule.replace(/ \((?<line>line \d+)\)$/u, ', $<line>');
}

function made({ added, moreOutputs }: RuleRecord, outputs: readonly ClaimRecord[]): string {
  const types = new Set(outputs.map(({ type }) => type));
  if (added !== true && types.size === 1 && types.has(CLAIM.permit)) return 'Permitted';
  if (added !== true && types.size === 1 && types.has(CLAIM.deny)) return 'Denied';
  const what = byType(outputs, moreOutputs, (type, values) => `${displayNameOf(type)} ${values}`);
  return added === true ? `Noted ${what} for later rules` : `Sent ${what}`;
}

/** A value that was passed on is not said twice. */
function because(record: RuleRecord): string {
  const { inputs = [], outputs = [], moreInputs, condition } = record;
  if (inputs.length === 0) return condition === undefined ? 'without a condition' : `because ${condition} holds`;
  if (passedOn(inputs, outputs)) return `from ${nounOf(inputs[0]?.type ?? '', inputs.length + (moreInputs ?? 0))}`;
  return `because ${byType(inputs, moreInputs, (type, values, count) => `${nounOf(type, count)} ${count > 1 && !isWords(type) ? 'are' : 'is'} ${values}`)}`;
}

function passedOn(inputs: readonly ClaimRecord[], outputs: readonly ClaimRecord[]): boolean {
  const values = outputs.map(({ value }) => value);
  return inputs.length === outputs.length && inputs.every(({ type, value }) => type === inputs[0]?.type && values.includes(value));
}

function nounOf(type: string, count: number): string {
  return isWords(type) ? type : `the ${displayNameOf(type)} ${count > 1 ? 'claims' : 'claim'}`;
}

/** What a mapping took that is no claim comes with words for its type: 'attribute mail'. */
function isWords(type: string): boolean {
  return type.includes(' ');
}

/** The first few, values of one type together: 'Role "A" and "B"'. */
function byType(claims: readonly ClaimRecord[], more = 0, words: (type: string, values: string, count: number) => string): string {
  const shown = claims.slice(0, NAMED);
  const rest = claims.length - shown.length + more;
  const types = [...new Set(shown.map(({ type }) => type))];
  const alone = new Set(claims.map(({ type }) => type)).size === 1 ? rest : 0;
  const groups = types.map((type) => {
    const values = shown.flatMap((claim) => (claim.type === type ? `"${claim.value}"` : []));
    return words(type, listed(values, alone), values.length + alone);
  });
  return listed(groups, rest - alone);
}

function failureOf({ expected = '', observed, others, words, nearest, difference }: RuleRecord): string {
  const wants = expected.startsWith('some ') ? `no ${expected.slice('some '.length)}` : `it needs ${expected}`;
  if (nearest !== undefined) return `${wants}. Nearest: "${nearest}"${difference === undefined ? '' : `, which differs in ${difference} only`}.`;
  if (observed === undefined) return `${wants}.`;
  if (words === true) return `${wants}; found: ${observed}.`;
  const more = others === undefined ? '' : ` and ${String(others)} more`;
  return `${wants}; there is "${observed}"${more}.`;
}

function listed(words: readonly string[], more: number): string {
  const all = more === 0 ? words : [...words, `${String(more)} more`];
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1) ?? ''}`;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
