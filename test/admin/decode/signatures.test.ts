import { createHmac, createPrivateKey, sign } from 'node:crypto';
import { expect } from 'chai';
import { isSound } from '../../../src/admin/decode/decode.js';
import { ALG } from '../../../src/xml/names.js';
import { NOW } from '../../support/builders.js';
import { authnRequest, IDP_ENTITY_ID, keyPairOf } from '../../support/saml-idp.js';
import { signQuery, signXml } from '../../support/signed-requests.js';
import { pem } from '../../support/xml-oracles.js';
import { type DecodeBench, decodeBench, idsOf, type Pair, valueOf, verdicts } from './bench.js';

describe('decoding: whose it is', () => {
  let idp: DecodeBench['idp'];
  let app: DecodeBench['app'];
  let stranger: DecodeBench['stranger'];
  let decodedOf: DecodeBench['decodedOf'];
  let one: DecodeBench['one'];
  let answer: DecodeBench['answer'];
  let context: DecodeBench['context'];
  before(async () => {
    ({ context, idp, app, stranger, decodedOf, one, answer } = await decodeBench());
  });

  describe('signatures', () => {
    it('by somebody who is not known are not verified, whatever certificate is inside (S05)', async () => {
      const other = await keyPairOf('other');
      const request = signXml(authnRequest({ now: () => NOW }), other);
      const decoded = await decodedOf(request);
      const [message] = decoded.messages;
      expect(message?.signatures[0]?.sentence).to.match(
        /^not verified: it fits none of 2 known certificates; it fits the certificate inside \(CN=other, SHA-1 [0-9A-F]{40}\): it says so of itself, which proves nothing$/u,
      );
      expect(message?.sections.map(({ verified }) => verified)).to.deep.equal([false]);
      expect(message === undefined ? [] : idsOf(message)).to.deep.equal(['signature.unknown-key']);
      expect(isSound(decoded)).to.equal(false);
      const given = await one(request, { ...context, keys: [...context.keys, { certificate: other.certificate, whose: 'the certificate in partner.crt' }] });
      expect(given.signatures[0]?.sentence).to.match(/^verified: it is of the certificate in partner\.crt;/u);
    });

    it('with nothing known say so', async () => {
      const message = await one(await answer(), { now: NOW, keys: [] });
      expect(verdicts(message)).to.deep.equal([false, false]);
      expect(message.signatures[0]?.sentence).to.match(/^not verified: no certificate is known to check it with/u);
    });

    it('over another query than the one that came do not hold (S12)', async () => {
      const { request, relayState, algorithm, signature, query } = signQuery(authnRequest({ now: () => NOW }), app, { relayState: 'a' });
      expect(verdicts(await one(query))).to.deep.equal([true]);
      for (const bent of [`${request}&${algorithm}&${signature}`, `${request}&${relayState}b&${algorithm}&${signature}`])
        expect(verdicts(await one(bent)), bent).to.deep.equal([false]);
      const twice = await one(`${query}&RelayState=b`);
      expect(idsOf(twice)).to.deep.equal(['request.binding']);
    });

    it('with SHA-1 are named as such (S07)', async () => {
      const message = await one(signXml(authnRequest({ now: () => NOW }), app, { signature: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1', digest: ALG.sha1 }));
      expect(idsOf(message)).to.deep.equal(['signature.algorithm', 'signature.wrong']);
    });

    it('vouch for what they cover and for nothing else (S01)', async () => {
      const response = await answer();
      const assertion = /<saml:Assertion .*<\/saml:Assertion>/su.exec(response)?.[0] ?? '';
      const forged = assertion
        .replace(/<ds:Signature .*?<\/ds:Signature>/su, '')
        .replace(/ ID="[^"]*"/u, ' ID="_evil"')
        .replaceAll('maria', 'admin');
      const wrapped = await one(response.replace(/<ds:Signature .*?<\/ds:Signature>/su, '').replace(assertion, `${forged}${assertion}`));
      const sections = wrapped.sections.filter(({ title }) => title.startsWith('Assertion'));
      expect(sections.map(({ title, verified }) => [title === 'Assertion _evil', verified])).to.deep.equal([
        [true, false],
        [false, true],
      ]);
      expect(idsOf(wrapped)).to.deep.equal(['assertion.several']);
    });

    it('that are missing are missed', async () => {
      const bare = (await answer()).replaceAll(/<ds:Signature .*?<\/ds:Signature>/gsu, '');
      expect(idsOf(await one(bare))).to.deep.equal(['signature.missing']);
    });
  });

  describe('JSON web tokens', () => {
    const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const token = (pair: Pair, alg: string, claims: Readonly<Record<string, unknown>>): string => {
      const octets = `${part({ alg, typ: 'JWT' })}.${part(claims)}`;
      const key = createPrivateKey({ key: pair.privateKey, format: 'der', type: 'pkcs8' });
      return `${octets}.${sign('sha256', Buffer.from(octets), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
    };
    const claims = { iss: IDP_ENTITY_ID, sub: 'maria@example.com', iat: NOW / 1000 - 300, exp: NOW / 1000 + 300 };

    it('are shown with times in words, and verified by known keys', async () => {
      const message = await one(`Bearer ${token(app, 'RS256', claims)}`);
      expect(message).to.include({ title: 'JSON web token' });
      expect(verdicts(message)).to.deep.equal([true]);
      expect(valueOf(message, 'iat')).to.equal('2026-11-24 08:55:00Z, 5 minutes ago');
      expect(valueOf(message, 'exp')).to.equal('2026-11-24 09:05:00Z, in 5 minutes');
      expect(message.sections.at(-1)).to.deep.include({ title: 'Claims', verified: true });
      const ec = await one(token(stranger, 'ES256', claims), { ...context, keys: [{ certificate: stranger.certificate, whose: 'theirs' }] });
      expect(verdicts(ec)).to.deep.equal([true]);
      expect(valueOf(await one(token(app, 'RS256', claims), { ...context, mask: true }), 'sub')).not.to.include('maria');
    });

    it('in a form beside others', async () => {
      const message = await one(`id_token=${token(stranger, 'ES256', { ...claims, exp: NOW / 1000 - 60 })}&state=s`);
      expect(idsOf(message)).to.deep.equal(['signature.unknown-key', 'time.expired']);
      expect(valueOf(message, 'state')).to.equal('s');
    });

    it('without a signature, or with a shared secret, are named as such (S07)', async () => {
      const bare = await decodedOf(`${part({ alg: 'none' })}.${part(claims)}.`);
      expect(bare.messages.map(idsOf)).to.deep.equal([['jwt.unsigned']]);
      expect(isSound(bare)).to.equal(false);
      const octets = `${part({ alg: 'HS256' })}.${part(claims)}`;
      // The public key as the secret: whoever took it for one would call this verified.
      const confused = `${octets}.${createHmac('sha256', pem(idp.certificate)).update(octets).digest('base64url')}`;
      const message = await one(confused);
      expect([idsOf(message), verdicts(message), message.sections.at(-1)?.verified]).to.deep.equal([['jwt.symmetric'], [], false]);
    });
  });
});
