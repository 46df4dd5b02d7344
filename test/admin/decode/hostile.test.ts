import { deflateRawSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import { decode, isSound, MOST_BYTES } from '../../../src/admin/decode/decode.js';
import { SignetError } from '../../../src/core/errors.js';
import { NOW, thrownBy } from '../../support/builders.js';
import { authnRequest, BASE, SSO_URL } from '../../support/saml-idp.js';
import { signQuery } from '../../support/signed-requests.js';
import { signInQuery } from '../../support/wsfed-party.js';
import { base64, type DecodeBench, decodeBench, idsOf, valueOf, verdicts } from './bench.js';

describe('decoding what others recorded or made up', () => {
  let app: DecodeBench['app'];
  let context: DecodeBench['context'];
  let decodedOf: DecodeBench['decodedOf'];
  let one: DecodeBench['one'];
  let answer: DecodeBench['answer'];
  before(async () => {
    ({ app, context, decodedOf, one, answer } = await decodeBench());
  });

  describe('recordings', () => {
    it('give every message of their requests, in order, and no secret', async () => {
      const { query } = signQuery(authnRequest({ now: () => NOW }), app, { relayState: 'a' });
      const entry = (method: string, url: string, postData?: unknown): unknown => ({
        startedDateTime: `2026-11-24T09:00:0${String(method.length)}.000Z`,
        request: { method, url, cookies: [{ name: 'sid', value: 'COOKIE' }], headers: [{ name: 'Cookie', value: 'sid=COOKIE' }], postData },
        response: { headers: [{ name: 'Set-Cookie', value: 'sid=COOKIE' }] },
      });
      const har = {
        log: {
          entries: [
            entry('GET', `${SSO_URL}?${query}#top`),
            entry('POST', `${BASE}/login?x=TOKEN`, { text: 'username=maria&password=PASSWORD' }),
            entry('POST', 'https://app.example/acs?secret=TOKEN', {
              params: [
                { name: 'SAMLResponse', value: encodeURIComponent(base64(await answer())) },
                { name: 'password', value: 'PASSWORD' },
              ],
            }),
            entry('GET', `${BASE}/wsfed?${signInQuery()}`),
          ],
        },
      };
      const decoded = await decodedOf(JSON.stringify(har));
      expect(decoded.messages.map(({ title, request }) => [title, request?.method, request?.url])).to.deep.equal([
        ['SAML 2.0 AuthnRequest by HTTP-Redirect', 'GET', SSO_URL],
        ['SAML 2.0 Response', 'POST', 'https://app.example/acs'],
        ['WS-Federation wsignin1.0', 'GET', `${BASE}/wsfed`],
      ]);
      expect(decoded.messages.map(verdicts)).to.deep.equal([[true], [true, true], []]);
      expect(JSON.stringify(decoded)).not.to.match(/COOKIE|PASSWORD|TOKEN/u);
      expect((await thrownBy(() => decodedOf('{"log":{"entries":[]}}'))).message).to.match(/^It is a recording \(HAR\) without a message/u);
    });

    it('of OAuth show no code and no secret', async () => {
      const message = await one('https://app.example/cb?client_id=a&code=CODE&client_secret=SECRET&other=THING');
      expect(JSON.stringify(message)).not.to.match(/CODE|SECRET|THING/u);
      expect(idsOf(message)).to.deep.equal(['secret.hidden']);
    });
  });

  describe('hostile input', () => {
    it('with a document type declaration is not read (X01)', async () => {
      const decoded = await decodedOf('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>');
      expect(decoded.messages.map(idsOf)).to.deep.equal([['xml.dtd']]);
      expect(isSound(decoded)).to.equal(false);
    });

    it('with a comment in the name is shown whole and named (X02)', async () => {
      const bent = (await answer()).replace(/(<saml:NameID[^>]*>)([^<]*)</u, '$1admin@example.com<!-- -->$2<');
      const message = await one(bent);
      expect(valueOf(message, 'name identifier')).to.match(/^admin@example\.com.+\(urn/u);
      expect(idsOf(message)).to.include('xml.comment');
      expect(message.findings.find(({ id }) => id === 'xml.comment')?.sentence).to.match(
        /comment is not allowed \(line 1, column \d+\), and one stands in the name identifier\.$/u,
      );
      expect(verdicts(message)).not.to.include(true);
    });

    it('that is deep, cut, or of the wrong form is said to be', async () => {
      for (const [input, id] of [
        ['<a>'.repeat(100_000), 'xml.unreadable'],
        [(await answer()).slice(0, -20), 'xml.unreadable'],
        ['<?xml-stylesheet href="x"?><a/>', 'xml.unreadable'],
        [authnRequest({ now: () => NOW }).replace('https://app.example/metadata', '<b/>'), 'xml.shape'],
      ] as const) {
        expect(idsOf(await one(input)), input.slice(0, 50)).to.include(id);
      }
    });

    it('that inflates beyond bounds, or is too large, is one clear line (X10)', async () => {
      const bomb = deflateRawSync(Buffer.alloc(5 * 1024 * 1024, 0x20));
      for (const input of [bomb, bomb.toString('base64'), `SAMLRequest=${encodeURIComponent(bomb.toString('base64'))}`])
        expect((await thrownBy(() => decodedOf(input))).message).to.equal('It inflates to more than 256 KB, which no message does; it is not read.');
      expect((await thrownBy(() => decodedOf(Buffer.alloc(MOST_BYTES + 1)))).message).to.match(/^It has 20971521 bytes; the limit is 20971520\.$/u);
    });

    it('throws nothing but refusals, whatever the bytes are', async () => {
      const seed = Buffer.from(await answer());
      const { query } = signQuery(authnRequest({ now: () => NOW }), app, { relayState: 'a' });
      const bent = (from: Buffer): fc.Arbitrary<Buffer> =>
        fc
          .tuple(fc.nat(from.length - 1), fc.nat(40), fc.uint8Array({ maxLength: 4 }))
          .map(([at, cut, bytes]) => Buffer.concat([from.subarray(0, at), bytes, from.subarray(at + cut)]));
      const inputs = fc.oneof(
        fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
        fc.stringMatching(/^[{}<>/?&=%+.:"aA0 _[\]-]*$/u).map((text) => Buffer.from(text)),
        bent(seed),
        bent(Buffer.from(query)),
        bent(seed).map((bytes) => Buffer.from(bytes.toString('base64'))),
        fc.json().map((text) => Buffer.from(`{"log":{"entries":[{"request":${text}}]}}`)),
        fc
          .tuple(fc.json(), fc.json())
          .map(([header, body]) => Buffer.from(`${Buffer.from(header).toString('base64url')}.${Buffer.from(body).toString('base64url')}.AA`)),
      );
      await fc.assert(
        fc.asyncProperty(inputs, async (input) => {
          try {
            const { messages } = await decode(input, context);
            expect(messages).not.to.deep.equal([]);
          } catch (error) {
            expect(error, String(error)).to.be.instanceOf(SignetError).and.include({ code: 'invalid_input' });
          }
        }),
        { numRuns: 200 },
      );
    });
  });
});
