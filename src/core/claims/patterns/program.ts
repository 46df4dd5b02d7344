/**
 * A pattern as a graph of small instructions. Where .NET looks whether a round of a repetition took anything, the graph has
 * two copies of what follows, one for each answer: an instruction and a place in the text say everything about what can
 * come, so that a matcher may remember where it failed, and the graph has no circle that takes no character.
 */
import type { CharSet } from './char-set.js';
import { fail } from './reader.js';
import { type Assertion, isNullable, type Node, type Repeat } from './tree.js';

export type Instruction =
  | { readonly op: 'set'; readonly set: CharSet; readonly backward: boolean; readonly next: number }
  /** Tries `first`, and `second` when that leads nowhere; `index` counts the splits of a program. */
  | { readonly op: 'split'; first: number; second: number; readonly index: number }
  | { readonly op: 'open'; readonly slot: number; readonly next: number }
  | { readonly op: 'close'; readonly slot: number; readonly group: number; readonly next: number }
  | { readonly op: 'assert'; readonly what: Assertion; readonly next: number }
  | { readonly op: 'look'; readonly inner: Inner; readonly negative: boolean; readonly next: number }
  /** Goes on at `empty` when it took nothing; undefined when it always takes something. */
  | { readonly op: 'atomic'; readonly inner: Inner; readonly empty: number | undefined; readonly taken: number }
  | { readonly op: 'accept' };

/** A part that is matched by itself, from its entry to an accept of its own. */
export interface Inner {
  readonly entry: number;
  readonly hasGroups: boolean;
}

export interface Program {
  readonly instructions: readonly Instruction[];
  readonly entry: number;
  readonly splits: number;
  /** Places where groups open: each keeps where it did. */
  readonly slots: number;
  /** \G occurs: what failed depends on where the search started. */
  readonly scanStart: boolean;
}

export const MOST_INSTRUCTIONS = 2000;
/** Repetitions of nothing make no instructions, but take time to expand all the same. */
const MOST_WORK = 20_000;

interface Builder {
  readonly instructions: Instruction[];
  splits: number;
  slots: number;
  work: number;
  /** Of the repetition that is being expanded, for the error. */
  offset: number;
}

/** Expands a tree. Throws PatternError when that makes more than MOST_INSTRUCTIONS. */
export function buildProgram(root: Node): Program {
  const builder: Builder = { instructions: [], splits: 0, slots: 0, work: 0, offset: 0 };
  const accept = add(builder, { op: 'accept' });
  const entry = build(builder, root, accept, accept, false);
  const { instructions, splits, slots } = builder;
  const scanStart = instructions.some((instruction) => instruction.op === 'assert' && instruction.what === 'scan start');
  return { instructions, entry, splits, slots, scanStart };
}

/** The entry of a node: it goes on at `empty` when it took no character since the check that is waiting, else at `taken`. */
function build(builder: Builder, node: Node, empty: number, taken: number, backward: boolean): number {
  builder.work += 1;
  if (builder.work > MOST_WORK) refuse(builder);
  switch (node.kind) {
    case 'set':
      return add(builder, { op: 'set', set: node.set, backward, next: taken });
    case 'assert':
      return add(builder, { op: 'assert', what: node.what, next: empty });
    case 'sequence':
      return buildSequence(builder, backward ? node.items.toReversed() : node.items, empty, taken, backward);
    case 'choice':
      return node.branches
        .map((branch) => build(builder, branch, empty, taken, backward))
        .reduceRight((second, first) => addSplit(builder, first, second, false));
    case 'repeat':
      return buildRepeat(builder, node, empty, taken, backward);
    case 'capture': {
      const slot = builder.slots;
      builder.slots += 1;
      const close = (next: number): number => add(builder, { op: 'close', slot, group: node.group, next });
      const closeTaken = close(taken);
      const body = build(builder, node.body, empty === taken ? closeTaken : close(empty), closeTaken, backward);
      return add(builder, { op: 'open', slot, next: body });
    }
    case 'atomic':
      return add(builder, { op: 'atomic', inner: buildInner(builder, node.body, backward), empty: isNullable(node.body) ? empty : undefined, taken });
    case 'look':
      return add(builder, { op: 'look', inner: buildInner(builder, node.body, node.behind), negative: node.negative, next: empty });
  }
}

function buildInner(builder: Builder, body: Node, backward: boolean): Inner {
  const accept = add(builder, { op: 'accept' });
  const { slots } = builder;
  const entry = build(builder, body, accept, accept, backward);
  return { entry, hasGroups: builder.slots > slots };
}

function buildSequence(builder: Builder, items: readonly Node[], empty: number, taken: number, backward: boolean): number {
  let [whenEmpty, whenTaken] = [empty, taken];
  for (const item of items.toReversed()) {
    const entries = buildBefore(builder, item, whenEmpty, whenTaken, backward);
    [whenEmpty, whenTaken] = entries;
  }
  return whenEmpty;
}

/** The two entries of a node, for when nothing was taken before it and for when something was. */
function buildBefore(builder: Builder, node: Node, empty: number, taken: number, backward: boolean): readonly [number, number] {
  const whenTaken = build(builder, node, taken, taken, backward);
  if (empty === taken || !isNullable(node)) return [whenTaken, whenTaken];
  return [build(builder, node, empty, taken, backward), whenTaken];
}

/** Rounds that must be, then rounds that may be: after each of those an empty one goes on, another one starts the next. */
function buildRepeat(builder: Builder, node: Repeat, empty: number, taken: number, backward: boolean): number {
  const { body, min, max, lazy } = node;
  const outer = builder.offset;
  builder.offset = node.offset;
  const round = (whenEmpty: number, whenTaken: number): number => build(builder, body, whenEmpty, whenTaken, backward);
  const optional = (rest: number, again: number): number => addSplit(builder, round(rest, again), rest, lazy);

  let again = taken;
  let endless: number | undefined;
  if (max === Infinity) {
    const loop = reserveSplit(builder);
    again = loop.at;
    endless = round(taken, again);
    loop.set(endless, taken, lazy);
  } else for (let count = Math.max(min, 1); count < max; count += 1) again = optional(taken, again);

  let entry = empty;
  if (min > 0) {
    let whenTaken = endless ?? round(taken, again);
    entry = empty === taken || !isNullable(body) ? whenTaken : round(empty, again);
    for (let count = 1; count < min; count += 1) [entry, whenTaken] = buildBefore(builder, body, entry, whenTaken, backward);
  } else if (max > 0) entry = max === Infinity && empty === taken ? again : optional(empty, again);
  builder.offset = outer;
  return entry;
}

function add(builder: Builder, instruction: Instruction): number {
  if (builder.instructions.length >= MOST_INSTRUCTIONS) refuse(builder);
  return builder.instructions.push(instruction) - 1;
}

function addSplit(builder: Builder, first: number, second: number, lazy: boolean): number {
  const split = reserveSplit(builder);
  split.set(first, second, lazy);
  return split.at;
}

/** A split whose ways are not known yet. */
function reserveSplit(builder: Builder): { readonly at: number; set(first: number, second: number, lazy: boolean): void } {
  const split = { op: 'split' as const, first: 0, second: 0, index: builder.splits };
  const at = add(builder, split);
  builder.splits += 1;
  const set = (first: number, second: number, lazy: boolean): void => {
    split.first = lazy ? second : first;
    split.second = lazy ? first : second;
  };
  return { at, set };
}

function refuse(builder: Builder): never {
  fail('the pattern is too large with all its repetitions written out; use smaller counts, or * and +', builder.offset);
}
