/** Findings, by what tests compare. */
import type { Finding } from '../../src/core/model/finding.js';

/** The ids in their order, of the levels asked for. */
export function idsOf(findings: readonly Finding[], ...levels: readonly Finding['level'][]): readonly string[] {
  return findings.filter(({ level }) => levels.length === 0 || levels.includes(level)).map(({ id }) => id);
}

/** What the findings of one id say. */
export function sentencesOf(findings: readonly Finding[], id: string): readonly string[] {
  return findings.filter((finding) => finding.id === id).map(({ sentence }) => sentence);
}
