/** Networks in access control policies: inside and outside, ranges in CIDR notation, and from one address to another. */
import type { Condition } from '../../core/model/condition.js';
import { isRange } from '../../core/network-ranges.js';

/** The ways to come from any of the networks; undefined where one of them is none. @param kind of the condition, which says it where no value does */
export function networkConditions(kind: string, values: readonly string[]): readonly Condition[] | undefined {
  const words = values.length > 0 ? values : [kind];
  const side = (name: string): boolean => words.some((word) => word.toLowerCase().includes(name));
  const sides = (['intranet', 'extranet'] as const).filter(side);
  if (sides.length > 0) return sides.map((network) => ({ network }));
  const ranges = values.map(rangesOf);
  return values.length === 0 || ranges.includes(undefined) ? undefined : [{ network: ranges.flatMap((range) => range ?? []) }];
}

function rangesOf(text: string): readonly string[] | undefined {
  const value = text.trim();
  if (isRange(value)) return [value];
  const [, from, to] = /^(\d+(?:\.\d+){3})\s*-\s*(\d+(?:\.\d+){3})$/u.exec(value) ?? [];
  if (from === undefined || to === undefined || !isRange(from) || !isRange(to)) return undefined;
  const [first, last] = [numberOf(from), numberOf(to)];
  return first > last ? undefined : blocks(first, last);
}

/** The fewest CIDR ranges that hold these addresses of IPv4 and no others. */
function blocks(first: number, last: number): readonly string[] {
  const found: string[] = [];
  for (let at = first; at <= last;) {
    let size = 1;
    while (size < 2 ** 32 && at % (size * 2) === 0 && at + size * 2 - 1 <= last) size *= 2;
    found.push(`${addressOf(at)}/${String(32 - Math.log2(size))}`);
    at += size;
  }
  return found;
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function addressOf(value: number): string {
  return [24, 16, 8, 0].map((shift) => String(Math.floor(value / 2 ** shift) % 256)).join('.');
}
