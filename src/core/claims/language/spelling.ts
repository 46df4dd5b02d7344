/** "Did you mean …": the word that was probably meant. */

/** So many slips at most, in however long a word. */
const MOST = 4;

/** The candidate that is nearest by spelling, without regard to case; undefined when none is near. */
export function nearestWord(word: string, candidates: readonly string[]): string | undefined {
  const given = word.toLowerCase().slice(0, 64);
  const near = candidates
    .map((candidate) => ({ candidate, distance: distance(given, candidate.toLowerCase()) }))
    .filter((entry) => entry.distance <= Math.max(1, Math.min(MOST, Math.floor(entry.candidate.length / 3))))
    .sort((one, other) => one.distance - other.distance);
  return near[0]?.candidate;
}

/** '; did you mean issue?', or nothing. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const nearest = nearestWord(word, candidates);
  return nearest === undefined ? '' : `; did you mean ${nearest}?`;
}

/** 'a, b and c' */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}

/** How many letters have to be put in, taken out, replaced or swapped with the next (optimal string alignment). */
function distance(one: string, other: string): number {
  let before: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const same = one[row - 1] === other[column - 1];
      const swapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      current[column] = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (before[column - 2] ?? 0) + 1 : Infinity,
      );
    }
    [before, last] = [last, current];
  }
  return last[other.length] ?? 0;
}
