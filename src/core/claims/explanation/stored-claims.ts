/**
 * What claim rules did, as it is stored with a sign-on. Most sign-ons send the default claims: of those only the values are
 * kept, for the rest is the same every time.
 */
import type { ClaimMapping } from '../../model/claim-mapping.js';
import { displayNameOf } from './claim-names.js';
import { type Evaluations, recordClaims, VALUES_SHOWN } from './claims-record.js';
import type { ClaimsRecord, Evaluation, ReleasedClaim, ReleaseRecord, RuleRecord, SetRecord, StoredClaims } from '../explanation.js';
import { mask } from './mask.js';
import { describeNothing } from '../mappings/mappings.js';
import { LIMITS, recordSet } from './record.js';
import { defaultMappings } from '../standard-claims.js';

type Stored = NonNullable<StoredClaims['defaults']>;

/** Masked, and as short as it goes: readClaims gives what recordClaims gave. */
export function storeClaims(evaluations: Evaluations, released: readonly ReleasedClaim[]): StoredClaims {
  const last = evaluations.at(-1);
  const defaults = last?.set === 'transform' ? defaultsOf(last.evaluation, released.length) : undefined;
  if (defaults === undefined) return recordClaims(evaluations, released, { masked: true });
  if (evaluations.length === 1) return { defaults };
  return { sets: evaluations.slice(0, -1).map(({ set, evaluation }) => recordSet(set, evaluation, { masked: true })), defaults };
}

/** Undefined when there is more to say: other rules, a claim from its second source, a value that is there twice, nothing released. */
function defaultsOf({ outcomes }: Evaluation, released: number): Stored | undefined {
  const defaults: Record<string, readonly (string | number)[]> = {};
  let sent = 0;
  for (const { rule, inputs, outputs } of outcomes) {
    if (rule.origin.kind !== 'default' || rule.action.kind !== 'send') return undefined;
    const { mapping } = rule.action;
    if (inputs.length !== outputs.length || (inputs[0] !== undefined && inputs[0].type !== sourceOf(mapping))) return undefined;
    const values: (string | number)[] = outputs.slice(0, VALUES_SHOWN).map(({ value }) => mask(value));
    if (outputs.length > VALUES_SHOWN) values.push(outputs.length - VALUES_SHOWN);
    defaults[nameOf(mapping)] = values;
    if (outputs.length > 0) sent += 1;
  }
  return sent > 0 && sent === released ? defaults : undefined;
}

/** The record that was stored. */
export function readClaims({ sets = [], released = [], defaults, ...more }: StoredClaims): ClaimsRecord {
  if (defaults === undefined) return { sets, released, ...more };
  const read = Object.entries(defaults).map(([name, values]) => readDefault(name, values));
  const transform: SetRecord = { set: 'transform', rules: read.map(({ rule }) => rule) };
  return { sets: [...sets, transform], released: read.flatMap(({ released }) => released) };
}

/** What leaves by default in any protocol, by name. */
const DEFAULTS: ReadonlyMap<string, ClaimMapping> = new Map(
  [...defaultMappings('saml'), ...defaultMappings('wsfed')].map((mapping) => [nameOf(mapping), mapping]),
);

/** A name that is no default of this version is told as it is. */
function readDefault(name: string, stored: Stored[string]): { readonly rule: RuleRecord; readonly released: readonly ReleaseRecord[] } {
  const mapping: ClaimMapping = DEFAULTS.get(name) ?? { claim: name, from: [] };
  const by = `${name}, by default`;
  const values = stored.filter((value) => typeof value === 'string');
  if (values.length === 0) return { rule: { rule: by, matched: true, nothing: describeNothing(mapping) }, released: [] };
  const shown = values.slice(0, LIMITS.claims);
  const beyond = stored.at(-1);
  const more = values.length - shown.length + (typeof beyond === 'number' ? beyond : 0);
  const rule: RuleRecord = {
    rule: by,
    matched: true,
    inputs: shown.map((value) => ({ type: sourceOf(mapping) ?? name, value })),
    ...(more === 0 ? {} : { moreInputs: more }),
    outputs: shown.map((value) => ({ type: mapping.claim, value })),
    ...(more === 0 ? {} : { moreOutputs: more }),
  };
  return { rule, released: [{ claim: mapping.claim, values, by }] };
}

/** As rule-label.ts calls it. */
function nameOf({ friendlyName, claim }: ClaimMapping): string {
  return friendlyName ?? displayNameOf(claim);
}

/** The type from which it usually comes. */
function sourceOf({ from: [first] }: ClaimMapping): string | undefined {
  return first !== undefined && 'claim' in first ? first.claim : undefined;
}
