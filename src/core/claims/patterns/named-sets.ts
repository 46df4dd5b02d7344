/** The character classes that .NET has names for, and what it takes for the same letter under (?i). */
import { type CharSet, has, LAST_UNIT, rangesOf, setOf, union } from './char-set.js';

const SURROGATES = [0xd800, 0xdfff] as const;
/** All UTF-16 units that are characters of their own. */
const PLANE = [
  [0, 0xd7ff],
  [0xe000, LAST_UNIT],
] as const;

/** The categories of Unicode that \p{…} knows; named blocks such as IsGreek are not among them. */
const CATEGORIES = new Set('L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs C Cc Cf Cn Co Cs'.split(' '));
const CASED = new Set(['Lu', 'Ll', 'Lt']);

const made = new Map<string, CharSet>();

/** What one letter after a backslash means: \d is any decimal digit, \w a letter, mark, digit or connector, \s white space. */
export const DIGIT = (): CharSet => named('\\p{Nd}');
export const WORD = (): CharSet => named('\\p{L}\\p{Mn}\\p{Nd}\\p{Pc}');
export const SPACE = (): CharSet => named('\\t-\\r\\x85\\p{Zs}\\p{Zl}\\p{Zp}');
/** What \b takes for a part of a word: two joiners besides \w. */
export const WORD_AT_BOUNDARY = (): CharSet => named('\\p{L}\\p{Mn}\\p{Nd}\\p{Pc}\\u200c\\u200d');

/**
 * The characters of a category, as in \p{Lu}; undefined for a name that is none.
 *
 * @param ignoreCase under (?i), upper, lower and title case are one category
 */
export function category(name: string, ignoreCase: boolean): CharSet | undefined {
  if (!CATEGORIES.has(name)) return undefined;
  return named(ignoreCase && CASED.has(name) ? '\\p{Lu}\\p{Ll}\\p{Lt}' : `\\p{${name}}`);
}

/** Once for each class: the engine's own tables, read over the whole plane. */
function named(source: string): CharSet {
  const known = made.get(source);
  if (known !== undefined) return known;
  const ranges = planes().flatMap(({ first, text }) =>
    Array.from(text.matchAll(new RegExp(`[${source}]+`, 'gu')), ({ index, 0: run }) => [first + index, first + index + run.length - 1] as const),
  );
  const withSurrogates = new RegExp(`[${source}]`, 'u').test('\ud800');
  const set = setOf(withSurrogates ? [...ranges, SURROGATES] : ranges);
  made.set(source, set);
  return set;
}

let plane: readonly { readonly first: number; readonly text: string }[] | undefined;

/** Every character of its own, in order. */
function planes(): readonly { readonly first: number; readonly text: string }[] {
  plane ??= PLANE.map(([first, last]) => ({
    first,
    text: Array.from({ length: last - first + 1 }, (_, index) => String.fromCharCode(first + index)).join(''),
  }));
  return plane;
}

/**
 * What a set matches under (?i): a character matches when its lower-case form is in the set, or is the lower-case form of
 * one that is. One character for one, and the same in every language, as .NET does with the invariant culture.
 */
export function ignoringCase(set: CharSet): CharSet {
  const known = ignoring.get(set) ?? withCases(set);
  ignoring.set(set, known);
  return known;
}

const ignoring = new WeakMap<CharSet, CharSet>();

function withCases(set: CharSet): CharSet {
  const { lowerOf, upperOf } = letters();
  const lower = within(set, lowerOf).map((unit) => lowerOf.get(unit) ?? unit);
  const all = union(set, setOf(lower.map((unit) => [unit, unit])));
  const upper = within(all, upperOf).flatMap((unit) => upperOf.get(unit) ?? []);
  return union(all, setOf(upper.map((unit) => [unit, unit])));
}

/** The keys of a map that are in the set. */
function within(set: CharSet, keys: ReadonlyMap<number, unknown>): number[] {
  const size = rangesOf(set).reduce((sum, [first, last]) => sum + last - first + 1, 0);
  if (size > keys.size) return Array.from(keys.keys()).filter((unit) => has(set, unit));
  return rangesOf(set)
    .flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, index) => first + index))
    .filter((unit) => keys.has(unit));
}

interface Letters {
  /** For every character that has another one in lower case. */
  readonly lowerOf: ReadonlyMap<number, number>;
  readonly upperOf: ReadonlyMap<number, readonly number[]>;
}

let cased: Letters | undefined;

function letters(): Letters {
  if (cased !== undefined) return cased;
  const lowerOf = new Map<number, number>();
  const upperOf = new Map<number, number[]>();
  for (const [first, last] of rangesOf(named('\\p{L}\\p{N}\\p{S}'))) {
    for (let unit = first; unit <= last; unit += 1) {
      const lower = String.fromCharCode(unit).toLowerCase();
      const code = lower.charCodeAt(0);
      if (lower.length !== 1 || code === unit) continue;
      lowerOf.set(unit, code);
      upperOf.set(code, [...(upperOf.get(code) ?? []), unit]);
    }
  }
  cased = { lowerOf, upperOf };
  return cased;
}
