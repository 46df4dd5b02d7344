import { expect } from 'chai';
import fc from 'fast-check';
import { promised } from '../support/patience.js';
import { SignetError } from '../../src/core/errors.js';
import { decodeUtf8, parseXml } from '../../src/xml/parse.js';
import { childElements, isNcName, leafText, readBoolean, readDateTime, readUnsigned } from '../../src/xml/read.js';

const refusal = (text: string, options?: Parameters<typeof parseXml>[1]): string => {
  try {
    parseXml(text, options);
  } catch (error) {
    if (error instanceof SignetError && error.code === 'malformed_request') return error.message;
    throw error;
  }
  return 'accepted';
};

describe('reading XML', () => {
  it('gives one tree with namespaces, attributes and whole text', () => {
    const root = parseXml('<?xml version="1.0" encoding="UTF-8"?><a xmlns="urn:a" xmlns:b="urn:b" c="1" b:d="2">x&amp;y<b:e/>z</a>');
    expect(root).to.include({ local: 'a', ns: 'urn:a', prefix: '' });
    expect(root.attributes).to.deep.equal([
      { prefix: '', local: 'c', ns: '', value: '1' },
      { prefix: 'b', local: 'd', ns: 'urn:b', value: '2' },
    ]);
    expect(root.children.map((child) => (typeof child === 'string' ? child : child.local))).to.deep.equal(['x&y', 'e', 'z']);
  });

  const refused: readonly (readonly [string, string, RegExp])[] = [
    ['a DTD (X01)', '<!DOCTYPE a><a/>', /document type/u],
    ['an external entity (X01)', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', /document type/u],
    ['an undefined entity (X01)', '<a>&x;</a>', /well-formed/u],
    ['a comment (X02)', '<a>b<!-- c -->d</a>', /comment/u],
    ['a processing instruction (X03)', '<a><?x y?></a>', /processing instruction/u],
    ['CDATA (X04)', '<a><![CDATA[b]]></a>', /CDATA/u],
    ['two roots (X05)', '<a/><b/>', /well-formed/u],
    ['text after the root (X05)', '<a/>b', /well-formed/u],
    ['text before the root (X05)', 'b<a/>', /well-formed/u],
    ['an unclosed element (X05)', '<a><b></a>', /well-formed/u],
    ['junk in an end tag (X05)', '<a></a b="c">', /well-formed/u],
    ['a duplicate attribute (X05)', '<a b="1" b="2"/>', /well-formed/u],
    ['a duplicate attribute by namespace (X05)', '<a xmlns:x="urn:x" xmlns:y="urn:x" x:b="1" y:b="2"/>', /well-formed/u],
    ['an undeclared prefix (X07)', '<x:a/>', /well-formed/u],
    ['a relative namespace name (X09)', '<a xmlns="foo"/>', /not absolute/u],
    ['an undeclared-again prefix (X09)', '<a xmlns:b="urn:b"><c xmlns:b=""/></a>', /absolute|well-formed/u],
    ['another encoding (X13)', '<?xml version="1.0" encoding="UTF-16"?><a/>', /UTF-8/u],
    ['XML 1.1 (X13)', '<?xml version="1.1"?><a/>', /1\.0|well-formed/u],
    ['an illegal character', '<a>\u0001</a>', /well-formed/u],
    ['nothing', '', /no element|well-formed/u],
  ];
  for (const [name, text, message] of refused) {
    it(`refuses ${name}`, () => {
      expect(refusal(text)).to.match(message);
    });
  }

  it('refuses what is too large, deep or wide, and fast (X11)', () => {
    const start = process.hrtime.bigint();
    expect(refusal(`<a>${'x'.repeat(300_000)}</a>`)).to.match(/over 256 KB/u);
    expect(refusal('<a>'.repeat(5000))).to.match(/deep/u);
    expect(refusal(`<a ${Array.from({ length: 20_000 }, (_, at) => `b${String(at)}="1"`).join(' ')}/>`)).to.match(/too many attributes/u);
    expect(refusal(`<a>${'<b/>'.repeat(20_000)}</a>`)).to.match(/too many elements/u);
    expect(refusal('x'.repeat(10_000_000))).to.match(/over/u);
    expect(Number(process.hrtime.bigint() - start) / 1e6).to.be.below(promised(1000));
  });

  it('drops comments and takes CDATA as text where it is told to', () => {
    const root = parseXml('<a>b<!-- c -->d<![CDATA[<e>]]></a>', { comments: 'drop', cdata: 'text' });
    expect(leafText(root)).to.equal('bd<e>');
  });

  it('takes UTF-8 only (X13)', () => {
    expect(decodeUtf8(Buffer.from('é'))).to.equal('é');
    for (const bytes of [Buffer.from([0xff, 0xfe, 0x3c, 0]), Buffer.from('\uFEFF<a/>'), Buffer.from('a\0b'), Buffer.from([0xc3])]) {
      expect(() => decodeUtf8(bytes)).to.throw(SignetError);
    }
  });

  it('throws nothing but SignetError, whatever comes', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('<', '>', 'a', ':', '=', '"', ' ', '/', '&', ';', '!', '[', ']', '?', '-', 'x', '\u{1F600}') }), (text) => {
        refusal(text);
        refusal(`<a>${text}</a>`);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('typed reading', () => {
  it('reads times in UTC or with a zone, fractions cut at milliseconds (CORE-02)', () => {
    expect(readDateTime('2026-11-24T09:00:00Z')).to.equal(Date.UTC(2026, 10, 24, 9));
    expect(readDateTime('2026-11-24T09:00:00.1234567Z')).to.equal(Date.UTC(2026, 10, 24, 9, 0, 0, 123));
    expect(readDateTime('2026-11-24T10:00:00+01:00')).to.equal(Date.UTC(2026, 10, 24, 9));
    for (const text of ['2026-11-24T09:00:00', '2026-11-24', 'now', '', '2026-13-24T09:00:00Z']) expect(() => readDateTime(text)).to.throw(SignetError);
  });
  it('reads flags and numbers of the schema only', () => {
    expect(['true', '1', 'false', '0'].map(readBoolean)).to.deep.equal([true, true, false, false]);
    for (const text of ['TRUE', 'yes', '']) expect(() => readBoolean(text)).to.throw(SignetError);
    expect([readUnsigned('0'), readUnsigned(' 65535 ')]).to.deep.equal([0, 65_535]);
    for (const text of ['-1', '65536', '1e3', '', '0x1']) expect(() => readUnsigned(text)).to.throw(SignetError);
  });
  it('knows XML names without colon (CORE-03)', () => {
    expect(['_1', 'a-b.c', 'é'].every(isNcName)).to.equal(true);
    expect(['1a', 'a:b', '', 'a b', 'a"'].some(isNcName)).to.equal(false);
  });
  it('refuses child elements where text is meant (X04)', () => {
    expect(() => leafText(parseXml('<a>b<c/>d</a>'))).to.throw(SignetError);
    expect(childElements(parseXml('<a>b<c/>d</a>'))).to.have.length(1);
  });
});
