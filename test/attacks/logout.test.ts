/** Threats, section 4: sign-outs that nobody may ask for. Whatever is sent, the session lives, and the proper message still ends it. */
import { expect } from 'chai';
import type { CheckId } from '../../src/core/checks/catalogue.js';
import { asId } from '../../src/core/model/ids.js';
import type { RelyingParty } from '../../src/core/model/relying-party.js';
import type { HttpReply } from '../../src/http/reply.js';
import { aSession } from '../support/builders.js';
import { byPost, byRedirect, loggingOut, logoutRequest, logoutResponse, sentBy, type SignedOn, signOn } from '../support/logout.js';
import { isPage, keyPairOf, redirectQuery, testIdp, type TestIdp } from '../support/saml-idp.js';
import { signXml, type SigningPair } from '../support/signed-requests.js';
import { statusOf } from './attempt.js';

const SESSION = asId<'SsoSession'>('session-1');
const OTHER_SESSION = asId<'SsoSession'>('session-2');

describe('attacks on sign-out', () => {
  let pair: SigningPair;
  let otherPair: SigningPair;
  let app: RelyingParty;
  let other: RelyingParty;
  let idp: TestIdp;
  let name: SignedOn;
  /** The session that must live. */
  let live = SESSION;

  before(async () => {
    pair = await keyPairOf('sp.example');
    otherPair = await keyPairOf('stranger');
    app = loggingOut('app.example', pair);
    other = loggingOut('other.example', otherPair);
  });
  beforeEach(async () => {
    idp = await testIdp(app, other);
    live = SESSION;
    name = await signOn(idp, app);
  });

  const post = (xml: string): Promise<HttpReply> => idp.post('/saml/slo', { SAMLRequest: Buffer.from(xml).toString('base64') });

  /** @param answer the status of the signed refusal, or our own page */
  const refused = async (attack: () => Promise<HttpReply>, check: CheckId, answer: 'page' | readonly string[], control = true): Promise<void> => {
    const before = idp.signedOut.length;
    const reply = await attack();
    expect(await idp.ssoSessions.find(live), 'the session').to.not.equal(undefined);
    expect(idp.signedOut.slice(before).map((entry) => [entry.outcome, entry.check])).to.deep.equal([['refused', check]]);
    if (answer === 'page') expect(isPage(reply)).to.include({ view: 'errors/error', status: 400 });
    else expect(statusOf(sentBy(idp, reply).xml)).to.deep.equal(answer);
    if (!control) return;
    expect(statusOf(sentBy(idp, await byRedirect(idp, logoutRequest(idp.clock, app, name), pair)).xml), 'the untouched message').to.deep.equal(['Success']);
    expect(await idp.ssoSessions.find(live)).to.equal(undefined);
  };

  describe('L01, SLO-02, S01–S06: whose message it is', () => {
    it('not signed, by either binding, whatever the application registered', async () => {
      idp.parties.set(app.entityId, { ...app, requireSignedRequests: false });
      const xml = logoutRequest(idp.clock, app, name);
      await refused(() => idp.get('/saml/slo', redirectQuery(xml)), 'request.signature-present', 'page', false);
      await refused(() => post(xml), 'request.signature-present', 'page');
    });

    it('signed with another application’s key, and with a key of its own in KeyInfo', async () => {
      const xml = logoutRequest(idp.clock, app, name);
      await refused(() => byRedirect(idp, xml, otherPair), 'request.signature-valid', 'page', false);
      await refused(() => byPost(idp, xml, otherPair), 'request.signature-valid', 'page', false);
      await refused(() => byPost(idp, xml, { ...otherPair, certificate: pair.certificate }), 'request.signature-valid', 'page');
    });

    it('changed after it was signed, or with its signature emptied', async () => {
      const signed = signXml(logoutRequest(idp.clock, app, { ...name, value: 'somebody' }), pair);
      await refused(() => post(signed.replace('>somebody<', `>${name.value}<`)), 'request.signature-valid', 'page', false);
      await refused(() => post(signed.replace(/<ds:SignatureValue>[^<]*/u, '<ds:SignatureValue>')), 'request.signature-valid', 'page');
    });

    const wrapped: readonly (readonly [string, (evil: string, signed: string, signature: string) => string])[] = [
      ['the signed original in Extensions', (evil, signed) => evil.replace('</saml:Issuer>', `</saml:Issuer><samlp:Extensions>${signed}</samlp:Extensions>`)],
      ['the signature moved to another message', (evil, _signed, signature) => evil.replace('</saml:Issuer>', `</saml:Issuer>${signature}`)],
      [
        'the original inside the signature',
        (evil, signed, signature) =>
          evil.replace(
            '</saml:Issuer>',
            `</saml:Issuer>${signature.replace('</ds:Signature>', `<ds:Object>${signed.replace(signature, '')}</ds:Object></ds:Signature>`)}`,
          ),
      ],
      ['another message inside the signed one', (evil, signed) => signed.replace('</samlp:LogoutRequest>', `${evil}</samlp:LogoutRequest>`)],
    ];
    for (const [what, wrap] of wrapped) {
      it(`S02: ${what}`, async () => {
        const signed = signXml(logoutRequest(idp.clock, app, { ...name, value: 'nobody' }), pair);
        const signature = /<ds:Signature .*<\/ds:Signature>/su.exec(signed)?.[0] ?? '';
        await refused(() => post(wrap(logoutRequest(idp.clock, app, name), signed, signature)), 'request.signature-valid', 'page');
      });
    }

    it('from nobody here, from an application that is switched off, and as an AuthnRequest', async () => {
      await refused(() => byRedirect(idp, logoutRequest(idp.clock, { entityId: 'https://nobody.example' }, name), pair), 'request.issuer-known', 'page', false);
      await refused(
        () => byRedirect(idp, logoutRequest(idp.clock, app, name).replaceAll('LogoutRequest', 'AuthnRequest'), pair),
        'request.schema',
        'page',
        false,
      );
      idp.parties.set(app.entityId, { ...app, enabled: false });
      await refused(() => byRedirect(idp, logoutRequest(idp.clock, app, name), pair), 'request.enabled', 'page', false);
    });
  });

  describe('L02, SLO-03, SLO-04: whose session it is', () => {
    const unknown = ['Requester', 'UnknownPrincipal'];

    it('another person’s name, another format, and a name between others', async () => {
      for (const changes of [
        { value: 'somebody' },
        { format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent' },
        { spNameQualifier: other.entityId },
        { nameQualifier: 'https://other-idp.example' },
      ]) {
        await refused(() => byRedirect(idp, logoutRequest(idp.clock, app, { ...name, ...changes }), pair), 'slo.nameid', unknown, false);
      }
      await refused(() => byPost(idp, logoutRequest(idp.clock, app, { ...name, value: name.value.toUpperCase() }), pair), 'slo.nameid', unknown);
    });

    it('an application that took no part, even with the right name and index', async () => {
      await refused(() => byRedirect(idp, logoutRequest(idp.clock, other, name), otherPair), 'slo.nameid', unknown);
    });

    it('an index that was never given, and another browser’s of another application', async () => {
      await refused(() => byRedirect(idp, logoutRequest(idp.clock, app, name, { indexes: ['_never'] }), pair), 'slo.session', unknown, false);
      const second = aSession({ id: OTHER_SESSION });
      await idp.ssoSessions.save(second);
      idp.session = second;
      const elsewhere = await signOn(idp, other);
      await refused(() => byRedirect(idp, logoutRequest(idp.clock, app, name, { indexes: [elsewhere.sessionIndex] }), pair), 'slo.session', unknown);
      expect(await idp.ssoSessions.find(OTHER_SESSION)).to.not.equal(undefined);
    });
  });

  describe('L03, SLO-05: when and for whom it was made', () => {
    const denied = ['Requester', 'RequestDenied'];
    const at = (ms: number): string => new Date(idp.clock.now() + ms).toISOString();

    it('past its NotOnOrAfter, too old, and from the future', async () => {
      const wish = (attributes: Readonly<Record<string, string>>) => () => byRedirect(idp, logoutRequest(idp.clock, app, name, { attributes }), pair);
      await refused(wish({ NotOnOrAfter: at(-181_000) }), 'slo.expired', denied, false);
      await refused(wish({ IssueInstant: at(-481_000) }), 'request.age', denied, false);
      await refused(wish({ IssueInstant: at(181_000) }), 'request.age', denied);
    });

    it('a second time: with the session of another sign-in it would end that one', async () => {
      const request = logoutRequest(idp.clock, app, name);
      await byRedirect(idp, request, pair);
      live = OTHER_SESSION;
      idp.session = aSession({ id: live });
      await idp.ssoSessions.save(idp.session);
      name = await signOn(idp, app);
      await refused(() => byRedirect(idp, request, pair), 'slo.replay', denied, false);
      await refused(() => byPost(idp, request, pair), 'slo.replay', denied);
    });

    it('for another address, for none, and of another version', async () => {
      const wish = (attributes: Readonly<Record<string, string | undefined>>) => () => byPost(idp, logoutRequest(idp.clock, app, name, { attributes }), pair);
      await refused(wish({ Destination: 'https://other-idp.example/saml/slo' }), 'request.destination', ['Requester'], false);
      await refused(wish({ Destination: undefined }), 'request.destination', ['Requester'], false);
      await refused(wish({ Version: '1.1' }), 'request.version', ['VersionMismatch', 'RequestVersionTooLow']);
    });

    it('SLO-12: with an encrypted name, for which no key of ours is published', async () => {
      const xml = logoutRequest(idp.clock, app, '<saml:EncryptedID><x xmlns="urn:x"/></saml:EncryptedID>');
      await refused(() => byRedirect(idp, xml, pair), 'slo.encrypted', ['Requester', 'RequestUnsupported']);
    });

    it('SLO-01: without a name, with two, and out of order', async () => {
      const wish =
        (identifier: string, before = '') =>
        () =>
          byRedirect(idp, logoutRequest(idp.clock, app, identifier, { before }), pair);
      const element = `<saml:NameID>${name.value}</saml:NameID>`;
      await refused(wish(''), 'request.schema', ['Requester'], false);
      await refused(wish(element + element), 'request.schema', ['Requester'], false);
      await refused(wish(element, '<samlp:SessionIndex>x</samlp:SessionIndex>'), 'request.schema', ['Requester']);
    });
  });

  describe('L05: answers that nobody asked for', () => {
    const answer = (xml: string, key = pair) => byRedirect(idp, xml, key, { parameter: 'SAMLResponse' });

    it('to nothing, to something, to a request id of somebody’s making, with an address in RelayState', async () => {
      await refused(() => answer(logoutResponse(idp.clock, app, undefined)), 'slo.response', 'page', false);
      await refused(() => answer(logoutResponse(idp.clock, app, '_something')), 'slo.response', 'page', false);
      const xml = logoutResponse(idp.clock, app, '_v1.AAAAAAAA.AAAA');
      await refused(() => byPost(idp, xml, pair, { parameter: 'SAMLResponse', relayState: 'https://evil.example/' }), 'slo.response', 'page');
    });

    it('not signed, or for another address', async () => {
      const xml = logoutResponse(idp.clock, app, '_x');
      await refused(() => idp.get('/saml/slo', redirectQuery(xml).replace('SAMLRequest', 'SAMLResponse')), 'request.signature-present', 'page', false);
      const foreign = logoutResponse(idp.clock, app, '_x', { attributes: { Destination: 'https://other-idp.example/' } });
      await refused(() => answer(foreign), 'request.destination', 'page');
    });
  });

  it('a body that is no form, and a message beside another one', async () => {
    const route = idp.routes.find(({ path }) => path === '/saml/slo');
    const inbound = { method: 'POST', path: '/saml/slo', rawQuery: '', form: new Map(), headers: {}, clientAddress: '192.0.2.1', browser: { cookie: false } };
    const refuse = (reason: 'too-large' | 'wrong-type'): HttpReply => route?.refuse?.(inbound, { reason, observed: 'x' }) as HttpReply;
    await refused(() => Promise.resolve(refuse('too-large')), 'request.size', 'page', false);
    await refused(() => Promise.resolve(refuse('wrong-type')), 'request.binding', 'page', false);
    await refused(() => idp.post('/saml/slo', { SAMLRequest: 'eA==', SAMLResponse: 'eA==' }), 'request.binding', 'page', false);
    await refused(() => idp.get('/saml/slo', ''), 'request.binding', 'page');
  });
});
