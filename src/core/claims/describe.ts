/** Mappings in words, for administrators: the trace, `rp show`, refusals. */
import { CLAIM } from '../model/claim.js';
import type { ClaimMapping, ClaimSource } from '../model/claim-mapping.js';

const SHORT_NAMES: ReadonlyMap<string, string> = new Map(Object.entries(CLAIM).map(([name, type]) => [type, name]));
const SHOWN = 60;

/** upn, attribute department, the text "Example Corp". */
export function describeSource(source: ClaimSource): string {
  if ('claim' in source) return SHORT_NAMES.get(source.claim) ?? source.claim;
  if ('attribute' in source) return `attribute ${source.attribute}`;
  if ('constant' in source) return `the text "${source.constant.slice(0, SHOWN)}"`;
  if ('group' in source) return source.group === '*' ? 'the groups' : `groups like ${source.group}`;
  return 'fact' in source ? `the ${source.fact} of the sign-in` : `the ${source.identifier} identifier`;
}

/** http://schemas.xmlsoap.org/claims/UPN from upn, else email, in example.com; required */
export function describeMapping(mapping: ClaimMapping): string {
  const { from, domains, template, nameIdFormat, required } = mapping;
  const where = domains === undefined ? '' : `, in ${domains.join(' or ')}`;
  const more = [
    ...(template === undefined ? [] : [`as ${template}`]),
    ...(nameIdFormat === undefined ? [] : [`format ${nameIdFormat}`]),
    ...(required === true ? ['required'] : []),
  ];
  return [`${target(mapping.claim)} from ${from.map(describeSource).join(', else ')}${where}`, ...more].join('; ');
}

function target(claim: string): string {
  if (claim === CLAIM.nameIdentifier) return 'the name identifier';
  return claim === CLAIM.issuerId ? 'the issuer of the token' : claim;
}
