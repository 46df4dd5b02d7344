/** Simple mappings, evaluated: the claims of a person become what leaves, and each decision is written into the trace. */
import type { IssuanceRequest } from '../issuance/issuance-request.js';
import type { ReleasedClaims } from '../issuance/token-draft.js';
import { CLAIM, type Claim } from '../model/claim.js';
import type { ClaimMapping, ClaimSource } from '../model/claim-mapping.js';
import { attributeOf, type Person } from '../model/person.js';
import { describeMapping, describeSource } from './describe.js';
import { nameFormatOf } from './standard-claims.js';

type MappingRequest = Pick<IssuanceRequest, 'trace' | 'relyingParty' | 'subject'>;

/**
 * What leaves by mappings, in their order; two to the same claim type add up. The name identifier and the issuer are the
 * first value there is. Errors: check claims.required, claims.issuer.
 */
export function applyMappings(mappings: readonly ClaimMapping[], request: MappingRequest): ReleasedClaims {
  const attributes = new Map<string, readonly string[]>();
  let name: ReleasedClaims['name'];
  let issuer: string | undefined;
  for (const mapping of mappings) {
    const values = valuesOf(mapping, request);
    const [first] = values;
    if (first === undefined) continue;
    if (mapping.claim === CLAIM.nameIdentifier) name ??= { value: first, ...(mapping.nameIdFormat === undefined ? {} : { format: mapping.nameIdFormat }) };
    else if (mapping.claim === CLAIM.issuerId) issuer ??= first;
    else attributes.set(mapping.claim, [...new Set([...(attributes.get(mapping.claim) ?? []), ...values])]);
  }
  if (issuer !== undefined) request.trace.check('claims.issuer', isAbsoluteUri(issuer), { observed: request.relyingParty.name });
  return {
    attributes: [...attributes].map(([type, values]) => ({ name: type, nameFormat: nameFormatOf(type), values })),
    ...(name === undefined ? {} : { name }),
    ...(issuer === undefined ? {} : { issuer }),
  };
}

/** An absolute URI as tokens and claims carry it: at most 1024 characters (SAML Core 1.3.2, 8.3.6). */
export function isAbsoluteUri(text: string): boolean {
  return text.length <= 1024 && /^[a-z][a-z0-9+.-]*:[^\s\p{C}<>"{}|\\^`]+$/iu.test(text) && URL.canParse(text);
}

function valuesOf(mapping: ClaimMapping, { trace, relyingParty, subject }: MappingRequest): readonly string[] {
  const used = mapping.from.find((source) => readSource(source, subject).length > 0);
  const values = used === undefined ? [] : [...new Set(readSource(used, subject).flatMap((value) => change(value, mapping)))];
  if (values.length === 0 && mapping.required === true) {
    throw trace.failure('claims.required', { observed: relyingParty.name, expected: describeMapping(mapping) });
  }
  trace.step('claim', `${mapping.claim}: ${String(values.length)} from ${used === undefined ? 'nowhere' : describeSource(used)}`);
  return values;
}

function readSource(source: ClaimSource, { claims, person }: { readonly claims: readonly Claim[]; readonly person: Person }): readonly string[] {
  if ('constant' in source) return [source.constant];
  if ('claim' in source) return claims.filter((claim) => claim.type === source.claim).map((claim) => claim.value);
  return 'attribute' in source ? attributeOf(person, source.attribute) : [];
}

/** The value as it leaves, or none. */
function change(value: string, { domains, template = '{value}' }: ClaimMapping): readonly string[] {
  const at = value.lastIndexOf('@');
  const own = at < 0 ? '' : value.slice(at + 1);
  const domain = domains === undefined ? own : domainAmong(domains, own);
  if (domain === '' && (domains !== undefined || template.includes('{domain}'))) return [];
  return [template.replaceAll(/\{(value|domain)\}/gu, (_, word: string) => (word === 'value' ? value : domain))];
}

function domainAmong(domains: readonly string[], own: string): string {
  const lower = `.${own.toLowerCase()}`;
  const above = domains.filter((domain) => lower.endsWith(`.${domain.toLowerCase()}`));
  return above.reduce((longest, domain) => (domain.length > longest.length ? domain : longest), '');
}
