/** Threats S12, S13, X10, I03, I04 and the BND rows: the same message in other clothes. */
import { deflateRawSync, deflateSync } from 'node:zlib';
import { expect } from 'chai';
import { ALG } from '../../src/xml/names.js';
import { aRelyingParty } from '../support/builders.js';
import { authnRequest, isForm, keyPairOf, redirectQuery, testIdp, type TestIdp } from '../support/saml-idp.js';
import { signQuery, signXml, type SigningPair } from '../support/signed-requests.js';
import { expectRefused, statusOf } from './attempt.js';

const DEFLATE = 'urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE';

describe('attacks on bindings', () => {
  let idp: TestIdp;
  let pair: SigningPair;
  before(async () => {
    pair = await keyPairOf('sp.example');
  });
  beforeEach(async () => {
    idp = await testIdp(aRelyingParty({ signingCertificates: [pair.certificate] }));
  });

  const request = (): string => authnRequest(idp.clock);
  const get = (query: string): ReturnType<TestIdp['get']> => idp.get('/saml/sso', query);
  const page = (check: Parameters<typeof expectRefused>[2]['check']): Parameters<typeof expectRefused>[2] => ({ answer: 'page', check });
  const succeeds = async (query: string): Promise<ReturnType<typeof isForm>> => {
    const form = isForm(await get(query));
    expect(statusOf(form.xml)).to.deep.equal(['Success']);
    return form;
  };
  const signatureChecked = (): boolean => idp.issued.at(-1)?.trace.checks.some((check) => check.id === 'request.signature-valid') === true;

  describe('a signed query', () => {
    it('BND-04: verifies whatever the order, the case of the hexadecimal digits and the encoding were', async () => {
      const lower = (text: string): string => encodeURIComponent(text).replaceAll(/%[0-9A-F]{2}/gu, (found) => found.toLowerCase());
      const all = (text: string): string => [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
      const plus = (text: string): string => encodeURIComponent(text).replaceAll('%20', '+');
      for (const encode of [encodeURIComponent, lower, all, plus]) {
        const { request: message, relayState, algorithm, signature } = signQuery(request(), pair, { relayState: 'a b&c', encode });
        for (const parts of [
          [message, relayState, algorithm, signature],
          [signature, algorithm, relayState, message],
          [algorithm, message, 'foo=bar', signature, relayState],
        ]) {
          expect((await succeeds(parts.join('&'))).fields['RelayState']).to.equal('a b&c');
          expect(signatureChecked()).to.equal(true);
        }
      }
    });

    it('BND-05: covers RelayState when it is there, empty too, and leaves out its name when it is not', async () => {
      const none = signQuery(request(), pair);
      await succeeds(none.query);
      expect((await succeeds(signQuery(request(), pair, { relayState: '' }).query)).fields['RelayState']).to.equal('');
      await expectRefused(idp, () => get(`${none.query}&RelayState=`), page('request.signature-valid'));
      await expectRefused(idp, () => get(`${none.query}&RelayState=added`), page('request.signature-valid'));
      const full = signQuery(request(), pair, { relayState: 'a' });
      await expectRefused(idp, () => get(full.query.replace('RelayState=a', 'RelayState=b')), page('request.signature-valid'));
      await expectRefused(idp, () => get(full.query.replace('RelayState=a&', '')), page('request.signature-valid'));
    });

    it('S12, BND-03: re-encoded, the same values do not verify', async () => {
      const { query, relayState } = signQuery(request(), pair, { relayState: 'a b' });
      await expectRefused(idp, () => get(query.replace(relayState, 'RelayState=a+b')), page('request.signature-valid'));
      await expectRefused(idp, () => get(query.replace(relayState, 'RelayState=%61%20b')), page('request.signature-valid'));
    });

    it('BND-03: signed in another order it does not verify', async () => {
      const one = signQuery(request(), pair, { relayState: 'a' });
      const other = signQuery(request(), pair, { relayState: 'b' });
      await expectRefused(idp, () => get([one.request, one.relayState, one.algorithm, other.signature].join('&')), page('request.signature-valid'));
    });

    it('BND-06: needs SigAlg and Signature, each once and legible', async () => {
      const { request: message, algorithm, signature, query } = signQuery(request(), pair);
      await expectRefused(idp, () => get([message, signature].join('&')), page('request.binding'));
      await expectRefused(idp, () => get([message, algorithm].join('&')), page('request.binding'));
      await expectRefused(idp, () => get(`${query}&${signature}`), page('request.binding'));
      await expectRefused(idp, () => get(`${query}&${algorithm}`), page('request.binding'));
      await expectRefused(idp, () => get([message, algorithm, 'Signature='].join('&')), page('request.decodable'));
      await expectRefused(idp, () => get([message, algorithm, 'Signature=%21%21'].join('&')), page('request.decodable'));
      await expectRefused(idp, () => get([message, `${algorithm}x`, signature].join('&')), page('request.signature-valid'));
    });

    it('BND-07: must say where it was sent', async () => {
      const nowhere = authnRequest(idp.clock, { attributes: { Destination: undefined } });
      await expectRefused(idp, () => get(signQuery(nowhere, pair).query), page('request.destination'));
      await expectRefused(
        idp,
        () => idp.post('/saml/sso', { SAMLRequest: Buffer.from(signXml(nowhere, pair)).toString('base64') }),
        page('request.destination'),
      );
      await succeeds(redirectQuery(nowhere));
    });

    it('S12: the message of one signature under another', async () => {
      const one = signQuery(request(), pair);
      const other = signQuery(authnRequest(idp.clock, { attributes: { ID: '_other', ForceAuthn: 'false' } }), pair);
      await expectRefused(idp, () => get([other.request, one.algorithm, one.signature].join('&')), page('request.signature-valid'));
    });

    it('S13: an embedded signature on Redirect does not stand in for the query, nor beside it', async () => {
      const embedded = signXml(request(), pair);
      await expectRefused(idp, () => get(signQuery(embedded, pair).query), page('request.signature-valid'));
      const foreign = signXml(request(), await keyPairOf('stranger'));
      await expectRefused(idp, () => get(redirectQuery(foreign)), page('request.signature-valid'));
    });
  });

  describe('parameters', () => {
    const repeated = [
      'SAMLRequest=abc',
      'SAMLRequest',
      'SAML%52equest=abc',
      'RelayState=a&RelayState=a',
      'RelayState=a&Relay%53tate=b',
      'SAMLEncoding=&SAMLEncoding=',
    ];
    for (const more of repeated) {
      it(`S12, BND-06, BND-21: ${more}`, async () => {
        await expectRefused(idp, () => get(redirectQuery(request(), `&${more}`)), page('request.binding'));
      });
    }

    it('BND-21: a response beside the request, in either binding and across both', async () => {
      const message = Buffer.from(request()).toString('base64');
      const value = encodeURIComponent(message);
      await expectRefused(idp, () => get(redirectQuery(request(), `&SAMLResponse=${value}`)), page('request.binding'));
      await expectRefused(idp, () => idp.post('/saml/sso', { SAMLRequest: message, SAMLResponse: message }), page('request.binding'));
      for (const rawQuery of [redirectQuery(request()), `SAMLResponse=${value}`, 'a=b&Signature=c', 'SigAlg=x']) {
        await expectRefused(idp, () => idp.post('/saml/sso', { SAMLRequest: message }, { rawQuery }), page('request.binding'));
      }
    });

    it('S13: a signature of the query in a form, and a message deflated for POST', async () => {
      const message = Buffer.from(request()).toString('base64');
      await expectRefused(idp, () => idp.post('/saml/sso', { SAMLRequest: message, Signature: 'QUJD', SigAlg: ALG.rsaSha256 }), page('request.binding'));
      await expectRefused(idp, () => idp.post('/saml/sso', { SAMLRequest: message, SAMLEncoding: DEFLATE }), page('request.binding'));
      const deflated = deflateRawSync(request()).toString('base64');
      await expectRefused(idp, () => idp.post('/saml/sso', { SAMLRequest: deflated }), page('request.decodable'));
    });

    it('BND-01: not deflated, with a zlib header, or base64 for URLs', async () => {
      const send = (bytes: Buffer, encoding: 'base64' | 'base64url' = 'base64'): ReturnType<TestIdp['get']> =>
        get(`SAMLRequest=${encodeURIComponent(bytes.toString(encoding))}`);
      await expectRefused(idp, () => send(Buffer.from(request())), page('request.decodable'));
      await expectRefused(idp, () => send(deflateSync(request())), page('request.decodable'));
      await expectRefused(idp, () => get('SAMLRequest=a-_b'), page('request.decodable'));
      await expectRefused(idp, () => get('SAMLRequest='), page('request.decodable'));
      await expectRefused(idp, () => get('SAMLRequest=%C3%28'), page('request.decodable'));
    });

    it('BND-02: the encoding named as the one there is, and no other', async () => {
      await succeeds(redirectQuery(request(), `&SAMLEncoding=${encodeURIComponent(DEFLATE)}`));
      await expectRefused(idp, () => get(redirectQuery(request(), '&SAMLEncoding=')), page('request.decodable'));
      await expectRefused(idp, () => get(redirectQuery(request(), `&SAMLEncoding=${encodeURIComponent(DEFLATE.toLowerCase())}`)), page('request.decodable'));
    });

    it('BND-11: base64 with line breaks is read in a form', async () => {
      const message = Buffer.from(request())
        .toString('base64')
        .replaceAll(/(.{76})/gu, '$1\r\n');
      expect(statusOf(isForm(await idp.post('/saml/sso', { SAMLRequest: message })).xml)).to.deep.equal(['Success']);
    });

    it('BND-23: each address takes the methods of its bindings and no other', () => {
      const methods = idp.routes.map((route) => [route.path, route.methods]);
      expect(methods).to.deep.equal([
        ['/saml/sso', ['GET', 'POST']],
        ['/saml/sso/init', ['GET']],
        ['/saml/slo', ['GET', 'POST']],
        ['/saml/metadata', ['GET']],
        ['/wsfed', ['GET', 'POST']],
        ['/adfs/ls', ['GET', 'POST']],
        ['/adfs/ls/', ['GET', 'POST']],
        ['/adfs/ls/idpinitiatedsignon', ['GET', 'POST']],
        ['/adfs/ls/idpinitiatedsignon.aspx', ['GET', 'POST']],
        ['/adfs/probe', ['GET']],
        ['/logout/run', ['GET']],
        ['/logout/progress', ['GET']],
        ['/logout/frame', ['GET']],
        ['/logout/done', ['GET']],
      ]);
    });
  });

  describe('RelayState', () => {
    const values = [
      'x'.repeat(80),
      'x'.repeat(81),
      'x'.repeat(2048),
      'ü€\u{1F600} and more',
      '&<"\'>',
      '"><script>alert(1)</script>',
      'javascript:alert(1)',
      'https://evil.example/',
      '//evil.example',
      'a\r\nSet-Cookie: b=c',
      '{NameID} $& $1 ${x} <%= x %>',
      '%41%42',
      ' ',
      '',
    ];
    for (const value of values) {
      it(`BND-09, BND-10, BND-11, I03, I04: ${JSON.stringify(value).slice(0, 40)} comes back as it is, and only there`, async () => {
        const byQuery = isForm(await get(redirectQuery(request(), `&RelayState=${encodeURIComponent(value)}`)));
        const byForm = isForm(await idp.post('/saml/sso', { SAMLRequest: Buffer.from(request()).toString('base64'), RelayState: value }));
        for (const form of [byQuery, byForm]) {
          expect(form.fields['RelayState']).to.equal(value);
          expect(form.action).to.equal('https://app.example/acs');
        }
      });
    }

    it('I04: beyond 2 KiB, counted in octets, it is refused', async () => {
      for (const value of ['x'.repeat(2049), 'ü'.repeat(1025)]) {
        await expectRefused(idp, () => get(redirectQuery(request(), `&RelayState=${encodeURIComponent(value)}`)), page('request.relaystate'));
        const message = Buffer.from(request()).toString('base64');
        await expectRefused(idp, () => idp.post('/saml/sso', { SAMLRequest: message, RelayState: value }), page('request.relaystate'));
        const start = `sp=${encodeURIComponent('https://app.example/metadata')}&RelayState=${encodeURIComponent(value)}`;
        await expectRefused(idp, () => idp.get('/saml/sso/init', start), page('request.relaystate'));
      }
    });

    it('BND-09: without one in the request there is none in the answer', async () => {
      expect((await succeeds(redirectQuery(request()))).fields).to.have.all.keys('SAMLResponse');
    });

    it('BND-10: one that looks like an address is followed by nobody here, started here as well', async () => {
      const form = isForm(await idp.get('/saml/sso/init', `sp=${encodeURIComponent('https://app.example/metadata')}&RelayState=javascript%3Aalert(1)`));
      expect([form.action, form.fields['RelayState']]).to.deep.equal(['https://app.example/acs', 'javascript:alert(1)']);
    });
  });
});
