/** What came closest to what was wanted, and how it differs where that is easily overlooked. */
import type { NearestMiss } from '../explanation.js';

/** Letters of Cyrillic and Greek that look like Latin ones, and dashes and quotes that look like the plain ones. */
const LOOK_ALIKES: ReadonlyMap<string, string> = new Map([
  ...pairs('АВЕЅІЈКМНОРСТУХаеѕіјорсухԁԛԝѵһ', 'ABESIJKMHOPCTYXaesijopcyxdqwvh'),
  ...pairs('ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοανι', 'ABEZHIKMNOPTYXoavi'),
  ...pairs('ıɑɡ', 'iag'),
  ...pairs('‐‑‒–—―−', '-------'),
  ...pairs('‘’‚‛“”„', `''''"""`),
]);

function pairs(from: string, to: string): readonly (readonly [string, string])[] {
  return Array.from(from, (letter, at) => [letter, to.charAt(at)] as const);
}

type View = (text: string) => string;

const CASE: View = (text) => text.toLowerCase();
const SPACE: View = (text) => text.replaceAll(/[\s\p{Cc}\p{Cf}\u115F\u1160\u3164]+/gu, '');
const LOOKS: View = (text) => Array.from(text.normalize('NFKC'), (letter) => LOOK_ALIKES.get(letter) ?? letter).join('');

/** Ways in which texts that look alike differ, the fewest first. */
const DIFFERENCES: readonly { readonly difference: string; readonly views: readonly View[] }[] = [
  { difference: 'letter case', views: [CASE] },
  { difference: 'white space', views: [SPACE] },
  { difference: 'look-alike characters', views: [LOOKS] },
  { difference: 'letter case and white space', views: [SPACE, CASE] },
  { difference: 'letter case and look-alike characters', views: [LOOKS, CASE] },
  { difference: 'white space and look-alike characters', views: [LOOKS, SPACE] },
  { difference: 'letter case, white space and look-alike characters', views: [LOOKS, SPACE, CASE] },
];

const ONLY_CASE = DIFFERENCES.slice(0, 1);
const NO_LOOKS = DIFFERENCES.filter(({ views }) => !views.includes(LOOKS));

/** Nothing that could hide: no white space, no letters of other scripts. */
const PLAIN = /^[!-~]*$/u;
/** Nothing that looks like something else. */
const LATIN = /^[ -~]*$/u;

/** Bounds of what is compared. */
const WANTED = 20;
const PRESENT = 200;
const LONGEST = 256;
/** A part that both have says something from here on, and from this share of the longer one. */
const COMMON = 3;
const SHARE = 0.5;

/**
 * The closest of what is there to any of what was wanted: the same but for letter case, white space or look-alike
 * characters, else one that contains the other or differs from it in one place. Undefined when nothing comes close. Two
 * that differ in a number only are not close: accounts, SIDs and teams are numbered.
 * At most 20 wanted and 200 present texts are looked at, and none of more than 256 characters.
 */
export function nearestOf(wanted: readonly string[], present: readonly string[]): NearestMiss | undefined {
  const goals = wanted.slice(0, WANTED).filter(isShort);
  const texts = present.slice(0, PRESENT).filter(isShort);
  return overlooked(goals, texts) ?? closest(goals.filter(isWritten), texts);
}

/** What there is that differs from what was wanted only in what is easily overlooked. Bounds: as nearestOf. */
export function overlookedIn(wanted: string, present: readonly string[]): NearestMiss | undefined {
  return overlooked([wanted].filter(isShort), present.slice(0, PRESENT).filter(isShort));
}

/**
 * What there is that would pass a test if letter case, white space or look-alike characters did not count. Bounds: as
 * nearestOf.
 */
export function almostPassing(passes: (text: string) => boolean, present: readonly string[]): NearestMiss | undefined {
  for (const what of present.slice(0, PRESENT)) {
    if (!isShort(what)) continue;
    const found = differencesOf(what).find(({ views }) => {
      const seen = views.reduce((text, view) => view(text), what);
      return passes(seen) || (views.includes(CASE) && passes(seen.toUpperCase()));
    });
    if (found !== undefined) return { what, difference: found.difference };
  }
  return undefined;
}

/** Where nothing can hide, only letter case can differ. */
function differencesOf(text: string): typeof DIFFERENCES {
  if (PLAIN.test(text)) return ONLY_CASE;
  return LATIN.test(text) ? NO_LOOKS : DIFFERENCES;
}

function isShort(text: string): boolean {
  return text.length <= LONGEST;
}

/** False for security identifiers, which are all alike: S-1-5-21-… */
function isWritten(text: string): boolean {
  return !/^S-1-\d/u.test(text);
}

function overlooked(goals: readonly string[], texts: readonly string[]): NearestMiss | undefined {
  for (const what of texts) {
    for (const goal of goals) {
      const difference = mayLookAlike(goal, what) ? differenceOf(goal, what) : undefined;
      if (difference !== undefined) return { what, difference };
    }
  }
  return undefined;
}

/** False for most texts that do not look alike, at the cost of a letter or two. */
function mayLookAlike(a: string, b: string): boolean {
  if (a === b || a === '' || b === '') return false;
  const [first, other] = [a.charCodeAt(0), b.charCodeAt(0)];
  if (isPlain(first) && isPlain(other) && lower(first) !== lower(other)) return false;
  const [last, otherLast] = [a.charCodeAt(a.length - 1), b.charCodeAt(b.length - 1)];
  return !(isPlain(last) && isPlain(otherLast)) || lower(last) === lower(otherLast);
}

function differenceOf(a: string, b: string): string | undefined {
  const differences = PLAIN.test(a) ? differencesOf(b) : DIFFERENCES;
  return differences.find(({ views }) => views.reduce((text, view) => view(text), a) === views.reduce((text, view) => view(text), b))?.difference;
}

function closest(goals: readonly string[], texts: readonly string[]): NearestMiss | undefined {
  let nearest: string | undefined;
  let best = 0;
  for (const what of texts) {
    for (const goal of goals) {
      const share = sharedBy(goal, what);
      if (share > best) [nearest, best] = [what, share];
    }
  }
  return nearest === undefined ? undefined : { what: nearest, difference: undefined };
}

/** How much of the longer text both have, from 0 to 1: at its ends, or one text within the other. 0 where that is too little. */
function sharedBy(a: string, b: string): number {
  const [shorter, longer] = a.length < b.length ? [a, b] : [b, a];
  if (a === b || shorter.length < COMMON) return 0;
  let start = 0;
  while (start < shorter.length && lower(shorter.charCodeAt(start)) === lower(longer.charCodeAt(start))) start += 1;
  let end = 0;
  while (end < shorter.length - start && lower(shorter.charCodeAt(shorter.length - 1 - end)) === lower(longer.charCodeAt(longer.length - 1 - end))) end += 1;
  const common = start + end;
  if (common === shorter.length || longer.includes(shorter)) return SHARE + (SHARE * shorter.length) / longer.length;
  const share = common / longer.length;
  if (common < COMMON || share < SHARE) return 0;
  return isNumber(shorter, start, end) && isNumber(longer, start, end) ? 0 : share;
}

/** True when a text between its ends is digits, or nothing. */
function isNumber(text: string, start: number, end: number): boolean {
  for (let at = start; at < text.length - end; at += 1) if (text.charCodeAt(at) < 48 || text.charCodeAt(at) > 57) return false;
  return true;
}

function isPlain(code: number): boolean {
  return code > 0x20 && code < 0x7f;
}

function lower(code: number): number {
  return code >= 65 && code <= 90 ? code + 32 : code;
}
