import { expect } from 'chai';
import fc from 'fast-check';
import { readCsv } from '../../src/admin/csv.js';

const rows = (text: string): readonly (readonly string[])[] => readCsv(text).map(({ fields }) => fields);

describe('CSV (RFC 4180)', () => {
  for (const [what, text, expected] of [
    [
      'plain fields',
      'a,b\r\nc,d\r\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'no line end at the end',
      'a,b\nc,d',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['carriage returns alone', 'a\rb', [['a'], ['b']]],
    ['quotes', '"a","b ""c"""', [['a', 'b "c"']]],
    ['commas and line breaks in quotes', '"a,b","c\r\nd"\n', [['a,b', 'c\r\nd']]],
    [
      'empty fields',
      ',a,,\n"",b',
      [
        ['', 'a', '', ''],
        ['', 'b'],
      ],
    ],
    ['empty lines', 'a\n\n\nb\n\n', [['a'], ['b']]],
    ['white space kept', ' a , b ', [[' a ', ' b ']]],
    ['nothing', '', []],
  ] as const) {
    it(what, () => {
      expect(rows(text)).to.deep.equal(expected);
    });
  }

  it('counts lines, those inside quotes too', () => {
    expect(readCsv('a\n"b\nc"\n\nd').map(({ line }) => line)).to.deep.equal([1, 2, 5]);
  });

  for (const [what, text, sentence] of [
    ['a quote that is never closed', 'a\n"b', /line 2: a quote is opened and never closed/u],
    ['text behind a closing quote', 'a\n\n"b"c', /line 3: something follows a closing quote/u],
    ['a quote in the middle of a field', 'a,b"c"', /line 1: a quote stands inside a field/u],
  ] as const) {
    it(`refuses ${what}`, () => {
      expect(() => readCsv(text)).to.throw(sentence);
    });
  }

  it('reads back what was written, whatever it is', () => {
    const field = fc.string({ unit: fc.constantFrom('a', 'é', ',', '"', '\n', '\r', ' ', ';') });
    fc.assert(
      fc.property(fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { maxLength: 5 }), (table) => {
        const text = table.map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(',')).join('\r\n');
        expect(rows(text)).to.deep.equal(table);
      }),
    );
  });
});
