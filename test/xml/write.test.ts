import { expect } from 'chai';
import { SignetError } from '../../src/core/errors.js';
import { element, escapeAttribute, escapeText, startTag } from '../../src/xml/write.js';

describe('the canonical writer', () => {
  it('escapes as canonical form does (X14)', () => {
    expect(escapeText('a&b<c>d\r\n\t"\'')).to.equal('a&amp;b&lt;c&gt;d&#xD;\n\t"\'');
    expect(escapeAttribute('a&b<c>d\r\n\t"\'')).to.equal("a&amp;b&lt;c>d&#xD;&#xA;&#x9;&quot;'");
  });

  it('gives back what needs nothing', () => {
    for (const text of ['', 'plain', 'é\u{1F600}', '{NameID} $1']) expect([escapeText(text), escapeAttribute(text)]).to.deep.equal([text, text]);
  });

  it('refuses what XML cannot carry', () => {
    for (const text of ['\0', 'a\u0001', '\u000B', '\u001F', '\uFFFE', '\uFFFF', '\uD800', '\uDC00x', 'a\uD800<']) {
      for (const escape of [escapeText, escapeAttribute]) expect(() => escape(text), JSON.stringify(text)).to.throw(SignetError);
    }
    for (const text of ['\u007F', '\u0085', '\uFFFD', '\u{10FFFF}']) expect(escapeText(text)).to.equal(text);
  });

  it('leaves out attributes that have no value, and writes no empty-element tags', () => {
    expect(startTag('a', { b: undefined, c: '' })).to.equal('<a c="">');
    expect(element('a', {})).to.equal('<a></a>');
    expect(element('a', { b: '1' }, 'x', '', 'y')).to.equal('<a b="1">xy</a>');
  });
});
