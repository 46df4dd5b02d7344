/** What is worth knowing about rules in the set they are in. */
import { AD_AUTHORITY, CLAIM, LOCAL_AUTHORITY } from '../../model/claim.js';
import { displayNameOf } from '../explanation/claim-names.js';
import type { Rule, RuleSetName } from '../rule.js';
import { placeOfRule, placeOfValue, type RuleNote } from './places.js';
import { nearestWord } from './spelling.js';

/** What a set is for: without a claim of this type it does nothing. */
const WANTED: Readonly<Partial<Record<RuleSetName, { readonly type: string; readonly without: string }>>> = {
  authorization: { type: CLAIM.permit, without: 'nobody gets in by this set' },
  delegation: { type: CLAIM.permit, without: 'nobody may act for others by this set' },
  impersonation: { type: CLAIM.permit, without: 'nobody may ask for tokens about others by this set' },
  additional: { type: CLAIM.authenticationMethod, without: 'this set asks nobody for a second factor' },
};

export function notesOnSet(rules: readonly Rule[], set: RuleSetName): readonly RuleNote[] {
  const wanted = WANTED[set];
  if (set === 'transform' && rules.length === 0) return [{ line: 1, column: 1, sentence: 'there is no rule, so no claim leaves but a name identifier' }];
  if (wanted === undefined) return set === 'transform' ? rules.flatMap(notesOnDecisions) : [];
  if (rules.some((rule) => mayIssue(rule, wanted.type))) return [];
  const [first] = rules;
  const place = first === undefined ? { line: 1, column: 1 } : placeOfRule(first);
  return [{ ...place, sentence: `no rule issues a claim ${wanted.type}, so ${wanted.without}${almost(rules, wanted.type)}` }];
}

const AUTHORITIES = [AD_AUTHORITY, LOCAL_AUTHORITY, 'SELF AUTHORITY'];

/** A test for an issuer that is almost the name of an authority, and so never holds. */
export function notesOnIssuers(rule: Rule): readonly RuleNote[] {
  const tests = rule.conditions.flatMap((condition) => (condition.kind === 'own' ? [] : condition.tests));
  return tests.flatMap(({ property, operator, value }) => {
    const compared = (property.name === 'issuer' || property.name === 'originalissuer') && operator === '==' && !AUTHORITIES.includes(value);
    const meant = compared ? nearestWord(value, AUTHORITIES) : undefined;
    if (meant === undefined) return [];
    return [{ ...placeOfValue(rule, property.name, value), sentence: `the issuer "${value}" is not ${meant}, though it looks like it; letter case counts` }];
  });
}

/** Permit and deny decide nothing among the claims that are sent. */
function notesOnDecisions(rule: Rule): readonly RuleNote[] {
  const type = [CLAIM.permit, CLAIM.deny].find((one) => rule.action.kind === 'fresh' && issuedTypes(rule)?.includes(one) === true);
  if (type === undefined) return [];
  const sentence = `a ${displayNameOf(type)} claim decides nothing here and is sent to the application: such a rule belongs into the authorization set`;
  return [{ ...placeOfRule(rule), sentence }];
}

function mayIssue(rule: Rule, type: string): boolean {
  return issuedTypes(rule)?.includes(type) ?? true;
}

/** The types a rule may issue; undefined when they come out of claims. */
function issuedTypes({ action, conditions }: Rule): readonly string[] | undefined {
  if (action.kind === 'send' || !action.issue) return [];
  if (action.kind === 'store') return action.types;
  if (action.kind === 'copy') {
    const selector = conditions.find((condition) => condition.kind === 'selector' && condition.label === action.label);
    const test = selector?.kind === 'selector' ? selector.tests.find(({ property, operator }) => property.name === 'type' && operator === '==') : undefined;
    return test === undefined ? undefined : [test.value];
  }
  const made = action.parts.find(({ property }) => property.name === 'type')?.value;
  return made?.kind === 'text' ? [made.value] : undefined;
}

/** '; rule … issues https://…, which is almost it' */
function almost(rules: readonly Rule[], type: string): string {
  const near = rules.flatMap((rule) => issuedTypes(rule) ?? []).find((issued) => nearestWord(issued, [type]) !== undefined);
  return near === undefined ? '' : `; ${near} is almost it`;
}
