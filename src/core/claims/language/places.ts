/** Where something stands in the text of a rule that was read. */
import type { Rule } from '../rule.js';
import { createSource, type Place, type RuleSource } from './source.js';
import { tokenAt, type Token } from './tokens.js';

/** Something worth knowing about a rule set that is no mistake. */
export interface RuleNote extends Place {
  readonly sentence: string;
}

/** Where a rule starts; the start of the text for one that has none. */
export function placeOfRule({ origin }: Rule): Place {
  return origin.kind === 'text' ? { line: origin.line, column: origin.column } : { line: 1, column: 1 };
}

/** The annotations of a rule that was read, in order, and where what follows them starts. */
export function annotationsOf(source: RuleSource): { readonly list: readonly { readonly name: string; readonly value: string }[]; readonly end: number } {
  const list: { readonly name: string; readonly value: string }[] = [];
  let token = tokenAt(source, 0);
  while (token.kind === 'symbol' && token.text === '@') {
    const name = tokenAt(source, token.end);
    const value = tokenAt(source, tokenAt(source, name.end).end);
    list.push({ name: name.text, value: value.text });
    token = tokenAt(source, value.end);
  }
  return { list, end: token.offset };
}

/**
 * Where the first token of a rule stands that fits, after its annotations; the rule itself when none does.
 * @param fits is given the token, and those before it, the nearest first
 */
export function placeInRule(rule: Rule, fits: (token: Token, before: Token, beforeThat: Token) => boolean): Place {
  const start = placeOfRule(rule);
  if (rule.origin.kind !== 'text') return start;
  const source = createSource(rule.origin.source);
  let [beforeThat, before, token]: [Token, Token, Token] = [NONE, NONE, tokenAt(source, annotationsOf(source).end)];
  while (token.kind !== 'end' && !fits(token, before, beforeThat)) [beforeThat, before, token] = [before, token, tokenAt(source, token.end)];
  if (token.kind === 'end') return start;
  const { line, column } = source.placeOf(token.offset);
  return { line: start.line + line - 1, column: line === 1 ? start.column + column - 1 : column };
}

/** Where the value stands that a word of the rule is given, or compared with by ==: store = "…". */
export function placeOfValue(rule: Rule, word: string, value?: string): Place {
  return placeInRule(rule, (token, { kind, text }, named) => {
    const given = kind === 'symbol' && ['=', '=='].includes(text) && named.kind === 'word' && named.text.toLowerCase() === word;
    return given && (value === undefined || token.text === value);
  });
}

const NONE: Token = { kind: 'end', text: '', offset: 0, end: 0 };
