/** Rules that went through a word processor: its quotes are accepted when text comes in, and always said. */
import { parseRules } from '../../core/claims/language/parse.js';
import { RuleTextError } from '../../core/claims/rule.js';

const TYPOGRAPHIC = /[\u201C\u201D\u201E\u201F\u2033]/gu;

/**
 * The text with straight quotes, when it is a rule set with them and none without; undefined when it stays as it is. Quotes
 * inside of a string are part of it, so a text that reads as it stands is never touched.
 */
export function straightened(text: string): string | undefined {
  const straight = text.replaceAll(TYPOGRAPHIC, '"');
  return straight === text || ruleMistake(text) === undefined || ruleMistake(straight) !== undefined ? undefined : straight;
}

/** The first mistake of a rule set, with line and column; undefined when there is none. */
export function ruleMistake(text: string): string | undefined {
  try {
    parseRules(text);
    return undefined;
  } catch (error) {
    if (error instanceof RuleTextError) return error.message;
    throw error;
  }
}
