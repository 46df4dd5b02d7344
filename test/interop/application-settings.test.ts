/** What is set for one application, as node-saml and a party of WS-Federation meet it: the name encrypted, kinds of sign-in, whose people. */
import { SAML, type SamlConfig } from '@node-saml/node-saml';
import { expect } from 'chai';
import { CONTEXT_PASSWORD, CONTEXT_PASSWORD_PROTECTED, CONTEXT_UNSPECIFIED } from '../../src/core/issuance/authn-policy.js';
import { type RelyingParty, type RelyingPartyOverrides, resolveRelyingParty } from '../../src/core/model/relying-party.js';
import type { HttpReply } from '../../src/http/reply.js';
import { aRelyingParty } from '../support/builders.js';
import { decryptFirst } from '../support/decrypt.js';
import { byRedirect, loggingOut, logoutRequest, sentBy, signOn } from '../support/logout.js';
import { IDP_ENTITY_ID, isForm, isSignOutPage, keyPairOf, SSO_URL, type TestIdp, testIdp, testIdpWith, WSFED_ISSUER } from '../support/saml-idp.js';
import { accept, aWsfedRecord, delivered, REALM, signInQuery } from '../support/wsfed-party.js';
import { pem } from '../support/xml-oracles.js';

const ENTITY_ID = 'https://app.example/metadata';

async function askBySaml(
  party: Partial<RelyingParty>,
  config: Partial<SamlConfig> = {},
): Promise<{ readonly idp: TestIdp; readonly xml: string; readonly sp: SAML }> {
  const idp = await testIdpWith({ start: Date.now() }, aRelyingParty(party));
  const sp = new SAML({
    entryPoint: SSO_URL,
    issuer: ENTITY_ID,
    callbackUrl: 'https://app.example/acs',
    idpCert: pem(idp.certificate),
    idpIssuer: IDP_ENTITY_ID,
    disableRequestedAuthnContext: true,
    ...config,
  });
  const reply = await idp.get('/saml/sso', new URL(await sp.getAuthorizeUrlAsync('', undefined, {})).search.slice(1));
  // Where somebody has to know why, our page comes first, with the answer behind a button.
  const { xml } = isForm(reply.kind === 'page' ? (reply.model['backTo'] as HttpReply) : reply);
  return { idp, xml, sp };
}

async function askByWsfed(
  overrides: RelyingPartyOverrides,
  parameters: Readonly<Record<string, string>> = {},
  changes: Partial<RelyingParty> = {},
): Promise<TestIdp & { readonly wresult: string }> {
  const idp = await testIdp({ ...resolveRelyingParty(aWsfedRecord({}, overrides)), ...changes });
  const reply = await idp.get('/wsfed', signInQuery(parameters));
  return Object.assign(idp, { wresult: reply.kind === 'post-form' ? delivered(reply.action, reply.fields).wresult : '' });
}

const classIn = (xml: string): string | undefined => /<saml:AuthnContextClassRef>([^<]*)/u.exec(xml)?.[1];

describe('settings of one application', () => {
  describe('encrypt-nameid', () => {
    it('encrypts the name, in a token that is encrypted as a whole and in one that is not (CORE-21)', async () => {
      const { certificate, privateKey } = await keyPairOf('sp.example');
      const keys = { encryptNameId: true, encryptionKeys: [{ certificate, methods: [] }] };
      for (const encrypt of ['auto', 'never'] as const) {
        const { xml } = await askBySaml({ ...keys, encrypt });
        const assertion = encrypt === 'auto' ? decryptFirst(xml, privateKey).text : xml;
        expect(assertion).to.include('<saml:EncryptedID>').and.not.include('<saml:NameID ');
        expect(decryptFirst(assertion, privateKey).text).to.match(/^<saml:NameID .*>maria@example\.com<\/saml:NameID>$/u);
      }
    });

    it('encrypts it in SAML 2.0 tokens of WS-Federation, and cannot in SAML 1.1', async () => {
      const { certificate, privateKey } = await keyPairOf('sp.example');
      const changes = { encryptNameId: true, encrypt: 'never', encryptionKeys: [{ certificate, methods: [] }] } as const;
      const { wresult } = await askByWsfed({ tokenType: 'saml20' }, {}, changes);
      expect(decryptFirst(wresult, privateKey).text).to.match(/^<saml:NameID /u);
      expect((await askByWsfed({ tokenType: 'saml11' }, {}, changes)).wresult).to.include('<saml:NameIdentifier');
    });

    it('issues nothing once the key is gone', async () => {
      const { idp, xml } = await askBySaml({ encryptNameId: true });
      expect([idp.refused.at(-1)?.check, idp.issued.length]).to.deep.equal(['encryption.possible', 0]);
      expect(xml).not.to.include('maria');
    });

    it('encrypts it in our LogoutRequest as well, which node-saml reads (CORE-21, SLO-09)', async () => {
      const pair = await keyPairOf('sp.example');
      const one = loggingOut('one.example', pair);
      const two = loggingOut('two.example', pair, { encryptNameId: true, encrypt: 'never', encryptionKeys: [{ certificate: pair.certificate, methods: [] }] });
      const idp = await testIdpWith({ start: Date.now() }, one, { ...two, encryptNameId: false });
      const name = await signOn(idp, one);
      const { value } = await signOn(idp, two);
      idp.parties.set(two.entityId, two);
      const page = await isSignOutPage(idp, await byRedirect(idp, logoutRequest(idp.clock, one, name), pair));
      const [row] = page.model['applications'] as readonly { readonly frame: string }[];
      const frame = row?.frame ?? '';
      const sent = sentBy(idp, frame.startsWith('/') ? await idp.get('/logout/frame', frame.slice(frame.indexOf('?') + 1)) : frame, 'SAMLRequest');
      expect(sent.xml).to.include('<saml:EncryptedID').and.not.include(value);
      const sp = new SAML({
        issuer: two.entityId,
        callbackUrl: 'https://two.example/acs',
        entryPoint: SSO_URL,
        idpCert: pem(idp.certificate),
        decryptionPvk: pem(pair.privateKey.toString('base64'), 'PRIVATE KEY'),
      });
      const query = frame.slice(frame.indexOf('?') + 1);
      const { profile } = await sp.validateRedirectAsync(Object.fromEntries(new URLSearchParams(query)), query);
      expect(profile?.nameID).to.equal(value);
    });
  });

  describe('allowed-authn-contexts', () => {
    const only = (...allowedAuthnContexts: readonly string[]): Partial<RelyingParty> => ({ allowedAuthnContexts });
    const asking = (authnContext: string): Partial<SamlConfig> => ({ disableRequestedAuthnContext: false, authnContext: [authnContext] });
    const rows: readonly (readonly [string, Partial<RelyingParty>, Partial<SamlConfig>, string])[] = [
      ['names the class that is asked for and allowed', only(CONTEXT_PASSWORD), asking(CONTEXT_PASSWORD), CONTEXT_PASSWORD],
      ['refuses a class outside, though it was performed', only(CONTEXT_PASSWORD), asking(CONTEXT_PASSWORD_PROTECTED), 'request.authn-context'],
      ['names the strongest that is allowed where none is asked for', only(CONTEXT_UNSPECIFIED, CONTEXT_PASSWORD), {}, CONTEXT_PASSWORD],
      ['refuses a sign-in that amounts to none of them', only('urn:oasis:names:tc:SAML:2.0:ac:classes:X509'), {}, 'user.authn-context'],
    ];
    for (const [title, party, config, expected] of rows) {
      it(`${title} (CORE-25, CORE-27)`, async () => {
        const { idp, xml } = await askBySaml(party, config);
        if (expected.startsWith('urn:')) expect(classIn(xml)).to.equal(expected);
        else {
          expect(xml).to.include('status:NoAuthnContext');
          expect([idp.refused.at(-1)?.check, idp.issued.length]).to.deep.equal([expected, 0]);
        }
      });
    }

    it('does so for wauth of WS-Federation', async () => {
      const allowed = { allowedAuthnContexts: [CONTEXT_PASSWORD], tokenType: 'saml20' } as const;
      expect(classIn((await askByWsfed(allowed)).wresult)).to.equal(CONTEXT_PASSWORD);
      expect(classIn((await askByWsfed(allowed, { wauth: 'urn:oasis:names:tc:SAML:1.0:am:password' })).wresult)).to.equal(CONTEXT_PASSWORD);
      expect((await askByWsfed(allowed, { wauth: CONTEXT_PASSWORD_PROTECTED })).refused.at(-1)?.check).to.equal('wsfed.wauth');
      expect((await askByWsfed({ allowedAuthnContexts: ['urn:x'] })).refused.at(-1)?.check).to.equal('user.authn-context');
    });
  });

  describe('sources', () => {
    it('lets people of the built-in directory in by each of its names, and nobody where only others are named (A08)', async () => {
      for (const source of ['local', 'Local', 'Active Directory', 'AD AUTHORITY'])
        expect((await askBySaml({ identitySources: ['Contoso', source] })).idp.issued, source).to.have.length(1);
      const { idp, xml } = await askBySaml({ identitySources: ['Contoso'] });
      expect([idp.refused.at(-1)?.check, idp.issued.length]).to.deep.equal(['user.source', 0]);
      expect(xml).to.include('status:RequestDenied').and.not.include('Contoso');
      expect((await askByWsfed({ identitySources: ['Contoso'] })).refused.at(-1)?.check).to.equal('user.source');
      const served = await askByWsfed({ identitySources: ['Active Directory'] });
      const seen = accept(served.wresult, { certificate: served.certificate, issuer: WSFED_ISSUER, realm: REALM, now: served.clock.now() });
      expect(seen.assertion.name).to.equal('maria');
    });
  });
});
