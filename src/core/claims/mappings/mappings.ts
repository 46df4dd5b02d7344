/** Simple mappings, evaluated: what a person and their sign-in are becomes claims to send. */
import { type Claim, CLAIM_PROPERTY, LOCAL_AUTHORITY, makeClaim, XS_STRING } from '../../model/claim.js';
import type { ClaimMapping, ClaimSource, SignInFact } from '../../model/claim-mapping.js';
import { attributeOf, type Person } from '../../model/person.js';
import { applyChange, type MappedValue, nameOfChange } from './changes.js';
import { describeSource, quoted, shorten, shortName } from './describe.js';
import type { ClaimSet, RuleFacts } from '../explanation.js';
import type { Charge } from '../evaluation/patience.js';
import type { Rule } from '../rule.js';

/** What a mapping made. */
export interface Mapped {
  /** In order, each value once. */
  readonly claims: readonly Claim[];
  /** What it took: the claims, or the values of another source under the words for it ('attribute mail'), which are no claims of the set. */
  readonly inputs: readonly Claim[];
  /** Why there is no claim: 'attribute mail is empty'. A value of the person in it stands in double quotes at the end. */
  readonly nothing: string | undefined;
}

/** The sources that can be read at once. */
type PlainSource = Exclude<ClaimSource, { readonly identifier: unknown }>;

/**
 * The claims of one mapping: its sources, then domains, change and template; `onlyWhen` is for the conditions of its rule.
 * A promise only where an identifier has to be asked for; rejects as that does. Throws ChangeLimitError, PatternError
 * (changes.ts), and what `charge` throws.
 */
export function mapClaims(mapping: ClaimMapping, claims: ClaimSet, facts: RuleFacts, charge: Charge): Mapped | Promise<Mapped> {
  for (const source of mapping.from) {
    if ('identifier' in source) {
      const { identifier } = source;
      return facts.identifier(identifier).then((value) => finish(mapping, [makeClaim(describeSource(source), value, LOCAL_AUTHORITY)], charge));
    }
    const inputs = readPlain(source, claims, facts);
    if (inputs.length > 0) return finish(mapping, inputs, charge);
  }
  return { claims: [], inputs: [], nothing: describeNothing(mapping) };
}

/** Why there is no claim where no source has a value: 'attribute mail is empty, and there is no claim E-Mail Address'. */
export function describeNothing({ from }: ClaimMapping): string {
  return from.length === 0 ? 'nothing is known here by this name: send it by a mapping' : from.map(describeEmpty).join(', and ');
}

/** Mappings as rules, in their order. @param origin where they came from when no administrator wrote them */
export function rulesOfMappings(mappings: readonly ClaimMapping[], origin?: 'requested' | 'default'): readonly Rule[] {
  return mappings.map((mapping, index) => ({
    name: mapping.name,
    origin: origin === undefined ? { kind: 'mapping', position: index + 1 } : { kind: origin },
    conditions: (mapping.onlyWhen ?? []).map((condition) => ({ kind: 'own', condition })),
    action: { kind: 'send', mapping },
  }));
}

function readPlain(source: PlainSource, claims: ClaimSet, facts: RuleFacts): readonly Claim[] {
  // What the mapping makes joins the claims there are, and is none of its sources.
  if ('claim' in source) return [...claims.ofType(source.claim)];
  const { person } = facts;
  const as = (values: readonly string[], issuer: string): readonly Claim[] => values.map((value) => makeClaim(describeSource(source), value, issuer));
  if ('attribute' in source) return as(attributeOf(person, source.attribute), person.authority);
  if ('group' in source) return as(groupsLike(source.group, person), person.authority);
  return as('constant' in source ? [source.constant] : readFact(source.fact, facts), LOCAL_AUTHORITY);
}

function groupsLike(glob: string, person: Person): readonly string[] {
  const names = person.groups.map(({ name }) => name);
  return glob === '*' ? names : names.filter((name) => fitsGlob(name.toLowerCase(), glob.toLowerCase()));
}

/** * stands for any characters; each piece between them is taken where it comes first, which never has to be taken back. */
function fitsGlob(name: string, glob: string): boolean {
  const [start = '', ...pieces] = glob.split('*');
  const end = pieces.pop();
  if (end === undefined) return name === glob;
  if (!name.startsWith(start) || name.length < start.length + end.length || !name.endsWith(end)) return false;
  const inner = name.slice(start.length, name.length - end.length);
  let at = 0;
  for (const piece of pieces) {
    const found = inner.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return true;
}

function readFact(fact: SignInFact, { authentication, context, person }: RuleFacts): readonly string[] {
  switch (fact) {
    case 'method':
      return authentication.methods;
    case 'context-class':
      return [authentication.contextClass];
    case 'time':
      return [new Date(authentication.at).toISOString()];
    case 'address':
      return context.clientAddress === undefined ? [] : [context.clientAddress];
    case 'network':
      return [context.insideCorporateNetwork ? 'intranet' : 'extranet'];
    case 'user-name':
      return [person.userName];
    case 'directory':
      return [person.directory];
  }
}

function finish(mapping: ClaimMapping, inputs: readonly Claim[], charge: Charge): Mapped {
  let values: readonly MappedValue[] = inputs;
  const { domains, change = [] } = mapping;
  if (domains !== undefined) values = values.filter(({ value }) => domainOf(value, domains) !== '');
  if (values.length === 0) return { claims: [], inputs, nothing: `${noneOf(inputs)} in the domain ${shorten(domains ?? []).join(' or ')}` };
  for (const [index, step] of change.entries()) {
    const [before] = values;
    values = applyChange(values, step, charge);
    if (values.length === 0)
      return { claims: [], inputs, nothing: `change ${String(index + 1)} (${nameOfChange(step)}) left nothing of ${quoted(before?.value ?? '')}` };
  }
  const claims = claimsOf(mapping, values);
  return { claims, inputs, nothing: claims.length > 0 ? undefined : `${noneOf(values)} an address with the domain that the template wants` };
}

function claimsOf(mapping: ClaimMapping, values: readonly MappedValue[]): readonly Claim[] {
  const properties = propertiesOf(mapping);
  const seen = new Set<string>();
  const claims: Claim[] = [];
  for (const { value: from, issuer, originalIssuer } of values) {
    const value = fillTemplate(from, mapping);
    if (value === undefined || seen.has(value)) continue;
    seen.add(value);
    claims.push({
      type: mapping.claim,
      value,
      valueType: mapping.valueType ?? XS_STRING,
      issuer,
      originalIssuer,
      ...(properties === undefined ? {} : { properties }),
    });
  }
  return claims;
}

/** The keys of a mapping that become properties of its claims. */
const PROPERTY_KEYS = [
  ['nameIdFormat', CLAIM_PROPERTY.format],
  ['nameQualifier', CLAIM_PROPERTY.nameQualifier],
  ['spNameQualifier', CLAIM_PROPERTY.spNameQualifier],
  ['nameFormat', CLAIM_PROPERTY.attributeName],
  ['friendlyName', CLAIM_PROPERTY.friendlyName],
] as const;

function propertiesOf(mapping: ClaimMapping): Readonly<Record<string, string>> | undefined {
  let properties: Record<string, string> | undefined;
  for (const [key, property] of PROPERTY_KEYS) {
    const text = mapping[key];
    if (text !== undefined) (properties ??= {})[property] = text;
  }
  return properties;
}

/** The value as it leaves; undefined without the domain that the template wants. A value is never read as a template (X14). */
function fillTemplate(value: string, { domains, template }: ClaimMapping): string | undefined {
  if (template === undefined) return value;
  const domain = domainOf(value, domains);
  if (domain === '' && template.includes('{domain}')) return undefined;
  return template.replaceAll(/\{(value|domain)\}/gu, (_, word: string) => (word === 'value' ? value : domain));
}

/** What follows the last @; of several `domains`, the longest that it is or lies below. Empty when there is none. */
function domainOf(value: string, domains: readonly string[] | undefined): string {
  const at = value.lastIndexOf('@');
  const own = at < 0 ? '' : value.slice(at + 1);
  return domains === undefined ? own : domainAmong(domains, own);
}

function describeEmpty(source: ClaimSource): string {
  if ('claim' in source) return `there is no claim ${shortName(source.claim)}`;
  if ('group' in source) return source.group === '*' ? 'there is no group' : `no group fits ${source.group}`;
  return 'attribute' in source ? `${describeSource(source)} is empty` : `${describeSource(source)} is not known`;
}

function noneOf(values: readonly unknown[]): string {
  return values.length === 1 ? 'its value is not' : `none of its ${String(values.length)} values is`;
}

function domainAmong(domains: readonly string[], own: string): string {
  const lower = `.${own.toLowerCase()}`;
  const above = domains.filter((domain) => lower.endsWith(`.${domain.toLowerCase()}`));
  return above.reduce((longest, domain) => (domain.length > longest.length ? domain : longest), '');
}
