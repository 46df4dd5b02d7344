/** What claim rules did in one sign-on, as it is kept with it or shown. */
import type { ClaimsRecord, Evaluation, ReleasedClaim, ReleaseRecord } from './explanation.js';
import { mask } from './mask.js';
import { recordSet } from './record.js';
import { ruleLabel } from './rule-label.js';
import type { RuleSetName } from './rule.js';

/** Values of one claim that left. */
export const VALUES_SHOWN = 20;

/** What ran, in order. */
export type Evaluations = readonly { readonly set: RuleSetName; readonly evaluation: Evaluation }[];

/** @param about.masked values as they are stored; without it, as an administrator who asks sees them */
export function recordClaims(evaluations: Evaluations, released: readonly ReleasedClaim[], about: { readonly masked: boolean }): ClaimsRecord {
  const show = about.masked ? mask : (value: string): string => value;
  return {
    sets: evaluations.map(({ set, evaluation }) => recordSet(set, evaluation, about)),
    released: released.map(({ name, claims, otherwise }): ReleaseRecord => ({
      claim: name,
      values: claims.slice(0, VALUES_SHOWN).map(({ value }) => show(value)),
      by: [...new Set(claims.map((claim) => originOf(claim, evaluations)))].join(', '),
      ...(otherwise === undefined ? {} : { otherwise }),
    })),
  };
}

function originOf(claim: ReleasedClaim['claims'][number], evaluations: Evaluations): string {
  const transform = evaluations.findLast(({ set }) => set === 'transform')?.evaluation.outcomes ?? [];
  const outcome = transform.find(({ outputs }) => outputs.some((made) => made.type === claim.type && made.value === claim.value));
  return outcome === undefined ? 'unknown' : ruleLabel(outcome.rule, outcome.position);
}
