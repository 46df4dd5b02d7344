/**
 * Sets of characters as .NET sees them: UTF-16 units. A set is a list of ranges, first and last in turn, in order and
 * without overlap or touch: [97, 122] is a-z.
 */
export type CharSet = readonly number[];

export const LAST_UNIT = 0xffff;
export const NOTHING: CharSet = [];
export const EVERYTHING: CharSet = [0, LAST_UNIT];

/** The set of these ranges, given in any order. */
export function setOf(ranges: readonly (readonly [number, number])[]): CharSet {
  const ordered = ranges.toSorted(([first], [second]) => first - second);
  const set: number[] = [];
  for (const [first, last] of ordered) {
    const end = set.at(-1);
    if (end !== undefined && first <= end + 1) set[set.length - 1] = Math.max(end, last);
    else set.push(first, last);
  }
  return set;
}

/** What is in any of the sets. */
export function union(...sets: readonly CharSet[]): CharSet {
  return sets.reduce(merge, NOTHING);
}

function merge(one: CharSet, other: CharSet): CharSet {
  if (one.length === 0) return other;
  const merged: number[] = [];
  let [i, j, end] = [0, 0, -2];
  while (i < one.length || j < other.length) {
    const fromOne = j >= other.length || at(one, i) <= at(other, j);
    const first = fromOne ? at(one, i) : at(other, j);
    const last = fromOne ? at(one, i + 1) : at(other, j + 1);
    if (fromOne) i += 2;
    else j += 2;
    if (first > end + 1) merged.push(first, last);
    else if (last > end) merged[merged.length - 1] = last;
    end = Math.max(end, last);
  }
  return merged;
}

/** Everything else. */
export function invert(set: CharSet): CharSet {
  const inverted: number[] = [];
  let next = 0;
  for (const [first, last] of rangesOf(set)) {
    if (first > next) inverted.push(next, first - 1);
    next = last + 1;
  }
  if (next <= LAST_UNIT) inverted.push(next, LAST_UNIT);
  return inverted;
}

/** What is in the first set and not in the second. */
export function without(set: CharSet, taken: CharSet): CharSet {
  return invert(union(invert(set), taken));
}

/** True when some character is in both. */
export function overlap(one: CharSet, other: CharSet): boolean {
  let i = 0;
  let j = 0;
  while (i < one.length && j < other.length) {
    if (at(one, i + 1) < at(other, j)) i += 2;
    else if (at(other, j + 1) < at(one, i)) j += 2;
    else return true;
  }
  return false;
}

/** True when the UTF-16 unit is in the set. */
export function has(set: CharSet, unit: number): boolean {
  let low = 0;
  let high = set.length / 2;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at(set, 2 * middle + 1) < unit) low = middle + 1;
    else high = middle;
  }
  return 2 * low < set.length && at(set, 2 * low) <= unit;
}

/** First and last of every range. */
export function rangesOf(set: CharSet): readonly (readonly [number, number])[] {
  const ranges: (readonly [number, number])[] = [];
  for (let index = 0; index < set.length; index += 2) ranges.push([at(set, index), at(set, index + 1)]);
  return ranges;
}

function at(set: CharSet, index: number): number {
  return set[index] ?? LAST_UNIT + 1;
}
