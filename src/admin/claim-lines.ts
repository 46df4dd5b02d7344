/** What claim rules did in one sign-on, as lines for people: every rule with its reason, then what left. Values are masked as they were stored. */
import type { ReleaseRecord, StoredClaims } from '../core/claims/explanation.js';
import type { RuleSetName } from '../core/claims/rule.js';
import { readClaims } from '../core/claims/explanation/stored-claims.js';
import { whyOf } from '../core/claims/explanation/why.js';

const TITLES: Readonly<Record<RuleSetName, string>> = {
  acceptance: 'Acceptance rules of the directory',
  authorization: 'Authorization rules',
  additional: 'Additional authentication rules',
  transform: 'Claims',
  delegation: 'Delegation rules',
  impersonation: 'Impersonation rules',
};

/** Empty where no rules ran: a sign-on that was refused before, or one of a version that kept none. */
export function claimLines(stored: StoredClaims | undefined): readonly string[] {
  if (stored === undefined) return [];
  const { sets, released } = readClaims(stored);
  return [
    ...sets.flatMap(({ set, rules }) => ['', TITLES[set], ...rules.map((rule) => `  ${whyOf(rule)}`), ...(rules.length === 0 ? ['  no rules'] : [])]),
    ...(released.length === 0 ? [] : ['', 'What left (values masked)', ...released.map(releasedLine)]),
  ];
}

function releasedLine({ claim, values, by, otherwise }: ReleaseRecord): string {
  const origin = by === '' ? '' : `, by ${by}`;
  return `  ${claim === '' ? 'no type' : claim}: ${values.join(', ')}${origin}${otherwise === undefined ? '' : `; ${otherwise}`}`;
}
