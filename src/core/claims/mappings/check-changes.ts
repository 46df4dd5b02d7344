/** What the change steps of mappings may look like. */
import type { ClaimChange } from '../../model/claim-mapping.js';
import { keyed, problemOfCount, problemOfPattern, show } from './sentences.js';

const LIMITS = { steps: 20, entries: 1000, text: 512 } as const;

/** The first problem of the steps, as the end of a sentence that starts with its key: 'key change[0].map: …'. */
export function problemOfChanges(changes: readonly ClaimChange[]): string | undefined {
  const count = problemOfCount(changes, LIMITS.steps, 'steps');
  if (count !== undefined) return keyed('change', count);
  for (const [index, change] of changes.entries()) {
    const problem = typeof change === 'string' ? undefined : problemOf(change, `change[${String(index)}]`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function problemOf(change: Exclude<ClaimChange, string>, key: string): string | undefined {
  if ('before' in change) return keyed(`${key}.before`, problemOfLength(change.before, 1));
  if ('after' in change) return keyed(`${key}.after`, problemOfLength(change.after, 1));
  if ('split' in change) return keyed(`${key}.split`, problemOfLength(change.split, 1));
  if ('join' in change) return keyed(`${key}.join`, problemOfLength(change.join, 0));
  if ('keep' in change) return keyed(`${key}.keep`, problemOfPattern(change.keep));
  if ('map' in change) return keyed(`${key}.map`, problemOfMap(change.map));
  return keyed(`${key}.replace`, problemOfPattern(change.replace)) ?? keyed(`${key}.with`, problemOfLength(change.with, 0));
}

function problemOfMap(map: Readonly<Record<string, string>>): string | undefined {
  const entries = Object.entries(map);
  const count = problemOfCount(entries, LIMITS.entries, 'values');
  if (count !== undefined) return count;
  const long = entries.flat().find((text) => text.length > LIMITS.text);
  if (long !== undefined) return `"${show(long)}" is too long; use at most ${String(LIMITS.text)} characters`;
  const [from] = entries.find(([, to]) => to === '') ?? [];
  return from === undefined ? undefined : `"${show(from)}" becomes nothing; leave it out of the map instead`;
}

function problemOfLength(text: string, least: number): string | undefined {
  return text.length >= least && text.length <= LIMITS.text ? undefined : `give a text of ${String(least)} to ${String(LIMITS.text)} characters`;
}
