/** samlify as service provider, reading our metadata and validating our answers against the OASIS schemas. */
import { expect } from 'chai';
import { ALG, BINDING } from '../../src/xml/names.js';
import type { WhatIsSigned } from '../../src/core/model/relying-party.js';
import { aRelyingParty } from '../support/builders.js';
import { isForm, keyPairOf, type TestIdp, testIdpWith } from '../support/saml-idp.js';
import { samlifyCounterpart } from '../support/samlify-counterpart.js';
import { pem } from '../support/xml-oracles.js';

const samlify = samlifyCounterpart();
type Sp = ReturnType<typeof samlify.ServiceProvider>;
type Idp = ReturnType<typeof samlify.IdentityProvider>;

interface Trial {
  readonly signedRequest: boolean;
  readonly sign: WhatIsSigned;
  readonly encrypted: boolean;
}

async function sides(trial: Trial): Promise<{ readonly idp: TestIdp; readonly sp: Sp; readonly asSeen: Idp }> {
  const pair = await keyPairOf('sp.example');
  const privateKey = pem(pair.privateKey.toString('base64'), 'PRIVATE KEY');
  const idp = await testIdpWith(
    { start: Date.now() },
    aRelyingParty({
      sign: trial.sign,
      requireSignedRequests: trial.signedRequest,
      signingCertificates: trial.signedRequest ? [pair.certificate] : [],
      encryptionKeys: trial.encrypted ? [{ certificate: pair.certificate, methods: [] }] : [],
    }),
  );
  const reply = await idp.get('/saml/metadata');
  if (reply.kind !== 'text') throw new Error(`got ${reply.kind}`);
  // samlify wants both sides to say the same about signed requests; ours is an announcement only.
  const metadata = reply.body.replace('WantAuthnRequestsSigned="false"', `WantAuthnRequestsSigned="${String(trial.signedRequest)}"`);
  return {
    idp,
    asSeen: samlify.IdentityProvider({ metadata, isAssertionEncrypted: trial.encrypted }),
    sp: samlify.ServiceProvider({
      entityID: 'https://app.example/metadata',
      authnRequestsSigned: trial.signedRequest,
      wantAssertionsSigned: trial.sign !== 'response',
      wantMessageSigned: trial.sign !== 'assertion',
      requestSignatureAlgorithm: ALG.rsaSha256,
      privateKey,
      encPrivateKey: privateKey,
      // With wantMessageSigned it would look for the place of its own signature in a Response.
      signatureConfig: { prefix: 'ds', location: { reference: "/*[local-name(.)='AuthnRequest']/*[local-name(.)='Issuer']", action: 'after' } },
      signingCert: pem(pair.certificate),
      assertionConsumerService: [{ Binding: BINDING.post, Location: 'https://app.example/acs', isDefault: true }],
    }),
  };
}

async function ask({ idp, sp, asSeen }: Awaited<ReturnType<typeof sides>>, binding: 'redirect' | 'post'): Promise<ReturnType<typeof isForm>> {
  const { context } = sp.createLoginRequest(asSeen, binding);
  if (binding === 'redirect') return isForm(await idp.get('/saml/sso', new URL(context).search.slice(1)));
  return isForm(await idp.post('/saml/sso', { SAMLRequest: context }));
}

describe('samlify signs on', () => {
  for (const encrypted of [false, true]) {
    for (const sign of ['assertion', 'response', 'both'] as const) {
      it(`${encrypted ? 'encrypted' : 'not encrypted'}, ${sign} signed, by Redirect and by POST, with signed and unsigned requests (SSO-11, SSO-17, MET-13)`, async () => {
        for (const binding of ['redirect', 'post'] as const) {
          for (const signedRequest of [false, true]) {
            const all = await sides({ signedRequest, sign, encrypted });
            const form = await ask(all, binding);
            const { extract } = await all.sp.parseLoginResponse(all.asSeen, 'post', { body: { ...form.fields } });
            expect(extract).to.deep.include({
              nameID: 'maria@example.com',
              audience: 'https://app.example/metadata',
              issuer: 'https://idp.example/saml/metadata',
            });
            expect(extract.attributes).to.include({ 'urn:oid:2.5.4.42': 'Maria' });
            expect(all.idp.issued.at(-1)?.trace.checks.some((check) => check.id === 'request.signature-valid')).to.equal(signedRequest);
          }
        }
      });
    }
  }

  it('and refuses what was changed: the counterpart can say no', async () => {
    const all = await sides({ signedRequest: false, sign: 'both', encrypted: false });
    const form = await ask(all, 'redirect');
    const SAMLResponse = Buffer.from(form.xml.replace('>Maria<', '>Marta<')).toString('base64');
    expect(await all.sp.parseLoginResponse(all.asSeen, 'post', { body: { SAMLResponse } }).then(() => 'accepted', String)).to.not.equal('accepted');
  });

  it('takes an error as one, by its status (CORE-09)', async () => {
    const all = await sides({ signedRequest: false, sign: 'both', encrypted: false });
    const { context } = all.sp.createLoginRequest(all.asSeen, 'redirect', {
      customTagReplacement: () => ({
        id: '_1',
        context: `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_1" Version="2.1" IssueInstant="${new Date().toISOString()}"><saml:Issuer>https://app.example/metadata</saml:Issuer></samlp:AuthnRequest>`,
      }),
    });
    const form = isForm(await all.idp.get('/saml/sso', new URL(context).search.slice(1)));
    const said = await all.sp.parseLoginResponse(all.asSeen, 'post', { body: { ...form.fields } }).then(() => 'accepted', String);
    expect(said).to.include('VersionMismatch').and.include('RequestVersionTooHigh');
  });
});
