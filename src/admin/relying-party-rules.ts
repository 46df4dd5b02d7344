/** What administrators do with the rule sets of an application (interface.md, `rp rules`; threats M12). */
import type { StoreCatalogue } from '../core/claims/attribute-store.js';
import { checkRules } from '../core/claims/language/check.js';
import { parseRules } from '../core/claims/language/parse.js';
import { rulesOfMappings } from '../core/claims/mappings/mappings.js';
import { RULE_SETS, type RelyingPartyRuleSet, type Rule, RuleTextError } from '../core/claims/rule.js';
import { SignetError } from '../core/errors.js';
import { type RelyingPartyOverrides, type RelyingPartyRecord, type RelyingPartyRules, resolveRelyingParty } from '../core/model/relying-party.js';
import type { Clock, RelyingParties } from '../core/ports.js';
import { readClaimMappings, writeClaimMappings } from './claim-data.js';
import { changeBy, type Doing } from './doing.js';
import { findApplication } from './relying-party-names.js';
import { listed } from './setting-values.js';

/** What an application has for a set. `none` of the transform set means requested or default claims; of another, that it decides nothing. */
export interface RuleSetView {
  readonly record: RelyingPartyRecord;
  readonly set: RelyingPartyRuleSet;
  readonly kind: 'text' | 'mappings' | 'none';
  /** As it was given; mappings as JSON. */
  readonly text: string;
  readonly rules: readonly Rule[];
}

export interface RulesChanged extends RuleSetView {
  readonly changed: boolean;
  /** Worth knowing, one sentence each, with its place. */
  readonly notes: readonly string[];
}

export interface RuleAdmin {
  show(application: string, set: RelyingPartyRuleSet): Promise<RuleSetView>;
  /**
   * Sets what is in force for a set: text in AD FS's language, or mappings as JSON for the transform set. Throws
   * invalid_input with line and column, not_found; then the former rules stay in force.
   */
  set(application: string, set: RelyingPartyRuleSet, text: string, doing: Doing): Promise<RulesChanged>;
  /** Takes the set away: the transform set falls back to requested or default claims, another decides nothing any more. */
  clear(application: string, set: RelyingPartyRuleSet, doing: Doing): Promise<RulesChanged>;
}

export interface RuleAdminParts {
  readonly relyingParties: Pick<RelyingParties, 'findByEntityId' | 'list' | 'save'>;
  readonly clock: Clock;
  readonly catalogue: () => Promise<StoreCatalogue>;
}

/** Use cases over the registry. */
export function createRuleAdmin(parts: RuleAdminParts): RuleAdmin {
  const { relyingParties, clock } = parts;

  const save = async (before: RelyingPartyRecord, overrides: RelyingPartyOverrides, set: RelyingPartyRuleSet, doing: Doing): Promise<RulesChanged> => {
    const changed = JSON.stringify(overrides) !== JSON.stringify(before.overrides);
    const after = { ...before, overrides, updatedAt: clock.now() };
    const record = !changed ? before : doing.dryRun === true ? after : await relyingParties.save(after, changeBy(doing, `set ${set} rules`));
    return { ...viewOf(record, set), changed, notes: [] };
  };

  return {
    show: async (application, set) => viewOf(await findApplication(relyingParties, application), set),

    set: async (application, set, text, doing) => {
      const before = await findApplication(relyingParties, application);
      if (isData(text)) {
        if (set !== 'transform') throw new SignetError('invalid_input', `Mappings say which claims leave; ${set} rules are text in the claim rule language.`);
        const claims = readClaimMappings(text);
        return save(before, { ...withoutRules(before.overrides, set), claims }, set, doing);
      }
      const notes = checkRules(parseRules(text), set, await parts.catalogue());
      const { claims: _claims, ...others } = before.overrides;
      const kept = set === 'transform' ? others : before.overrides;
      const result = await save(before, { ...kept, rules: { ...kept.rules, [set]: text } }, set, doing);
      return { ...result, notes: notes.map(({ line, column, sentence }) => `line ${String(line)}, column ${String(column)}: ${sentence}`) };
    },

    clear: async (application, set, doing) => {
      const before = await findApplication(relyingParties, application);
      const { claims: _claims, ...others } = withoutRules(before.overrides, set);
      return save(before, set === 'transform' ? others : withoutRules(before.overrides, set), set, doing);
    },
  };
}

/**
 * Transform rules or mappings in place of those in force, for a preview. Throws invalid_input with line and column; stores
 * are not looked up: one that is not there fails the preview by name, as it would the sign-on.
 */
export function tryRules(text: string): (record: RelyingPartyRecord) => RelyingPartyRecord {
  const change = isData(text) ? { claims: readClaimMappings(text) } : { rules: { transform: text } };
  if (!isData(text)) parseRules(text);
  return (record) => {
    const { claims: _claims, ...others } = record.overrides;
    const rules = { ...others.rules, ...change.rules };
    const { transform: _transform, ...otherRules } = rules;
    return { ...record, overrides: change.claims === undefined ? { ...others, rules } : { ...others, claims: change.claims, rules: otherRules } };
  };
}

/** The name of a set, or invalid_input with the list. */
export function readRuleSetName(text: string): RelyingPartyRuleSet {
  const known = RULE_SETS.find((name) => name === text.trim().toLowerCase());
  if (known !== undefined) return known;
  throw new SignetError('invalid_input', `"${text.slice(0, 40)}" is not a rule set; use ${listed(RULE_SETS)}.`);
}

/** JSON rather than rules: a list of objects, or one object. A rule may begin with [ too, and never with [{ or {. */
function isData(text: string): boolean {
  return /^\uFEFF?\s*(?:\{|\[\s*(?:\{|\]\s*$))/u.test(text);
}

function withoutRules(overrides: RelyingPartyOverrides, set: RelyingPartyRuleSet): RelyingPartyOverrides {
  const { rules, ...others } = overrides;
  const left: RelyingPartyRules = Object.fromEntries(Object.entries(rules ?? {}).filter(([name]) => name !== set));
  return Object.keys(left).length === 0 ? others : { ...others, rules: left };
}

function viewOf(record: RelyingPartyRecord, set: RelyingPartyRuleSet): RuleSetView {
  const { rules, claims } = resolveRelyingParty(record);
  const text = rules[set];
  if (text !== undefined) return { record, set, kind: 'text', text, rules: readAgain(text) };
  if (set === 'transform' && claims.length > 0) return { record, set, kind: 'mappings', text: writeClaimMappings(claims), rules: rulesOfMappings(claims) };
  return { record, set, kind: 'none', text: '', rules: [] };
}

/** A text that a version before took and this one does not is shown as it is. */
function readAgain(text: string): readonly Rule[] {
  try {
    return parseRules(text);
  } catch (error) {
    if (error instanceof RuleTextError) return [];
    throw error;
  }
}
