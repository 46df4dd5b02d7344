import { expect } from 'chai';
import { isAbsoluteUri, parseUrl } from '../../../src/core/model/uri.js';

describe('URIs', () => {
  it('with letters beyond ASCII are read the thousandth time as the first (URL.canParse is not, in Node 20)', () => {
    const wrong = Array.from({ length: 20_000 }, (_, index) => `https://bücher.example/${String(index)}`).filter(
      (text) => parseUrl(text) === undefined || !isAbsoluteUri(text),
    );
    expect(wrong).to.deep.equal([]);
  });

  it('are taken in parts, against a base where one is given', () => {
    expect(parseUrl('https://app.example/a')?.hostname).to.equal('app.example');
    expect(parseUrl('/b', new URL('https://app.example/a'))?.href).to.equal('https://app.example/b');
    for (const text of ['', '/b', 'app.example', 'https://']) expect(parseUrl(text), text).to.equal(undefined);
  });
});
