/** A pattern as a tree. Case and options are settled already: what is left is sets of characters and how they follow. */
import type { CharSet } from './char-set.js';

export type Node =
  | { readonly kind: 'set'; readonly set: CharSet }
  | { readonly kind: 'sequence'; readonly items: readonly Node[] }
  | { readonly kind: 'choice'; readonly branches: readonly Node[] }
  | { readonly kind: 'assert'; readonly what: Assertion }
  | Repeat
  /** A group whose text is kept, under its place among the groups of the pattern. */
  | { readonly kind: 'capture'; readonly group: number; readonly body: Node }
  /** (?>…): its first match counts, no other is tried. */
  | { readonly kind: 'atomic'; readonly body: Node }
  | Look;

export interface Repeat {
  readonly kind: 'repeat';
  readonly body: Node;
  readonly min: number;
  /** Infinity where there is none. */
  readonly max: number;
  readonly lazy: boolean;
  /** Where what is repeated starts in the pattern. */
  readonly offset: number;
}

/** (?=…) (?!…) (?<=…) (?<!…) */
export interface Look {
  readonly kind: 'look';
  readonly behind: boolean;
  readonly negative: boolean;
  readonly body: Node;
}

export type Assertion =
  /** \A and ^; \z; $ and \Z: the end, or before a line feed that ends the text. */
  | 'start'
  | 'end'
  | 'last line end'
  /** ^ and $ under (?m). */
  | 'line start'
  | 'line end'
  | 'word boundary'
  | 'no word boundary'
  /** \G: where the last match ended. */
  | 'scan start';

/** The groups of a pattern, besides the whole match. */
export interface Groups {
  readonly count: number;
  /** By name, and by number as digits: the place among the groups. */
  readonly byName: ReadonlyMap<string, number>;
  /** The place of the one with the highest number; undefined when there is none. */
  readonly last: number | undefined;
}

export interface ParsedPattern {
  readonly root: Node;
  readonly groups: Groups;
}

/** True when it can match without taking a character. */
export function isNullable(node: Node): boolean {
  switch (node.kind) {
    case 'set':
      return false;
    case 'assert':
    case 'look':
      return true;
    case 'sequence':
      return node.items.every(isNullable);
    case 'choice':
      return node.branches.some(isNullable);
    case 'repeat':
      return node.min === 0 || isNullable(node.body);
    case 'capture':
    case 'atomic':
      return isNullable(node.body);
  }
}

/** What a node is made of, directly. */
export function partsOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'set':
    case 'assert':
      return [];
    case 'sequence':
      return node.items;
    case 'choice':
      return node.branches;
    case 'repeat':
    case 'capture':
    case 'atomic':
    case 'look':
      return [node.body];
  }
}
