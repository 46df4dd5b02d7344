/** The question of a rule to a SQL store, as a statement with bound parameters: {0}, {1}, … never become part of its text. */
import type { AskedQuestion, StoreProblem } from '../../core/claims/attribute-store.js';
import { SignetError } from '../../core/errors.js';

export interface SqlStatement {
  /** With $1, $2, … where the placeholders stood. */
  readonly text: string;
  /** Which parameter of the rule each of them is: its number, from 0. */
  readonly parameters: readonly number[];
}

/** What is looked at; everything between is passed on as it is. Strings that begin with E know backslashes. */
const TOKEN = /'(?:[^']|'')*'|"(?:[^"]|"")*"|\{(?<number>\d{1,3})\}|(?<![\p{L}\p{N}_$])[eE](?=')|--|\/\*|[$;{}'"]/gu;

const REFUSED: Readonly<Record<string, string>> = {
  e: "strings with backslashes (E'…') cannot be used; write plain quotes",
  E: "strings with backslashes (E'…') cannot be used; write plain quotes",
  '--': 'comments cannot be used',
  '/*': 'comments cannot be used',
  $: 'the sign $ cannot be used outside of quotes; write {0} for the first parameter',
  ';': 'only one statement can be asked',
  '{': 'braces can only stand around the number of a parameter: {0}',
  '}': 'braces can only stand around the number of a parameter: {0}',
  "'": 'a quote is opened and never closed',
  '"': 'a quote is opened and never closed',
};

/**
 * Reads a statement for so many parameters. Throws `invalid_input` with a sentence part: another statement than one that
 * reads, a placeholder in quotes or without a parameter, what would not be one statement.
 */
export function readStatement(query: string, params: number): SqlStatement {
  const source = query.trim().replace(/\s*;$/u, '');
  if (!/^[(\s]*(?:select|with|values|table)\b/iu.test(source)) throw refused('the statement of a SQL store only reads: it begins with SELECT');
  const parameters: number[] = [];
  const text = source.replaceAll(TOKEN, (token: string, ...more: unknown[]) => {
    if (/^['"]./su.test(token)) {
      const inside = /\{\d{1,3}\}/u.exec(token)?.[0];
      if (inside !== undefined) throw refused(`${inside} stands inside quotes, where it is only text; leave the quotes away`);
      return token;
    }
    const { number } = more.at(-1) as { readonly number?: string };
    if (number === undefined) throw refused(REFUSED[token] ?? `"${token}" cannot be used`);
    const wanted = Number(number);
    if (wanted >= params) throw refused(`{${number}} has no parameter: the rule gives ${params === 0 ? 'none' : String(params)}, counted from {0}`);
    if (!parameters.includes(wanted)) parameters.push(wanted);
    // Spaces keep it apart from a digit or a letter beside it.
    return ` $${String(parameters.indexOf(wanted) + 1)} `;
  });
  return { text, parameters };
}

/** What is wrong with a question to a SQL store; undefined when nothing is that can be seen without asking. */
export function checkSqlQuestion({ query, params }: AskedQuestion): StoreProblem | undefined {
  try {
    readStatement(query, params);
    return undefined;
  } catch (error) {
    if (error instanceof SignetError) return { level: 'error', sentence: error.message };
    throw error;
  }
}

function refused(sentence: string): SignetError {
  return new SignetError('invalid_input', sentence);
}
