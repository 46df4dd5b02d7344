/**
 * A sign-on as it was, beside what it would be now (design.md 3.1). What was is kept with values masked, so what would be is
 * masked for the comparison: a value that changed shows, unless both look alike under the mask.
 */
import { mask } from '../core/claims/explanation/mask.js';
import { readClaims } from '../core/claims/explanation/stored-claims.js';
import type { SignOnRecord } from '../core/ports.js';
import type { Preview } from './preview.js';

/** One thing that differs; undefined where there was, or would be, nothing. Masked. */
export interface SinceThen {
  readonly what: string;
  readonly then: string | undefined;
  readonly now: string | undefined;
}

/** Empty when nothing differs. */
export function compareWithNow(entry: Pick<SignOnRecord, 'outcome' | 'check' | 'trace'>, preview: Preview): readonly SinceThen[] {
  const line = (what: string, then: string | undefined, now: string | undefined): readonly SinceThen[] => (then === now ? [] : [{ what, then, now }]);
  const was = released(readClaims(entry.trace.claims ?? {}).released, (value) => value);
  const is = preview.refusal === undefined ? released(preview.claims.released, mask) : new Map<string, string>();
  const names = [...new Set([...was.keys(), ...is.keys()])];
  return [
    ...line('outcome', resultOf(entry.outcome === 'issued', entry.check), resultOf(preview.refusal === undefined, preview.refusal?.check?.id)),
    ...names.flatMap((name) => line(name, was.get(name), is.get(name))),
  ];
}

function resultOf(issued: boolean, check: string | undefined): string {
  return issued ? 'issued' : `refused${check === undefined ? '' : ` (${check})`}`;
}

function released(entries: readonly { readonly claim: string; readonly values: readonly string[] }[], show: (value: string) => string): Map<string, string> {
  return new Map(entries.map(({ claim, values }) => [claim, [...values.map(show)].sort().join(', ')]));
}
