import { expect } from 'chai';
import fc from 'fast-check';
import { canonicalize } from '../../src/xml/canonical.js';
import { parseXml } from '../../src/xml/parse.js';
import { childElements } from '../../src/xml/read.js';
import { element, escapeText } from '../../src/xml/write.js';
import { canonicalByLibxml2, canonicalByXmlCrypto } from '../support/xml-oracles.js';

const legal = fc.string({ unit: fc.constantFrom('a', 'é', '&', '<', '>', '"', "'", '\t', '\n', '\u{1F600}', ' ', '{', '$', ']') });
const tree = fc.letrec<{ node: string; inner: readonly string[] }>((tie) => ({
  inner: fc.oneof({ maxDepth: 3 }, fc.constant([]), fc.array(tie('node'), { maxLength: 3 })),
  node: fc
    .tuple(fc.constantFrom('a', 'p:b', 'q:c'), legal, legal, tie('inner'), fc.boolean())
    .map(([name, value, text, inner, declare]) =>
      element(
        name,
        { ...(declare ? { 'xmlns:q': 'urn:other' } : {}), z: value, a: 'x', ...(name === 'a' ? {} : { 'p:k': value }) },
        escapeText(text),
        ...inner,
      ),
    ),
})).node;

describe('exclusive canonical form (XML-13)', () => {
  const vectors: readonly (readonly [string, string, string])[] = [
    ['empty elements and attribute order', '<a z="1" b="2"/>', '<a b="2" z="1"></a>'],
    ['unused declarations are dropped', '<a xmlns:x="urn:x"><b/></a>', '<a><b></b></a>'],
    ['declarations move to where they are used', '<a xmlns:x="urn:x"><x:b/><x:c/></a>', '<a><x:b xmlns:x="urn:x"></x:b><x:c xmlns:x="urn:x"></x:c></a>'],
    ['the default namespace can be switched off', '<a xmlns="urn:a"><b xmlns=""/></a>', '<a xmlns="urn:a"><b xmlns=""></b></a>'],
    ['entities and quotes', '<a b="&lt;&#9;&quot;\'">&gt;&amp;&#13;</a>', '<a b="&lt;&#x9;&quot;\'">&gt;&amp;&#xD;</a>'],
    ['xml: attributes stay where they are', '<a xml:lang="en"><b/></a>', '<a xml:lang="en"><b></b></a>'],
  ];
  for (const [name, input, expected] of vectors) {
    it(name, () => {
      expect(canonicalize(parseXml(input))).to.equal(expected);
    });
  }

  it('keeps a listed prefix that is not visibly used', () => {
    const xml = '<a xmlns:xs="urn:xs" xmlns:u="urn:u"><b/></a>';
    expect(canonicalize(parseXml(xml), { inclusivePrefixes: ['xs'] })).to.equal('<a xmlns:xs="urn:xs"><b></b></a>');
    const [inner] = childElements(parseXml(xml));
    expect(inner === undefined ? '' : canonicalize(inner, { inclusivePrefixes: ['xs'] })).to.equal('<b xmlns:xs="urn:xs"></b>');
  });

  it('agrees with libxml2 and xml-crypto on any tree', () => {
    fc.assert(
      fc.property(tree, (inner) => {
        const xml = `<r xmlns:p="urn:p" xmlns:q="urn:q">${inner}</r>`;
        const ours = canonicalize(parseXml(xml));
        expect(ours).to.equal(canonicalByLibxml2(xml));
        expect(ours).to.equal(canonicalByXmlCrypto(xml));
      }),
      { numRuns: 300 },
    );
  });

  it('agrees with libxml2 on any tree with a prefix list', () => {
    fc.assert(
      fc.property(tree, fc.subarray(['p', 'q', 'z', '#default']), (inner, inclusivePrefixes) => {
        const xml = `<r xmlns="urn:r" xmlns:p="urn:p" xmlns:q="urn:q" xmlns:z="urn:z">${inner}</r>`;
        expect(canonicalize(parseXml(xml), { inclusivePrefixes })).to.equal(canonicalByLibxml2(xml, inclusivePrefixes));
      }),
      { numRuns: 300 },
    );
  });

  it('is stable: parsing and canonicalising again changes nothing', () => {
    fc.assert(
      fc.property(tree, (inner) => {
        const once = canonicalize(parseXml(`<r xmlns:p="urn:p" xmlns:q="urn:q">${inner}</r>`));
        expect(canonicalize(parseXml(once))).to.equal(once);
      }),
      { numRuns: 300 },
    );
  });
});
