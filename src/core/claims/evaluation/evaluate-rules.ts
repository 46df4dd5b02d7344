/**
 * Runs a rule set (adfs.md 3). The working set W starts with the claims that came in; rules run once each, from top to
 * bottom. `issue` puts a claim into the output O and into W, `add` into W only. A rule sees what earlier ones made, and
 * never its own products. W holds what is identical in all six parts once, as COUNT must not see a claim twice because two
 * rules made it; O holds once what is equal in all but properties.
 */
import type { Claim } from '../../model/claim.js';
import type { ClaimMapping } from '../../model/claim-mapping.js';
import { countMatches, matchesOf } from './claim-tests.js';
import { checkCondition } from '../conditions/conditions.js';
import type { Evaluation, RuleFacts, RuleOutcome } from '../explanation.js';
import { type Mapped, mapClaims } from '../mappings/mappings.js';
import type { Charge } from './patience.js';
import { askStore, claimOf, makeFresh, failureFrom, type Taken, naming, type StoreAction, withoutValue } from './rule-actions.js';
import { createOutcome, type Failure } from './rule-outcome.js';
import type { Aggregate, Rule, RuleAction, RuleSetName } from '../rule.js';
import { checkCount, checkLength, limit, RULE_LIMITS, type RuleWork, spend, startWork } from './rule-work.js';

/** A selector that took something. */
interface Match {
  readonly label: string | undefined;
  readonly claims: readonly Claim[];
}

/** What an action made, each claim once, before any of it is put away. */
interface Product {
  readonly made: readonly Claim[];
  /** What a mapping took; other actions take what the conditions took. */
  readonly sources: readonly Claim[];
  readonly nothing: string | undefined;
}

/**
 * @param claims what came in, as it is; where the source says a thing twice it is counted twice
 * Rejects with a RuleFailure that names the rule: a store that is not there or does not answer, a pattern that was put
 * together and cannot be used, more than RULE_LIMITS allow. A mapping without a value that requires one is no failure here:
 * its outcome says so.
 */
export async function evaluateRules(set: RuleSetName, rules: readonly Rule[], claims: readonly Claim[], facts: RuleFacts): Promise<Evaluation> {
  const [first] = rules;
  if (first === undefined) return { issued: [], outcomes: [] };
  const work = startWork(set, first, claims, facts);
  if (rules.length > RULE_LIMITS.rules) throw limit(work, `its set has ${String(rules.length)} rules; ${String(RULE_LIMITS.rules)} are allowed`);
  const outcomes: RuleOutcome[] = [];
  for (const rule of rules) {
    work.rule = rule;
    work.position = outcomes.length + 1;
    const matches: Match[] = [];
    const failure = naming(work, () => firstFailure(rule, matches, work));
    const size = work.claims.all.length;
    if (failure !== undefined) {
      outcomes.push(createOutcome(work, { size, failure, runs: 0, outputs: NONE, sources: NONE, nothing: undefined }));
      continue;
    }
    const runs = countRuns(matches, work);
    const { action } = rule;
    const product = carryOut(action, matches, work);
    // Most actions ask nobody: those have no turn to wait for.
    const { made, sources, nothing } = product instanceof Promise ? await product : product;
    const outputs = putAway(made, action.kind === 'send' || action.issue, work);
    outcomes.push(createOutcome(work, { size, failure, runs, outputs, sources, nothing }));
  }
  return { issued: work.issued.all, outcomes };
}

const NONE: readonly Claim[] = [];
/** Of two claims that have type and value in common, in steps. */
const COMPARISON_COST = 5;

/** Checks the conditions in their order; the claims that selectors took are put into `matches`. */
function firstFailure({ conditions }: Rule, matches: Match[], work: RuleWork): Failure | undefined {
  for (let at = 0; at < conditions.length; at += 1) {
    const condition = conditions[at];
    if (condition?.kind === 'selector') {
      const claims = matchesOf(condition.tests, work);
      if (claims.length === 0) return { at, own: undefined };
      matches.push({ label: condition.label, claims });
    } else if (condition?.kind === 'aggregate') {
      if (!isTrue(condition, work)) return { at, own: undefined };
    } else if (condition !== undefined) {
      const own = checkCondition(condition.condition, work.claims, work.facts, chargeTo(work));
      if (own !== undefined) return { at, own };
    }
  }
  return undefined;
}

function isTrue({ tests, comparison: { operator, count } }: Aggregate, work: RuleWork): boolean {
  // One more than the number compared with decides every comparison.
  const found = countMatches(tests, work, count + 1);
  switch (operator) {
    case '==':
      return found === count;
    case '!=':
      return found !== count;
    case '<':
      return found < count;
    case '<=':
      return found <= count;
    case '>':
      return found > count;
    case '>=':
      return found >= count;
  }
}

function countRuns(matches: readonly Match[], work: RuleWork): number {
  const runs = matches.reduce((product, { claims }) => product * claims.length, 1);
  if (runs <= RULE_LIMITS.runs) return runs;
  throw limit(work, `its conditions take more than ${String(RULE_LIMITS.runs)} combinations of claims; narrow them`);
}

/** Every combination of what the selectors took, in the order of the claims; the last selector turns fastest. One map, filled anew for each. */
function* combinations(matches: readonly Match[], work: RuleWork): Generator<Taken> {
  const taken = new Map<string, Claim>();
  const at = matches.map(() => 0);
  for (let turning = 0; turning >= 0;) {
    spend(work, matches.length + 1);
    for (let index = 0; index < matches.length; index += 1) {
      const match = matches[index];
      const claim = match?.claims[at[index] ?? 0];
      if (match?.label !== undefined && claim !== undefined) taken.set(match.label, claim);
    }
    yield taken;
    for (turning = matches.length - 1; turning >= 0; turning -= 1) {
      const next = (at[turning] ?? 0) + 1;
      const turned = next < (matches[turning]?.claims.length ?? 0);
      at[turning] = turned ? next : 0;
      if (turned) break;
    }
  }
}

function carryOut(action: RuleAction, matches: readonly Match[], work: RuleWork): Product | Promise<Product> {
  if (action.kind === 'send') return send(action.mapping, work);
  return action.kind === 'store' ? ask(action, matches, work) : make(action, matches, work);
}

function make(action: Extract<RuleAction, { kind: 'copy' | 'fresh' }>, matches: readonly Match[], work: RuleWork): Product {
  const made: Claim[] = [];
  for (const taken of combinations(matches, work)) {
    made.push(action.kind === 'copy' ? claimOf(action.label, taken) : makeFresh(action.parts, taken, work));
  }
  return { made, sources: NONE, nothing: undefined };
}

async function ask(action: StoreAction, matches: readonly Match[], work: RuleWork): Promise<Product> {
  const made: Claim[] = [];
  let absent: readonly number[] = action.types.map((_, column) => column);
  for (const taken of combinations(matches, work)) {
    const answer = await askStore(action, taken, work);
    made.push(...answer.claims);
    absent = absent.filter((column) => answer.absent.includes(column));
  }
  return { made, sources: NONE, nothing: absent.length === 0 ? undefined : withoutValue(action, absent) };
}

function chargeTo(work: RuleWork): Charge {
  return (steps) => {
    spend(work, steps);
  };
}

/** A mapping looks at its sources itself, and its rule has no selectors: it runs once. */
function send(mapping: ClaimMapping, work: RuleWork): Product | Promise<Product> {
  const mapped = naming(work, () => mapClaims(mapping, work.claims, work.facts, chargeTo(work)));
  if (!(mapped instanceof Promise)) return productOf(mapped, work);
  return mapped.then(
    (late) => productOf(late, work),
    (error: unknown) => {
      throw failureFrom(error, work);
    },
  );
}

function productOf({ claims, inputs, nothing }: Mapped, work: RuleWork): Product {
  for (const { value } of claims) spend(work, checkLength(work, value).length);
  return { made: claims, sources: inputs, nothing };
}

/** Puts what a rule made into W, and into O when it issues; gives each claim once. */
function putAway(made: readonly Claim[], issue: boolean, work: RuleWork): readonly Claim[] {
  const outputs = new Set<Claim>();
  const before = work.claims.compared() + work.issued.compared();
  for (const claim of made) {
    const there = work.claims.add(claim);
    checkCount(work);
    if (issue) work.issued.add(there);
    outputs.add(there);
  }
  spend(work, made.length + COMPARISON_COST * (work.claims.compared() + work.issued.compared() - before));
  return [...outputs];
}
