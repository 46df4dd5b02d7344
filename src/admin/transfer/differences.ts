/** What a document would change, for the person who decides: each key with what stood there and what is to stand there. */
import { isDeepStrictEqual } from 'node:util';
import { writeYaml } from './yaml-write.js';

/** One key: `before` undefined is new, `after` undefined is gone. Lists and mappings as YAML. */
export interface KeyChange {
  readonly key: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** Parts that are compared key by key. */
const SECTIONS: readonly string[] = ['settings', 'rules'];
/** What a document is about, and how it is read; metadata has a comparison of its own. */
const NOT_COMPARED: readonly string[] = ['signet', 'application', 'directory', 'store', 'partial', 'metadata'];

/** Every key whose value differs, in the order of the documents. */
export function compareDocuments(before: object, after: object): readonly KeyChange[] {
  return compareKeys(before, after, '', NOT_COMPARED);
}

function compareKeys(before: object, after: object, prefix: string, without: readonly string[]): readonly KeyChange[] {
  const [old, next] = [new Map<string, unknown>(Object.entries(before)), new Map<string, unknown>(Object.entries(after))];
  return [...new Set([...next.keys(), ...old.keys()])]
    .filter((key) => !without.includes(key))
    .flatMap((key) => {
      const [one, other] = [old.get(key), next.get(key)];
      if (isDeepStrictEqual(one, other)) return [];
      if (prefix === '' && SECTIONS.includes(key)) return compareKeys(asObject(one), asObject(other), `${key}.`, []);
      return [{ key: `${prefix}${key}`, before: textOf(one), after: textOf(other) }];
    });
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

function textOf(value: unknown): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  return typeof value === 'object' ? writeYaml(value).trimEnd() : JSON.stringify(value);
}

/** One line of a text: ' ' stays, '-' goes, '+' comes. */
export interface LineChange {
  readonly sign: ' ' | '-' | '+';
  readonly line: string;
}

/** Above this many pairs of lines nothing in between is looked for: what differs goes and comes as a whole. */
const MOST_PAIRS = 1_000_000;

/** The lines of both texts, those in common once (longest common subsequence); undefined has none. */
export function compareLines(before: string | undefined, after: string | undefined): readonly LineChange[] {
  const ended = [before, after].every((text) => text?.endsWith('\n') !== false);
  const linesOf = (text: string | undefined): readonly string[] => text?.slice(0, ended ? -1 : undefined).split('\n') ?? [];
  const [old, next] = [linesOf(before), linesOf(after)];
  let start = 0;
  while (start < old.length && start < next.length && old[start] === next[start]) start += 1;
  let end = 0;
  while (end < old.length - start && end < next.length - start && old.at(-1 - end) === next.at(-1 - end)) end += 1;
  const kept = (line: string): LineChange => ({ sign: ' ', line });
  return [
    ...old.slice(0, start).map(kept),
    ...compareMiddle(old.slice(start, old.length - end), next.slice(start, next.length - end)),
    ...old.slice(old.length - end).map(kept),
  ];
}

/** Only what differs, with some lines around it; 'undefined' where something is left out. */
export function nearChanges(lines: readonly LineChange[], around: number): readonly (LineChange | undefined)[] {
  const changed = lines.flatMap(({ sign }, at) => (sign === ' ' ? [] : [at]));
  const near = new Set(changed.flatMap((at) => Array.from({ length: 2 * around + 1 }, (_, step) => at - around + step)));
  return lines.flatMap((line, at) => (near.has(at) ? [line] : near.has(at - 1) ? [undefined] : []));
}

function compareMiddle(old: readonly string[], next: readonly string[]): readonly LineChange[] {
  const lengths = old.length * next.length > MOST_PAIRS ? undefined : commonLengths(old, next);
  const lines: LineChange[] = [];
  let [row, column] = [0, 0];
  while (row < old.length || column < next.length) {
    const [one, other] = [old[row], next[column]];
    if (one !== undefined && one === other) {
      lines.push({ sign: ' ', line: one });
      row += 1;
      column += 1;
    } else if (one !== undefined && (other === undefined || lengths === undefined || (lengths[row + 1]?.[column] ?? 0) >= (lengths[row]?.[column + 1] ?? 0))) {
      lines.push({ sign: '-', line: one });
      row += 1;
    } else {
      lines.push({ sign: '+', line: other ?? '' });
      column += 1;
    }
  }
  return lines;
}

/** [row][column]: how many lines the rests from there have in common. */
function commonLengths(old: readonly string[], next: readonly string[]): readonly (readonly number[])[] {
  const lengths = Array.from({ length: old.length + 1 }, () => new Array<number>(next.length + 1).fill(0));
  for (let row = old.length - 1; row >= 0; row -= 1) {
    for (let column = next.length - 1; column >= 0; column -= 1) {
      const cells = lengths[row];
      if (cells === undefined) continue;
      cells[column] = old[row] === next[column] ? (lengths[row + 1]?.[column + 1] ?? 0) + 1 : Math.max(lengths[row + 1]?.[column] ?? 0, cells[column + 1] ?? 0);
    }
  }
  return lengths;
}
