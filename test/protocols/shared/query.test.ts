import { expect } from 'chai';
import { readQuery, writeQuery } from '../../../src/protocols/shared/query.js';
import { thrownBy } from '../../support/builders.js';

const read = (query: string): unknown => Object.fromEntries(readQuery(query, ['wctx', 'wa']));

describe('reading a query', () => {
  for (const [query, values] of [
    ['', {}],
    ['wa=1', { wa: ['1'] }],
    ['wa', { wa: [''] }],
    ['wa=', { wa: [''] }],
    ['&&wa=a=b&', { wa: ['a=b'] }],
    ['wa=1&wctx=2&wa=3', { wa: ['1', '3'], wctx: ['2'] }],
    ['wa=a+b%2Bc%20d', { wa: ['a b+c d'] }],
    ['wa=%C3%A9%F0%9F%98%80%EF%BB%BF', { wa: ['é😀\u{FEFF}'] }],
    ['w%61=1', { wa: ['1'] }],
    ['WA=1&wa2=1&constructor=1&__proto__=1', {}],
    ['x=%ff&%ff=1&y=%', {}],
  ] as const) {
    it(JSON.stringify(query), () => {
      expect(read(query)).to.deep.equal(values);
    });
  }

  it('takes names in any letter case where it is told to', () => {
    expect(Object.fromEntries(readQuery('LOGINTORP=1&loginToRp=2&x=3', ['loginToRp'], { anyCase: true }))).to.deep.equal({ loginToRp: ['1', '2'] });
  });

  for (const value of ['%', '%4', '%zz', '%ff', '%c3%28', '%ed%a0%80', '%c0%af', '%00', 'a%00b', 'é', 'a b', 'a\tb']) {
    it(`refuses ${JSON.stringify(value)}, which could not go back as it came`, async () => {
      expect(await thrownBy(() => read(`wctx=${value}`))).to.include({ code: 'malformed_request' });
    });
  }

  it('reads what it writes', () => {
    const value = 'a&b=c+d%20é"\r\n';
    expect(
      read(
        writeQuery([
          ['wctx', value],
          ['wa', ''],
          ['wa', '2'],
        ]),
      ),
    ).to.deep.equal({ wctx: [value], wa: ['', '2'] });
  });
});
