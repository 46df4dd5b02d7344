/** The labels of one rule, c in c:[…], and whether an expression may use them. */
import type { RuleTextError } from '../rule.js';
import type { Cursor } from './cursor.js';
import { didYouMean, listed } from './spelling.js';
import type { Token } from './tokens.js';

export interface Labels {
  /** Throws RuleTextError when the rule has this label already. */
  add(token: Token, of: 'selector' | 'aggregate'): void;
  /** The label that an expression names. Throws RuleTextError when no selector has it: letter case counts. */
  use(token: Token): string;
}

export function createLabels({ source }: Pick<Cursor, 'source'>): Labels {
  const labels = new Map<string, 'selector' | 'aggregate'>();

  const unknown = (token: Token): RuleTextError => {
    const known = [...labels.keys()].filter((label) => labels.get(label) === 'selector');
    const those = known.length === 1 ? `its only label is ${listed(known)}` : `its labels are ${listed(known)}`;
    const there = known.length === 0 ? 'no condition of this rule has a label; write c:[…] for the claim that is meant' : those;
    return source.mistake(token.offset, `unknown label ${token.text}: ${there}${didYouMean(token.text, known)}`);
  };

  return {
    add(token, of) {
      if (labels.has(token.text)) {
        throw source.mistake(token.offset, `the label ${token.text} stands before two conditions of this rule: give the second another label`);
      }
      labels.set(token.text, of);
    },
    use(token) {
      if (labels.get(token.text) === 'aggregate') {
        const sentence = `${token.text} is the label of EXISTS or COUNT, which take no claim: use the label of a condition such as c:[…]`;
        throw source.mistake(token.offset, sentence);
      }
      if (!labels.has(token.text)) throw unknown(token);
      return token.text;
    },
  };
}
