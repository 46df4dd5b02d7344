/** What explanations may spend on patterns. Nobody counted on that work when the rules ran, and values are chosen by users (threats M12). */
import { type Pattern, PatternError } from '../patterns/pattern.js';

/** Steps that a pattern takes for a text of no length. */
export const PATTERN_COST = 10;

/** Told what a pattern is about to cost; throws where that is too much. */
export type Charge = (steps: number) => void;

export interface Patience {
  steps: number;
}

/** Whether a pattern occurs; undefined when that would take too long, or the text is too long for it. */
export function occursIn(pattern: Pattern, text: string, patience: Patience): boolean | undefined {
  const cost = PATTERN_COST + pattern.cost(text);
  if (cost > patience.steps) return undefined;
  patience.steps -= cost;
  try {
    return pattern.test(text);
  } catch (error) {
    if (error instanceof PatternError) return undefined;
    throw error;
  }
}
