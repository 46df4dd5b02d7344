/** What stands after an opening parenthesis: the kind of group, its name, and inline options. */
import { fail, type Options, peek, type Reader, take, takeMatch } from './reader.js';

export type Opening =
  | { readonly kind: 'group' | 'atomic' | 'unnamed' }
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'look'; readonly behind: boolean; readonly negative: boolean }
  /** (?i): the options hold from here to the end of the group around. */
  | { readonly kind: 'options' };

const LOOKS: readonly (readonly [string, boolean, boolean])[] = [
  ['?=', false, false],
  ['?!', false, true],
  ['?<=', true, false],
  ['?<!', true, true],
];
const NAME = /\?(?:<([\p{L}\p{Mn}\p{Nd}\p{Pc}]+)>|'([\p{L}\p{Mn}\p{Nd}\p{Pc}]+)')/uy;
const BALANCING = /\?(?:<[^>]*-[^>]*>|'[^']*-[^']*')/y;
const OPTIONS = /\?([-+A-Za-z]+)([:)])/y;
const LETTERS = new Set(['i', 'm', 'n', 's', 'x']);
const HIGHEST_GROUP = 999;

/** Reads on from behind the parenthesis; options that hold inside are in force afterwards. */
export function parseOpening(reader: Reader): Opening {
  const offset = reader.at - 1;
  if (peek(reader) !== '?') return { kind: reader.options.n ? 'group' : 'unnamed' };
  if (take(reader, '?:')) return { kind: 'group' };
  if (take(reader, '?>')) return { kind: 'atomic' };
  for (const [text, behind, negative] of LOOKS) if (take(reader, text)) return { kind: 'look', behind, negative };
  if (take(reader, '?(')) fail('conditionals (?(…)…) are not supported; write the two cases as alternatives, with |', offset);
  if (takeMatch(reader, BALANCING) !== undefined) fail('balancing groups are not supported; use a plain group (?<name>…)', offset);
  const name = takeMatch(reader, NAME);
  if (name !== undefined) return { kind: 'named', name: groupName(name[1] ?? name[2] ?? '', offset) };
  const options = takeMatch(reader, OPTIONS);
  if (options === undefined) fail('this group has no meaning; groups are (…), (?:…), (?<name>…), (?i:…), (?=…), (?!…), (?<=…), (?<!…) and (?>…)', offset);
  reader.options = changeOptions(reader.options, options[1] ?? '', offset);
  return { kind: options[2] === ':' ? 'group' : 'options' };
}

function groupName(name: string, offset: number): string {
  if (!/^\d/u.test(name)) return name;
  const number = /^\d+$/u.test(name) ? Number(name) : Number.NaN;
  if (Number.isNaN(number)) fail(`the group name ${name} starts with a digit; start it with a letter`, offset);
  if (number === 0 || number > HIGHEST_GROUP) fail(`a group cannot have the number ${name}; use one from 1 to ${String(HIGHEST_GROUP)}`, offset);
  return String(number);
}

function changeOptions(options: Options, letters: string, offset: number): Options {
  const changed = { ...options };
  let on = true;
  for (const letter of letters.toLowerCase()) {
    if (letter === '+' || letter === '-') on = letter === '+';
    else if (letter === 'r') fail('matching from right to left is not supported; remove the option r', offset);
    else if (!LETTERS.has(letter)) fail(`there is no option ${letter}; options are i, m, n, s and x`, offset);
    else changed[letter as keyof Options] = on;
  }
  return changed;
}
