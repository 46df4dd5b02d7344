/** What is the same for every finding of one id. */
import type { Finding } from '../../../../core/model/finding.js';

export interface FindingText extends Pick<Finding, 'level' | 'why' | 'fix'> {
  /** What the other side is asked for; empty where it is nothing of theirs. */
  readonly ask: string;
}
