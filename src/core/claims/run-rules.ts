/** Rule sets of an application, read once and run with everything written into the trace. */
import { SignetError } from '../errors.js';
import type { Trace } from '../checks/trace.js';
import type { RelyingParty } from '../model/relying-party.js';
import { evaluateRules } from './evaluation/evaluate-rules.js';
import { type Evaluation, RuleFailure } from './explanation.js';
import type { ClaimsInput } from './input.js';
import { parseRules } from './language/parse.js';
import { ruleLabel } from './explanation/rule-label.js';
import type { RelyingPartyRuleSet, Rule, RuleSetName } from './rule.js';

const read = new WeakMap<RelyingParty, Map<RelyingPartyRuleSet, readonly Rule[]>>();

/**
 * The rules of a set that was given as text; undefined when there is none. Read once for each version of the application.
 * Errors: check claims.rules, for a text that a version before took and this one does not.
 */
export function textRules(relyingParty: RelyingParty, set: RelyingPartyRuleSet, trace: Trace): readonly Rule[] | undefined {
  const text = relyingParty.rules[set];
  if (text === undefined) return undefined;
  const known = read.get(relyingParty) ?? new Map<RelyingPartyRuleSet, readonly Rule[]>();
  read.set(relyingParty, known);
  const rules = known.get(set) ?? parse(text, set, trace);
  known.set(set, rules);
  return rules;
}

function parse(text: string, set: RuleSetName, trace: Trace): readonly Rule[] {
  try {
    return parseRules(text);
  } catch (error) {
    if (!(error instanceof SignetError)) throw error;
    throw trace.failure('claims.rules', { observed: `${set} rules`, expected: error.message }, error);
  }
}

/** Runs a set. What it did is in the trace, also when it fails. Errors: check claims.store, claims.rules. */
export async function runRules(set: RuleSetName, rules: readonly Rule[], { claims, facts }: ClaimsInput, trace: Trace): Promise<Evaluation> {
  try {
    const evaluation = await evaluateRules(set, rules, claims, facts);
    trace.evaluations.push({ set, evaluation });
    return evaluation;
  } catch (error) {
    if (!(error instanceof RuleFailure)) throw error;
    const observed = `${ruleLabel(error.rule, error.position)} of the ${set} rules`;
    throw trace.failure(error.kind === 'store' ? 'claims.store' : 'claims.rules', { observed, expected: error.message }, error);
  }
}
