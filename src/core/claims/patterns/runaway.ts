/**
 * Patterns that can run away (M12): a repetition that can take the same text in two ways, so that a backtracking engine
 * tries twice as many for every round. In the graph: two different paths from an instruction back to itself over the same
 * characters. The matcher of this folder would stay linear; refusing them keeps rules that are safe wherever they run.
 */
import { type CharSet, overlap } from './char-set.js';
import { buildProgram, type Instruction, type Program } from './program.js';
import { fail } from './reader.js';
import { componentsOf } from './components.js';
import { type Node, partsOf, type Repeat } from './tree.js';

/** Ways and pairs looked at for one pattern. */
const MOST_WORK = 150_000;

/** Throws PatternError for the innermost repetition that can run away, with its place. */
export function refuseRunaway(root: Node): void {
  check(root, { left: MOST_WORK });
}

function check(node: Node, work: Work): void {
  for (const part of partsOf(node)) check(part, work);
  if (node.kind !== 'repeat' || node.max !== Infinity || node.body.kind === 'set') return;
  const spend = (count: number): void => {
    work.left -= count;
    if (work.left < 0) fail('the repeated group is too large to tell whether it can run away; use smaller counts, or fewer alternatives', node.offset);
  };
  if (isAmbiguous(graphOf(buildProgram(node), spend), spend)) fail(reasonOf(node), node.offset);
}

interface Work {
  left: number;
}

/** Throws PatternError when the work for the pattern is used up. */
type Spend = (count: number) => void;

function reasonOf(node: Repeat): string {
  return repeatsInside(node.body)
    ? 'the group can run away: it repeats something that itself repeats in the same way; remove one of the two repetitions'
    : 'the group can run away: it repeats alternatives that take the same text; make them begin with different characters';
}

function repeatsInside(node: Node): boolean {
  return (node.kind === 'repeat' && node.max !== node.min) || partsOf(node).some(repeatsInside);
}

/** The instructions that take characters, and how many ways lead from one to the next without taking any: 1, or 2 for more. */
interface Graph {
  readonly next: ReadonlyMap<number, ReadonlyMap<number, number>>;
  /** What an instruction takes; undefined for an atomic group, which takes what nothing else does. */
  readonly sets: ReadonlyMap<number, CharSet | undefined>;
}

function graphOf({ instructions, entry }: Program, spend: Spend): Graph {
  spend(instructions.length);
  const next = new Map<number, ReadonlyMap<number, number>>();
  const sets = new Map<number, CharSet | undefined>();
  const ways = new Map<number, ReadonlyMap<number, number>>();
  const waysFrom = (at: number): ReadonlyMap<number, number> => {
    const known = ways.get(at);
    if (known !== undefined) return known;
    const found = new Map<number, number>();
    if (takes(instructions[at])) found.set(at, 1);
    for (const after of freeSteps(instructions[at])) {
      const further = waysFrom(after);
      spend(further.size);
      for (const [target, count] of further) found.set(target, Math.min(2, (found.get(target) ?? 0) + count));
    }
    ways.set(at, found);
    return found;
  };
  const open = [...waysFrom(entry).keys()];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const instruction = instructions[at];
    if (next.has(at) || !takes(instruction)) continue;
    const targets = waysFrom(instruction.op === 'set' ? instruction.next : instruction.taken);
    next.set(at, targets);
    sets.set(at, instruction.op === 'set' ? instruction.set : undefined);
    open.push(...targets.keys());
  }
  return { next, sets };
}

function takes(instruction: Instruction | undefined): instruction is Extract<Instruction, { op: 'set' | 'atomic' }> {
  return instruction?.op === 'set' || instruction?.op === 'atomic';
}

/** Where an instruction goes on without taking a character. What it asserts is not looked at. */
function freeSteps(instruction: Instruction | undefined): readonly number[] {
  switch (instruction?.op) {
    case 'split':
      return [instruction.first, instruction.second];
    case 'open':
    case 'close':
    case 'assert':
    case 'look':
      return [instruction.next];
    case 'atomic':
      return instruction.empty === undefined ? [] : [instruction.empty];
    case 'set':
    case 'accept':
    case undefined:
      return [];
  }
}

/**
 * True when some instruction comes back to itself on two paths that take the same characters. Both paths stay among the
 * instructions that lead to each other, and meet again, so it is enough to follow pairs that parted.
 */
function isAmbiguous({ next, sets }: Graph, spend: Spend): boolean {
  const component = componentsOf(next);
  const within = (from: number): readonly number[] => Array.from(next.get(from)?.keys() ?? []).filter((to) => component.get(to) === component.get(from));
  const together = createOverlaps(sets);
  const seen = new Set<number>();
  const open: (readonly [number, number])[] = [];
  const part = (one: readonly number[], other: readonly number[]): void => {
    spend(one.length * other.length);
    for (const a of one) {
      for (const b of other) {
        const key = Math.min(a, b) * KEY + Math.max(a, b);
        if (a === b || seen.has(key) || !together(a, b)) continue;
        seen.add(key);
        open.push([a, b]);
      }
    }
  };
  for (const from of next.keys()) {
    const targets = within(from);
    if (targets.some((to) => next.get(from)?.get(to) === 2)) return true;
    part(targets, targets);
  }
  for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
    const [one, other] = pair.map(within);
    if (one === undefined || other === undefined) continue;
    if (one.some((to) => other.includes(to))) return true;
    part(one, other);
  }
  return false;
}

/** More than there are instructions: a pair as one number. */
const KEY = 0x10000;

/** Whether two instructions can take the same character, each pair of sets compared once. */
function createOverlaps(sets: Graph['sets']): (one: number, other: number) => boolean {
  const known = new Map<CharSet, Map<CharSet, boolean>>();
  return (one, other) => {
    const [a, b] = [sets.get(one), sets.get(other)];
    if (a === undefined || b === undefined) return false;
    const row = known.get(a) ?? new Map<CharSet, boolean>();
    known.set(a, row);
    const answer = row.get(b) ?? overlap(a, b);
    row.set(b, answer);
    return answer;
  };
}
