/**
 * What leaves for a relying party: what its transform rules or its mappings say; without either, what its metadata requests
 * (SAML Metadata 2.4.4.2, WS-Federation 3.1.8); else the default claims of the protocol. All of it runs as rules.
 */
import type { Trace } from '../checks/trace.js';
import type { IssuanceRequest } from '../issuance/issuance-request.js';
import type { ReleasedClaims } from '../issuance/token-draft.js';
import { type AttributeConsumingService, chooseDefault, type RelyingParty } from '../model/relying-party.js';
import { isAbsoluteUri } from '../model/uri.js';
import { describeMapping } from './mappings/describe.js';
import type { Evaluation } from './explanation.js';
import type { ClaimsInput } from './input.js';
import { rulesOfMappings } from './mappings/mappings.js';
import { shapeClaims } from './released.js';
import type { Rule } from './rule.js';
import { runRules, textRules } from './run-rules.js';
import { defaultMappings, requestedMappings } from './standard-claims.js';

/** Characters of all attributes of a token: what browsers and applications can still carry. */
const MOST_CHARACTERS = 1_048_576;

/** What of a request decides about claims. */
export type ClaimsRequest = Pick<IssuanceRequest, 'trace' | 'protocol' | 'relyingParty' | 'attributeServiceIndex'>;

/**
 * The attributes of a token, in the order of the rules, and the name and issuer that rules give it. Errors: check
 * claims.required, claims.issuer, claims.store, claims.rules.
 */
export async function releaseClaims(request: ClaimsRequest, input: ClaimsInput): Promise<ReleasedClaims> {
  const { trace, relyingParty } = request;
  const evaluation = await runRules('transform', transformRules(request), input, trace);
  checkRequired(evaluation, request);
  const { released, record } = shapeClaims(evaluation.issued, relyingParty.rules.transform === undefined ? 'nothing' : 'attributes');
  trace.released = record;
  checkSize(released, trace);
  if (released.issuer !== undefined) trace.check('claims.issuer', isAbsoluteUri(released.issuer), { observed: relyingParty.name });
  trace.step('claims', released.attributes.map(({ friendlyName, name, values }) => `${friendlyName ?? name} (${String(values.length)})`).join(', ') || 'none');
  return released;
}

function checkSize({ attributes }: ReleasedClaims, trace: Trace): void {
  const size = attributes.reduce((sum, { name, values }) => values.reduce((length, value) => length + value.length, sum + name.length), 0);
  if (size <= MOST_CHARACTERS) return;
  throw trace.failure('claims.rules', { observed: 'transform rules', expected: `they send more than ${String(MOST_CHARACTERS)} characters` });
}

/** The rules in force, whatever they were written as. */
export function transformRules(request: ClaimsRequest): readonly Rule[] {
  const { relyingParty, trace } = request;
  return textRules(relyingParty, 'transform', trace) ?? plainRules(request);
}

/** Made once for each version of an application, by protocol and service. */
const made = new WeakMap<RelyingParty, Map<string, readonly Rule[]>>();

function plainRules(request: ClaimsRequest): readonly Rule[] {
  const { relyingParty, protocol, attributeServiceIndex = '' } = request;
  const known = made.get(relyingParty) ?? new Map<string, readonly Rule[]>();
  made.set(relyingParty, known);
  const key = `${protocol} ${String(attributeServiceIndex)}`;
  const rules = known.get(key) ?? makeRules(request);
  known.set(key, rules);
  return rules;
}

function makeRules(request: ClaimsRequest): readonly Rule[] {
  const { relyingParty, protocol } = request;
  if (relyingParty.claims.length > 0) return rulesOfMappings(relyingParty.claims);
  const service = serviceFor(request);
  return service === undefined ? rulesOfMappings(defaultMappings(protocol), 'default') : rulesOfMappings(requestedMappings(service, protocol), 'requested');
}

/** What was asked for in the protocol of the request, else in the other: then it is all that is known. */
function serviceFor({ protocol, relyingParty, attributeServiceIndex: index }: ClaimsRequest): AttributeConsumingService | undefined {
  const all = relyingParty.attributeServices;
  const own = all.filter((service) => (service.protocol === undefined) === (protocol === 'saml'));
  const services = own.length > 0 ? own : all;
  return index === undefined ? chooseDefault(services) : services.find((service) => service.index === index);
}

/** A mapping that must have a value and applies here: an administrator's refuses the sign-on, the metadata's wish is noted. */
function checkRequired({ outcomes }: Evaluation, { trace, relyingParty }: ClaimsRequest): void {
  for (const { rule, matched, outputs } of outcomes) {
    if (rule.action.kind !== 'send' || rule.action.mapping.required !== true || !matched || outputs.length > 0) continue;
    const { mapping } = rule.action;
    if (rule.origin.kind === 'mapping') throw trace.failure('claims.required', { observed: relyingParty.name, expected: describeMapping(mapping) });
    trace.note('claims.required', { observed: relyingParty.name, expected: mapping.friendlyName ?? mapping.claim });
  }
}
