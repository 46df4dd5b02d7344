/** What a rule is called in traces, refusals and explanations. */
import { displayNameOf } from './claim-names.js';
import type { Rule } from '../rule.js';

/**
 * 'rule 3 "Finance" (line 7)', 'mapping 2 "Role"', 'E-Mail Address, by default'.
 * @param position from 1, within its set
 */
export function ruleLabel({ name, origin, action }: Rule, position: number): string {
  const claim = action.kind === 'send' ? (action.mapping.friendlyName ?? displayNameOf(action.mapping.claim)) : undefined;
  const named = name ?? claim;
  const quoted = named === undefined ? '' : ` "${named}"`;
  switch (origin.kind) {
    case 'text':
      return `rule ${String(position)}${quoted} (line ${String(origin.line)})`;
    case 'mapping':
      return `mapping ${String(origin.position)}${quoted}`;
    case 'requested':
      return `${named ?? 'a claim'}, as requested`;
    case 'default':
      return `${named ?? 'a claim'}, by default`;
  }
}
