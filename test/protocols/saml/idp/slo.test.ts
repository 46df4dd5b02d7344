/** SingleLogoutService: an application asks, we end and answer (SAML Profiles 4.4). */
import { SAML, ValidateInResponseTo } from '@node-saml/node-saml';
import { expect } from 'chai';
import { NAME_ID } from '../../../../src/core/issuance/name-identifier.js';
import { asId } from '../../../../src/core/model/ids.js';
import type { RelyingParty } from '../../../../src/core/model/relying-party.js';
import { BINDING } from '../../../../src/xml/names.js';
import { parseXml } from '../../../../src/xml/parse.js';
import { attribute } from '../../../../src/xml/read.js';
import { aSession } from '../../../support/builders.js';
import { byPost, byRedirect, loggingOut, logoutRequest, type Send, sentBy, signOn } from '../../../support/logout.js';
import { IDP_ENTITY_ID, isPage, keyPairOf, SLO_URL, SSO_URL, testIdp, type TestIdp, testIdpWith } from '../../../support/saml-idp.js';
import type { SigningPair } from '../../../support/signed-requests.js';
import { canonicalByLibxml2, pem, schemaProblems, xmlCryptoAccepts } from '../../../support/xml-oracles.js';
import { statusOf } from '../../../attacks/attempt.js';

const SESSION = asId<'SsoSession'>('session-1');
const bindings: readonly (readonly [string, Send])[] = [
  ['Redirect', byRedirect],
  ['POST', byPost],
];
const PERSISTENT = `<samlp:NameIDPolicy Format="${NAME_ID.persistent}" AllowCreate="true"/>`;

describe('SingleLogoutService', () => {
  let pair: SigningPair;
  let app: RelyingParty;
  let idp: TestIdp;
  before(async () => {
    pair = await keyPairOf('sp.example');
    app = loggingOut('app.example', pair);
  });
  beforeEach(async () => {
    idp = await testIdp(app);
  });
  /** What is registered of it changes. */
  const register = (changes: Partial<RelyingParty>): void => void idp.parties.set(app.entityId, { ...app, ...changes });
  const lives = async (id = SESSION): Promise<boolean> => (await idp.ssoSessions.find(id)) !== undefined;

  for (const [name, send] of bindings) {
    it(`ends the session of a signed LogoutRequest by ${name}, without a cookie, and answers by the same binding (SLO-02, SLO-07)`, async () => {
      const name = await signOn(idp, app);
      const request = logoutRequest(idp.clock, app, name);
      const sent = sentBy(idp, await send(idp, request, pair));
      expect(sent).to.include({ to: send === byRedirect ? 'https://app.example/slo' : 'https://app.example/slo-post', relayState: undefined });
      expect(statusOf(sent.xml)).to.deep.equal(['Success']);
      const root = parseXml(sent.xml);
      expect(attribute(root, 'InResponseTo')).to.equal(attribute(parseXml(request), 'ID'));
      expect(attribute(root, 'Destination')).to.equal(sent.to);
      expect(await lives()).to.equal(false);
      expect(idp.signedOut.map(({ outcome, user, protocol, relyingParty }) => ({ outcome, user, protocol, relyingParty }))).to.deep.equal([
        { outcome: 'succeeded', user: 'maria', protocol: 'saml', relyingParty: app.entityId },
      ]);
    });

    it(`echoes RelayState by ${name}, and writes what the schema takes, in canonical form (SLO-15, SLO-01)`, async () => {
      const name = await signOn(idp, app);
      const sent = sentBy(idp, await send(idp, logoutRequest(idp.clock, app, name), pair, { relayState: 'a&b="ü<"+ ' }));
      expect(sent.relayState).to.equal('a&b="ü<"+ ');
      expect(schemaProblems(sent.xml)).to.deep.equal([]);
      expect(canonicalByLibxml2(sent.xml)).to.equal(sent.xml);
      if (send === byPost) expect(xmlCryptoAccepts(sent.xml, attribute(parseXml(sent.xml), 'ID') ?? '', idp.certificate)).to.equal(true);
    });
  }

  describe('whose sessions end', () => {
    it('every form of the name that means the same does (SLO-03)', async () => {
      for (const [policy, keep] of [
        ['', ['value']],
        ['', ['value', 'format']],
        [PERSISTENT, ['value', 'format']],
        [PERSISTENT, ['value', 'format', 'nameQualifier', 'spNameQualifier']],
      ] as const) {
        idp = await testIdp(app);
        const name = await signOn(idp, app, policy);
        const said = Object.fromEntries(Object.entries(name).filter(([key]) => (keep as readonly string[]).includes(key)));
        expect(statusOf(sentBy(idp, await byRedirect(idp, logoutRequest(idp.clock, app, said), pair)).xml)).to.deep.equal(['Success']);
        expect(await lives()).to.equal(false);
      }
    });

    it('with an index the session of one browser, without every session of the person there (SLO-04)', async () => {
      for (const [indexed, left] of [
        [true, true],
        [false, false],
      ] as const) {
        idp = await testIdp(app);
        const first = await signOn(idp, app);
        const second = aSession({ id: asId('session-2') });
        await idp.ssoSessions.save(second);
        idp.session = second;
        expect((await signOn(idp, app)).sessionIndex).to.not.equal(first.sessionIndex);
        await byRedirect(idp, logoutRequest(idp.clock, app, first, indexed ? {} : { indexes: [] }), pair);
        expect([await lives(), await lives(second.id)]).to.deep.equal([false, left]);
      }
    });

    it('of several indexes those that are known count (SLO-04)', async () => {
      const name = await signOn(idp, app);
      const reply = await byRedirect(idp, logoutRequest(idp.clock, app, name, { indexes: ['_unknown', name.sessionIndex] }), pair);
      expect(statusOf(sentBy(idp, reply).xml)).to.deep.equal(['Success']);
      expect(await lives()).to.equal(false);
    });
  });

  describe('where the answer goes', () => {
    it('to ResponseLocation, else Location (SLO-10)', async () => {
      const name = await signOn(idp, app);
      const withResponse = { binding: BINDING.redirect, url: 'https://app.example/slo', responseUrl: 'https://app.example/slo?done=1' };
      register({ logoutEndpoints: [withResponse] });
      const sent = sentBy(idp, await byRedirect(idp, logoutRequest(idp.clock, app, name), pair));
      expect(sent.to).to.equal(withResponse.responseUrl);
      expect(attribute(parseXml(sent.xml), 'Destination')).to.equal(withResponse.responseUrl);
    });

    it('by the binding of the request where it is listed, else by another one that is (SLO-09)', async () => {
      const soap = { binding: 'urn:oasis:names:tc:SAML:2.0:bindings:SOAP', url: 'https://app.example/soap' };
      const post = { binding: BINDING.post, url: 'https://app.example/slo-post' };
      const name = await signOn(idp, app);
      register({ logoutEndpoints: [soap, post] });
      expect(sentBy(idp, await byRedirect(idp, logoutRequest(idp.clock, app, name), pair))).to.include({ binding: 'post', to: post.url });
    });

    it('here, where it lists none that can be used', async () => {
      for (const url of ['', 'javascript:alert(1)']) {
        idp = await testIdp(app);
        const name = await signOn(idp, app);
        register({ logoutEndpoints: url === '' ? [] : [{ binding: BINDING.redirect, url }] });
        const reply = isPage(await byRedirect(idp, logoutRequest(idp.clock, app, name), pair));
        expect(reply).to.include({ view: 'logout/done', status: 200 });
        expect(reply.model).to.deep.equal({ applications: [] });
        expect(await lives()).to.equal(false);
      }
    });
  });

  it('@node-saml/node-saml signs out and takes the answer (SLO-02, SLO-15)', async () => {
    idp = await testIdpWith({ start: Date.now() }, app);
    const name = await signOn(idp, app);
    const saml = new SAML({
      callbackUrl: 'https://app.example/acs',
      entryPoint: SSO_URL,
      logoutUrl: SLO_URL,
      issuer: app.entityId,
      idpCert: pem(idp.certificate),
      idpIssuer: IDP_ENTITY_ID,
      privateKey: pem(pair.privateKey.toString('base64'), 'PRIVATE KEY'),
      signatureAlgorithm: 'sha256',
      validateInResponseTo: ValidateInResponseTo.always,
    });
    const user = { nameID: name.value, nameIDFormat: name.format, sessionIndex: name.sessionIndex, issuer: IDP_ENTITY_ID };
    const url = new URL(await saml.getLogoutUrlAsync(user, 'where-I-was', {}));
    const reply = await idp.get('/saml/slo', url.search.slice(1), { browser: { cookie: false } });
    const sent = sentBy(idp, reply);
    const query = reply.kind === 'redirect' ? new URL(reply.location).search.slice(1) : '';
    const verdict = await saml.validateRedirectAsync({ ...sent.fields }, query);
    expect(verdict.loggedOut).to.equal(true);
    expect([sent.relayState, await lives()]).to.deep.equal(['where-I-was', false]);
  });
});
