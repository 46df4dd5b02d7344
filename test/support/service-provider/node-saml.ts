/** An application on @node-saml/node-saml. */
import { type CacheProvider, SAML, type SamlConfig, ValidateInResponseTo } from '@node-saml/node-saml';
import { createVerify } from 'node:crypto';
import { SignedXml } from 'xml-crypto';
import { asValues, BINDING, type Party, type Profile, readIdp, type SignOut, type Toolkit, type Wish } from './toolkit.js';

const ECDSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256';

learnEcdsa();

export function createNodeSaml(party: Party): Toolkit {
  const idp = readIdp(party.idpMetadata, party.binding);
  const asked = cache();
  const config: SamlConfig = {
    callbackUrl: party.acs,
    issuer: party.entityId,
    audience: party.entityId,
    entryPoint: idp.ssoUrl,
    idpIssuer: idp.entityId,
    idpCert: [...idp.certificates],
    wantAssertionsSigned: party.wantsSigned.includes('assertion'),
    wantAuthnResponseSigned: party.wantsSigned.includes('response'),
    // An answer nobody asked for has no InResponseTo; one that has it must answer a request of ours.
    validateInResponseTo: ValidateInResponseTo.ifPresent,
    cacheProvider: asked,
    disableRequestedAuthnContext: true,
    identifierFormat: null,
    signatureAlgorithm: 'sha256',
    digestAlgorithm: 'sha256',
    ...(party.binding === 'post' ? { authnRequestBinding: 'HTTP-POST', skipRequestCompression: true } : {}),
    ...(party.signsRequests ? { privateKey: party.privateKey, publicCert: party.certificate } : {}),
    ...(party.decrypts ? { decryptionPvk: party.privateKey } : {}),
    ...(party.signsOut === undefined ? {} : { logoutUrl: idp.sloUrl, logoutCallbackUrl: party.signsOut.at ?? party.slo }),
  };
  return {
    metadata: () => {
      const xml = new SAML(config).generateServiceProviderMetadata(party.decrypts ? party.certificate : null, party.signsRequests ? party.certificate : null);
      // It knows no other than POST there, but takes both.
      return party.signsOut?.binding === 'redirect'
        ? xml.replace(`SingleLogoutService Binding="${BINDING.post}"`, `SingleLogoutService Binding="${BINDING.redirect}"`)
        : xml;
    },
    ask: async ({ relayState, forceAuthn, passive }: Wish) => {
      const saml = new SAML({ ...config, forceAuthn, passive });
      if (party.binding === 'post') return { kind: 'page', html: await saml.getAuthorizeFormAsync(relayState) };
      return { kind: 'redirect', location: await saml.getAuthorizeUrlAsync(relayState, undefined, {}) };
    },
    accept: async (form) => toProfile((await new SAML(config).validatePostResponseAsync({ ...form })).profile),
    ...(party.signsOut === undefined ? {} : { signOut: createSignOut(config) }),
  };
}

function createSignOut(config: SamlConfig): SignOut {
  return {
    ask: async ({ nameId, nameIdFormat, sessionIndex }, relayState) =>
      new SAML(config).getLogoutUrlAsync({ issuer: '', nameID: nameId, nameIDFormat: nameIdFormat, sessionIndex }, relayState, {}),
    take: async (parameters, rawQuery) => {
      const saml = new SAML(config);
      const container = { ...parameters };
      if (rawQuery === undefined && 'SAMLResponse' in container) {
        await saml.validatePostResponseAsync(container);
        return { kind: 'answer' };
      }
      const { profile } = rawQuery === undefined ? await saml.validatePostRequestAsync(container) : await saml.validateRedirectAsync(container, rawQuery);
      if (profile === null) return { kind: 'answer' };
      return {
        kind: 'request',
        nameId: profile.nameID,
        sessionIndex: profile.sessionIndex ?? '',
        answer: (success) => saml.getLogoutResponseUrlAsync(profile, parameters['RelayState'] ?? '', {}, success),
      };
    },
  };
}

function toProfile(profile: Awaited<ReturnType<SAML['validatePostResponseAsync']>>['profile']): Profile {
  if (profile === null) throw new Error('no profile');
  const { attributes } = profile;
  const entries = typeof attributes === 'object' && attributes !== null ? Object.entries(attributes) : [];
  return {
    nameId: profile.nameID,
    nameIdFormat: profile.nameIDFormat,
    sessionIndex: profile.sessionIndex ?? '',
    attributes: Object.fromEntries(entries.map(([name, value]: [string, unknown]) => [name, asValues(value)])),
  };
}

/** Requests that wait for their answer; one for all SAML objects of the application. */
function cache(): CacheProvider {
  const values = new Map<string, string>();
  return {
    saveAsync: (key, value) => {
      values.set(key, value);
      return Promise.resolve({ value, createdAt: Date.now() });
    },
    getAsync: (key) => Promise.resolve(values.get(key) ?? null),
    removeAsync: (key) => {
      const value = key === null ? null : (values.get(key) ?? null);
      if (key !== null) values.delete(key);
      return Promise.resolve(value);
    },
  };
}

/** xml-crypto brings no ECDSA but takes what is added to it: r and s side by side (XMLDSig 1.1 6.4.3). */
function learnEcdsa(): void {
  const find: unknown = Reflect.get(SignedXml.prototype, 'findSignatureAlgorithm');
  if (typeof find !== 'function') throw new Error('xml-crypto changed');
  const algorithm = {
    getAlgorithmName: () => ECDSA_SHA256,
    verifySignature: (text: string, key: string, signature: string) =>
      createVerify('sha256').update(text).verify({ key, dsaEncoding: 'ieee-p1363' }, signature, 'base64'),
  };
  Reflect.set(SignedXml.prototype, 'findSignatureAlgorithm', function (this: unknown, name: string): unknown {
    const known: unknown = name === ECDSA_SHA256 ? algorithm : Reflect.apply(find, this, [name]);
    return known;
  });
}
