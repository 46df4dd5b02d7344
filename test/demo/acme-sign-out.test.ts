/** Single logout at Acme: what it takes from Signet and what it does not. The test plays Signet. */
import { createPrivateKey, sign } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Profile } from '@node-saml/node-saml';
import { expect } from 'chai';
import type { IdentityProvider } from '../../src/demo/acme/idp.js';
import { ACME_ENTITY_ID, type AcmeIdentity, acmeMetadata, createRequestStore, makeAcmeIdentity, samlConfig } from '../../src/demo/acme/service-provider.js';
import { readSignOut, signOutUrl } from '../../src/demo/acme/sign-out.js';
import { readApplicationMetadata } from '../../src/admin/application-metadata.js';
import { keyPairOf } from '../support/saml-idp.js';

const IDP = 'https://idp.example/saml/metadata';
const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
const PROFILE: Profile = {
  issuer: IDP,
  nameID: 'maria@example.com',
  nameIDFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  sessionIndex: '_s1',
};

describe('Acme Expenses, signing out', () => {
  let identity: AcmeIdentity;
  let idp: IdentityProvider;
  before(async () => {
    identity = await makeAcmeIdentity('http://localhost:8081', Date.now());
    const { certificate } = await keyPairOf('issuer');
    idp = { entityId: IDP, ssoUrl: 'https://idp.example/saml/sso', sloUrl: 'https://idp.example/saml/slo', certificates: [certificate] };
  });
  const config = (requests = createRequestStore(Date.now)) => samlConfig(identity, idp, requests);
  const receive = (query: string, settings = config()) => readSignOut(settings, identity.sloUrl, query);
  const reasonOf = async (query: string, settings = config()): Promise<string> => {
    const message = await receive(query, settings);
    return message.kind === 'invalid' ? message.reason : `accepted: ${message.kind}`;
  };

  /** A signed query (SAML Bindings 3.4.4.1). */
  const signed = async (name: string, xml: string, about: { readonly key?: string; readonly algorithm?: string } = {}): Promise<string> => {
    const { privateKey } = await keyPairOf(about.key ?? 'issuer');
    const fields = [name, deflateRawSync(xml).toString('base64'), 'RelayState', 'kept', 'SigAlg', about.algorithm ?? RSA_SHA256];
    const text = [0, 2, 4].map((at) => `${fields[at] ?? ''}=${encodeURIComponent(fields[at + 1] ?? '')}`).join('&');
    const hash = about.algorithm?.endsWith('sha1') === true ? 'sha1' : 'sha256';
    const value = sign(hash, Buffer.from(text), createPrivateKey({ key: privateKey, format: 'der', type: 'pkcs8' }));
    return `${text}&Signature=${encodeURIComponent(value.toString('base64'))}`;
  };
  const start = (local: string, destination: string, more = ''): string =>
    `<samlp:${local} xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_m" Version="2.0" IssueInstant="${new Date().toISOString()}" Destination="${destination}"${more}><saml:Issuer>${IDP}</saml:Issuer>`;
  const request = (change: (xml: string) => string = (xml) => xml): string =>
    change(
      `${start('LogoutRequest', identity.sloUrl)}<saml:NameID>maria@example.com</saml:NameID><samlp:SessionIndex>_s1</samlp:SessionIndex><samlp:SessionIndex>_s2</samlp:SessionIndex></samlp:LogoutRequest>`,
    );
  const response = (inResponseTo: string, inner = ''): string =>
    `${start('LogoutResponse', identity.sloUrl, ` InResponseTo="${inResponseTo}"`)}<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success">${inner}</samlp:StatusCode></samlp:Status></samlp:LogoutResponse>`;

  it('is listed in the metadata by HTTP-Redirect, as Signet reads it', () => {
    const { metadata } = readApplicationMetadata(acmeMetadata(identity), { now: Date.now() });
    expect(metadata.logoutEndpoints).to.deep.equal([{ binding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect', url: identity.sloUrl }]);
  });

  it('asks Signet, signed, with the name and the session it was given (SLO-03, SLO-04)', async () => {
    const url = new URL(await signOutUrl(config(), PROFILE));
    expect(`${url.origin}${url.pathname}`).to.equal(idp.sloUrl);
    expect(url.searchParams.get('SigAlg')).to.equal(RSA_SHA256);
    const xml = inflateRawSync(Buffer.from(url.searchParams.get('SAMLRequest') ?? '', 'base64')).toString();
    expect(xml).to.include(ACME_ENTITY_ID).and.include('>maria@example.com<').and.include('>_s1<').and.include('LogoutRequest');
  });

  it('is told of a sign-out, names every session, and answers with what was asked', async () => {
    const message = await receive(await signed('SAMLRequest', request()));
    if (message.kind !== 'asked') throw new Error(JSON.stringify(message));
    expect(message.name).to.deep.equal({ nameId: 'maria@example.com', sessionIndexes: ['_s1', '_s2'] });
    const answer = new URL(await message.answer());
    expect(answer.searchParams.get('RelayState')).to.equal('kept');
    const xml = inflateRawSync(Buffer.from(answer.searchParams.get('SAMLResponse') ?? '', 'base64')).toString();
    expect(xml).to.include('InResponseTo="_m"').and.include('status:Success').and.include(`Destination="${idp.sloUrl}"`);
    expect(answer.searchParams.has('Signature')).to.equal(true);
  });

  it('refuses what is not signed, signed by another key or weakly, meant for another, late, or doubled', async () => {
    const good = await signed('SAMLRequest', request());
    const [message = ''] = good.split('&');
    expect(await reasonOf(message)).to.include('not signed');
    expect(await reasonOf(good.replace(/Signature=.{8}/u, 'Signature=AAAAAAAA'))).to.include('signature');
    expect(await reasonOf(await signed('SAMLRequest', request(), { key: 'foreign' }))).to.include('signature');
    expect(await reasonOf(await signed('SAMLRequest', request(), { algorithm: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1' }))).to.include('not signed');
    expect(await reasonOf(`${good}&${message}`)).to.include('parameters');
    expect(await reasonOf(`${good}&SAMLResponse=x`)).to.include('one message');
    expect(
      await reasonOf(
        await signed(
          'SAMLRequest',
          request((xml) => xml.replace(identity.sloUrl, 'https://other.example/slo')),
        ),
      ),
    ).to.include('meant for');
    expect(
      await reasonOf(
        await signed(
          'SAMLRequest',
          request((xml) => xml.replace(IDP, 'https://other.example/')),
        ),
      ),
    ).to.include('issuer');
    const late = request((xml) => xml.replace('Version=', 'NotOnOrAfter="2020-01-01T00:00:00Z" Version='));
    expect(await reasonOf(await signed('SAMLRequest', late))).to.match(/expired/u);
  });

  it('hears once what it asked, and whether everybody could be told (SLO-07)', async () => {
    const ask = async () => {
      const settings = config();
      const url = new URL(await signOutUrl(settings, PROFILE));
      const xml = inflateRawSync(Buffer.from(url.searchParams.get('SAMLRequest') ?? '', 'base64')).toString();
      return { settings, id: /ID="([^"]*)"/u.exec(xml)?.[1] ?? '' };
    };
    const first = await ask();
    const query = await signed('SAMLResponse', response(first.id));
    expect(await receive(query, first.settings)).to.deep.equal({ kind: 'answered', everywhere: true });
    expect(await reasonOf(query, first.settings)).to.include('InResponseTo');
    const second = await ask();
    const partly = response(second.id, '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:PartialLogout"/>');
    expect(await receive(await signed('SAMLResponse', partly), second.settings)).to.deep.equal({ kind: 'answered', everywhere: false });
    expect(await reasonOf(await signed('SAMLResponse', response('_nobody')))).to.include('InResponseTo');
    expect(await reasonOf(await signed('SAMLResponse', response('').replace(' InResponseTo=""', '')))).to.include('did not ask');
  });
});
