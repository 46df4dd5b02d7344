/** Who does something, and whether it is only tried out: then everything is checked and nothing is written. */
import type { Change } from '../core/ports.js';

export interface Doing {
  readonly actor: string;
  readonly dryRun?: boolean;
}

/** What the audit record says. @param action a verb and a noun: 'add application' */
export function changeBy({ actor }: Doing, action: string): Change {
  return { actor, action };
}
