/** The numbers of groups, as .NET gives them: unnamed ones first from left to right, then names in order of appearance. */
import type { Groups } from './tree.js';

export interface GroupNumbers {
  /** The place of the next unnamed group. */
  unnamed(): number;
  /** The place of a group by its name, or by a number as digits; the same for the same name. */
  named(name: string): number;
  /** When all are read. */
  finish(): Groups;
}

/** Makes an empty one for one pattern. */
export function createGroupNumbers(): GroupNumbers {
  const places = new Map<string, number>();
  let nextNumber = 1;
  const placeOf = (key: string): number => {
    const place = places.get(key) ?? places.size;
    places.set(key, place);
    return place;
  };
  return {
    unnamed: () => {
      nextNumber += 1;
      return placeOf(String(nextNumber - 1));
    },
    named: placeOf,
    finish: () => {
      const byName = new Map(places);
      const numbers = new Map(Array.from(places).filter(([name]) => isNumber(name)));
      for (const [name, place] of places) {
        if (isNumber(name)) continue;
        while (numbers.has(String(nextNumber))) nextNumber += 1;
        numbers.set(String(nextNumber), place);
        byName.set(String(nextNumber), place);
      }
      const highest = Math.max(0, ...Array.from(numbers.keys(), Number));
      return { count: places.size, byName, last: numbers.get(String(highest)) };
    },
  };
}

function isNumber(name: string): boolean {
  return /^\d+$/u.test(name);
}
