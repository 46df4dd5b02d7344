/** A file of rules without a trust around it, shown as the rules of a trust are. */
import type { StoreCatalogue } from '../../core/claims/attribute-store.js';
import type { RuleSetName } from '../../core/claims/rule.js';
import { readRuleSet, SET_PROPERTIES } from './convert-rules.js';
import type { Conversion } from './conversion.js';
import type { AdfsRules } from './export.js';
import { createReport } from './report.js';

export interface RuleFile extends Pick<Conversion, 'file' | 'grade' | 'rules' | 'findings'> {
  readonly set: RuleSetName;
}

/** The set that a file says its rules are; the one given where it does not say. */
export function setOfFile({ property }: AdfsRules, otherwise: RuleSetName): RuleSetName {
  if (property === 'AcceptanceTransformRules') return 'acceptance';
  return SET_PROPERTIES.find(([name]) => name === property)?.[1] ?? otherwise;
}

/** @param otherwise the set that the rules are meant for where the file does not say */
export function convertRuleFile(given: AdfsRules, otherwise: RuleSetName, catalogue: StoreCatalogue): RuleFile {
  const { file, text } = given;
  const set = setOfFile(given, otherwise);
  const report = createReport(file);
  const { rules } = readRuleSet(set, text, { property: given.property ?? set, catalogue, report });
  return { file, set, rules, grade: report.grade(), findings: report.findings() };
}
