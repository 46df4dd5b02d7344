import { expect } from 'chai';
import { readCacheDuration } from '../../../../src/protocols/shared/metadata/read-cache-duration.js';
import { parseXml } from '../../../../src/xml/parse.js';
import { childElements } from '../../../../src/xml/read.js';

describe('cacheDuration (MET-05)', () => {
  for (const [text, seconds] of [
    ['PT6H', 21_600],
    ['P1D', 86_400],
    ['P1DT1H1M1.5S', 90_061],
    ['P1M', 2_629_746],
    ['P1Y', 31_556_952],
    [' PT0S ', 0],
    ['', undefined],
    ['P', undefined],
    ['PT', undefined],
    ['P1DT', undefined],
    ['-PT6H', undefined],
    ['6H', undefined],
    ['PT99999999999S', undefined],
  ] as const) {
    it(`${text === '' ? 'none' : text}: ${seconds === undefined ? 'nobody wants anything' : String(seconds)}`, () => {
      const root = parseXml(`<a${text === '' ? '' : ` cacheDuration="${text}"`}/>`, {});
      expect(readCacheDuration(root)).to.deep.equal(seconds === undefined ? {} : { cacheSeconds: seconds });
    });
  }

  it('is the shortest of an element and of what holds it', () => {
    const root = parseXml('<a cacheDuration="PT2H"><b cacheDuration="PT3H"/><b cacheDuration="PT1H"/><b/></a>', {});
    expect(childElements(root).map((child) => readCacheDuration(child).cacheSeconds)).to.deep.equal([7200, 3600, 7200]);
  });
});
