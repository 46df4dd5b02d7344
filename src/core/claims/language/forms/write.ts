/** Texts in the layout of AD FS's console. */
import { SignetError } from '../../../errors.js';

/**
 * A string of the language. Throws SignetError invalid_input when the text cannot be written in it: there is no escape
 * character.
 * @param what names the value for the administrator
 */
export function writeString(what: string, text: string): string {
  if (text.includes('"')) throw new SignetError('invalid_input', `${what} holds a double quote, which AD FS's rule language cannot write: take it out`);
  if (/[\u0000-\u0008\u000A-\u001F\u007F-\u009F]/u.test(text)) {
    throw new SignetError('invalid_input', `${what} holds a line end or an invisible character, which AD FS's rule language cannot write: take it out`);
  }
  return `"${text}"`;
}

/** A rule as the console lays it out. */
export function writeRule(template: string, name: string | undefined, condition: string, statement: string): string {
  const annotations = [`@RuleTemplate = "${template}"`, ...(name === undefined ? [] : [`@RuleName = ${writeString('the name', name)}`])];
  return [...annotations, ...(condition === '' ? [] : [condition]), ` => ${statement};`].join('\n');
}
