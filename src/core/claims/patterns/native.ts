/**
 * Patterns as regular expressions of the engine, where those mean the same and cannot take long. They are written without
 * the flags u and i: sets of UTF-16 units say exactly what .NET compares, case included.
 */
import { type CharSet, invert, rangesOf } from './char-set.js';
import { nativeSteps } from './native-cost.js';
import { WORD_AT_BOUNDARY } from './named-sets.js';
import { type Assertion, type Node, type ParsedPattern, partsOf } from './tree.js';

/** At most so many steps of backtracking for one value. */
const STEP_BUDGET = 20_000;
/** Inputs are tried against the budget at these lengths. */
const LENGTHS = [0x10000, 16_384, 4096, 1024, 512, 256, 128, 96, 64, 48, 32, 24, 16, 12];
/** Large sets make large expressions, which take long to compile. */
const MOST_NUMBERS = 20_000;

export interface NativePattern {
  /** The length of inputs (UTF-16 units) up to which it may be used; of those without a line feed. */
  readonly longest: number;
  readonly longestLine: number;
  readonly test: RegExp;
  /** With groups and the flag g; undefined where JavaScript keeps other texts for groups than .NET. */
  readonly find: RegExp | undefined;
}

/** The expression for a pattern; undefined where it would be slow at any length, or too large. */
export function translate(pattern: ParsedPattern): NativePattern | undefined {
  const { root } = pattern;
  const longestLine = sizeOf(root) > MOST_NUMBERS ? 0 : longestInput(root, { oneLine: true });
  if (longestLine === 0) return undefined;
  const longest = longestInput(root, { oneLine: false });
  const find = keepsTheSameGroups(pattern) ? new RegExp(write(root, true), 'g') : undefined;
  return { longest, longestLine, test: new RegExp(write(root, false)), find };
}

/** The longest input, of a few lengths, that stays within the budget; 0 when none does. */
function longestInput(root: Node, about: { readonly oneLine: boolean }): number {
  return LENGTHS.find((length) => nativeSteps(root, length, about) <= STEP_BUDGET) ?? 0;
}

/** How many numbers its sets are written with. */
function sizeOf(node: Node): number {
  if (node.kind === 'set') return Math.min(node.set.length, invert(node.set).length);
  const own = node.kind === 'assert' && node.what.endsWith('boundary') ? 4 * WORD_AT_BOUNDARY().length : 0;
  return partsOf(node).reduce((sum, part) => sum + sizeOf(part), own);
}

/**
 * JavaScript forgets groups when a repetition starts its next round, .NET does not; and a name used twice is one group
 * there only.
 */
function keepsTheSameGroups({ root, groups }: ParsedPattern): boolean {
  const found: number[] = [];
  const collect = (node: Node, repeated: boolean): boolean => {
    if (node.kind === 'capture') {
      if (repeated) return false;
      found.push(node.group);
    }
    return partsOf(node).every((part) => collect(part, repeated || (node.kind === 'repeat' && node.max > 1)));
  };
  return collect(root, false) && found.every((group, index) => group === index) && found.length === groups.count;
}

function write(node: Node, groups: boolean): string {
  switch (node.kind) {
    case 'set':
      return writeSet(node.set);
    case 'assert':
      return writeAssertion(node.what);
    case 'sequence':
      return node.items.map((item) => (item.kind === 'choice' ? `(?:${write(item, groups)})` : write(item, groups))).join('');
    case 'choice':
      return node.branches.map((branch) => (branch.kind === 'choice' ? `(?:${write(branch, groups)})` : write(branch, groups))).join('|');
    case 'repeat': {
      const counts = `{${String(node.min)},${node.max === Infinity ? '' : String(node.max)}}`;
      return `(?:${write(node.body, groups)})${counts}${node.lazy ? '?' : ''}`;
    }
    case 'capture':
      return `(${groups ? '' : '?:'}${write(node.body, groups)})`;
    case 'look':
      return `(?${node.behind ? '<' : ''}${node.negative ? '!' : '='}${write(node.body, groups)})`;
    case 'atomic':
      return `(?:${write(node.body, groups)})`;
  }
}

function writeSet(set: CharSet): string {
  const [first, last] = set;
  if (set.length === 2 && first !== undefined && first === last) return writeUnit(first);
  const inverted = invert(set);
  return inverted.length < set.length ? `[^${writeRanges(inverted)}]` : `[${writeRanges(set)}]`;
}

function writeRanges(set: CharSet): string {
  return rangesOf(set)
    .map(([first, last]) => (first === last ? writeUnit(first) : `${writeUnit(first)}-${writeUnit(last)}`))
    .join('');
}

function writeUnit(unit: number): string {
  const text = String.fromCharCode(unit);
  return /[A-Za-z0-9]/u.test(text) ? text : `\\u${unit.toString(16).padStart(4, '0')}`;
}

function writeAssertion(what: Assertion): string {
  switch (what) {
    case 'start':
      return '^';
    case 'end':
      return '$';
    case 'last line end':
      return '(?=\\n?$)';
    case 'line start':
      return '(?<![^\\n])';
    case 'line end':
      return '(?![^\\n])';
    case 'word boundary':
      return writeBoundary('!', '=');
    case 'no word boundary':
      return writeBoundary('=', '!');
    case 'scan start':
      return '(?!)';
  }
}

/** What must follow where a word character stands before, and where none does. */
function writeBoundary(afterWord: string, afterOther: string): string {
  const word = writeSet(WORD_AT_BOUNDARY());
  return `(?:(?<=${word})(?${afterWord}${word})|(?<!${word})(?${afterOther}${word}))`;
}
