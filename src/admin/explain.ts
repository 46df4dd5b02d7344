/**
 * Why somebody gets, or does not get, a claim (design.md 3.1): one sentence first, then the chain from source to token, with
 * the first broken link of what is missing. Reads what the evaluator wrote down; it never evaluates anything itself.
 */
import { checkSentence } from '../core/checks/catalogue.js';
import { displayNameOf } from '../core/claims/explanation/claim-names.js';
import type { ReleaseRecord, RuleOutcome, RuleRecord } from '../core/claims/explanation.js';
import { sentenceOf } from '../core/claims/language/sentence.js';
import { recordSet } from '../core/claims/explanation/record.js';
import { ruleLabel } from '../core/claims/explanation/rule-label.js';
import { attributeAsked, needsOf, targetsOf } from '../core/claims/explanation/rule-targets.js';
import type { RuleSetName } from '../core/claims/rule.js';
import { IN_TOKEN } from '../core/claims/released.js';
import { withoutValue } from '../core/claims/evaluation/rule-actions.js';
import { reasonOf, whyOf } from '../core/claims/explanation/why.js';
import { CLAIM } from '../core/model/claim.js';
import { adviceFor, adviceForRefusal } from './advice.js';
import { reasonOfName } from './explain-name.js';
import type { Preview } from './preview.js';
import { nameOf } from './relying-party-names.js';
import { listed } from './setting-values.js';

/** About one claim. */
export interface ClaimExplanation {
  /** Its type, or the name by which it leaves. */
  readonly claim: string;
  readonly sent: boolean;
  readonly values: readonly string[];
  readonly sentence: string;
  /** The sentence where claim and values are seen already. */
  readonly reason: string;
  /** Further facts in order: rules that made it or could have, what they needed, where that comes from. */
  readonly chain: readonly string[];
  /** What would mend it: commands, and where that is in a rule text, words. Only what is certain. */
  readonly advice: readonly string[];
}

export interface Explanation {
  /** Why there would be no token; undefined when there would. */
  readonly refused: string | undefined;
  /** What the rules said that refused it. */
  readonly reasons: readonly string[];
  readonly advice: readonly string[];
  readonly claims: readonly ClaimExplanation[];
}

/** A rule that was run. */
interface Ran {
  readonly outcome: RuleOutcome;
  readonly set: RuleSetName;
}

/** How far back a chain of rules is followed. */
const DEPTH = 5;

/** Everything that leaves, and everything that rules could have sent and did not; or the claims that a name means. */
export function explain(preview: Preview, name?: string): Explanation {
  const { refusal } = preview;
  const refused = refusal?.check === undefined ? undefined : checkSentence(refusal.check.id, refusal.check);
  const refusing = refusal?.check?.id === 'user.authorized' ? ranIn(preview, 'authorization') : [];
  const about = {
    refused,
    reasons: refusing.map((ran) => whyOf(recordOf(ran))),
    advice: unique([...refusing.flatMap(({ outcome }) => adviceFor(preview, outcome, CLAIM.permit) ?? []), ...adviceForRefusal(preview)]),
  };
  const known = knownTypes(preview);
  if (name === undefined) return { ...about, claims: known.map((type) => explainType(preview, type)) };
  const meant = known.filter((type) => means(type, name, preview));
  const unruled = meant.length === 0 && means(CLAIM.nameIdentifier, name, preview) ? explainName(preview) : undefined;
  return { ...about, claims: meant.length > 0 ? meant.map((type) => explainType(preview, type)) : [unruled ?? unknown(preview, name, known)] };
}

/** Types that left, in their order, then those that rules name. */
function knownTypes(preview: Preview): readonly string[] {
  const targets = ranIn(preview, 'transform').flatMap(({ outcome: { rule, outputs } }) =>
    issues(rule) ? [...targetsOf(rule).filter((type) => type !== undefined), ...outputs.map(({ type }) => type)] : [],
  );
  return [...new Set([...preview.claims.released.map(({ claim }) => claim), ...targets])];
}

function ranIn({ trace }: Preview, wanted: RuleSetName): readonly Ran[] {
  return trace.evaluations.flatMap(({ set, evaluation }) => (set === wanted ? evaluation.outcomes.map((outcome) => ({ outcome, set })) : []));
}

/** Every rule that was run before or while the token's claims were made. */
function allRan(preview: Preview): readonly Ran[] {
  return [...ranIn(preview, 'acceptance'), ...ranIn(preview, 'transform')];
}

/** @param type only what the rule did about it */
function recordOf({ outcome, set }: Ran, type?: string): RuleRecord {
  const [record] = recordSet(set, { issued: [], outcomes: [type === undefined ? outcome : about(outcome, type)] }, { masked: false }).rules;
  return record ?? { rule: ruleLabel(outcome.rule, outcome.position), matched: outcome.matched };
}

/** Written out, for an outcome works some of its parts out when asked. */
function about({ rule, position, matched, runs, inputs, outputs, failed, nothing }: RuleOutcome, type: string): RuleOutcome {
  const made = outputs.filter((claim) => claim.type === type);
  const copied = made.length > 0 && rule.action.kind === 'copy' && rule.conditions.length === 1;
  const taken = copied ? inputs.filter((claim) => claim.type === type) : inputs;
  const { action } = rule;
  const missing =
    action.kind === 'store' && nothing !== undefined && action.types.includes(type) ? withoutValue(action, [action.types.indexOf(type)]) : nothing;
  return { rule, position, matched, runs, inputs: taken, outputs: made, failed, nothing: made.length > 0 ? undefined : missing };
}

function issues({ action }: RuleOutcome['rule']): boolean {
  return action.kind === 'send' || action.issue;
}

/** True when people could mean a type by a name: the type itself, its last part, or what it is called. */
function means(type: string, name: string, preview: Preview): boolean {
  const wanted = plain(name);
  const friendly = ranIn(preview, 'transform').flatMap(({ outcome: { rule } }) =>
    rule.action.kind === 'send' && rule.action.mapping.claim === type ? [rule.action.mapping.friendlyName ?? '', rule.name ?? ''] : [],
  );
  const short = Object.entries(CLAIM).flatMap(([key, uri]) => (uri === type ? [key] : []));
  return (
    type === name ||
    [lastPart(type), displayNameOf(type), ...friendly, ...short].some((candidate) => candidate !== '' && plain(candidate) === wanted) ||
    (type === CLAIM.nameIdentifier && wanted === 'nameid')
  );
}

/** 'telephone' of 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/telephone' */
export function lastPart(type: string): string {
  return type.startsWith('urn:oid:') ? type : type.slice(type.search(/[^/:#]*$/u));
}

function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[\s_-]/gu, '');
}

function explainType(preview: Preview, type: string): ClaimExplanation {
  const transform = ranIn(preview, 'transform').filter(({ outcome }) => issues(outcome.rule));
  const makes = ({ outcome }: Ran): boolean => outcome.outputs.some((claim) => claim.type === type);
  const could = transform.filter((ran) => !makes(ran) && targetsOf(ran.outcome.rule).includes(type));
  const released = preview.claims.released.filter(({ claim }) => claim === type);
  if (released.length === 0) return explainMissing(preview, type, could);
  const makers = transform.filter(makes).map((ran) => ({ ...ran, record: recordOf(ran, type) }));
  const [sentence = `${displayNameOf(type)} is sent.`, ...others] = makers.map(({ record }) => whyOf(record));
  if (!released.some(isInToken)) {
    const instead = unique(released.map(fate)).join(' ');
    return { claim: type, sent: false, values: [], sentence: instead, reason: instead, chain: [sentence, ...others], advice: [] };
  }
  return {
    claim: type,
    sent: true,
    values: released.flatMap((entry) => entry.values),
    sentence,
    reason: makers.map(({ record, outcome }) => [...storeOf(outcome, type), reasonOf(record)].join(', ')).join('; ') || sentence,
    chain: unique([
      ...others,
      ...makers.flatMap(({ outcome }) => storeOf(outcome, type).map((where) => `It is ${where}.`)),
      ...makers.flatMap(({ outcome }) => behind(preview, outcome, 0)),
      ...released.map(fate),
      // What could have made more of it.
      ...could.map((ran) => whyOf(recordOf(ran, type))),
    ]),
    advice: [],
  };
}

function explainMissing(preview: Preview, type: string, could: readonly Ran[]): ClaimExplanation {
  const broken = could.flatMap((ran) => [ran, ...missingBehind(preview, ran.outcome, 0)]);
  const [sentence = `No rule sends ${displayNameOf(type)}.`, ...chain] = broken.map((ran) => whyOf(recordOf(ran, could.includes(ran) ? type : undefined)));
  return {
    claim: type,
    sent: false,
    values: [],
    sentence,
    reason: sentence,
    chain: unique([...chain, ...could.filter(isWritten).map(({ outcome }) => `What the rule says: ${sentenceOf(outcome.rule)}`)]),
    advice: unique(broken.flatMap(({ outcome }) => adviceFor(preview, outcome, type) ?? [])),
  };
}

function isWritten({ outcome: { rule } }: Ran): boolean {
  return rule.origin.kind === 'text' || rule.origin.kind === 'mapping';
}

/** 'mail in the store "Active Directory"', of a rule that asks one. */
function storeOf({ rule: { action } }: RuleOutcome, type: string): readonly string[] {
  if (action.kind !== 'store') return [];
  const attribute = attributeAsked(action, type);
  return [`${attribute === undefined ? '' : `${attribute} `}in the store "${action.store}"`];
}

function unique(lines: readonly string[]): readonly string[] {
  return [...new Set(lines)];
}

/** Where the claims came from that a rule took: earlier rules, else the directory or the request. */
function behind(preview: Preview, { inputs, position, rule }: RuleOutcome, depth: number): readonly string[] {
  if (depth >= DEPTH) return [];
  return inputs.flatMap((input) => {
    const maker = allRan(preview).find(
      ({ outcome, set }) =>
        outcome.rule !== rule &&
        outcome.outputs.some((made) => made.type === input.type && made.value === input.value) &&
        (outcome.position < position || set !== 'transform'),
    );
    if (maker !== undefined) return [whyOf(recordOf(maker, input.type)), ...behind(preview, maker.outcome, depth + 1)];
    const source = sourceOf(input.issuer, preview);
    // Words stand for what a mapping took that is no claim: a constant comes from nowhere else.
    if (input.type.includes(' ')) return input.type.startsWith('attribute ') ? `The ${input.type} comes from ${source}.` : [];
    return `The ${displayNameOf(input.type)} claim comes from ${source}.`;
  });
}

/** Of a rule that did not match: the earlier rules that could have made what it needs, and did not. */
function missingBehind(preview: Preview, { matched, rule, position }: RuleOutcome, depth: number): readonly Ran[] {
  if (matched || depth >= DEPTH) return [];
  const needs = needsOf(rule);
  return allRan(preview)
    .filter(
      ({ outcome, set }) =>
        outcome.rule !== rule &&
        (outcome.position < position || set !== 'transform') &&
        outcome.outputs.length === 0 &&
        targetsOf(outcome.rule).some((type) => type !== undefined && needs.includes(type)),
    )
    .flatMap((ran) => [ran, ...missingBehind(preview, ran.outcome, depth + 1)]);
}

function sourceOf(issuer: string, { subject }: Preview): string {
  if (subject !== undefined && issuer === subject.person.authority) return `the directory ${subject.person.directory} (${issuer})`;
  return issuer === 'LOCAL AUTHORITY' ? 'the request and the sign-in' : issuer;
}

function isInToken({ otherwise }: ReleaseRecord): boolean {
  return otherwise === undefined || otherwise === IN_TOKEN.subject || otherwise === IN_TOKEN.issuer;
}

/** What became of it in the token. */
function fate({ otherwise }: ReleaseRecord): string {
  return otherwise === undefined ? 'It leaves as an attribute of that name.' : `It ${otherwise}.`;
}

/** The name of the person, which every token has. */
function explainName({ token }: Preview): ClaimExplanation | undefined {
  if (token === undefined) return undefined;
  const reason = reasonOfName(token.name);
  return { claim: CLAIM.nameIdentifier, sent: true, values: [token.name.value], sentence: `It is sent; ${reason}.`, reason, chain: [], advice: [] };
}

function unknown(preview: Preview, name: string, known: readonly string[]): ClaimExplanation {
  const sends = known.length === 0 ? 'Nothing is sent there' : `What can be sent there: ${listed(known.map(displayNameOf))}`;
  const sentence = `No rule of ${nameOf(preview.record)} sends a claim ${name}. ${sends}.`;
  const adding = ranIn(preview, 'transform').filter(
    ({ outcome: { rule } }) => !issues(rule) && targetsOf(rule).some((type) => type !== undefined && means(type, name, preview)),
  );
  const chain = adding.map(
    ({ outcome: { rule, position } }) => `It is made for later rules only, by ${ruleLabel(rule, position)}: issue in place of add sends it.`,
  );
  return { claim: name, sent: false, values: [], sentence, reason: sentence, chain, advice: [] };
}
