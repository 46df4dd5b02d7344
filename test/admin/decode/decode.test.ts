import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { SAML } from '@node-saml/node-saml';
import { expect } from 'chai';
import { isSound } from '../../../src/admin/decode/decode.js';
import { FINDINGS } from '../../../src/admin/decode/findings.js';
import { packageFolder } from '../../../src/app/package.js';
import { resolveRelyingParty } from '../../../src/core/model/relying-party.js';
import { NOW, thrownBy } from '../../support/builders.js';
import { authnRequest, BASE, isForm, redirectQuery, SSO_URL, testIdpWith, WSFED_ISSUER } from '../../support/saml-idp.js';
import { delivered, REALM, signInQuery } from '../../support/wsfed-party.js';
import { pem } from '../../support/xml-oracles.js';
import { base64, type DecodeBench, decodeBench, idsOf, valueOf, verdicts } from './bench.js';

const MINUTE = 60_000;

describe('decoding', () => {
  let idp: DecodeBench['idp'];
  let app: DecodeBench['app'];
  let record: DecodeBench['record'];
  let contextAt: DecodeBench['contextAt'];
  let decodedOf: DecodeBench['decodedOf'];
  let one: DecodeBench['one'];
  let answer: DecodeBench['answer'];
  let context: DecodeBench['context'];
  before(async () => {
    ({ context, idp, app, record, contextAt, decodedOf, one, answer } = await decodeBench());
  });

  it('remarks on nothing that docs/decode.md does not explain', () => {
    const page = readFileSync(join(packageFolder(), 'docs', 'decode.md'), 'utf8');
    const explained = [...page.matchAll(/^\| `([a-z0-9.-]+)` \| (\w+) \|/gmu)].map(([, id, level]) => `${id ?? ''} ${level ?? ''}`);
    expect(explained).to.have.members(Object.entries(FINDINGS).map(([id, { level }]) => `${id} ${level}`));
  });

  describe('recognises', () => {
    const REQUEST = authnRequest({ now: () => NOW - 5 * MINUTE });
    const deflated = deflateRawSync(REQUEST).toString('base64');
    const ways: readonly (readonly [name: string, input: string | Buffer, title: string, steps: string])[] = [
      ['XML', REQUEST, 'SAML 2.0 AuthnRequest', 'XML'],
      ['XML behind white space, in UTF-16', Buffer.from(`\ufeff \n${REQUEST}`, 'utf16le'), 'SAML 2.0 AuthnRequest', 'XML'],
      ['base64 in lines', base64(REQUEST).replaceAll(/(.{60})/gu, '$1\r\n'), 'SAML 2.0 AuthnRequest', 'base64 XML'],
      ['base64url', Buffer.from(REQUEST).toString('base64url'), 'SAML 2.0 AuthnRequest', 'base64 XML'],
      ['base64 of DEFLATE', deflated, 'SAML 2.0 AuthnRequest', 'base64 DEFLATE XML'],
      ['DEFLATE', deflateRawSync(REQUEST), 'SAML 2.0 AuthnRequest', 'DEFLATE XML'],
      [
        'percent-encoded base64 of DEFLATE',
        encodeURIComponent(`${deflated}==`.replace(/={3,}$/u, '==')),
        'SAML 2.0 AuthnRequest',
        'percent-encoding base64 DEFLATE XML',
      ],
      [
        'an address',
        `${SSO_URL}?${redirectQuery(REQUEST)}&RelayState=a%20b`,
        'SAML 2.0 AuthnRequest by HTTP-Redirect',
        'address SAMLRequest base64 DEFLATE XML',
      ],
      ['a path', `/saml/sso?${redirectQuery(REQUEST)}`, 'SAML 2.0 AuthnRequest by HTTP-Redirect', 'address SAMLRequest base64 DEFLATE XML'],
      ['a form', `SAMLRequest=${encodeURIComponent(base64(REQUEST))}&RelayState=x`, 'SAML 2.0 AuthnRequest', 'parameters SAMLRequest base64 XML'],
      [
        'a SOAP envelope',
        `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>${REQUEST}</s:Body></s:Envelope>`,
        'SAML 2.0 AuthnRequest',
        'XML SOAP',
      ],
    ];
    for (const [name, input, title, steps] of ways) {
      it(name, async () => {
        const message = await one(input);
        expect(message).to.include({ title });
        expect(message.steps.join(' ')).to.equal(steps);
        expect(valueOf(message, 'issuer')).to.equal('https://app.example/metadata');
        expect(valueOf(message, 'issued')).to.equal('2026-11-24 08:55:00Z, 5 minutes ago');
        expect(valueOf(message, 'destination')).to.equal(SSO_URL);
        expect(idsOf(message)).to.deep.equal([]);
      });
    }

    const hints: readonly (readonly [name: string, input: string, title: RegExp, finding: string | undefined])[] = [
      ['metadata', '<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="urn:a"/>', /^metadata$/u, 'hint.metadata'],
      ['CLIXML', '<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"/>', /CLIXML/u, 'hint.import'],
      ['an export as JSON', '[{"Name":"A","SamlEndpoints":[]}]', /AD FS/u, 'hint.import'],
      [
        'a WS-Federation request',
        `https://sts.example/adfs/ls/?${signInQuery({ wreply: 'https://wiki.example/', wfresh: '0' })}`,
        /^WS-Federation wsignin1\.0$/u,
        undefined,
      ],
      [
        'an OAuth request',
        'https://as.example/authorize?client_id=a&redirect_uri=https%3A%2F%2Fa.example%2F&response_type=code',
        /^OAuth authorization request$/u,
        undefined,
      ],
    ];
    for (const [name, input, title, finding] of hints) {
      it(name, async () => {
        const message = await one(input);
        expect(message.title).to.match(title);
        expect(idsOf(message)).to.deep.equal(finding === undefined ? [] : [finding]);
      });
    }

    it('nothing else, and says what it looked for', async () => {
      for (const input of [
        '',
        'hello',
        '{}',
        '[1]',
        '<html xmlns="http://www.w3.org/1999/xhtml"/>',
        'aGVsbG8=',
        'a.b.c',
        'https://a.example/?x=y',
        Buffer.from([0xff, 0x00]),
      ])
        expect((await thrownBy(() => decodedOf(input))).message, String(input)).to.match(/^It is nothing that is known here: looked for XML/u);
      expect((await thrownBy(() => decodedOf('{"a'))).message).to.equal('It begins like JSON and is none.');
      expect((await thrownBy(() => decodedOf('PK\u0003\u0004zip'))).message).to.match(/^It is a zip archive/u);
    });
  });

  describe('shows', () => {
    it('what we answer by POST, verified by our own key', async () => {
      const message = await one(`SAMLResponse=${encodeURIComponent(base64(await answer()))}`);
      expect(message.title).to.equal('SAML 2.0 Response');
      expect(message.signatures.map(({ of }) => of.split(' ')[0])).to.deep.equal(['Response', 'Assertion']);
      for (const { verified, sentence, algorithm } of message.signatures) {
        expect(verified).to.equal(true);
        expect(algorithm).to.equal('rsa-sha256, sha256');
        expect(sentence).to.match(/^verified: it is of our signing key key-1 \(active\); it covers (?:Response|Assertion) _\S+ and everything in it$/u);
      }
      expect(message.sections.slice(1).map(({ verified }) => verified)).to.deep.equal([true, true]);
      expect(valueOf(message, 'name identifier')).to.match(/^\S+ \(urn:/u);
      expect(valueOf(message, 'audience')).to.equal('https://app.example/metadata');
      expect(valueOf(message, 'reply address')).to.equal('https://app.example/acs');
      expect(valueOf(message, 'in response to')).to.equal('_request1');
      expect(valueOf(message, 'urn:oid:2.5.4.42')).to.equal('Maria');
      expect(idsOf(message)).to.deep.equal([]);
      const later = await decodedOf(base64(await answer()), await contextAt(NOW + 3600 * 1000));
      expect(later.messages.map(idsOf)).to.deep.equal([['time.expired']]);
      expect(isSound(later)).to.equal(true);
    });

    it('what we answer to WS-Federation, with its SAML 1.1 token', async () => {
      const reply = await idp.get('/wsfed', signInQuery());
      if (reply.kind !== 'post-form') throw new Error('no form');
      const { wresult } = delivered(reply.action, reply.fields);
      const message = await one(`wa=wsignin1.0&wresult=${encodeURIComponent(wresult)}&wctx=secret-free`);
      expect(message.title).to.equal('WS-Federation wsignin1.0: WS-Trust RequestSecurityTokenResponse');
      expect(verdicts(message)).to.deep.equal([true]);
      expect(valueOf(message, 'applies to')).to.equal(REALM);
      expect(valueOf(message, 'issuer')).to.equal(WSFED_ISSUER);
      expect(valueOf(message, 'state (wctx)')).to.equal('secret-free');
      const bent = await one(wresult.replace('>maria<', '>mario<'));
      expect(verdicts(bent)).to.deep.equal([false]);
      expect(idsOf(bent)).to.deep.equal(['signature.wrong']);
    });

    it('what of an encrypted answer can be read', async () => {
      const party = { ...resolveRelyingParty(record), encryptionKeys: [{ certificate: app.certificate, methods: [] }] };
      const other = await testIdpWith({}, party);
      const message = await one(isForm(await other.get('/saml/sso', redirectQuery(authnRequest(other.clock)))).xml);
      expect(verdicts(message)).to.deep.equal([true]);
      expect(valueOf(message, 'content')).to.equal('aes256-gcm');
      expect(valueOf(message, 'for')).to.equal('https://app.example/metadata');
      expect(idsOf(message)).to.deep.equal(['assertion.encrypted']);
      expect(valueOf(message, 'name identifier')).to.equal(undefined);
    });

    it('requests of node-saml, signed over the query and inside, by the application that signed', async () => {
      const privateKey = pem(app.privateKey.toString('base64'), 'PRIVATE KEY');
      const common = {
        entryPoint: SSO_URL,
        issuer: 'https://app.example/metadata',
        callbackUrl: 'https://app.example/acs',
        idpCert: pem(idp.certificate),
        privateKey,
        signatureAlgorithm: 'sha256' as const,
        digestAlgorithm: 'sha256' as const,
      };
      const url = await new SAML(common).getAuthorizeUrlAsync('/deep?a=ü', undefined, {});
      const within = await contextAt(Date.now());
      const redirected = await one(url, within);
      expect(redirected.signatures[0]).to.deep.include({ of: 'the query', verified: true });
      expect(redirected.signatures[0]?.sentence).to.equal(
        'verified: it is of Acme Expenses; it covers SAMLRequest, RelayState and SigAlg as they stand in the query',
      );
      expect(valueOf(redirected, 'state (RelayState)')).to.equal('/deep?a=ü');
      expect(redirected.sections.at(-1)?.verified).to.equal(false);
      const form = await new SAML({ ...common, authnRequestBinding: 'HTTP-POST', skipRequestCompression: true }).getAuthorizeMessageAsync('x');
      const posted = await one(`SAMLRequest=${encodeURIComponent(String(form['SAMLRequest']))}`, within);
      expect(verdicts(posted)).to.deep.equal([true]);
      expect(posted.signatures[0]?.sentence).to.match(/it is of Acme Expenses/u);
    });

    it('a sign-out request with its name and session, and the status of a refusal', async () => {
      const message = await one(
        `<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_l" Version="2.0" IssueInstant="2026-11-24T09:30:00Z"><saml:Issuer>urn:nobody</saml:Issuer><saml:NameID>maria</saml:NameID><samlp:SessionIndex>s1</samlp:SessionIndex></samlp:LogoutRequest>`,
      );
      expect([valueOf(message, 'name identifier'), valueOf(message, 'session')]).to.deep.equal(['maria (no format)', 's1']);
      expect(idsOf(message)).to.deep.equal(['issuer.unknown', 'time.future']);
      const refusal = await one(
        `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_r" Version="2.0" IssueInstant="2026-11-24T09:00:00Z"><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Responder"><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:NoPassive"/></samlp:StatusCode><samlp:StatusMessage>SGN-2345-6789</samlp:StatusMessage></samlp:Status></samlp:Response>`,
      );
      expect([valueOf(refusal, 'status'), valueOf(refusal, 'status message')]).to.deep.equal(['Responder, NoPassive', 'SGN-2345-6789']);
      expect(idsOf(refusal)).to.include('status.refused');
    });

    it('addresses that are not ours or not registered', async () => {
      const attributes = { Destination: `${BASE}.evil.example/saml/sso`, AssertionConsumerServiceURL: 'https://app.example/other' };
      expect(idsOf(await one(authnRequest({ now: () => NOW }, { attributes })))).to.deep.equal(['destination.foreign', 'reply.unregistered']);
      const ours = (await answer()).replaceAll('https://app.example/acs', 'https://old.example/acs').replaceAll('>https://app.example/metadata<', '>urn:gone<');
      expect(idsOf(await one(ours))).to.deep.equal(['audience.unknown', 'reply.unregistered', 'signature.wrong']);
    });

    it('values of people masked when asked', async () => {
      const message = await one(await answer(), { ...context, mask: true });
      expect(JSON.stringify(message)).not.to.include('maria@example.com').and.not.include('Maria');
      expect(message).not.to.have.property('xml');
      const asked = await one(`https://sts.example/adfs/ls/?${signInQuery({ login_hint: 'maria@example.com' })}`, { ...context, mask: true });
      expect(valueOf(asked, 'login_hint')).to.equal('ma…@ex….com (17)');
    });
  });
});
