/** Going through the tokens of a rule text, and saying what was expected where something else stands. */
import type { RuleTextError } from '../rule.js';
import type { RuleSource } from './source.js';
import { tokenAt, typographic, typographicQuoteIn, type Token } from './tokens.js';

export interface Cursor {
  readonly source: RuleSource;
  /** The token to come, or one after it. */
  peek(ahead?: number): Token;
  take(): Token;
  /** Whether this symbol comes next. */
  sees(symbol: string, ahead?: number): boolean;
  /** Whether one of these words comes next, in whatever letter case. */
  seesWord(words: readonly string[], ahead?: number): boolean;
  /** Takes the symbol when it comes next. */
  took(symbol: string): boolean;
  /** @param example how it is written */
  takeSymbol(symbol: string, example: string): Token;
  takeWord(word: string, example: string): Token;
  takeString(what: string, example: string): Token;
  /** Where the last token ended. */
  readonly ended: number;
  /** That something else was expected than what comes next. */
  unexpected(expected: string, fix: string): RuleTextError;
}

const SHOWN = 40;

export function createCursor(source: RuleSource): Cursor {
  const ahead: Token[] = [];
  let last: Token = { kind: 'end', text: '', offset: -1, end: 0 };

  const peek = (count = 0): Token => {
    while (ahead.length <= count) ahead.push(tokenAt(source, ahead.at(-1)?.end ?? last.end));
    return ahead[count] ?? last;
  };
  const take = (): Token => {
    last = peek();
    ahead.shift();
    return last;
  };
  const sees = (symbol: string, count = 0): boolean => peek(count).kind === 'symbol' && peek(count).text === symbol;
  const seesWord = (words: readonly string[], count = 0): boolean => peek(count).kind === 'word' && words.includes(peek(count).text.toLowerCase());
  const unexpected = (expected: string, fix: string): RuleTextError => {
    const found = peek();
    if (last.kind === 'string' && found.offset === last.end && found.kind !== 'end') {
      const quote = typographicQuoteIn(last);
      return quote === undefined ? source.mistake(found.offset, endedBefore(found, expected)) : source.mistake(quote, typographic(source.text[quote] ?? ''));
    }
    return source.mistake(found.offset, `found ${describeToken(found)} where ${expected} was expected: ${fix}`);
  };
  const takeIf = (fits: boolean, expected: string, fix: string): Token => {
    if (!fits) throw unexpected(expected, fix);
    return take();
  };

  return {
    source,
    peek,
    take,
    sees,
    seesWord,
    took: (symbol) => sees(symbol) && take() === last,
    takeSymbol: (symbol, example) => takeIf(sees(symbol), symbol, `write ${example}`),
    takeWord: (word, example) => takeIf(seesWord([word]), word, `write ${example}`),
    takeString: (what, example) => takeIf(peek().kind === 'string', what, `write ${example}`),
    get ended() {
      return last.end;
    },
    unexpected,
  };
}

/** As it stands in the text, shortened. */
export function describeToken({ kind, text }: Token): string {
  if (kind === 'end') return 'the end of the text';
  const shown = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
  return kind === 'string' ? `"${shown}"` : shown;
}

function endedBefore(found: Token, expected: string): string {
  const fix = `a string cannot hold a double quote, and \\ does not change that; take the quote out, or put ${expected} here`;
  return `found ${describeToken(found)} where ${expected} was expected, because the string ended before it: ${fix}`;
}
