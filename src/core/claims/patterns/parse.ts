/**
 * Reads a .NET regular expression (RegexOptions.None) into a tree. What .NET refuses is refused; back-references,
 * balancing groups, conditionals and named blocks are refused as well, which no rule of AD FS's own needs.
 */
import { EVERYTHING, invert } from './char-set.js';
import { createGroupNumbers, type GroupNumbers } from './groups.js';
import { parseCharEscape, parseClassEscape } from './parse-escape.js';
import { parseClass } from './parse-class.js';
import { parseOpening } from './parse-group.js';
import { fail, peek, type Reader, take, takeMatch, underOptions } from './reader.js';
import { type Assertion, type Node, type ParsedPattern } from './tree.js';

export const PATTERN_LIMITS = { length: 1000, repetitions: 2000 } as const;

const LINE_FEED = [0x0a, 0x0a];
const NOT_LINE_FEED = invert(LINE_FEED);
const ANCHORS: Readonly<Record<string, Assertion>> = {
  A: 'start',
  z: 'end',
  Z: 'last line end',
  b: 'word boundary',
  B: 'no word boundary',
  G: 'scan start',
};

const COUNTS = /\{(\d+)(,(\d*))?\}/y;
const BLANK_WITH_X = /[\t\n\f\r ]+|#[^\n]*/y;
const REFERENCE = /[1-9]\d*|k[<'][^>']*[>']|<[\p{L}\p{Mn}\p{Nd}\p{Pc}]+>|'[\p{L}\p{Mn}\p{Nd}\p{Pc}]+'/uy;

interface Parser extends Reader {
  readonly groups: GroupNumbers;
  /** Numbers after a backslash that are octal, unless there are so many groups. */
  readonly octals: { readonly number: string; readonly offset: number }[];
}

/** The tree of a pattern. Throws PatternError. */
export function parsePattern(source: string): ParsedPattern {
  if (source.length > PATTERN_LIMITS.length) fail(`the pattern is longer than ${String(PATTERN_LIMITS.length)} characters; shorten it`, PATTERN_LIMITS.length);
  const options = { i: false, m: false, n: false, s: false, x: false };
  const parser: Parser = { source, at: 0, options, groups: createGroupNumbers(), octals: [] };
  const root = parseBranches(parser);
  if (peek(parser) === ')') fail('there is a ) too many; remove it, or write \\) for the character', parser.at);
  const groups = parser.groups.finish();
  const reference = parser.octals.find(({ number }) => groups.byName.has(number));
  if (reference !== undefined) refuseReference(reference.offset);
  return { root, groups };
}

/** Alternatives, up to the end of the group or the pattern. Options set inside end here. */
function parseBranches(parser: Parser): Node {
  const outer = parser.options;
  const branches: Node[] = [];
  do branches.push(parseSequence(parser));
  while (take(parser, '|'));
  parser.options = outer;
  const [only] = branches;
  return branches.length === 1 && only !== undefined ? only : { kind: 'choice', branches };
}

function parseSequence(parser: Parser): Node {
  const items: Node[] = [];
  let afterRepeat = false;
  for (;;) {
    skipBlank(parser);
    const offset = parser.at;
    if (isEndOfSequence(peek(parser))) break;
    if (isQuantifier(parser)) fail(nothingToRepeat(peek(parser), afterRepeat), offset);
    const atom = parseAtom(parser);
    if (atom === undefined) {
      afterRepeat = false;
      continue;
    }
    skipBlank(parser);
    const repeated = parseQuantifier(parser, atom, offset);
    afterRepeat = repeated !== undefined;
    items.push(repeated ?? atom);
  }
  const [only] = items;
  return items.length === 1 && only !== undefined ? only : { kind: 'sequence', items };
}

function isEndOfSequence(letter: string): boolean {
  return letter === '' || letter === '|' || letter === ')';
}

function nothingToRepeat(quantifier: string, afterRepeat: boolean): string {
  return afterRepeat
    ? `${quantifier} follows another repetition; put what is repeated into a group, as in (?:a+)${quantifier === '{' ? '{2}' : quantifier}`
    : `there is nothing to repeat before ${quantifier}; write \\${quantifier} for the character itself`;
}

/** One thing that a quantifier may follow; undefined for inline options, which are nothing by themselves. */
function parseAtom(parser: Parser): Node | undefined {
  const letter = peek(parser);
  parser.at += 1;
  switch (letter) {
    case '(':
      return parseGroup(parser);
    case '[':
      return { kind: 'set', set: parseClass(parser) };
    case '\\':
      return parseEscape(parser);
    case '.':
      return { kind: 'set', set: parser.options.s ? EVERYTHING : NOT_LINE_FEED };
    case '^':
      return { kind: 'assert', what: parser.options.m ? 'line start' : 'start' };
    case '$':
      return { kind: 'assert', what: parser.options.m ? 'line end' : 'last line end' };
    default:
      return literal(parser, letter.charCodeAt(0));
  }
}

function parseGroup(parser: Parser): Node | undefined {
  const offset = parser.at - 1;
  const outer = parser.options;
  const opening = parseOpening(parser);
  if (opening.kind === 'options') return undefined;
  // Before what is inside: groups are numbered by where they open.
  const group = opening.kind === 'unnamed' ? parser.groups.unnamed() : opening.kind === 'named' ? parser.groups.named(opening.name) : undefined;
  const body = parseBranches(parser);
  if (!take(parser, ')')) fail('the group is not closed; add )', offset);
  parser.options = outer;
  if (group !== undefined) return { kind: 'capture', group, body };
  if (opening.kind === 'look') return { kind: 'look', behind: opening.behind, negative: opening.negative, body };
  return opening.kind === 'atomic' ? { kind: 'atomic', body } : body;
}

function parseEscape(parser: Parser): Node {
  const anchor = ANCHORS[peek(parser)];
  if (anchor !== undefined) {
    parser.at += 1;
    return { kind: 'assert', what: anchor };
  }
  const set = parseClassEscape(parser);
  if (set !== undefined) return { kind: 'set', set: underOptions(parser, set) };
  checkReference(parser);
  return literal(parser, parseCharEscape(parser));
}

/** \1 to \9, \k<name> and the old \<name> are references; \10 and up are octal where there is no such group. */
function checkReference(parser: Parser): void {
  const start = parser.at;
  const reference = takeMatch(parser, REFERENCE)?.[0];
  parser.at = start;
  if (reference === undefined) return;
  if (!/^[1-7]\d/u.test(reference)) refuseReference(start - 1);
  parser.octals.push({ number: reference, offset: start - 1 });
}

function refuseReference(offset: number): never {
  fail('back-references such as \\1 are not supported; write the group out a second time', offset);
}

function literal(parser: Parser, unit: number): Node {
  return { kind: 'set', set: underOptions(parser, [unit, unit]) };
}

function isQuantifier(parser: Parser): boolean {
  const letter = peek(parser);
  return letter === '*' || letter === '+' || letter === '?' || (letter === '{' && countsAt(parser) !== undefined);
}

function countsAt(parser: Parser): RegExpExecArray | undefined {
  COUNTS.lastIndex = parser.at;
  return COUNTS.exec(parser.source) ?? undefined;
}

/** The atom with the quantifier that stands here; undefined when none does. */
function parseQuantifier(parser: Parser, body: Node, offset: number): Node | undefined {
  if (!isQuantifier(parser)) return undefined;
  const [min, max] = parseCounts(parser);
  skipBlank(parser);
  return { kind: 'repeat', body, min, max, lazy: take(parser, '?'), offset };
}

function parseCounts(parser: Parser): readonly [number, number] {
  if (take(parser, '*')) return [0, Infinity];
  if (take(parser, '+')) return [1, Infinity];
  if (take(parser, '?')) return [0, 1];
  const offset = parser.at;
  const counts = takeMatch(parser, COUNTS);
  const min = Number(counts?.[1]);
  const max = counts?.[2] === undefined ? min : counts[3] === '' ? Infinity : Number(counts[3]);
  if (min > max) fail('the repetition counts down; put the smaller number first', offset);
  if (Math.max(min, max === Infinity ? 0 : max) > PATTERN_LIMITS.repetitions) {
    fail(`the repetition is too large; repeat at most ${String(PATTERN_LIMITS.repetitions)} times`, offset);
  }
  return [min, max];
}

/** Comments (?#…), and under (?x) white space and # to the end of the line. */
function skipBlank(parser: Parser): void {
  for (;;) {
    const offset = parser.at;
    if (take(parser, '(?#')) {
      const end = parser.source.indexOf(')', parser.at);
      if (end < 0) fail('the comment is not closed; add )', offset);
      parser.at = end + 1;
    } else if (!parser.options.x || takeMatch(parser, BLANK_WITH_X) === undefined) return;
  }
}
