import { expect } from 'chai';
import { html } from '../../src/demo/shared/html.js';
import { prettyXml } from '../../src/demo/shared/pretty-xml.js';

describe('demo/pretty-xml', () => {
  it('puts each element on a line of its own and keeps text with its element', () => {
    expect(prettyXml('<a x="1>2"><b>text</b><c/><d><e></e></d></a>')).to.equal(
      ['<a x="1>2">', '  <b>text</b>', '  <c/>', '  <d>', '    <e></e>', '  </d>', '</a>'].join('\n'),
    );
  });

  it('folds what nobody reads', () => {
    const text = prettyXml(`<a>${'x'.repeat(5000)}</a>`);
    expect(text)
      .to.have.length.below(700)
      .and.match(/… \(5000 characters\)<\/a>$/u);
  });
});

describe('demo/html', () => {
  it('escapes whatever is not HTML already (U09)', () => {
    const evil = '<script>"\'&';
    expect(html`<p title="${evil}">${evil}${[html`<b>${1}</b>`]}${undefined}</p>`.text).to.equal(
      '<p title="&lt;script&gt;&quot;&#39;&amp;">&lt;script&gt;&quot;&#39;&amp;<b>1</b></p>',
    );
  });
});
