/** node-saml as service provider: its requests in, our answers back, everything as it comes. */
import { SAML, type SamlConfig, ValidateInResponseTo } from '@node-saml/node-saml';
import { expect } from 'chai';
import type { EncryptionKey, RelyingParty, WhatIsSigned } from '../../src/core/model/relying-party.js';
import { ALG } from '../../src/xml/names.js';
import { aRelyingParty } from '../support/builders.js';
import { IDP_ENTITY_ID, isForm, keyPairOf, SSO_URL, type TestIdp, testIdpWith } from '../support/saml-idp.js';
import { pem } from '../support/xml-oracles.js';

const ENTITY_ID = 'https://app.example/metadata';
const ACS = 'https://app.example/acs';

interface Trial {
  readonly binding: 'redirect' | 'post';
  readonly signedRequest: boolean;
  readonly sign: WhatIsSigned;
  readonly encryption?: EncryptionKey['methods'];
}

async function pairOf(trial: Trial, more: Partial<SamlConfig> = {}, party: Partial<RelyingParty> = {}): Promise<{ readonly idp: TestIdp; readonly sp: SAML }> {
  const pair = await keyPairOf('sp.example');
  const privateKey = pem(pair.privateKey.toString('base64'), 'PRIVATE KEY');
  const idp = await testIdpWith(
    { start: Date.now() },
    aRelyingParty({
      sign: trial.sign,
      requireSignedRequests: trial.signedRequest,
      signingCertificates: trial.signedRequest ? [pair.certificate] : [],
      encryptionKeys: trial.encryption === undefined ? [] : [{ certificate: pair.certificate, methods: trial.encryption }],
      ...party,
    }),
  );
  const sp = new SAML({
    entryPoint: SSO_URL,
    issuer: ENTITY_ID,
    callbackUrl: ACS,
    audience: ENTITY_ID,
    idpCert: pem(idp.certificate),
    idpIssuer: IDP_ENTITY_ID,
    wantAssertionsSigned: trial.sign !== 'response',
    wantAuthnResponseSigned: trial.sign !== 'assertion',
    validateInResponseTo: ValidateInResponseTo.always,
    ...(trial.signedRequest
      ? { privateKey, publicCert: pem(pair.certificate), signatureAlgorithm: 'sha256' as const, digestAlgorithm: 'sha256' as const }
      : {}),
    ...(trial.encryption === undefined ? {} : { decryptionPvk: privateKey }),
    ...(trial.binding === 'post' ? { authnRequestBinding: 'HTTP-POST', skipRequestCompression: true } : {}),
    ...more,
  });
  return { idp, sp };
}

/** Without white space: node-saml signs it as %20 and sends it as +, and only what was sent counts (Bindings 3.4.4.1). */
const RELAY_STATE = '/deep?a=1&b="ü"';

/** Sends what the service provider made, and gives the form that goes back to it. */
async function send(
  { idp, sp }: { readonly idp: TestIdp; readonly sp: SAML },
  binding: Trial['binding'],
  relayState = RELAY_STATE,
): Promise<ReturnType<typeof isForm>> {
  if (binding === 'redirect') {
    const url = new URL(await sp.getAuthorizeUrlAsync(relayState, undefined, {}));
    return isForm(await idp.get('/saml/sso', url.search.slice(1)));
  }
  const message = await sp.getAuthorizeMessageAsync(relayState);
  const form = Object.fromEntries(Object.entries(message).map(([name, value]) => [name, String(value)]));
  return isForm(await idp.post('/saml/sso', form));
}

const read = (sp: SAML, form: ReturnType<typeof isForm>): ReturnType<SAML['validatePostResponseAsync']> => sp.validatePostResponseAsync({ ...form.fields });

const ENCRYPTIONS: readonly (readonly [string, EncryptionKey['methods'] | undefined])[] = [
  ['not encrypted', undefined],
  ['encrypted', []],
  ['encrypted with AES-128-GCM', [ALG.aes128Gcm, ALG.rsaOaepMgf1p]],
  ['encrypted with AES-256-CBC', [ALG.aes256Cbc]],
];

describe('node-saml signs on', () => {
  for (const [words, encryption] of ENCRYPTIONS) {
    for (const sign of ['assertion', 'response', 'both'] as const) {
      it(`${words}, ${sign} signed, by Redirect and by POST, with signed and unsigned requests (SSO-11, SSO-13, BND-03, IIP-IDP09)`, async () => {
        for (const binding of ['redirect', 'post'] as const) {
          for (const signedRequest of [false, true]) {
            const both = await pairOf({ binding, signedRequest, sign, ...(encryption === undefined ? {} : { encryption }) });
            const form = await send(both, binding);
            expect(form.fields['RelayState']).to.equal(RELAY_STATE);
            const { profile } = await read(both.sp, form);
            expect(profile).to.include({ issuer: IDP_ENTITY_ID, nameID: 'maria@example.com' });
            expect(profile?.['urn:oid:2.5.4.42']).to.equal('Maria');
            expect(profile?.['urn:oid:1.3.6.1.4.1.5923.1.5.1.1']).to.deep.equal(['Sales', 'Everyone']);
            expect(both.idp.issued.at(-1)?.trace.checks.some((check) => check.id === 'request.signature-valid')).to.equal(signedRequest);
          }
        }
      });
    }
  }

  it('with RSA-SHA512 requests and answers (XML-01)', async () => {
    for (const binding of ['redirect', 'post'] as const) {
      const trial = { binding, signedRequest: true, sign: 'both' } as const;
      const both = await pairOf(
        trial,
        { signatureAlgorithm: 'sha512', digestAlgorithm: 'sha512' },
        { signatureAlgorithm: ALG.rsaSha512, digestAlgorithm: ALG.sha512 },
      );
      expect((await read(both.sp, await send(both, binding))).profile?.nameID).to.equal('maria@example.com');
    }
  });

  it('takes NoPassive for what it is, and any other error for an error (CORE-15, SSO-06)', async () => {
    const passive = await pairOf({ binding: 'redirect', signedRequest: false, sign: 'both' }, { passive: true });
    passive.idp.session = undefined;
    expect(await read(passive.sp, await send(passive, 'redirect'))).to.deep.equal({ profile: null, loggedOut: false });
    const odd = await pairOf({ binding: 'redirect', signedRequest: false, sign: 'both' }, { identifierFormat: 'urn:unknown' });
    const failure = await read(odd.sp, await send(odd, 'redirect')).catch((error: unknown) => String(error));
    expect(failure).to.match(/Requester error: Reference SGN-/u);
  });

  it('and refuses what was changed, comes from elsewhere, or was for somebody else: the counterpart can say no', async () => {
    const one = await pairOf({ binding: 'redirect', signedRequest: false, sign: 'both' });
    const form = await send(one, 'redirect');
    const bent = Buffer.from(form.xml.replace('>Maria<', '>Marta<')).toString('base64');
    expect(await one.sp.validatePostResponseAsync({ SAMLResponse: bent }).catch((error: unknown) => String(error))).to.match(/Error/u);
    const other = await pairOf({ binding: 'redirect', signedRequest: false, sign: 'both' }, { audience: 'https://other.example' });
    expect(await read(other.sp, await send(other, 'redirect')).catch((error: unknown) => String(error))).to.match(/audience/iu);
  });

  it('its signature is refused when it signs with SHA-1 or with another key (S05, S07)', async () => {
    for (const binding of ['redirect', 'post'] as const) {
      const weak = await pairOf({ binding, signedRequest: true, sign: 'both' }, { signatureAlgorithm: 'sha1', digestAlgorithm: 'sha1' });
      expect(await send(weak, binding).catch((error: unknown) => String(error))).to.include('"kind":"page"');
      const stranger = pem((await keyPairOf('stranger')).privateKey.toString('base64'), 'PRIVATE KEY');
      const foreign = await pairOf({ binding, signedRequest: true, sign: 'both' }, { privateKey: stranger });
      expect(await send(foreign, binding).catch((error: unknown) => String(error))).to.include('"kind":"page"');
      for (const { idp } of [weak, foreign]) expect([idp.refused.at(-1)?.check, idp.issued.length]).to.deep.equal(['request.signature-valid', 0]);
    }
  });
});
