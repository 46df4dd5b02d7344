/**
 * Runs a program: the order of .NET's backtracking, leftmost and first, with a memory of every split and place from where
 * it failed already. So no split is tried twice at one place, and the time grows with instructions × length at most.
 */
import { holds } from './assertion.js';
import { has } from './char-set.js';
import { PatternError } from './pattern.js';
import type { Inner, Program } from './program.js';
import type { Match } from './replacement.js';

/** Instructions × places of the input: about a tenth of a second at the very worst. */
const BUDGET = 1_000_000;
const NOWHERE = -1;

export interface Run {
  /**
   * The first match that starts at `from` or later. Within one run, a search starts where the match before it ended, or
   * later.
   *
   * @param scanStart where \G holds: the end of the match before
   */
  find(from: number, scanStart: number): Match | undefined;
  /** Instructions run so far. */
  readonly steps: number;
}

/**
 * Prepares a search of one input. Throws PatternError when program and input together are too large, find() likewise.
 *
 * @param groups how many groups to keep; 0 when only the place of the match counts
 */
export function startRun(program: Program, input: string, groups: number): Run {
  const { instructions, entry } = program;
  const places = input.length + 1;
  if (instructions.length * places > BUDGET) tooMuch();
  const failed = new Uint8Array(program.splits * places);
  /** Where a part without groups ends that is matched by itself, by split and place. */
  const ends = new Map<number, number>();
  const opened = new Int32Array(program.slots);
  const spans = createSpans(groups);
  /** Splits on the way to here: instruction, place, what spans held, and 1 when the second way is under way. */
  const path: number[] = [];
  let steps = 0;
  let scanStart = 0;

  /** Where the first match from here ends; NOWHERE when there is none. */
  function run(start: number, from: number, remember: boolean): number {
    const base = path.length;
    let at = start;
    let place = from;
    for (;;) {
      steps += 1;
      if (steps > BUDGET) tooMuch();
      const instruction = instructions[at];
      switch (instruction?.op) {
        case 'set': {
          const taken = instruction.backward ? place - 1 : place;
          if (taken >= 0 && taken < input.length && has(instruction.set, input.charCodeAt(taken))) {
            place = instruction.backward ? taken : taken + 1;
            at = instruction.next;
            continue;
          }
          break;
        }
        case 'split': {
          const key = instruction.index * places + place;
          const end = remember ? ends.get(key) : undefined;
          if (end !== undefined) return succeed(base, end, remember);
          if (failed[key] === 1) break;
          path.push(at, place, spans.mark(), 0);
          at = instruction.first;
          continue;
        }
        case 'open':
          opened[instruction.slot] = place;
          at = instruction.next;
          continue;
        case 'close':
          spans.save(instruction.group, opened[instruction.slot] ?? 0, place);
          at = instruction.next;
          continue;
        case 'assert':
          if (!holds(instruction.what, input, place, scanStart)) break;
          at = instruction.next;
          continue;
        case 'look':
          if (!look(instruction.inner, place, instruction.negative)) break;
          at = instruction.next;
          continue;
        case 'atomic': {
          const end = runInner(instruction.inner, place);
          if (end === NOWHERE) break;
          at = end === place ? (instruction.empty ?? instruction.taken) : instruction.taken;
          place = end;
          continue;
        }
        case 'accept':
        case undefined:
          return succeed(base, place, remember);
      }
      if (!turnBack(base)) return NOWHERE;
      [at, place] = nextWay();
    }
  }

  /** Leaves what was tried already, up to a split with a way left; false when there is none since `base`. */
  function turnBack(base: number): boolean {
    while (path.length > base) {
      const top = path.length - 4;
      const split = instructions[path[top] ?? 0];
      spans.putBack(path[top + 2] ?? 0);
      if (path[top + 3] === 0) return true;
      if (split?.op === 'split') failed[split.index * places + (path[top + 1] ?? 0)] = 1;
      path.length = top;
    }
    return false;
  }

  function nextWay(): [number, number] {
    const top = path.length - 4;
    const split = instructions[path[top] ?? 0];
    path[top + 3] = 1;
    return [split?.op === 'split' ? split.second : 0, path[top + 1] ?? 0];
  }

  /** The ways not taken are given up. */
  function succeed(base: number, end: number, remember: boolean): number {
    for (let frame = base; remember && frame < path.length; frame += 4) {
      const split = instructions[path[frame] ?? 0];
      if (split?.op === 'split') ends.set(split.index * places + (path[frame + 1] ?? 0), end);
    }
    path.length = base;
    return end;
  }

  function runInner(inner: Inner, place: number): number {
    return run(inner.entry, place, groups === 0 || !inner.hasGroups);
  }

  function look(inner: Inner, place: number, negative: boolean): boolean {
    const mark = spans.mark();
    const found = runInner(inner, place) !== NOWHERE;
    if (negative) spans.putBack(mark);
    return found !== negative;
  }

  return {
    find: (from, previousEnd) => {
      scanStart = previousEnd;
      if (program.scanStart) {
        failed.fill(0);
        ends.clear();
        steps += failed.length;
      }
      for (let start = from; start < places; start += 1) {
        spans.clear();
        const end = run(entry, start, false);
        if (end !== NOWHERE) return { start, end, group: spans.reader(input) };
      }
      return undefined;
    },
    get steps() {
      return steps;
    },
  };
}

/** Where groups are, with a way back. */
interface Spans {
  save(group: number, one: number, other: number): void;
  /** For putBack: what was saved since is undone. */
  mark(): number;
  putBack(mark: number): void;
  clear(): void;
  /** The texts as they are now. */
  reader(input: string): (group: number) => string | undefined;
}

function createSpans(groups: number): Spans {
  const spans = new Int32Array(2 * groups).fill(NOWHERE);
  /** Group, and its span before. */
  const undo: number[] = [];
  return {
    save: (group, one, other) => {
      if (group >= groups) return;
      undo.push(group, spans[2 * group] ?? NOWHERE, spans[2 * group + 1] ?? NOWHERE);
      spans[2 * group] = Math.min(one, other);
      spans[2 * group + 1] = Math.max(one, other);
    },
    mark: () => undo.length,
    putBack: (mark) => {
      while (undo.length > mark) {
        const [group = 0, first = NOWHERE, last = NOWHERE] = undo.splice(-3);
        spans[2 * group] = first;
        spans[2 * group + 1] = last;
      }
    },
    clear: () => {
      spans.fill(NOWHERE);
      undo.length = 0;
    },
    reader: (input) => {
      const kept = spans.slice();
      return (group) => {
        const first = kept[2 * group] ?? NOWHERE;
        return first === NOWHERE ? undefined : input.slice(first, kept[2 * group + 1]);
      };
    },
  };
}

function tooMuch(): never {
  throw new PatternError('the value is too long for this pattern; use a simpler pattern, or a shorter value', 0);
}
