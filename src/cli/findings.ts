/** What was found in metadata, for people. */
import type { Finding } from '../core/model/finding.js';
import type { Output } from './output.js';

/** One line each, beside the result of a command that did its work all the same. */
export function hintFindings(output: Output, findings: readonly Finding[]): void {
  for (const { level, sentence, fix } of findings) output.hint(`${level}: ${sentence} ${fix}`);
}
