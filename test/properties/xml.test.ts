import { expect } from 'chai';
import fc from 'fast-check';
import { SignetError } from '../../src/core/errors.js';
import { canonicalize } from '../../src/xml/canonical.js';
import { decodeUtf8, parseXml, type XmlElement } from '../../src/xml/parse.js';
import { attribute, exactText } from '../../src/xml/read.js';
import { element, escapeText } from '../../src/xml/write.js';
import { verifyEnveloped } from '../../src/xml/verify.js';
import { fakeClock } from '../support/builders.js';
import { authnRequest, keyPairOf } from '../support/saml-idp.js';
import { signXml } from '../support/signed-requests.js';
import { canonicalByLibxml2, canonicalByXmlCrypto, xmlCryptoAccepts } from '../support/xml-oracles.js';
import { anyText } from './texts.js';

/** The tree, or undefined where it is refused; anything thrown but SignetError fails the test. */
function read(input: string | Buffer): XmlElement | undefined {
  try {
    return parseXml(typeof input === 'string' ? input : decodeUtf8(input));
  } catch (error) {
    if (error instanceof SignetError) return undefined;
    throw error;
  }
}

/** Small changes of a text, the kind an attacker makes. */
interface Change {
  readonly at: number;
  readonly length: number;
  readonly by: string;
}
const SNIPPETS = [
  '',
  '',
  'x',
  '<',
  '>',
  '/',
  '"',
  "'",
  '=',
  '&',
  ';',
  ':',
  ' ',
  '\n',
  '\t',
  '\r',
  '<a>',
  '</a>',
  '<a/>',
  '<!-- -->',
  '<?x y?>',
  '&lt;',
  '&#x41;',
  '&#xD;',
  '&#10;',
  '<![CDATA[x]]>',
  ' xmlns="urn:x"',
  ' xmlns:saml="urn:x"',
  ' xmlns=""',
  ' ID="_x"',
  ' a="1"',
  ' xml:a="1"',
  '\u{1F600}',
  '\u0301',
  '\u00A0',
  '\u2028',
  '\0',
];
const changes = fc.array(
  fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), length: fc.oneof(fc.constant(0), fc.constant(1), fc.nat(40)), by: fc.constantFrom(...SNIPPETS) }),
  { minLength: 1, maxLength: 3 },
);
const apply = (text: string, list: readonly Change[]): string =>
  list.reduce((before, { at, length, by }) => {
    const start = Math.floor(at * before.length);
    return before.slice(0, start) + by + before.slice(start + length);
  }, text);

/** Elements as our writers make them: each prefix declared where it is first used, attributes in canonical order. */
const written = fc.letrec<{ node: (known: readonly string[]) => string; inner: readonly ((known: readonly string[]) => string)[] }>((tie) => ({
  inner: fc.oneof({ maxDepth: 3 }, fc.constant([]), fc.array(tie('node'), { maxLength: 3 })),
  node: fc
    .tuple(fc.constantFrom('p', 'q', 'r'), anyText, anyText, tie('inner'), fc.boolean())
    .map(([prefix, value, text, inner, typed]) => (known: readonly string[]) => {
      const uses = typed ? [prefix, 'xsi'] : [prefix];
      const fresh = [...new Set(uses)].filter((name) => !known.includes(name)).sort();
      const declarations = Object.fromEntries(fresh.map((name) => [`xmlns:${name}`, `urn:${name}`]));
      const below = [...known, ...fresh];
      return element(
        `${prefix}:e`,
        { ...declarations, A: value, b: 'x', ...(typed ? { 'xsi:type': value } : {}) },
        escapeText(text),
        ...inner.map((make) => make(below)),
      );
    }),
})).node;

describe('properties of reading and writing XML', () => {
  it('what the writer writes is its own canonical form, by us, by libxml2 and by xml-crypto (XML-13)', () => {
    fc.assert(
      fc.property(written, (make) => {
        const xml = make([]);
        expect(canonicalize(parseXml(xml))).to.equal(xml);
        expect(canonicalByLibxml2(xml)).to.equal(xml);
        // The parser behind xml-crypto turns these two into line feeds, which is XML 1.1.
        if (!/[\u0085\u2028]/u.test(xml)) expect(canonicalByXmlCrypto(xml)).to.equal(xml);
      }),
      { numRuns: 200 },
    );
  });

  it('what was written is read back (X14)', () => {
    fc.assert(
      fc.property(anyText, anyText, (value, text) => {
        const tree = parseXml(element('a', { b: value }, escapeText(text)));
        expect([attribute(tree, 'b'), exactText(tree)]).to.deep.equal([value, text]);
      }),
      { numRuns: 500 },
    );
  });

  it('reading throws nothing but SignetError, whatever the octets are (X05, X13)', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        read(Buffer.from(bytes));
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(changes, (list) => {
        read(apply(authnRequest(fakeClock()), list));
      }),
      { numRuns: 500 },
    );
  });

  it('whatever is taken, libxml2 takes and sees alike, and reading it again gives the same (X05, X06, XML-09)', () => {
    fc.assert(
      fc.property(changes, (list) => {
        const xml = apply(
          authnRequest(fakeClock(), { children: '<samlp:NameIDPolicy a:b="c" xmlns:a="urn:a" AllowCreate="true"/><x xmlns="urn:x">y<z/></x>' }),
          list,
        );
        const tree = read(xml);
        if (tree === undefined) return;
        const canonical = canonicalize(tree);
        expect(canonical).to.equal(canonicalByLibxml2(xml));
        expect(canonicalize(parseXml(canonical))).to.equal(canonical);
      }),
      { numRuns: 1000 },
    );
  });

  it('a changed signed message is refused, or says what was signed; what xml-crypto refuses is refused (CORE-11, XML-07)', async () => {
    const pair = await keyPairOf('sp.example');
    const signed = signXml(authnRequest(fakeClock()), pair);
    const original = canonicalize(verifyEnveloped(parseXml(signed), [pair.certificate]));
    let taken = 0;
    fc.assert(
      fc.property(changes, (list) => {
        const bent = apply(signed, list);
        let said: string;
        try {
          said = canonicalize(verifyEnveloped(parseXml(bent), [pair.certificate]));
        } catch (error) {
          if (error instanceof SignetError) return;
          throw error;
        }
        taken += 1;
        expect(said).to.equal(original);
        expect(xmlCryptoAccepts(bent, '_request1', pair.certificate)).to.equal(true);
      }),
      { numRuns: 1500 },
    );
    // Changes inside KeyInfo and of white space between attributes change nothing: without any, this would have shown nothing.
    expect(taken).to.be.greaterThan(0);
  });
});
