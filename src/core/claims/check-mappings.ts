/** What mappings may look like: checked before they are stored, from presets or by hand. */
import { MAPPABLE_FORMATS } from '../issuance/name-identifier.js';
import { CLAIM } from '../model/claim.js';
import type { ClaimMapping, ClaimSource } from '../model/claim-mapping.js';
import { isAbsoluteUri } from './mappings.js';

const LIMITS = { mappings: 100, sources: 10, domains: 500, text: 512 } as const;

/** Attribute names outside of URIs, as SAML applications use them: 'first_name', 'User.Email'. */
const PLAIN_NAME = /^[\p{L}_][\p{L}\p{N}_.:-]{0,127}$/u;
const DOMAIN = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/iu;

/** A sentence that names the first mapping that cannot be used, and the fix; undefined when all can. */
export function checkClaimMappings(mappings: readonly ClaimMapping[]): string | undefined {
  if (mappings.length > LIMITS.mappings) return `There are ${String(mappings.length)} mappings; use at most ${String(LIMITS.mappings)}.`;
  for (const mapping of mappings) {
    const problem = problemOf(mapping);
    if (problem !== undefined) return `The mapping to ${show(mapping.claim)} cannot be used: ${problem}.`;
  }
  return undefined;
}

function problemOf(mapping: ClaimMapping): string | undefined {
  const { claim, from, domains, template, nameIdFormat } = mapping;
  if (!isClaimType(claim)) return 'give the claim type as an absolute URI, or the plain name of an attribute';
  if (from.length === 0 || from.length > LIMITS.sources) return `give from 1 to ${String(LIMITS.sources)} sources`;
  const source = from.find((candidate) => !isSource(candidate));
  if (source !== undefined) return `the source ${show(JSON.stringify(source))} is empty, too long, or holds invisible characters`;
  if (domains !== undefined && (domains.length === 0 || domains.length > LIMITS.domains)) return `give from 1 to ${String(LIMITS.domains)} domains`;
  const domain = domains?.find((candidate) => !isDomain(candidate));
  if (domain !== undefined) return `${show(domain)} is not a domain such as example.com`;
  if (template !== undefined) return checkTemplate(template) ?? checkFormat(claim, nameIdFormat);
  return checkFormat(claim, nameIdFormat);
}

function checkTemplate(template: string): string | undefined {
  if (!isText(template)) return 'its template is empty, too long, or holds invisible characters';
  const rest = template.replaceAll(/\{(value|domain)\}/gu, '');
  return /[{}]/u.test(rest) ? `its template ${show(template)} may hold {value} and {domain}, and no other braces` : undefined;
}

function checkFormat(claim: string, format: string | undefined): string | undefined {
  if (format === undefined) return undefined;
  if (claim !== CLAIM.nameIdentifier) return 'only the name identifier has a format';
  return MAPPABLE_FORMATS.includes(format) ? undefined : `the format ${show(format)} has no value of its own; use ${MAPPABLE_FORMATS.join(', ')}`;
}

/** A domain name of letters, digits and hyphens. */
export function isDomain(text: string): boolean {
  return DOMAIN.test(text);
}

function isClaimType(text: string): boolean {
  return text.length <= LIMITS.text && (isAbsoluteUri(text) || PLAIN_NAME.test(text));
}

function isSource(source: ClaimSource): boolean {
  return Object.values(source).every(isText);
}

function isText(text: string): boolean {
  return text.trim() !== '' && text.length <= LIMITS.text && !/[\p{Cc}\p{Cf}\p{Cs}]/u.test(text);
}

function show(text: string): string {
  return text.length > LIMITS.text / 4 ? `${text.slice(0, LIMITS.text / 4)}…` : text;
}
