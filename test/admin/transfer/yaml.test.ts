import { expect } from 'chai';
import fc from 'fast-check';
import { readYaml } from '../../../src/admin/transfer/yaml-read.js';
import { writeYaml } from '../../../src/admin/transfer/yaml-write.js';
import { thrownBy } from '../../support/builders.js';

const read = (text: string | Buffer): unknown => readYaml('a.yaml', Buffer.from(text)).map(({ value }) => value);

describe('configuration as YAML', () => {
  it('is read as it was written, to the byte', () => {
    const odd = fc.constantFrom('2026-01-31', 'yes', 'No', 'null', '~', '1e3', '0x10', '08', '1:30', '=', '<<', '- a', 'a: b', '# c', '@x', '"', '---', '...', '%Y', '*a', '&a', '!a', '{', '[', ' a ', 'ünï\u200b', '\ufeff', '\u0085', '\u2028', '\0', 'a\u0007'); // prettier-ignore
    const lines = fc.array(fc.oneof(odd, fc.constantFrom('', ' ', '\t', '  x', 'x  ', 'c:[Type == "a"]', '=> issue(claim = c);')), { maxLength: 6 });
    const text = fc.oneof(
      odd,
      fc.string(),
      fc.tuple(lines, fc.constantFrom('\n', '\r\n', '\r')).map(([parts, end]) => parts.join(end)),
    );
    const key = fc.oneof(odd, fc.stringMatching(/^[a-z.:/ #-]{1,12}$/u)).filter((name) => name !== '__proto__');
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof({ depthSize: 'small' }, text, fc.integer(), fc.boolean(), fc.array(tie('tree'), { maxLength: 3 }), fc.dictionary(key, tie('tree'), { maxKeys: 3, noNullPrototype: true })), // prettier-ignore
    }));
    fc.assert(
      fc.property(fc.dictionary(key, tree, { minKeys: 1, maxKeys: 3, noNullPrototype: true }), (value) => {
        expect(read(`${writeYaml(value)}---\n${writeYaml(value)}`)).to.deep.equal([value, value]);
      }),
      { numRuns: 300 },
    );
  });

  it('shows rules as they are in their own file, and quotes what a block cannot carry', () => {
    expect(writeYaml({ rules: { transform: 'c:[Type == "a"]  \n => issue(claim = c);\n' } })).to.equal(
      'rules:\n  transform: |\n    c:[Type == "a"]  \n     => issue(claim = c);\n',
    );
    expect(writeYaml({ a: 'x\r\ny\r\n' })).to.match(/^a: "x\\r\\ny\\r\\n"\n$/u);
    const blanks = { a: [{ b: ['2026-01-31\nünï\u200b\n \n=> issue(claim = c);'] }] };
    expect(read(writeYaml(blanks))).to.deep.equal([blanks]);
  });

  it('has no anchors for what stands in it twice', () => {
    const shared = ['x', 'y'];
    expect(writeYaml({ a: shared, b: shared })).to.not.match(/[&*]/u);
  });

  const refused: readonly (readonly [string, string | Buffer, RegExp])[] = [
    ['a text that ends too early', 'a: "x', /^a\.yaml, line 1, column 6: a quote, a bracket or a colon is missing\.$/u],
    ['a list that ends too early', 'b: 1\na: [1,\n', /^a\.yaml, line \d, column \d+: a list, a mapping or a text ends too early/u],
    ['tabs', 'a:\n\t- b', /line 2, column 1: lines are indented with blanks, not with tabs/u],
    ['two colons', 'a: b: c', /line 1, column 4: there are two colons on one line; put the text in quotes/u],
    ['no colon', 'a\nb: c', /line 1, column 1: there is no colon behind the key/u],
    ['a key that stands twice', 'a: 1\nb:\n  c: 1\n  c: 2', /line 4, column 3: the key c stands twice/u],
    ['an alias', 'a: &x [1]\nb: *x', /line 1, column 7: anchors cannot be used; take out &x/u],
    ['an alias of nothing', 'a: *x', /line 1, column 4: aliases cannot be used/u],
    ['a tag', 'a: !!str x', /tags cannot be used/u],
    ['a tag of somebody else', 'a: !!js/function "x"', /take out the tag/u],
    ['a directive', '%YAML 1.1\n---\na: yes', /directives \(%YAML\) cannot be used/u],
    ['a key that is a list', '? [a]\n: b', /a key is a plain text/u],
    ['an anchor at a key', '&x a: 1', /anchors cannot be used/u],
    ['a key that would change prototypes (M10)', '__proto__:\n  a: 1', /line 1, column 1: the key __proto__ cannot be used/u],
    ['NUL', 'a: 1\nb: \0', /line 2, column 4: the character U\+0000 cannot stand in YAML/u],
    ['what is no UTF-8', Buffer.from([0x61, 0x3a, 0x20, 0xff]), /^a\.yaml is no text in UTF-8/u],
    ['more than 10 MB', Buffer.alloc(10 * 1024 * 1024 + 1, 0x61), /^a\.yaml has 10485761 bytes; the limit is 10485760\.$/u],
    ['brackets without end', '['.repeat(1_000_000), /too many lists and mappings in each other/u],
    ['lists in lists without end', '- '.repeat(500_000), /too many lists and mappings in each other/u],
    ['keys of keys without end', '? '.repeat(500_000), /too many lists and mappings in each other/u],
  ];
  for (const [title, text, sentence] of refused) {
    it(`refuses ${title} in one line`, async () => {
      const error = await thrownBy(() => read(text));
      expect(error).to.include({ code: 'invalid_input' });
      expect(error.message).to.match(sentence).and.not.include('\n');
    });
  }

  it('refuses aliases of aliases before anything is made of them (M10)', async () => {
    const bomb = Array.from({ length: 30 }, (_, at) => `a${String(at)}: &a${String(at)} [${`*a${String(at - 1)},`.repeat(at === 0 ? 0 : 9)}]`).join('\n');
    expect((await thrownBy(() => read(bomb))).message).to.match(/anchors cannot be used/u);
  });

  it('reads many keys in a moment, and passes over documents with nothing in them', () => {
    const keys = Array.from({ length: 20_000 }, (_, at) => `key${String(at)}: ${String(at)}`).join('\n');
    expect(read(`# nothing\n---\n---\n${keys}\n`)).to.have.length(1);
  }).timeout(10_000);

  it('names the place of what is asked for, or the nearest above it', () => {
    const [document] = readYaml('a.yaml', Buffer.from('a:\n  - b: 1\n    c: 2\n'));
    expect(document?.placeOf(['a', 0, 'c'])).to.equal('a.yaml, line 3, column 5');
    expect(document?.placeOf(['a', 3])).to.equal('a.yaml, line 1, column 1');
    expect(document?.placeOf(['x'])).to.equal('a.yaml, line 1, column 1');
  });
});
