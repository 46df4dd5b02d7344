import { deflateRawSync, deflateSync } from 'node:zlib';
import { expect } from 'chai';
import { decodeRedirect, encodeRedirect } from '../../../../src/protocols/saml/bindings/redirect.js';
import { aTrace, checkThrownBy } from '../../../support/builders.js';

const XML = '<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_1"/>';
const encode = (xml: string): string => encodeURIComponent(deflateRawSync(xml).toString('base64'));
const decode = (query: string): ReturnType<typeof decodeRedirect> => decodeRedirect(query, aTrace());
const checkOf = (query: string): Promise<string | undefined> => checkThrownBy(() => decode(query));

describe('HTTP-Redirect binding', () => {
  it('reads raw DEFLATE, base64, URL-encoded (BND-01)', () => {
    expect(decode(`SAMLRequest=${encode(XML)}`)).to.deep.include({ relayState: undefined, signature: undefined });
    expect(decode(`SAMLRequest=${encode(XML)}`).xml.toString()).to.equal(XML);
  });

  it('keeps RelayState to the byte, an empty one too (BND-09)', () => {
    const value = 'a&b="ü<"+ ';
    expect(decode(`SAMLRequest=${encode(XML)}&RelayState=${encodeURIComponent(value)}`).relayState).to.equal(value);
    expect(decode(`RelayState=&SAMLRequest=${encode(XML)}`).relayState).to.equal('');
    expect(decode(`RelayState=a+b&SAMLRequest=${encode(XML)}`).relayState).to.equal('a b');
  });

  it('rebuilds what was signed from the octets as received, in the order of the specification (BND-03, BND-04, BND-05, S12)', () => {
    const request = encode(XML).replaceAll('%2B', '%2b').replaceAll('%3D', '%3d');
    const query = `Signature=QUJD&RelayState=a%20b&SigAlg=urn%3ax&SAMLRequest=${request}`;
    expect(decode(query).signature?.octets).to.equal(`SAMLRequest=${request}&RelayState=a%20b&SigAlg=urn%3ax`);
    expect(decode(`SAMLRequest=${request}&SigAlg=urn%3Ax&Signature=QUJD`).signature?.octets).to.equal(`SAMLRequest=${request}&SigAlg=urn%3Ax`);
    expect(decode(`SAMLRequest=${request}&RelayState=&SigAlg=urn%3Ax&Signature=QUJD`).signature?.octets).to.equal(
      `SAMLRequest=${request}&RelayState=&SigAlg=urn%3Ax`,
    );
  });

  const refused: readonly (readonly [string, string, string])[] = [
    ['no message', 'RelayState=x', 'request.binding'],
    ['a repeated parameter (BND-06, S12)', `SAMLRequest=${encode(XML)}&SAMLRequest=${encode(XML)}`, 'request.binding'],
    ['SAMLRequest beside SAMLResponse (BND-21)', `SAMLRequest=${encode(XML)}&SAMLResponse=${encode(XML)}`, 'request.binding'],
    ['Signature without SigAlg (BND-06)', `SAMLRequest=${encode(XML)}&Signature=QUJD`, 'request.binding'],
    ['SigAlg without Signature (BND-06)', `SAMLRequest=${encode(XML)}&SigAlg=urn%3Ax`, 'request.binding'],
    ['an unknown SAMLEncoding (BND-02)', `SAMLRequest=${encode(XML)}&SAMLEncoding=urn%3Ax`, 'request.decodable'],
    ['broken percent-encoding (U18)', 'SAMLRequest=%zz', 'request.decodable'],
    ['something other than base64', 'SAMLRequest=%3Cxml%3E', 'request.decodable'],
    ['an empty message', 'SAMLRequest=', 'request.decodable'],
    ['a zlib header (BND-01)', `SAMLRequest=${encodeURIComponent(deflateSync(XML).toString('base64'))}`, 'request.decodable'],
    [
      'bytes after the stream (X10)',
      `SAMLRequest=${encodeURIComponent(Buffer.concat([deflateRawSync(XML), Buffer.from('junk')]).toString('base64'))}`,
      'request.decodable',
    ],
    ['an inflate bomb (X10)', `SAMLRequest=${encodeURIComponent(deflateRawSync(Buffer.alloc(20_000_000)).toString('base64'))}`, 'request.size'],
    ['a RelayState over 2 KiB (I04)', `SAMLRequest=${encode(XML)}&RelayState=${'x'.repeat(2049)}`, 'request.relaystate'],
  ];
  for (const [name, query, check] of refused) {
    it(`refuses ${name}`, async () => {
      expect(await checkOf(query)).to.equal(check);
    });
  }

  it('takes the default SAMLEncoding by name (BND-02)', () => {
    const name = encodeURIComponent('urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE');
    expect(decode(`SAMLRequest=${encode(XML)}&SAMLEncoding=${name}`).xml.toString()).to.equal(XML);
  });

  it('reads an answer as it reads a request, each under its own name only (BND-21)', async () => {
    const query = `SAMLResponse=${encode(XML)}&SigAlg=urn%3Ax&Signature=QUJD`;
    expect(decodeRedirect(query, aTrace(), 'SAMLResponse').signature?.octets).to.equal(`SAMLResponse=${encode(XML)}&SigAlg=urn%3Ax`);
    expect(await checkOf(query)).to.equal('request.binding');
    expect(await checkThrownBy(() => decodeRedirect(`SAMLRequest=${encode(XML)}`, aTrace(), 'SAMLResponse'))).to.equal('request.binding');
  });

  describe('writing', () => {
    const write = async (address: string, relayState: string | undefined): Promise<{ readonly url: URL; readonly text: string; readonly signed: string[] }> => {
      const signed: string[] = [];
      const sign = (octets: string): Promise<Buffer> => {
        signed.push(octets);
        return Promise.resolve(Buffer.from('ABC'));
      };
      const text = await encodeRedirect(address, { parameter: 'SAMLResponse', xml: XML, relayState }, { algorithm: 'urn:x', sign });
      return { url: new URL(text), text, signed };
    };

    it('signs the very octets it sends, and what it sends can be read (BND-01, BND-03)', async () => {
      const { url, signed } = await write('https://a.example/slo', 'a&b="ü<"+ ');
      const message = decodeRedirect(url.search.slice(1), aTrace(), 'SAMLResponse');
      expect([message.xml.toString(), message.relayState, message.signature?.algorithm]).to.deep.equal([XML, 'a&b="ü<"+ ', 'urn:x']);
      expect([message.signature?.octets, message.signature?.value.toString()]).to.deep.equal([signed[0], 'ABC']);
    });

    it('leaves out RelayState where there was none, and keeps the query of the address (BND-09)', async () => {
      expect((await write('https://a.example/slo', undefined)).text).to.match(/^https:\/\/a\.example\/slo\?SAMLResponse=[^&]+&SigAlg=urn%3Ax&Signature=QUJD$/u);
      expect((await write('https://a.example/slo?tenant=1', '')).text).to.match(/slo\?tenant=1&SAMLResponse=[^&]+&RelayState=&SigAlg=/u);
    });
  });
});
