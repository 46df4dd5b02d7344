import { expect } from 'chai';
import fc from 'fast-check';
import { compilePattern, createPattern } from '../../../../src/core/claims/patterns/compile.js';
import { startRun } from '../../../../src/core/claims/patterns/matcher.js';
import { nativeSteps } from '../../../../src/core/claims/patterns/native-cost.js';
import { translate } from '../../../../src/core/claims/patterns/native.js';
import { parsePattern } from '../../../../src/core/claims/patterns/parse.js';
import { PatternError } from '../../../../src/core/claims/patterns/pattern.js';
import { buildProgram } from '../../../../src/core/claims/patterns/program.js';
import { findPlainly, TooManySteps } from './backtracking.js';
import { anyCharacter } from '../../../support/any-character.js';

const RUNS = { numRuns: 500 };

const atom = fc.constantFrom('a', 'b', 'K', '.', '[ab]', '[^a]', '\\w', '\\W', '\\d', '\\s', '[\\w-[b]]', '\\n', '1');
const place = fc.constantFrom('^', '$', '\\b', '\\B', '\\A', '\\z', '\\Z', '(?m:^)', '(?m:$)');
const count = fc.constantFrom('*', '+', '?', '*?', '+?', '??', '{2}', '{1,2}', '{0,2}?', '{2,}');
const REPLACEMENTS = ['[$&|$1|$2|${n}]', '-', "<$`$'$+>"];

/** Patterns of every construct; `rich` adds what JavaScript has not, or takes otherwise. */
function patterns(rich: boolean): fc.Arbitrary<string> {
  return fc.letrec<{ node: string }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 5, depthSize: 'small' },
      atom,
      place,
      fc.array(tie('node'), { maxLength: 4 }).map((items) => items.join('')),
      fc.tuple(tie('node'), tie('node')).map(([one, other]) => `(?:${one}|${other})`),
      fc.tuple(tie('node'), count).map(([node, times]) => `(?:${node})${times}`),
      fc.tuple(atom, count).map(([one, times]) => one + times),
      tie('node').map((node) => `(${node})`),
      tie('node').map((node) => `(?i:${node})`),
      fc.tuple(fc.constantFrom('(?=', '(?!', '(?<=', '(?<!'), tie('node')).map(([open, node]) => `${open}${node})`),
      ...(rich ? [tie('node').map((node) => `(?>${node})`), tie('node').map((node) => `(?<n>${node})`), fc.constant('\\G')] : []),
    ),
  })).node;
}

const inputs = fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'k', '\u212a', '1', ' ', '\n', '-', '\u00e9', '\ud83d', '\ude00'), maxLength: 9 });

describe('Patterns: the ways to run one agree', () => {
  it('the linear matcher finds what plain backtracking finds, groups included', () => {
    const found = { matches: 0, none: 0 };
    fc.assert(
      fc.property(patterns(true), inputs, fc.nat(3), (source, input, from) => {
        fc.pre(from <= input.length);
        const parsed = parsedOrSkipped(source);
        const expected = plainly(parsed, input, from);
        const match = startRun(buildProgram(parsed.root), input, parsed.groups.count).find(from, from);
        expect(match && [match.start, match.end]).to.deep.equal(expected && [expected.start, expected.end]);
        found[match === undefined ? 'none' : 'matches'] += 1;
        for (let group = 0; match !== undefined && group < parsed.groups.count; group += 1) {
          const span = expected?.spans[group];
          expect(match.group(group)).to.equal(span && input.slice(...span));
        }
        expect(startRun(buildProgram(parsed.root), input, 0).find(from, from)?.end).to.equal(expected?.end);
      }),
      { ...RUNS, numRuns: 1500 },
    );
    expect(Math.min(found.matches, found.none)).to.be.greaterThan(100);
  });

  it('the engine and the linear matcher agree, test and replace', () => {
    let translated = 0;
    fc.assert(
      fc.property(patterns(false), inputs, fc.constantFrom(...REPLACEMENTS), (source, input, replacement) => {
        const parsed = parsedOrSkipped(source);
        const native = translate(parsed);
        if (native === undefined) return;
        translated += 1;
        const parts = { program: buildProgram(parsed.root), groups: parsed.groups };
        const linear = createPattern(source, { ...parts, native: undefined });
        const engine = createPattern(source, { ...parts, native });
        expect(engine.test(input)).to.equal(linear.test(input));
        expect(engine.replace(input, replacement)).to.equal(linear.replace(input, replacement));
      }),
      RUNS,
    );
    expect(translated).to.be.greaterThan(100);
  });

  it('the bound of the steps of the engine holds for plain backtracking (M12)', () => {
    let bounded = 0;
    // Long enough that a power of the length cannot hide.
    const long = fc.tuple(inputs, fc.integer({ min: 1, max: 6 }), inputs).map(([unit, times, end]) => unit.repeat(times) + end);
    fc.assert(
      fc.property(patterns(false), long, (source, input) => {
        const parsed = parsedOrSkipped(source);
        const bound = nativeSteps(parsed.root, input.length, { oneLine: !input.includes('\n') });
        if (bound > 20_000) return;
        bounded += 1;
        // A step of the bound takes a character; plain backtracking counts the nodes around it, too.
        expect(findPlainly(parsed.root, input, 0, 0, Infinity).steps).to.be.at.most((bound + 1) * (source.length + 1));
      }),
      RUNS,
    );
    expect(bounded).to.be.greaterThan(100);
  });

  it('a search never takes more steps than instructions × places (M12)', () => {
    fc.assert(
      fc.property(patterns(true), inputs, (source, input) => {
        const program = buildProgram(parsedOrSkipped(source).root);
        if (program.scanStart) return;
        const run = startRun(program, input, 0);
        run.find(0, 0);
        expect(run.steps).to.be.at.most(2 * program.instructions.length * (input.length + 1));
      }),
      RUNS,
    );
  });

  it('no text makes compiling throw anything but PatternError, with a place in it', () => {
    const pieces = fc.constantFrom(
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      '?',
      '*',
      '+',
      '\\',
      '^',
      '$',
      '-',
      '|',
      '<',
      '>',
      '=',
      '!',
      ':',
      '#',
      ',',
      '.',
      '1',
      '2',
      'a',
      'p',
      'x',
      'u',
      'i',
      'k',
      "'",
      ' ',
      '\n',
      '\ud800',
    );
    const texts = fc.oneof(fc.string({ unit: pieces, maxLength: 30 }), fc.string({ unit: anyCharacter, maxLength: 30 }), patterns(true));
    fc.assert(
      fc.property(texts, inputs, (source, input) => {
        try {
          const pattern = compilePattern(source);
          expect(pattern.replace(input, '$&').length).to.equal(input.length);
        } catch (error) {
          expect(error).to.be.instanceOf(PatternError);
          expect((error as PatternError).offset).to.be.within(0, source.length);
        }
      }),
      { numRuns: 1500 },
    );
  });
});

function parsedOrSkipped(source: string): ReturnType<typeof parsePattern> {
  const parsed = parsePattern(source);
  fc.pre(parsed.groups.count <= 20);
  try {
    buildProgram(parsed.root);
  } catch {
    fc.pre(false);
  }
  return parsed;
}

function plainly(parsed: ReturnType<typeof parsePattern>, input: string, from: number): ReturnType<typeof findPlainly>['found'] {
  try {
    return findPlainly(parsed.root, input, from, from).found;
  } catch (error) {
    fc.pre(!(error instanceof TooManySteps));
    throw error;
  }
}
