/** Groups that rules and policies name and that the directory does not have. */
import { SID } from '../../core/sids.js';
import { shellWord } from '../../core/shell-word.js';
import type { ConvertContext } from './conversion.js';
import type { Report } from './report.js';

/** Of names and SIDs those that no group has, each once, with a finding. */
export function missingGroups(named: readonly string[], { groups }: Pick<ConvertContext, 'groups'>, report: Report): readonly string[] {
  const known = new Set(groups.flatMap(({ name, sid }) => [name, sid.toUpperCase()]));
  const missing = [...new Set(named)].filter((group) => !known.has(group));
  const [first] = missing;
  if (first === undefined) return [];
  report.add('groups', {
    id: 'adfs.group-unknown',
    level: 'warn',
    sentence: `Its rules name ${missing.length === 1 ? 'a group' : 'groups'} that the directory does not have: ${missing.join(', ')}.`,
    why: 'Nobody is in such a group: who would get in or get a claim by it does not, and nobody is kept out by it.',
    fix: SID.test(first)
      ? `Say which group has that SID: signet directory set local group-sid=GROUP:${first}`
      : `Put people into a group of that name: signet user set USER groups=${shellWord(first)}`,
  });
  return missing;
}
