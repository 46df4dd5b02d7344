/**
 * Queries of the store "Active Directory": filter;attributes;DOMAIN\user. The filter may be empty: then it is the account. The
 * account may be missing where there is a filter: in a filter it only says which domain to ask.
 */
import type { AskedQuestion, StoreProblem } from '../core/claims/attribute-store.js';
import { SignetError } from '../core/errors.js';
import { createBoundedMap } from '../core/bounded-map.js';
import { keysOf, membersIn } from './ad-keys.js';
import { isKnownAttribute } from './entries.js';
import { FilterError, type LdapFilter, parseFilter } from './ldap-filter.js';

export interface DirectoryQuery {
  /** undefined: the account. */
  readonly filter: LdapFilter | undefined;
  /** As written, parameters not yet filled in. */
  readonly attributes: string;
  readonly account: string | undefined;
}

const PLACE = /\{(\d{1,3})\}/gu;
const MOST_KEPT = 500;
const read = createBoundedMap<string, DirectoryQuery>(MOST_KEPT);

/** Reads a query as a rule has it. The tree is kept: rules ask the same again and again. Throws invalid_input with a sentence part. */
export function readQuery(text: string): DirectoryQuery {
  const known = read.get(text);
  if (known !== undefined) return known;
  const fresh = readParts(text);
  read.set(text, fresh);
  return fresh;
}

function readParts(text: string): DirectoryQuery {
  const parts = text.split(';').map((part) => part.trim());
  const [filterText = '', attributes = '', account = ''] = parts;
  if (parts.length < 2 || parts.length > 3)
    throw refused('the query does not have two or three parts; write FILTER;ATTRIBUTES;DOMAIN\\USER, as in ";mail,displayName;{0}"');
  if (attributes === '') throw refused('the query names no attribute; write FILTER;ATTRIBUTES;DOMAIN\\USER, as in ";mail,displayName;{0}"');
  if (filterText === '' && account === '')
    throw refused('the query has neither a filter nor an account; end it with ;{0} and give the account name as parameter');
  return { filter: filterText === '' ? undefined : readFilter(filterText), attributes, account: account === '' ? undefined : account };
}

function readFilter(text: string): LdapFilter {
  try {
    const filter = parseFilter(text);
    // What cannot be answered is said when the rule is saved.
    keysOf(filter);
    membersIn(filter);
    return filter;
  } catch (error) {
    if (error instanceof FilterError) throw refused(`the query cannot be used: ${error.message}`);
    throw error;
  }
}

/** The attributes to be given, in lower case, in the order of the columns. Throws invalid_input when they are not as many. */
export function attributesOfQuery(query: DirectoryQuery, params: readonly string[], columns: number): readonly string[] {
  return splitAttributes(fillPlaces(query.attributes, params), columns).map((name) => name.toLowerCase());
}

/** Puts parameters into a text as they are. */
export function fillPlaces(text: string, params: readonly string[]): string {
  return text.replaceAll(PLACE, (_, number: string) => params[Number(number)] ?? '');
}

function splitAttributes(text: string, columns: number): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('')) throw refused('an attribute of the query has no name');
  if (names.length !== columns)
    throw refused(`the query asks for ${countOf(names.length, 'attribute')} and the rule has ${countOf(columns, 'type')}; each attribute fills one type`);
  return names;
}

/** What is wrong with a query when a rule is saved, and which of its attributes nobody fills. */
export function checkQuery({ query, columns, params }: AskedQuestion): StoreProblem | undefined {
  try {
    const { attributes } = readQuery(query);
    const missing = [...query.matchAll(PLACE)].find(([, number]) => Number(number) >= params);
    if (missing !== undefined) throw refused(`the query uses ${missing[0]}, and the rule gives ${countOf(params, 'parameter')}`);
    // Names that come with the parameters are seen when they come.
    if (attributes.search(PLACE) >= 0) return undefined;
    const unknown = splitAttributes(attributes, columns).filter((name) => !isKnownAttribute(name));
    if (unknown.length === 0) return undefined;
    return { level: 'note', sentence: `${unknown.join(', ')} ${unknown.length === 1 ? 'is' : 'are'} filled only where people have an attribute of that name` };
  } catch (error) {
    if (error instanceof SignetError) return { level: 'error', sentence: error.message };
    throw error;
  }
}

function countOf(count: number, what: string): string {
  return `${String(count)} ${what}${count === 1 ? '' : 's'}`;
}

function refused(sentence: string): SignetError {
  return new SignetError('invalid_input', sentence);
}
