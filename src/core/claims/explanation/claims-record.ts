/** What claim rules did in one sign-on, as it is kept with it or shown. */
import type { ClaimsRecord, Evaluation, ReleasedClaim, ReleaseRecord } from '../explanation.js';
import { mask } from './mask.js';
import { recordSet } from './record.js';
import { ruleLabel } from './rule-label.js';
import type { RuleSetName } from '../rule.js';

/** Values of one claim that left. */
export const VALUES_SHOWN = 20;

/** Of what is kept: a rule can make types, and as many, of what people choose. */
const LIMITS = { released: 200, text: 200 } as const;

/** What ran, in order. */
export type Evaluations = readonly { readonly set: RuleSetName; readonly evaluation: Evaluation }[];

/** @param about.masked values as they are stored; without it, as an administrator who asks sees them */
export function recordClaims(evaluations: Evaluations, released: readonly ReleasedClaim[], about: { readonly masked: boolean }): ClaimsRecord {
  const show = about.masked ? mask : (value: string): string => value;
  const name = about.masked ? shorten : (text: string): string => text;
  const kept = about.masked ? released.slice(0, LIMITS.released) : released;
  return {
    sets: evaluations.map(({ set, evaluation }) => recordSet(set, evaluation, about)),
    released: kept.map(({ name: type, claims, otherwise }): ReleaseRecord => ({
      claim: name(type),
      values: claims.slice(0, VALUES_SHOWN).map(({ value }) => show(value)),
      by: name([...new Set(claims.slice(0, VALUES_SHOWN).map((claim) => originOf(claim, evaluations)))].join(', ')),
      ...(otherwise === undefined ? {} : { otherwise }),
    })),
    ...(kept.length < released.length ? { moreReleased: released.length - kept.length } : {}),
  };
}

function shorten(text: string): string {
  return text.length > LIMITS.text ? `${text.slice(0, LIMITS.text - 1)}…` : text;
}

function originOf(claim: ReleasedClaim['claims'][number], evaluations: Evaluations): string {
  const transform = evaluations.findLast(({ set }) => set === 'transform')?.evaluation.outcomes ?? [];
  const outcome = transform.find(({ outputs }) => outputs.some((made) => made.type === claim.type && made.value === claim.value));
  return outcome === undefined ? 'unknown' : ruleLabel(outcome.rule, outcome.position);
}
