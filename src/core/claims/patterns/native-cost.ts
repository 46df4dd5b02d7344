/**
 * How long the engine's own backtracking can take, in steps, at worst: a bound that is simple rather than tight. A
 * pattern may only run there as long as this stays small; everything else has the linear matcher.
 */
import { type CharSet, EVERYTHING, invert, NOTHING, overlap, union, without } from './char-set.js';
import { type Assertion, isNullable, type Node, type Repeat } from './tree.js';

/** What lies ahead at some place of the pattern. */
interface Ahead {
  /** To try everything from here on, once, up to the first match. */
  readonly steps: number;
  /** The same where there is no match, so that what stands before is tried again. */
  readonly failing: number;
  /** Matches from every place. */
  readonly certain: boolean;
  /** Matches at the end of the input. */
  readonly atEnd: boolean;
  /** The characters one of which must come next, unless it is open. */
  readonly first: CharSet;
  /** May end without another character. */
  readonly open: boolean;
  /** From any place of a text, it can be matched in one way at most, as far as the next characters decide. */
  readonly single: boolean;
}

const END: Ahead = { steps: 0, failing: 0, certain: true, atEnd: true, first: NOTHING, open: true, single: true };
/** Never to be run by backtracking. */
const ENDLESS: Ahead = { steps: Infinity, failing: Infinity, certain: false, atEnd: false, first: EVERYTHING, open: true, single: false };

/** Repetitions inside of repetitions: each is looked at twice, so that deep ones would take long. */
const MOST_NESTED = 3;

/** Where a node stands. */
interface Place {
  /** Of the input. */
  readonly length: number;
  /** No line feed is in it. */
  readonly oneLine: boolean;
  /** In a look-behind, which reads backwards. */
  readonly backward: boolean;
  readonly nested: number;
}

/**
 * A bound of the steps for an input of this length (UTF-16 units), whatever is in it.
 * @param oneLine no line feed is in it: then .* always comes to the end, and what may stand there holds
 */
export function nativeSteps(root: Node, length: number, { oneLine }: { readonly oneLine: boolean }): number {
  const { steps } = ahead(root, END, { length, oneLine, backward: false, nested: 0 });
  return isAnchored(root) ? steps + length : (length + 1) * (steps + 1);
}

/** What lies ahead of a node that `next` follows. */
function ahead(node: Node, next: Ahead, place: Place): Ahead {
  switch (node.kind) {
    case 'set':
      return { steps: 1 + next.steps, failing: 1 + next.failing, certain: false, atEnd: false, first: node.set, open: false, single: next.single };
    case 'assert':
      if (node.what === 'scan start') return ENDLESS;
      return { ...next, steps: 1 + next.steps, failing: 1 + next.failing, certain: false, atEnd: next.atEnd && ENDS.includes(node.what) };
    case 'sequence': {
      const items = place.backward ? node.items : node.items.toReversed();
      return items.reduce((behind, item) => ahead(item, behind, place), next);
    }
    case 'choice':
      return oneOf(node.branches.map((branch) => ahead(branch, next, place)));
    case 'capture':
      return ahead(node.body, next, place);
    case 'look': {
      const { steps } = ahead(node.body, END, { ...place, backward: node.behind });
      return { ...next, steps: next.steps + steps, failing: next.failing + steps, certain: false, atEnd: false };
    }
    case 'repeat':
      return repeated(node, next, { ...place, nested: place.nested + 1 });
    case 'atomic':
      return ENDLESS;
  }
}

/** What holds at the end of the input. */
const ENDS: readonly Assertion[] = ['end', 'last line end', 'line end'];

/** Alternatives: where the next character decides, only one of them is worth its steps. */
function oneOf(branches: readonly Ahead[]): Ahead {
  const decided = branches.every((one, index) => !one.open && branches.slice(index + 1).every((other) => !overlap(one.first, other.first)));
  const certain = branches.some((branch) => branch.certain);
  let [steps, failing] = [0, 0];
  for (const branch of branches) {
    steps = Math.max(steps, branch.steps + (decided ? 0 : failing));
    failing = decided ? Math.max(failing, branch.failing) : failing + branch.failing;
  }
  return {
    steps: branches.length + steps,
    failing: certain ? 0 : branches.length + failing,
    certain,
    atEnd: branches.some((branch) => branch.atEnd),
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
  // What comes after a round may fail however it went: nothing within is the last that is tried.
  const within = { steps: 0, failing: 0, certain: false, atEnd: false, first: union(first, next.first), open: next.open, single: true };
  const body = ahead(node.body, within, place);
  if (!body.single) return ENDLESS;
  const decided = node.min === node.max || (!next.open && !overlap(first, next.first));
  const exits = decided ? 1 : Math.max(1, most - node.min + 1);
  const rounds = most * (body.steps + 1);
  /** Once it has taken as often as it must. */
  const ends = next.certain || (next.atEnd && reachesEnd(node, place));
  const certain = ends && node.min === 0;
  return {
    steps: rounds + (exits === 1 ? 0 : (exits - 1) * next.failing) + next.steps,
    failing: certain ? 0 : ends ? Math.min(node.min, most) * (body.steps + 1) : rounds + exits * next.failing,
    certain,
    atEnd: next.atEnd && node.min === 0 && !place.backward,
    first: node.min === 0 ? union(first, next.first) : first,
    open: node.min === 0 && next.open,
    single: decided && next.single,
  };
}

/** True when it takes whatever there is, up to the end of the input. */
function reachesEnd({ body, max }: Repeat, { oneLine, backward }: Place): boolean {
  return !backward && max === Infinity && body.kind === 'set' && without(oneLine ? ALL_BUT_LINE_FEEDS : EVERYTHING, body.set).length === 0;
}

const ALL_BUT_LINE_FEEDS = invert([0x0a, 0x0a]);

/** True when it can only match at the start of the text. */
function isAnchored(node: Node): boolean {
  if (node.kind === 'assert') return node.what === 'start';
  if (node.kind === 'capture') return isAnchored(node.body);
  return node.kind === 'sequence' && node.items[0] !== undefined && isAnchored(node.items[0]);
}
