/** One rule in one sentence for people: what it made and why, or why it did not match. */
import { CLAIM } from '../model/claim.js';
import { displayNameOf } from './claim-names.js';
import type { ClaimRecord, RuleRecord } from './explanation.js';

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
  if (outputs.length === 0) return `${capitalized(placeOf(record))} matched and made nothing${nothing === undefined ? '' : `: ${nothing}`}.`;
  return `${made(record, outputs)} ${because(record)} (${placeOf(record)})${nothing === undefined ? '' : `; ${nothing}`}.`;
}

/** 'rule 3 "Finance", line 7' */
function placeOf({ rule }: RuleRecord): string {
  return rule.replace(/ \((?<line>line \d+)\)$/u, ', $<line>');
}

function made({ added, moreOutputs }: RuleRecord, outputs: readonly ClaimRecord[]): string {
  const types = new Set(outputs.map(({ type }) => type));
  if (added !== true && types.size === 1 && types.has(CLAIM.permit)) return 'Permitted';
  if (added !== true && types.size === 1 && types.has(CLAIM.deny)) return 'Denied';
  const what = listed(
    outputs.map(({ type, value }) => `${displayNameOf(type)} "${value}"`),
    moreOutputs,
  );
  return added === true ? `Noted ${what} for later rules` : `Sent ${what}`;
}

function because({ inputs = [], moreInputs, condition }: RuleRecord): string {
  if (inputs.length > 0) return `because ${listed(inputs.map(isSo), moreInputs)}`;
  return condition === undefined ? 'without a condition' : `because ${condition} holds`;
}

/** What a mapping took that is no claim comes with words for its type: 'attribute mail'. */
function isSo({ type, value }: ClaimRecord): string {
  return `${type.includes(' ') ? type : `the ${displayNameOf(type)} claim`} is "${value}"`;
}

function failureOf({ expected = '', observed, others, words, nearest, difference }: RuleRecord): string {
  const wants = expected.startsWith('some ') ? `no ${expected.slice('some '.length)}` : `it needs ${expected}`;
  if (nearest !== undefined) return `${wants}. Nearest: "${nearest}"${difference === undefined ? '' : `, which differs in ${difference} only`}.`;
  if (observed === undefined) return `${wants}.`;
  if (words === true) return `${wants}; found: ${observed}.`;
  const more = others === undefined ? '' : ` and ${String(others)} more`;
  return `${wants}; there is "${observed}"${more}.`;
}

function listed(words: readonly string[], more = 0): string {
  const shown = words.slice(0, NAMED);
  const rest = words.length - shown.length + more;
  const all = rest === 0 ? shown : [...shown, `${String(rest)} more`];
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1) ?? ''}`;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
