/** From a pattern's text to something that runs, kept by its text: rule sets are read again all the time. */
import { createBoundedMap } from '../../bounded-map.js';
import { type Run, startRun } from './matcher.js';
import { type NativePattern, translate } from './native.js';
import { parsePattern } from './parse.js';
import { type Pattern, PatternError } from './pattern.js';
import { buildProgram, type Program } from './program.js';
import { expand, type Match, parseReplacement, type ReplacementPart } from './replacement.js';
import { refuseRunaway } from './runaway.js';
import type { Groups } from './tree.js';

const LONGEST_VALUE = 0x10000;
/** Of an instruction at a character on the linear matcher, measured: the engine looks at several characters meanwhile. */
const MATCHER_COST = 4;
const MOST_KEPT = 2000;

const compiled = createBoundedMap<string, Pattern>(MOST_KEPT);

/**
 * Compiles a .NET regular expression (RegexOptions.None; adfs.md 4). Throws PatternError where .NET refuses it, where it
 * uses what is not supported, and where it can run away. The pattern itself throws PatternError for an input longer than
 * 64 KiB characters, or too long for it.
 */
export function compilePattern(source: string): Pattern {
  const known = compiled.get(source);
  if (known !== undefined) return known;
  const parsed = parsePattern(source);
  const program = buildProgram(parsed.root);
  refuseRunaway(parsed.root);
  const pattern = createPattern(source, { program, groups: parsed.groups, native: translate(parsed) });
  compiled.set(source, pattern);
  return pattern;
}

interface Parts {
  readonly program: Program;
  readonly groups: Groups;
  readonly native: NativePattern | undefined;
}

/** A pattern that runs on the engine where it may, and on the linear matcher elsewhere. */
export function createPattern(source: string, { program, groups, native }: Parts): Pattern {
  /** A rule always has the same one. */
  let last: { readonly text: string; readonly parts: readonly ReplacementPart[] } | undefined;
  return {
    source,
    test: (input) => {
      if (native !== undefined && mayTake(native, input)) return native.test.test(input);
      checkLength(input);
      return startRun(program, input, 0).find(0, 0) !== undefined;
    },
    cost: (input) => (native !== undefined && mayTake(native, input) ? input.length : MATCHER_COST * program.instructions.length * input.length),
    replace: (input, replacement) => {
      checkLength(input);
      const engine = native !== undefined && mayTake(native, input) ? native.find : undefined;
      const find = engine === undefined ? startRun(program, input, groups.count).find : nativeFind(engine, input);
      if (last?.text !== replacement) last = { text: replacement, parts: parseReplacement(replacement, groups) };
      return replaceAll(input, find, last.parts);
    },
  };
}

function mayTake({ longest, longestLine }: NativePattern, input: string): boolean {
  return input.length <= longest || (input.length <= longestLine && !input.includes('\n'));
}

function nativeFind(engine: RegExp, input: string): Run['find'] {
  return (from) => {
    engine.lastIndex = from;
    const found = engine.exec(input);
    return found === null ? undefined : { start: found.index, end: found.index + found[0].length, group: (place) => found[place + 1] };
  };
}

function replaceAll(input: string, find: Run['find'], parts: readonly ReplacementPart[]): string {
  let match = find(0, 0);
  if (match === undefined) return input;
  const texts: string[] = [];
  let [read, length] = [0, 0];
  while (match !== undefined) {
    const { start, end }: Match = match;
    const text: string = input.slice(read, start) + expand(parts, match, input);
    texts.push(text);
    length += text.length;
    if (length > LONGEST_VALUE) tooLong('what comes out');
    read = end;
    // An empty match is passed by one character, as .NET does.
    match = end > start || end < input.length ? find(end === start ? end + 1 : end, end) : undefined;
  }
  return texts.join('') + input.slice(read);
}

function checkLength(input: string): void {
  if (input.length > LONGEST_VALUE) tooLong('the value');
}

function tooLong(what: string): never {
  throw new PatternError(`${what} is longer than ${String(LONGEST_VALUE)} characters; shorten it`, 0);
}
