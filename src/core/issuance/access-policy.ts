/**
 * May this subject have a token for this relying party? Where they come from, groups, access policy and authorization rules: all that are set have
 * to agree. Then whether a second factor is asked for.
 */
import { createClaimSet } from '../claims/evaluation/claim-set.js';
import type { Evaluation } from '../claims/explanation.js';
import type { ClaimsInput } from '../claims/input.js';
import { nearestOf } from '../claims/explanation/nearest-miss.js';
import { runRules, textRules } from '../claims/run-rules.js';
import { hasSecondFactor } from '../claims/conditions/second-factor.js';
import type { CheckId } from '../checks/catalogue.js';
import type { Trace } from '../checks/trace.js';
import { CLAIM, type Claim, MULTIPLE_AUTHENTICATION } from '../model/claim.js';
import type { LocalDirectorySettings } from '../model/directory.js';
import type { RelyingParty } from '../model/relying-party.js';
import type { IssuanceRequest } from './issuance-request.js';
import { describePolicy, evaluateAccessPolicy } from './policies.js';

const BUILT_IN: LocalDirectorySettings['name'] = 'local';
const BUILT_IN_AT_ADFS = 'Active Directory';

/** Why somebody gets no token, in words for the check. */
interface Refusal {
  readonly check: Extract<CheckId, 'user.source' | 'user.authn-context' | 'user.allowed' | 'user.policy' | 'user.authorized' | 'user.second-factor'>;
  readonly expected: string;
}

/**
 * Errors: `access_denied` (checks user.source, user.allowed, user.policy, user.authorized), `unknown_relying_party`
 * (request.enabled), `authn_context_unmet` (user.authn-context, user.second-factor), and those of rules (claims.store, claims.rules).
 */
export async function authorize(request: IssuanceRequest, input: ClaimsInput): Promise<void> {
  const { relyingParty, subject, trace } = request;
  trace.check('request.enabled', relyingParty.enabled, { observed: relyingParty.entityId });
  const refusal = otherContext(request) ?? (await findRefusal(relyingParty, input, trace));
  if (refusal !== undefined) throw trace.failure(refusal.check, { observed: subject.userName, expected: refusal.expected });
  trace.check('user.allowed', true);
}

/** Whether an application is shown to somebody. One whose rules ask a store, or cannot be carried out, is: the sign-on tells. */
export async function mayUse(relyingParty: RelyingParty, input: ClaimsInput, trace: Trace): Promise<boolean> {
  const denied = outsideSources(relyingParty, input) ?? outsideGroups(relyingParty, input, trace) ?? outsidePolicy(relyingParty, input, trace);
  if (denied !== undefined) return denied.check === 'user.second-factor';
  const rules = textRules(relyingParty, 'authorization', trace);
  if (rules === undefined || rules.some(({ action }) => action.kind === 'store')) return true;
  return isPermitted(await runRules('authorization', rules, input, trace));
}

async function findRefusal(relyingParty: RelyingParty, input: ClaimsInput, trace: Trace): Promise<Refusal | undefined> {
  return (
    outsideSources(relyingParty, input) ??
    outsideGroups(relyingParty, input, trace) ??
    outsidePolicy(relyingParty, input, trace) ??
    (await refusedByRules(relyingParty, input, trace)) ??
    (await withoutSecondFactor(relyingParty, input, trace))
  );
}

/** The class that the token is to name is not one that an administrator allows. */
function otherContext({ relyingParty: { allowedAuthnContexts: allowed }, contextClass }: IssuanceRequest): Refusal | undefined {
  if (allowed === undefined || allowed.includes(contextClass)) return undefined;
  return { check: 'user.authn-context', expected: `${allowed.join(', ')}; it was ${contextClass}` };
}

/** The built-in directory answers to its own name, to that of its claims, and to that which AD FS has for the directory behind it. */
function outsideSources({ identitySources }: RelyingParty, { facts: { person } }: ClaimsInput): Refusal | undefined {
  if (identitySources === undefined) return undefined;
  const names = [person.directory, person.authority, ...(person.directory === BUILT_IN ? [BUILT_IN_AT_ADFS] : [])].map((name) => name.toLowerCase());
  if (identitySources.some((source) => names.includes(source.toLowerCase()))) return undefined;
  return { check: 'user.source', expected: `${identitySources.join(', ')}; this is ${person.directory}` };
}

/** By what the directory knows, as the conditions of policies do: acceptance rules shape claims, not membership. */
function outsideGroups({ groups }: RelyingParty, { facts }: ClaimsInput, trace: Trace): Refusal | undefined {
  if (groups.length === 0) return undefined;
  const own = facts.person.groups.map(({ name }) => name);
  if (own.some((group) => groups.includes(group))) return undefined;
  const near = nearestOf(groups, own);
  const difference = near?.difference === undefined ? '' : ` (differs in ${near.difference} only)`;
  const nearest = near === undefined ? '' : `; nearest: ${trace.show(near.what)}${difference}`;
  return { check: 'user.allowed', expected: `${groups.join(', ')}${nearest}${own.length === 0 ? '; in no group at all' : ''}` };
}

function outsidePolicy({ accessPolicy }: RelyingParty, { claims, facts }: ClaimsInput, trace: Trace): Refusal | undefined {
  if (accessPolicy === undefined) return undefined;
  const { permitted, needsSecondFactor, failed } = evaluateAccessPolicy(accessPolicy, createClaimSet(claims), facts);
  if (permitted) return undefined;
  const first = failed[0];
  const observed = first?.observed === undefined || first.plain === true ? first?.observed : trace.show(first.observed);
  const why = first === undefined ? 'none of its rules holds' : `needed is ${first.expected}${observed === undefined ? '' : `; there is ${observed}`}`;
  return { check: needsSecondFactor ? 'user.second-factor' : 'user.policy', expected: `${describePolicy(accessPolicy)}: ${why}` };
}

async function refusedByRules(relyingParty: RelyingParty, input: ClaimsInput, trace: Trace): Promise<Refusal | undefined> {
  const rules = textRules(relyingParty, 'authorization', trace);
  if (rules === undefined) return undefined;
  const evaluation = await runRules('authorization', rules, input, trace);
  if (isPermitted(evaluation)) return undefined;
  if (rules.length === 0) return { check: 'user.authorized', expected: 'the rule set is empty, which lets nobody in' };
  const denied = evaluation.issued.find(({ type }) => type === CLAIM.deny);
  return { check: 'user.authorized', expected: denied === undefined ? 'no rule permits' : 'a rule denies' };
}

/** Any permit and no deny; their values are not looked at (adfs.md 1). */
function isPermitted({ issued }: Evaluation): boolean {
  return issued.some(({ type }) => type === CLAIM.permit) && !issued.some(({ type }) => type === CLAIM.deny);
}

/** Rules for additional authentication ask for a second factor by a claim about the method. */
async function withoutSecondFactor(relyingParty: RelyingParty, input: ClaimsInput, trace: Trace): Promise<Refusal | undefined> {
  const rules = textRules(relyingParty, 'additional', trace);
  if (rules === undefined) return undefined;
  const { issued } = await runRules('additional', rules, input, trace);
  if (!issued.some(asksForSecondFactor) || hasSecondFactor(input.facts.authentication.methods)) return undefined;
  return { check: 'user.second-factor', expected: 'the additional authentication rules ask for it' };
}

function asksForSecondFactor({ type, value }: Claim): boolean {
  return type === CLAIM.authenticationMethod && value === MULTIPLE_AUTHENTICATION;
}
