/** .NET regular expressions made ready to use: refused, all of them, until there is an engine that runs them in linear time (M12). */
import { type Pattern, PatternError } from './pattern.js';

/** Throws PatternError for a pattern that cannot be used. */
export function compilePattern(source: string): Pattern {
  throw new PatternError(`there is no engine for the pattern "${source}"`, 0);
}
