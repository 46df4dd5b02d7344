/** A second opinion: .NET's backtracking over the tree, written the plain way, with nothing remembered. It can run away. */
import { holds } from '../../../../src/core/claims/patterns/assertion.js';
import { has } from '../../../../src/core/claims/patterns/char-set.js';
import type { Node, Repeat } from '../../../../src/core/claims/patterns/tree.js';

type Spans = readonly (readonly [number, number] | undefined)[];
type Then = (place: number, spans: Spans) => Found | undefined;

export interface Found {
  readonly start: number;
  readonly end: number;
  readonly spans: Spans;
}

export class TooManySteps extends Error {}

/** The first match at `from` or later, and the steps it took. Throws TooManySteps. */
export function findPlainly(
  root: Node,
  input: string,
  from: number,
  scanStart: number,
  most = 100_000,
): { readonly found: Found | undefined; readonly steps: number } {
  let steps = 0;

  function match(node: Node, place: number, spans: Spans, backward: boolean, then: Then): Found | undefined {
    steps += 1;
    if (steps > most) throw new TooManySteps();
    switch (node.kind) {
      case 'set': {
        const taken = backward ? place - 1 : place;
        if (taken < 0 || taken >= input.length || !has(node.set, input.charCodeAt(taken))) return undefined;
        return then(backward ? taken : taken + 1, spans);
      }
      case 'assert':
        return holds(node.what, input, place, scanStart) ? then(place, spans) : undefined;
      case 'sequence': {
        const [first, ...rest] = backward ? node.items.toReversed() : node.items;
        if (first === undefined) return then(place, spans);
        const others: Node = { kind: 'sequence', items: backward ? rest.toReversed() : rest };
        return match(first, place, spans, backward, (after, kept) => match(others, after, kept, backward, then));
      }
      case 'choice':
        return firstOf(node.branches.map((branch) => () => match(branch, place, spans, backward, then)));
      case 'capture':
        return match(node.body, place, spans, backward, (after, kept) => then(after, kept.with(node.group, [Math.min(place, after), Math.max(place, after)])));
      case 'atomic': {
        const inner = match(node.body, place, spans, backward, stop);
        return inner === undefined ? undefined : then(inner.end, inner.spans);
      }
      case 'look': {
        const inner = match(node.body, place, spans, node.behind, stop);
        if ((inner === undefined) !== node.negative) return undefined;
        return then(place, inner === undefined ? spans : inner.spans);
      }
      case 'repeat':
        return rounds(node, 0, place, spans, backward, then);
    }
  }

  function rounds(node: Repeat, done: number, place: number, spans: Spans, backward: boolean, then: Then): Found | undefined {
    const another = (): Found | undefined =>
      match(node.body, place, spans, backward, (after, kept) =>
        after === place && done + 1 >= node.min ? then(after, kept) : rounds(node, done + 1, after, kept, backward, then),
      );
    const goOn = (): Found | undefined => then(place, spans);
    if (done < node.min) return another();
    if (done >= node.max) return goOn();
    return firstOf(node.lazy ? [goOn, another] : [another, goOn]);
  }

  const none: Spans = Array.from({ length: 20 }, () => undefined);
  for (let start = from; start <= input.length; start += 1) {
    const found = match(root, start, none, false, stop);
    if (found !== undefined) return { found: { ...found, start }, steps };
  }
  return { found: undefined, steps };
}

const stop: Then = (end, spans) => ({ start: 0, end, spans });

function firstOf(ways: readonly (() => Found | undefined)[]): Found | undefined {
  for (const way of ways) {
    const found = way();
    if (found !== undefined) return found;
  }
  return undefined;
}
