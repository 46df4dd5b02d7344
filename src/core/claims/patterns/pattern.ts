/** A .NET regular expression, ready to use: it runs in time that grows with the input and no faster. */

export interface Pattern {
  /** As written. */
  readonly source: string;
  /** True when it occurs anywhere in the input (Regex.IsMatch). */
  test(input: string): boolean;
  /** How long one search of the input takes at most, about; 1 is what it takes to look at a character once. */
  cost(input: string): number;
  /** The input with every occurrence replaced (Regex.Replace): $1, ${name}, $&, $$ stand for what they do in .NET. */
  replace(input: string, replacement: string): string;
}

/** A pattern that cannot be used: it does not compile, is not supported, or can run away. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
  /** Where in the pattern, from 0, in UTF-16 units. */
  readonly offset: number;

  /** @param message a sentence part that names the rule broken and the fix: 'the group is not closed; add )' */
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}
