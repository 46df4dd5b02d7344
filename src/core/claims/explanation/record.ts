/** Outcomes of rules as records: short, and masked where they are kept. */
import type { Claim } from '../../model/claim.js';
import { describeCondition } from '../mappings/describe.js';
import type { ClaimRecord, Evaluation, FailedCondition, RuleOutcome, RuleRecord, SetRecord } from '../explanation.js';
import { mask } from './mask.js';
import { ruleLabel } from './rule-label.js';
import type { RuleSetName } from '../rule.js';

export const LIMITS = { rules: 200, claims: 5, text: 200, condition: 120 } as const;

/**
 * @param about.masked as it is kept with a sign-on: values masked, of 200 rules at most; otherwise as an administrator who
 * asks sees it. Of inputs and outputs the first five either way, 200 characters of a text, and 120 of a condition, of which
 * `expected` has the part that counts.
 */
export function recordSet(set: RuleSetName, { outcomes }: Evaluation, { masked }: { readonly masked: boolean }): SetRecord {
  const kept = masked ? outcomes.slice(0, LIMITS.rules) : outcomes;
  return {
    set,
    rules: kept.map((outcome) => recordRule(outcome, masked)),
    ...(kept.length < outcomes.length ? { more: outcomes.length - kept.length } : {}),
  };
}

type Show = (value: string) => string;
/** Filled in place: this runs for every rule of every sign-on, and spreading objects into one another costs more than all else here. */
type Draft = { -readonly [Key in keyof RuleRecord]: RuleRecord[Key] };

function recordRule(outcome: RuleOutcome, masked: boolean): RuleRecord {
  const show = masked ? mask : shorten;
  const { rule, position, matched, outputs, failed, nothing } = outcome;
  const record: Draft = { rule: shorten(ruleLabel(rule, position)), matched };
  if (failed !== undefined) return withFailure(record, failed, show);
  const { inputs } = outcome;
  if (rule.action.kind !== 'send' && !rule.action.issue) record.added = true;
  if (inputs.length > 0) record.inputs = recordClaims(inputs, show);
  if (inputs.length > LIMITS.claims) record.moreInputs = inputs.length - LIMITS.claims;
  if (outputs.length > 0) record.outputs = recordClaims(outputs, show);
  if (outputs.length > LIMITS.claims) record.moreOutputs = outputs.length - LIMITS.claims;
  if (inputs.length === 0 && rule.conditions.length > 0) record.condition = shorten(conditionsOf(outcome), LIMITS.condition);
  if (nothing !== undefined) record.nothing = shorten(masked ? withoutValues(nothing, outcome) : nothing);
  return record;
}

function withFailure(record: Draft, { condition, expected, observed, others, nearest, plain, words }: FailedCondition, show: Show): RuleRecord {
  const shown = plain === true ? shorten : show;
  record.condition = shorten(condition, LIMITS.condition);
  record.expected = shorten(expected);
  if (observed !== undefined) record.observed = shown(observed);
  if (others !== undefined) record.others = others;
  if (words !== undefined) record.words = words;
  if (nearest !== undefined) record.nearest = shown(nearest.what);
  if (nearest?.difference !== undefined) record.difference = nearest.difference;
  return record;
}

function recordClaims(claims: readonly Claim[], show: Show): readonly ClaimRecord[] {
  return claims.slice(0, LIMITS.claims).map(({ type, value }) => ({ type: shorten(type), value: show(value) }));
}

function conditionsOf({ rule }: RuleOutcome): string {
  return rule.conditions.map((condition) => (condition.kind === 'own' ? describeCondition(condition.condition) : condition.source)).join(' && ');
}

/** Mappings quote the value of which nothing was left. */
function withoutValues(nothing: string, { rule }: RuleOutcome): string {
  return rule.action.kind === 'send' ? nothing.replace(/".*"/su, '"…"') : nothing;
}

function shorten(text: string, most: number = LIMITS.text): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
