/**
 * How long the engine's own backtracking can take, in steps, at worst: a bound that is simple rather than tight. A
 * pattern may only run there as long as this stays small; everything else has the linear matcher.
 */
import { type CharSet, EVERYTHING, NOTHING, overlap, union } from './char-set.js';
import { isNullable, type Node, type Repeat } from './tree.js';

/** What lies ahead at some place of the pattern. */
interface Ahead {
  /** To try everything from here on, once. */
  readonly steps: number;
  /** The characters one of which must come next, unless it is open. */
  readonly first: CharSet;
  /** May end without another character. */
  readonly open: boolean;
  /** From any place of a text, it can be matched in one way at most, as far as the next characters decide. */
  readonly single: boolean;
}

const END: Ahead = { steps: 0, first: NOTHING, open: true, single: true };
/** Never to be run by backtracking. */
const ENDLESS: Ahead = { steps: Infinity, first: EVERYTHING, open: true, single: false };

/** Repetitions inside of repetitions: each is looked at twice, so that deep ones would take long. */
const MOST_NESTED = 3;

/** Where a node stands. */
interface Place {
  /** Of the input. */
  readonly length: number;
  /** In a look-behind, which reads backwards. */
  readonly backward: boolean;
  readonly nested: number;
}

/** A bound of the steps for an input of this length (UTF-16 units), whatever is in it. */
export function nativeSteps(root: Node, length: number): number {
  const { steps } = ahead(root, END, { length, backward: false, nested: 0 });
  return isAnchored(root) ? steps + length : (length + 1) * (steps + 1);
}

/** What lies ahead of a node that `next` follows. */
function ahead(node: Node, next: Ahead, place: Place): Ahead {
  switch (node.kind) {
    case 'set':
      return { steps: 1 + next.steps, first: node.set, open: false, single: next.single };
    case 'assert':
      return node.what === 'scan start' ? ENDLESS : { ...next, steps: 1 + next.steps };
    case 'sequence': {
      const items = place.backward ? node.items : node.items.toReversed();
      return items.reduce((behind, item) => ahead(item, behind, place), next);
    }
    case 'choice':
      return oneOf(node.branches.map((branch) => ahead(branch, next, place)));
    case 'capture':
      return ahead(node.body, next, place);
    case 'look':
      return { ...next, steps: next.steps + ahead(node.body, END, { ...place, backward: node.behind }).steps };
    case 'repeat':
      return repeated(node, next, { ...place, nested: place.nested + 1 });
    case 'atomic':
      return ENDLESS;
  }
}

/** Alternatives: where the next character decides, only one of them is worth its steps. */
function oneOf(branches: readonly Ahead[]): Ahead {
  const decided = branches.every((one, index) => !one.open && branches.slice(index + 1).every((other) => !overlap(one.first, other.first)));
  const steps = branches.map((branch) => branch.steps);
  return {
    steps: branches.length + (decided ? Math.max(...steps) : steps.reduce((sum, count) => sum + count, 0)),
    first: union(...branches.map((branch) => branch.first)),
    open: branches.some((branch) => branch.open),
    single: decided && branches.every((branch) => branch.single),
  };
}

function repeated(node: Repeat, next: Ahead, place: Place): Ahead {
  // JavaScript never takes an empty round, .NET ends with one.
  if (isNullable(node.body) || place.nested > MOST_NESTED) return ENDLESS;
  if (node.max === 1) {
    const taken = ahead(node.body, next, place);
    return node.min === 1 ? taken : oneOf([taken, next]);
  }
  const { first } = ahead(node.body, END, place);
  const most = Math.min(node.max, place.length + 1);
  const body = ahead(node.body, { steps: 0, first: union(first, next.first), open: next.open, single: true }, place);
  if (!body.single) return ENDLESS;
  const decided = node.min === node.max || (!next.open && !overlap(first, next.first));
  const exits = decided ? 1 : Math.max(1, most - node.min + 1);
  return {
    steps: most * (body.steps + 1) + exits * next.steps,
    first: node.min === 0 ? union(first, next.first) : first,
    open: node.min === 0 && next.open,
    single: decided && next.single,
  };
}

/** True when it can only match at the start of the text. */
function isAnchored(node: Node): boolean {
  if (node.kind === 'assert') return node.what === 'start';
  if (node.kind === 'capture') return isAnchored(node.body);
  return node.kind === 'sequence' && node.items[0] !== undefined && isAnchored(node.items[0]);
}
