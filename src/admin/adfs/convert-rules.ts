/** The rule sets of a trust: kept to the byte, read, checked, and shown three ways. */
import type { StoreCatalogue } from '../../core/claims/attribute-store.js';
import { checkRules } from '../../core/claims/language/check.js';
import { parseRules } from '../../core/claims/language/parse.js';
import { sentenceOf } from '../../core/claims/language/sentence.js';
import { type Rule, RuleTextError, type RelyingPartyRuleSet, type RuleSetName } from '../../core/claims/rule.js';
import { CLAIM } from '../../core/model/claim.js';
import { show } from '../setting-values.js';
import type { ConvertedRule } from './conversion.js';
import type { AdfsTrust } from './export.js';
import type { Report } from './report.js';
import { mappingsFor } from './rule-mapping.js';

/** The rule sets of a relying party as AD FS calls them. */
export const SET_PROPERTIES: readonly (readonly [property: string, set: RelyingPartyRuleSet])[] = [
  ['IssuanceTransformRules', 'transform'],
  ['IssuanceAuthorizationRules', 'authorization'],
  ['DelegationAuthorizationRules', 'delegation'],
  ['ImpersonationAuthorizationRules', 'impersonation'],
  ['AdditionalAuthenticationRules', 'additional'],
];

/** A set that is too long to be read is too long to be shown as well. */
const LONGEST_SHOWN = 1024 * 1024;

export interface ReadRules {
  readonly rules: readonly ConvertedRule[];
  /** SIDs that the rules look for among the groups of a person. */
  readonly groupSids: readonly string[];
  /** Stores that the rules ask and that are not here. */
  readonly stores: readonly string[];
}

/** Reads one set. @param property as AD FS calls it */
export function readRuleSet(
  set: RuleSetName,
  text: string,
  { property, catalogue, report }: { readonly property: string; readonly catalogue: StoreCatalogue; readonly report: Report },
): ReadRules {
  let rules: readonly Rule[];
  const stores: string[] = [];
  try {
    rules = parseRules(text);
    stores.push(...unknownStores(rules, catalogue));
    // An empty set means here what it means in AD FS.
    const notes = rules.length === 0 ? [] : checkRules(rules, set, alsoWith(catalogue, stores));
    for (const { line, column, sentence } of notes) addNote(property, `line ${String(line)}, column ${String(column)}: ${sentence}`, report);
  } catch (error) {
    if (!(error instanceof RuleTextError)) throw error;
    addMistake(property, error, report);
    return { rules: [{ set, original: text.length > LONGEST_SHOWN ? '' : text, ours: '', sentence: error.message }], groupSids: [], stores };
  }
  for (const store of stores) addUnknownStore(property, store, report);
  return { rules: rules.map((rule) => threeWays(set, rule)), groupSids: groupSidsOf(rules), stores };
}

/** A rule as it stands, as mappings that say the same where there are any, and as a sentence. */
function threeWays(set: RuleSetName, rule: Rule): ConvertedRule {
  const original = rule.origin.kind === 'text' ? rule.origin.source : '';
  return { set, original, ours: (set === 'transform' ? mappingsFor(rule) : undefined) ?? original, sentence: sentenceOf(rule) };
}

function unknownStores(rules: readonly Rule[], { names }: StoreCatalogue): readonly string[] {
  const known = names.map((name) => name.toLowerCase());
  const asked = rules.flatMap(({ action }) => (action.kind === 'store' ? [action.store] : []));
  return [...new Set(asked)].filter((store) => !known.includes(store.toLowerCase()));
}

/** With stores that are still to come: what the others are asked is checked all the same. */
function alsoWith(catalogue: StoreCatalogue, stores: readonly string[]): StoreCatalogue {
  return { names: [...catalogue.names, ...stores], check: (name, question) => (stores.includes(name) ? undefined : catalogue.check(name, question)) };
}

/** Whole SIDs that rules compare groups with, in patterns as well. */
function groupSidsOf(rules: readonly Rule[]): readonly string[] {
  const selectors = rules.flatMap(({ conditions }) => conditions.flatMap((condition) => (condition.kind === 'own' ? [] : [condition.tests])));
  const about = selectors.filter((tests) => tests.some(({ property, value }) => property.name === 'type' && value === CLAIM.groupSid));
  const values = about.flat().flatMap(({ property, value }) => (property.name === 'value' ? [value.replaceAll('\\', '')] : []));
  return [...new Set(values.flatMap((value) => value.match(/S-1-\d+(?:-\d+)+/giu) ?? []).map((sid) => sid.toUpperCase()))];
}

/** Quotes that a word processor made are no quotes of the language. */
export function noteQuotes({ originals = {} }: Pick<AdfsTrust, 'originals'>, report: Report): void {
  for (const property of Object.keys(originals)) {
    report.add(property, {
      id: 'adfs.quotes',
      level: 'warn',
      sentence: 'Typographic quotes in the rules were made straight.',
      why: 'A word processor put them there; one that was meant to be part of a value is another value now.',
      fix: 'Look at the rules.',
    });
  }
}

function addNote(property: string, sentence: string, report: Report): void {
  report.add(property, {
    id: 'adfs.rules-note',
    level: 'warn',
    sentence,
    why: 'The rules go over as they are, and do here what they do in AD FS: that may not be what was meant.',
    fix: 'Look at the rule.',
  });
}

function addMistake(property: string, { message }: RuleTextError, report: Report): void {
  report.add(property, {
    id: 'adfs.rules-unreadable',
    level: 'stop',
    sentence: message,
    why: 'Nobody could be signed on by rules that cannot be carried out.',
    fix: 'Correct the rule in AD FS and export again; a pattern that can run away is written in another way.',
  });
}

function addUnknownStore(property: string, store: string, report: Report): void {
  report.add(property, {
    id: 'adfs.store-unknown',
    level: 'warn',
    sentence: `The rules ask the attribute store "${show(store)}", and there is none of that name here.`,
    why: 'Sign-ons fail until there is one: no token leaves with claims silently missing.',
    fix: `Register it: signet store add sql "${show(store)}" --url postgres://USER@HOST/DATABASE`,
  });
}
