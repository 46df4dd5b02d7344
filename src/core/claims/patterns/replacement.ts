/** Replacement texts as .NET reads them: $1 ${1} ${name} $& $` $' $+ $_ $$; anything else is text, dollar included. */
import type { Groups } from './tree.js';

/** Where a match is, and what its groups hold. */
export interface Match {
  readonly start: number;
  readonly end: number;
  /** The text of a group by its place; undefined or empty when it took no part. */
  group(place: number): string | undefined;
}

export type ReplacementPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'group'; readonly place: number }
  | { readonly kind: 'match' | 'before' | 'after' | 'all' };

const MARK = /\$(?:([$&`'_+])|(\d+)|\{([\p{L}\p{Mn}\p{Nd}\p{Pc}]+)\})/gu;
const SPECIAL: Readonly<Record<string, ReplacementPart>> = {
  $: { kind: 'text', text: '$' },
  '&': { kind: 'match' },
  '`': { kind: 'before' },
  "'": { kind: 'after' },
  _: { kind: 'all' },
};

/** The parts of a replacement text for a pattern with these groups. */
export function parseReplacement(text: string, groups: Groups): readonly ReplacementPart[] {
  const parts: ReplacementPart[] = [];
  let read = 0;
  for (const mark of text.matchAll(MARK)) {
    const part = partOf(mark, groups);
    if (part === undefined) continue;
    if (mark.index > read) parts.push({ kind: 'text', text: text.slice(read, mark.index) });
    parts.push(part);
    read = mark.index + mark[0].length;
  }
  if (read < text.length) parts.push({ kind: 'text', text: text.slice(read) });
  return parts;
}

/** Undefined where nothing of that name exists: it stands for itself. */
function partOf([, special, number, name]: RegExpExecArray, groups: Groups): ReplacementPart | undefined {
  if (special === '+') return groups.last === undefined ? { kind: 'match' } : { kind: 'group', place: groups.last };
  if (special !== undefined) return SPECIAL[special];
  const key = name ?? number ?? '';
  const digits = /^\d+$/u.test(key) ? String(Number(key)) : key;
  if (digits === '0') return { kind: 'match' };
  const place = groups.byName.get(digits);
  return place === undefined ? undefined : { kind: 'group', place };
}

/** What stands in for one match. */
export function expand(parts: readonly ReplacementPart[], match: Match, input: string): string {
  return parts.map((part) => textOf(part, match, input)).join('');
}

function textOf(part: ReplacementPart, match: Match, input: string): string {
  switch (part.kind) {
    case 'text':
      return part.text;
    case 'group':
      return match.group(part.place) ?? '';
    case 'match':
      return input.slice(match.start, match.end);
    case 'before':
      return input.slice(0, match.start);
    case 'after':
      return input.slice(match.end);
    case 'all':
      return input;
  }
}
