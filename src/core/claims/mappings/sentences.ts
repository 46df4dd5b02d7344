/** Parts of the sentences that say what is wrong with mappings and conditions. */
import { compilePattern } from '../patterns/compile.js';
import { PatternError } from '../patterns/pattern.js';

const LONGEST_TEXT = 512;
const SHOWN = 128;

/** 'key change[0].map: …'; undefined without a problem. */
export function keyed(key: string, problem: string | undefined): string | undefined {
  return problem === undefined ? undefined : `key ${key}: ${problem}`;
}

export function problemOfCount(list: readonly unknown[], limit: number, what: string): string | undefined {
  return list.length > 0 && list.length <= limit ? undefined : `give from 1 to ${String(limit)} ${what}`;
}

/** What is wrong with a .NET regular expression, with the place in it. */
export function problemOfPattern(source: string): string | undefined {
  if (source === '') return 'the pattern is empty, and would fit everything';
  try {
    compilePattern(source);
    return undefined;
  } catch (error) {
    if (error instanceof PatternError) return `the pattern ${show(source)} cannot be used: at character ${String(error.offset + 1)}, ${error.message}`;
    throw error;
  }
}

/** One line that can be seen, of 1 to 512 characters. */
export function isText(text: string): boolean {
  return text.trim() !== '' && text.length <= LONGEST_TEXT && !/[\p{Cc}\p{Cf}\p{Cs}]/u.test(text);
}

/** A text as it may stand in a sentence. */
export function show(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
