/** What mappings may look like: checked before they are stored, from presets or by hand. */
import { MAPPABLE_FORMATS, NAME_ID } from '../../issuance/name-identifier.js';
import { CLAIM } from '../../model/claim.js';
import type { ClaimMapping, ClaimSource, IdentifierKind } from '../../model/claim-mapping.js';
import { problemOfChanges } from './check-changes.js';
import { problemOfConditions } from '../conditions/check-conditions.js';
import { isAbsoluteUri } from '../../model/uri.js';
import { isText, keyed, problemOfCount, show } from './sentences.js';

const LIMITS = { mappings: 100, sources: 10, domains: 500, claimType: 512 } as const;

/** Attribute names outside of URIs, as SAML applications use them: 'first_name', 'User.Email'. */
const PLAIN_NAME = /^[\p{L}_][\p{L}\p{N}_.:-]{0,127}$/u;
const DOMAIN = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/iu;

/** A sentence that names the first mapping that cannot be used, the key, and the fix; undefined when all can. */
export function checkClaimMappings(mappings: readonly ClaimMapping[]): string | undefined {
  if (mappings.length > LIMITS.mappings) return `There are ${String(mappings.length)} mappings; use at most ${String(LIMITS.mappings)}.`;
  for (const [index, mapping] of mappings.entries()) {
    const problem = problemOf(mapping);
    if (problem !== undefined) return `Mapping ${String(index + 1)}, to ${show(mapping.claim)}, cannot be used: ${problem}.`;
  }
  return undefined;
}

function problemOf(mapping: ClaimMapping): string | undefined {
  const { name, claim, from, onlyWhen, domains, change, template, valueType } = mapping;
  return (
    keyed('name', name === undefined ? undefined : problemOfText(name)) ??
    keyed('claim', isClaimType(claim) ? undefined : 'give the claim type as an absolute URI, or the plain name of an attribute') ??
    problemOfSources(from) ??
    (onlyWhen === undefined ? undefined : problemOfConditions(onlyWhen, 'onlyWhen')) ??
    keyed('domains', domains === undefined ? undefined : problemOfDomains(domains)) ??
    (change === undefined ? undefined : problemOfChanges(change)) ??
    keyed('template', template === undefined ? undefined : problemOfTemplate(template)) ??
    keyed('valueType', valueType === undefined ? undefined : problemOfUri(valueType)) ??
    (claim === CLAIM.nameIdentifier ? problemOfName(mapping) : problemOfAttribute(mapping))
  );
}

function problemOfSources(from: readonly ClaimSource[]): string | undefined {
  const count = problemOfCount(from, LIMITS.sources, 'sources');
  if (count !== undefined) return keyed('from', count);
  const index = from.findIndex((source) => !Object.values(source).every(isText));
  const source = from[index];
  return source === undefined
    ? undefined
    : keyed(`from[${String(index)}]`, `the source ${show(JSON.stringify(source))} is empty, too long, or holds invisible characters`);
}

function problemOfDomains(domains: readonly string[]): string | undefined {
  const wrong = domains.find((domain) => !isDomain(domain));
  return wrong === undefined ? problemOfCount(domains, LIMITS.domains, 'domains') : `${show(wrong)} is not a domain such as example.com`;
}

function problemOfTemplate(template: string): string | undefined {
  const rest = template.replaceAll(/\{(value|domain)\}/gu, '');
  return problemOfText(template) ?? (/[{}]/u.test(rest) ? `${show(template)} may hold {value} and {domain}, and no other braces` : undefined);
}

/** What only names have, and what fits together: the identifiers of our own making are for some formats only. */
function problemOfName({ from, nameIdFormat, nameQualifier, spNameQualifier, nameFormat, friendlyName }: ClaimMapping): string | undefined {
  if (nameFormat !== undefined) return keyed('nameFormat', 'the name identifier has none; its format is nameIdFormat');
  if (friendlyName !== undefined) return keyed('friendlyName', 'the name identifier has none; leave it out');
  return (
    keyed('nameIdFormat', nameIdFormat === undefined ? undefined : problemOfFormat(nameIdFormat, from)) ??
    keyed('nameQualifier', nameQualifier === undefined ? undefined : problemOfText(nameQualifier)) ??
    keyed('spNameQualifier', spNameQualifier === undefined ? undefined : problemOfText(spNameQualifier))
  );
}

const IDENTIFIER_FORMATS: Readonly<Record<IdentifierKind, readonly string[]>> = {
  persistent: [NAME_ID.persistent, NAME_ID.unspecified],
  pairwise: [NAME_ID.persistent, NAME_ID.unspecified],
  transient: [NAME_ID.transient, NAME_ID.unspecified],
};

function problemOfFormat(format: string, from: readonly ClaimSource[]): string | undefined {
  const known = format === NAME_ID.transient || MAPPABLE_FORMATS.includes(format);
  if (!known) return `the format ${show(format)} has no value of its own; use ${MAPPABLE_FORMATS.join(', ')}`;
  for (const source of from) {
    if ('identifier' in source && !IDENTIFIER_FORMATS[source.identifier].includes(format)) {
      return `a ${source.identifier} identifier is not of the format ${show(format)}; use ${IDENTIFIER_FORMATS[source.identifier].join(' or ')}`;
    }
    if (format === NAME_ID.transient && !('identifier' in source)) return `a transient name is new each time; take it from {"identifier":"transient"} only`;
  }
  return undefined;
}

function problemOfAttribute(mapping: ClaimMapping): string | undefined {
  const key = (['nameIdFormat', 'nameQualifier', 'spNameQualifier'] as const).find((name) => mapping[name] !== undefined);
  if (key !== undefined) return keyed(key, `only the name identifier, ${CLAIM.nameIdentifier}, has it`);
  const { nameFormat, friendlyName } = mapping;
  return (
    keyed('nameFormat', nameFormat === undefined ? undefined : problemOfUri(nameFormat)) ??
    keyed('friendlyName', friendlyName === undefined ? undefined : problemOfText(friendlyName))
  );
}

function problemOfUri(text: string): string | undefined {
  return isAbsoluteUri(text) ? undefined : `${show(text)} is no absolute URI`;
}

function problemOfText(text: string): string | undefined {
  return isText(text) ? undefined : 'it is empty, too long, or holds invisible characters';
}

/** A domain name of letters, digits and hyphens. */
export function isDomain(text: string): boolean {
  return DOMAIN.test(text);
}

function isClaimType(text: string): boolean {
  return text.length <= LIMITS.claimType && (isAbsoluteUri(text) || PLAIN_NAME.test(text));
}
