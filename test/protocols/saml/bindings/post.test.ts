import { expect } from 'chai';
import { decodePost, encodePost } from '../../../../src/protocols/saml/bindings/post.js';
import { aTrace, checkThrownBy } from '../../../support/builders.js';

const message = Buffer.from('<a/>').toString('base64');
const decode = (fields: Readonly<Record<string, string>>, query = ''): ReturnType<typeof decodePost> =>
  decodePost(new Map(Object.entries(fields)), query, aTrace());

describe('HTTP-POST binding', () => {
  it('reads base64 that is not deflated, white space tolerated (BND-11)', () => {
    expect(decode({ SAMLRequest: message, RelayState: 'x' })).to.deep.include({ relayState: 'x' });
    expect(decode({ SAMLRequest: ` ${message.slice(0, 3)}\r\n${message.slice(3)}` }).xml.toString()).to.equal('<a/>');
  });

  const refused: readonly (readonly [string, Readonly<Record<string, string>>, string, string])[] = [
    ['no message', {}, '', 'request.binding'],
    ['a message in the query as well (BND-21, S13)', { SAMLRequest: message }, 'SAMLRequest=abc', 'request.binding'],
    ['a response beside it (BND-21)', { SAMLRequest: message, SAMLResponse: message }, '', 'request.binding'],
    ['a detached signature (S13)', { SAMLRequest: message, Signature: 'QUJD' }, '', 'request.binding'],
    ['a message over 256 KiB', { SAMLRequest: Buffer.alloc(300_000, 65).toString('base64') }, '', 'request.size'],
    ['something other than base64', { SAMLRequest: '<a/>' }, '', 'request.decodable'],
  ];
  for (const [name, fields, query, check] of refused) {
    it(`refuses ${name}`, async () => {
      expect(await checkThrownBy(() => decode(fields, query))).to.equal(check);
    });
  }

  it('sends RelayState only where one was received (BND-09)', () => {
    const about = { parameter: 'SAMLResponse', value: 'eA==', applicationName: 'Acme' } as const;
    expect(encodePost('https://a/acs', { ...about, relayState: undefined }).fields).to.deep.equal({ SAMLResponse: 'eA==' });
    expect(encodePost('https://a/acs', { ...about, relayState: '' }).fields).to.deep.equal({ SAMLResponse: 'eA==', RelayState: '' });
  });

  it('carries requests and answers both ways, and takes the one for the other never (BND-21)', async () => {
    const form = new Map([['SAMLResponse', message]]);
    expect(decodePost(form, '', aTrace(), 'SAMLResponse').xml.toString()).to.equal('<a/>');
    const both = new Map([...form, ['SAMLRequest', message]] as const);
    for (const wanted of ['SAMLRequest', 'SAMLResponse'] as const) {
      expect(await checkThrownBy(() => decodePost(both, '', aTrace(), wanted))).to.equal('request.binding');
    }
    expect(await checkThrownBy(() => decodePost(new Map([['SAMLRequest', message]]), '', aTrace(), 'SAMLResponse'))).to.equal('request.binding');
    const request = encodePost('https://a/slo', { parameter: 'SAMLRequest', value: 'eA==', relayState: undefined, applicationName: 'Acme' });
    expect(request.fields).to.deep.equal({ SAMLRequest: 'eA==' });
  });
});
