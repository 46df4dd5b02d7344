import { expect } from 'chai';
import fc from 'fast-check';
import { readJson } from '../../src/admin/json-text.js';
import { SignetError } from '../../src/core/errors.js';
import { thrownBy } from '../support/builders.js';

describe('JSON that people write', () => {
  it('says what JSON says', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 1, '\t'), (text, indent) => {
        const spaced = JSON.stringify(JSON.parse(text), null, indent);
        fc.pre(!spaced.includes('"__proto__"'));
        expect(readJson(spaced)).to.deep.equal(JSON.parse(text));
      }),
    );
    expect(readJson('\uFEFF [-1.5e+3, 0, "\\u00e9\\n\\"", true, false, null, {}, []]\r\n')).to.deep.equal([-1500, 0, 'é\n"', true, false, null, {}, []]);
  });

  it('is refused where it is none, and only there', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 2 }), fc.nat(), fc.constantFrom(...Array.from('{}[],:"\\ x0-.e\n')), (text, at, letter) => {
        const place = at % (text.length + 1);
        const bent = text.slice(0, place) + letter + text.slice(place + 1);
        fc.pre(!bent.includes('"__proto__"'));
        let native: unknown;
        let read: unknown;
        try {
          native = JSON.parse(bent);
        } catch {
          native = undefined;
        }
        try {
          read = readJson(bent);
        } catch (error) {
          expect(error).to.be.instanceOf(SignetError);
          // Stricter in one thing only: no key stands twice.
          if (native !== undefined) expect(String(error)).to.include('stands twice');
          return;
        }
        expect(read).to.deep.equal(native);
      }),
      { numRuns: 1_000 },
    );
  });

  const refused: readonly (readonly [string, string, string])[] = [
    ['nothing', '', 'line 1, column 1: expected a value, found the end'],
    ['a list without an end', '[\n  1,\n  2\n', 'line 4, column 1: expected a comma or ], found the end'],
    ['a comma too much', '[\n  1,\n]', 'line 3, column 1: expected a value, found ]'],
    ['a comma too much in an object', '{"a": 1,\n}', 'line 2, column 1: expected a key in double quotes, found }'],
    ['a comma that is missing', '{"a": 1\n "b": 2}', 'line 2, column 2: expected a comma or }, found "b": 2}'],
    ['a colon that is missing', '{"a" 1}', 'line 1, column 6: expected a colon, found 1}'],
    ['a key without quotes', '{a: 1}', 'line 1, column 2: expected a key in double quotes, found a: 1}'],
    ['single quotes', "['a']", "line 1, column 2: expected a value, found 'a']"],
    ['a comment', '[ // no\n]', 'line 1, column 3: expected a value, found // no'],
    ['more than one text', '[]\n[]', 'line 2, column 1: expected the end of the text, found []'],
    ['a text without an end', '["a\n"]', 'line 1, column 2: a text does not end on its line, or holds a single backslash: write \\\\ for \\'],
    ['a single backslash', '[1, "@corp\\.example$"]', 'line 1, column 5: a text does not end on its line, or holds a single backslash: write \\\\ for \\'],
    ['capital letters', '[True]', 'line 1, column 2: expected a value, found True]'],
    ['a leading zero', '[01]', 'line 1, column 3: expected a comma or ], found 1]'],
    ['a key twice', '{"a": 1, "b": 2,\n "\\u0061": 3}', 'line 2, column 2: the key "\\u0061" stands twice'],
    ['the name of the prototype (M10)', '{"__proto__": 1}', 'line 1, column 2: the key "__proto__" cannot be used'],
  ];
  for (const [title, text, sentence] of refused) {
    it(`is refused with ${title}`, async () => {
      expect((await thrownBy(() => readJson(text))).message).to.equal(sentence);
    });
  }

  it('is bounded in size and depth', async () => {
    expect((await thrownBy(() => readJson('['.repeat(500_000)))).message).to.match(/^line 1, column 102: there are more than 100/u);
    expect((await thrownBy(() => readJson(`"${'a'.repeat(1_048_576)}"`))).message).to.match(/more than 1048576 characters/u);
    expect(readJson(`"${'a'.repeat(1_048_574)}"`)).to.have.length(1_048_574);
  });
});
