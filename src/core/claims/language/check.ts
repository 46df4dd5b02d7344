/** What can be seen of a rule set before it runs, when the stores are known and where it is used: mistakes, and what is worth knowing. */
import type { StoreCatalogue } from '../attribute-store.js';
import { boundQuery } from '../evaluation/bound-query.js';
import { RuleTextError, type Rule, type RuleSetName } from '../rule.js';
import { notesOnIssuers, notesOnSet } from './notes.js';
import { placeOfValue, type RuleNote } from './places.js';
import { notesOnPrefixes } from './prefixes.js';
import type { Place } from './source.js';
import { didYouMean, listed } from './spelling.js';

export type { RuleNote } from './places.js';

/**
 * Checks rules that were read (parse.ts) for the set they are meant for. Throws RuleTextError for an unknown store and for a
 * question that its store cannot answer, with the place of the string concerned.
 */
export function checkRules(rules: readonly Rule[], set: RuleSetName, catalogue: StoreCatalogue): readonly RuleNote[] {
  const stores = rules.flatMap((rule) => checkStore(rule, catalogue));
  return [...stores, ...notesOnSet(rules, set), ...rules.flatMap(notesOnIssuers), ...notesOnPrefixes(rules)];
}

function checkStore(rule: Rule, catalogue: StoreCatalogue): readonly RuleNote[] {
  const { action } = rule;
  if (action.kind !== 'store') return [];
  const name = catalogue.names.find((known) => known.toLowerCase() === action.store.toLowerCase());
  if (name === undefined) {
    const there = catalogue.names.length === 0 ? 'there is none yet' : `there are ${listed(catalogue.names)}`;
    throw new RuleTextError(placeOfValue(rule, 'store'), `unknown store "${action.store}": ${there}${didYouMean(action.store, catalogue.names)}`);
  }
  const { text: query, params } = boundQuery(action);
  const place = placeOfValue(rule, 'query');
  const unused = checkPlaces(query, params.length, place);
  const problem = catalogue.check(name, { query, columns: action.types.length, params: params.length });
  if (problem?.level === 'error') throw new RuleTextError(place, problem.sentence);
  return problem === undefined ? unused : [{ ...place, sentence: problem.sentence }];
}

/** {0}, {1}, … stand for the parameters. */
function checkPlaces(query: string, params: number, place: Place): readonly RuleNote[] {
  const used = new Set(Array.from(query.matchAll(/\{(\d+)\}/gu), ([, number]) => Number(number)));
  const beyond = [...used].find((number) => number >= params);
  if (beyond !== undefined) {
    const given = params === 0 ? 'the rule gives no param' : `the rule gives ${String(params)} (counted from {0})`;
    throw new RuleTextError(place, `the query has {${String(beyond)}}, and ${given}: add a param, or take it out`);
  }
  const unused = Array.from({ length: params }, (_, number) => number).filter((number) => !used.has(number));
  if (unused.length === 0) return [];
  return [{ ...place, sentence: `the query does not use ${listed(unused.map((number) => `{${String(number)}}`))}, though the rule gives a param for it` }];
}
