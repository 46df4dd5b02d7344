/**
 * Why somebody gets, or does not get, a claim (design.md 3.1): one sentence first, then the chain from source to token, with
 * the first broken link of what is missing. Reads what the evaluator wrote down; it never evaluates anything itself.
 */
import { checkSentence } from '../core/checks/catalogue.js';
import { displayNameOf } from '../core/claims/claim-names.js';
import type { ReleaseRecord, RuleOutcome, RuleRecord } from '../core/claims/explanation.js';
import { sentenceOf } from '../core/claims/language/sentence.js';
import { needsOf, targetsOf } from '../core/claims/rule-targets.js';
import { whyOf } from '../core/claims/why.js';
import { CLAIM } from '../core/model/claim.js';
import { nameOf } from './relying-party-names.js';
import type { Preview } from './preview.js';
import { listed } from './setting-values.js';

/** About one claim. */
export interface ClaimExplanation {
  /** Its type, or the name by which it leaves. */
  readonly claim: string;
  readonly sent: boolean;
  readonly values: readonly string[];
  readonly sentence: string;
  /** Further facts in order: rules that made it or could have, what they needed, where that comes from. */
  readonly chain: readonly string[];
}

export interface Explanation {
  /** Why there would be no token; undefined when there would. */
  readonly refused: string | undefined;
  readonly claims: readonly ClaimExplanation[];
}

/** How far back a chain of rules is followed. */
const DEPTH = 5;

/** Everything that leaves, and everything that rules could have sent and did not; or the claims that a name means. */
export function explain(preview: Preview, name?: string): Explanation {
  const refused = preview.refusal?.check === undefined ? undefined : checkSentence(preview.refusal.check.id, preview.refusal.check);
  const known = knownTypes(preview);
  if (name === undefined) return { refused, claims: known.map((type) => explainType(preview, type)) };
  const meant = known.filter((type) => means(type, name, preview));
  return { refused, claims: meant.length > 0 ? meant.map((type) => explainType(preview, type)) : [unknown(preview, name, known)] };
}

/** Types that left, in their order, then those that rules name. */
function knownTypes({ claims, trace }: Preview): readonly string[] {
  const targets = transformOutcomes(trace).flatMap(({ rule, outputs }) =>
    issues(rule) ? [...targetsOf(rule).filter((type) => type !== undefined), ...outputs.map(({ type }) => type)] : [],
  );
  return [...new Set([...claims.released.map(({ claim }) => claim), ...targets])];
}

function transformOutcomes({ evaluations }: Preview['trace']): readonly RuleOutcome[] {
  return evaluations.findLast(({ set }) => set === 'transform')?.evaluation.outcomes ?? [];
}

/** Every rule that was run before or while the token's claims were made, beside its record. */
function allRules({ trace, claims }: Preview): readonly { readonly outcome: RuleOutcome; readonly record: RuleRecord; readonly transform: boolean }[] {
  return trace.evaluations.flatMap(({ set, evaluation }, at) =>
    set === 'transform' || set === 'acceptance'
      ? evaluation.outcomes.flatMap((outcome, index) => {
          const record = claims.sets[at]?.rules[index];
          return record === undefined ? [] : [{ outcome, record, transform: set === 'transform' }];
        })
      : [],
  );
}

function issues({ action }: RuleOutcome['rule']): boolean {
  return action.kind === 'send' || action.issue;
}

/** True when people could mean a type by a name: the type itself, its last part, or what it is called. */
function means(type: string, name: string, { trace }: Preview): boolean {
  const wanted = plain(name);
  const friendly = transformOutcomes(trace).flatMap(({ rule }) =>
    rule.action.kind === 'send' && rule.action.mapping.claim === type ? [rule.action.mapping.friendlyName ?? '', rule.name ?? ''] : [],
  );
  const short = Object.entries(CLAIM).flatMap(([key, uri]) => (uri === type ? [key] : []));
  return (
    type === name ||
    [type.slice(type.search(/[^/:#]*$/u)), displayNameOf(type), ...friendly, ...short].some((candidate) => candidate !== '' && plain(candidate) === wanted)
  );
}

function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[\s_-]/gu, '');
}

function explainType(preview: Preview, type: string): ClaimExplanation {
  const rules = allRules(preview);
  const released = preview.claims.released.filter(({ claim }) => claim === type);
  const makers = rules.filter(({ outcome, transform }) => transform && outcome.outputs.some((claim) => claim.type === type) && issues(outcome.rule));
  if (released.length > 0) {
    const values = released.flatMap((entry) => entry.values);
    const [first] = makers;
    return {
      claim: type,
      sent: true,
      values,
      sentence: first === undefined ? `${displayNameOf(type)} is sent.` : whyOf(first.record),
      chain: [...makers.slice(1).map(({ record }) => whyOf(record)), ...makers.flatMap(({ outcome }) => behind(preview, outcome, 0)), ...released.map(fate)],
    };
  }
  const could = rules.filter(({ outcome, transform }) => transform && issues(outcome.rule) && targetsOf(outcome.rule).includes(type));
  const chain = could.flatMap(({ outcome, record }) => [whyOf(record), ...missingBehind(preview, outcome, 0)]);
  const [first = `No rule sends ${displayNameOf(type)}.`] = chain;
  return {
    claim: type,
    sent: false,
    values: [],
    sentence: first,
    chain: [...chain.slice(1), ...could.map(({ outcome }) => `What the rule says: ${sentenceOf(outcome.rule)}`)],
  };
}

/** Where the claims came from that a rule took: earlier rules, else the directory or the request. */
function behind(preview: Preview, { inputs, position, rule }: RuleOutcome, depth: number): readonly string[] {
  if (depth >= DEPTH) return [];
  return inputs.flatMap((input) => {
    const maker = allRules(preview).find(
      ({ outcome }) =>
        outcome.rule !== rule &&
        outcome.outputs.some((made) => made.type === input.type && made.value === input.value) &&
        (outcome.position < position || !isTransform(preview, outcome)),
    );
    if (maker !== undefined) return [whyOf(maker.record), ...behind(preview, maker.outcome, depth + 1)];
    return [`${displayNameOf(input.type)} "${input.value}" comes from ${sourceOf(input.issuer, preview)}.`];
  });
}

/** Of a rule that did not match: the earlier rules that could have made what it needs, and why they did not. */
function missingBehind(preview: Preview, { matched, rule, position }: RuleOutcome, depth: number): readonly string[] {
  if (matched || depth >= DEPTH) return [];
  const needs = needsOf(rule);
  return allRules(preview)
    .filter(
      ({ outcome }) =>
        outcome.rule !== rule &&
        (outcome.position < position || !isTransform(preview, outcome)) &&
        targetsOf(outcome.rule).some((type) => type !== undefined && needs.includes(type)),
    )
    .filter(({ outcome }) => outcome.outputs.length === 0)
    .flatMap(({ outcome, record }) => [whyOf(record), ...missingBehind(preview, outcome, depth + 1)]);
}

function isTransform({ trace }: Preview, outcome: RuleOutcome): boolean {
  return transformOutcomes(trace).includes(outcome);
}

function sourceOf(issuer: string, { subject }: Preview): string {
  if (subject !== undefined && issuer === subject.person.authority) return `the directory ${subject.person.directory} (${issuer})`;
  return issuer === 'LOCAL AUTHORITY' ? 'the request and the sign-in' : issuer;
}

/** What became of it in the token. */
function fate({ claim, otherwise }: ReleaseRecord): string {
  return otherwise === undefined ? `It leaves as the attribute ${claim}.` : `It ${otherwise}.`;
}

function unknown({ record }: Preview, name: string, known: readonly string[]): ClaimExplanation {
  const sends = known.length === 0 ? 'Nothing is sent there' : `What can be sent there: ${listed(known.map(displayNameOf))}`;
  return { claim: name, sent: false, values: [], sentence: `No rule of ${nameOf(record)} sends a claim ${name}. ${sends}.`, chain: [] };
}
