/** The change steps of simple mappings: what becomes of the values on their way from the source to the claim. */
import type { Claim } from '../../model/claim.js';
import type { ClaimChange } from '../../model/claim-mapping.js';
import { type Charge, PATTERN_COST } from '../evaluation/patience.js';
import { compilePattern } from '../patterns/compile.js';

/** A value, with who says so. */
export type MappedValue = Pick<Claim, 'value' | 'issuer' | 'originalIssuer'>;

/** What the values of one mapping may grow to on the way. */
const MAX_VALUES = 5_000;
const MAX_CHARACTERS = 1_048_576;

/** Values that grew beyond every use: a step that splits or replaces ran on a value that nobody meant. */
export class ChangeLimitError extends Error {
  override readonly name = 'ChangeLimitError';
}

/** 'map', 'lowercase': what a step is called in the data. */
export function nameOfChange(change: ClaimChange): string {
  if (typeof change === 'string') return change;
  return (['before', 'after', 'join', 'split', 'replace', 'keep'] as const).find((name) => name in change) ?? 'map';
}

/**
 * The values after one step; a value of which nothing is left is dropped. Throws ChangeLimitError beyond 5,000 values or
 * 1,048,576 characters, PatternError for a pattern that cannot be used: those are refused before they are stored; and what
 * `charge` throws.
 */
export function applyChange(values: readonly MappedValue[], change: ClaimChange, charge: Charge): readonly MappedValue[] {
  if (change === 'first') return values.slice(0, 1);
  const [first] = values;
  if (typeof change === 'object' && 'join' in change) {
    return first === undefined ? [] : [{ ...first, value: values.map(({ value }) => value).join(change.join) }];
  }
  const step = stepOf(change, charge);
  const changed: MappedValue[] = [];
  let characters = 0;
  for (const from of values) {
    for (const value of step(from.value)) {
      if (value === '') continue;
      characters += value.length;
      if (changed.length >= MAX_VALUES || characters > MAX_CHARACTERS) {
        const limits = `${String(MAX_VALUES)} values or ${String(MAX_CHARACTERS)} characters`;
        throw new ChangeLimitError(`its change "${nameOfChange(change)}" makes more than ${limits}`);
      }
      changed.push(value === from.value ? from : { ...from, value });
    }
  }
  return changed;
}

type EachChange = Exclude<ClaimChange, 'first' | { readonly join: string }>;

/** What becomes of one value. */
function stepOf(change: EachChange, charge: Charge): (value: string) => readonly string[] {
  if (change === 'lowercase') return (value) => [value.toLowerCase()];
  if (change === 'uppercase') return (value) => [value.toUpperCase()];
  if (change === 'trim') return (value) => [value.trim()];
  if ('before' in change) return (value) => [cut(value, change.before).before];
  if ('after' in change) return (value) => [cut(value, change.after).after];
  if ('split' in change) return (value) => value.split(change.split);
  if ('replace' in change) {
    const pattern = compilePattern(change.replace);
    return (value) => {
      charge(PATTERN_COST + pattern.cost(value));
      return [pattern.replace(value, change.with)];
    };
  }
  if ('keep' in change) {
    const pattern = compilePattern(change.keep);
    return (value) => {
      charge(PATTERN_COST + pattern.cost(value));
      return pattern.test(value) ? [value] : [];
    };
  }
  return (value) => {
    const becomes = Object.hasOwn(change.map, value) ? change.map[value] : undefined;
    return becomes !== undefined ? [becomes] : change.others === 'keep' ? [value] : [];
  };
}

/** What stands on both sides of the first occurrence; the value itself where there is none. */
function cut(value: string, at: string): { readonly before: string; readonly after: string } {
  const index = value.indexOf(at);
  return index < 0 ? { before: value, after: value } : { before: value.slice(0, index), after: value.slice(index + at.length) };
}
