/** Outcomes of rules as records: short, and masked where they are kept. */
import type { Claim } from '../model/claim.js';
import { describeCondition } from './describe.js';
import type { ClaimRecord, Evaluation, FailedCondition, RuleOutcome, RuleRecord, SetRecord } from './explanation.js';
import { mask } from './mask.js';
import { ruleLabel } from './rule-label.js';
import type { RuleSetName } from './rule.js';

const LIMITS = { rules: 200, claims: 5, text: 200, condition: 120 } as const;

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

function recordRule(outcome: RuleOutcome, masked: boolean): RuleRecord {
  const show = masked ? mask : shorten;
  const { rule, position, matched, inputs, outputs, failed, nothing } = outcome;
  const label = shorten(ruleLabel(rule, position));
  if (failed !== undefined) return { rule: label, matched, ...recordFailure(failed, show) };
  return {
    rule: label,
    matched,
    ...(rule.action.kind !== 'send' && !rule.action.issue ? { added: true } : {}),
    ...(inputs.length === 0 ? {} : { inputs: recordClaims(inputs, show) }),
    ...(inputs.length > LIMITS.claims ? { moreInputs: inputs.length - LIMITS.claims } : {}),
    ...(outputs.length === 0 ? {} : { outputs: recordClaims(outputs, show) }),
    ...(outputs.length > LIMITS.claims ? { moreOutputs: outputs.length - LIMITS.claims } : {}),
    ...(inputs.length > 0 || rule.conditions.length === 0 ? {} : { condition: shorten(conditionsOf(outcome), LIMITS.condition) }),
    ...(nothing === undefined ? {} : { nothing: shorten(masked ? withoutValues(nothing, outcome) : nothing) }),
  };
}

function recordFailure({ condition, expected, observed, others, nearest, plain, words }: FailedCondition, show: Show): Omit<RuleRecord, 'rule' | 'matched'> {
  const shown = plain === true ? shorten : show;
  return {
    condition: shorten(condition, LIMITS.condition),
    expected: shorten(expected),
    ...(observed === undefined ? {} : { observed: shown(observed) }),
    ...(others === undefined ? {} : { others }),
    ...(words === undefined ? {} : { words }),
    ...(nearest === undefined ? {} : { nearest: shown(nearest.what) }),
    ...(nearest?.difference === undefined ? {} : { difference: nearest.difference }),
  };
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
