/**
 * Questions to stores that a rule puts together from claims. What is no text of the rule becomes a parameter: no value a person
 * chose is ever read as part of a statement or a filter (threats U11).
 */
import type { Expression, RuleAction } from '../rule.js';

/** With {0}, {1}, … for the parameters, those of the rule first. */
export interface BoundQuery {
  readonly text: string;
  readonly params: readonly Expression[];
}

type Asked = Pick<Extract<RuleAction, { kind: 'store' }>, 'query' | 'params'>;

/** Rules live as long as their application, and ask for every combination of claims. */
const made = new WeakMap<Asked, BoundQuery>();

export function boundQuery(action: Asked): BoundQuery {
  const known = made.get(action);
  if (known !== undefined) return known;
  const params = [...action.params];
  const text = textsOf(action.query)
    .map((part) => (part.kind === 'text' ? part.value : `{${String(params.push(part) - 1)}}`))
    .join('');
  const bound = { text, params };
  made.set(action, bound);
  return bound;
}

function textsOf(query: Expression): readonly Expression[] {
  return query.kind === 'join' ? query.parts : [query];
}
