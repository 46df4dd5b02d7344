/**
 * Acme's side of SAML 2.0, on @node-saml/node-saml: a key made at the start, metadata, signed AuthnRequests. What comes
 * back is read in receive.ts.
 */
import { createPrivateKey } from 'node:crypto';
import { type CacheProvider, generateServiceProviderMetadata, SAML, type SamlConfig, ValidateInResponseTo } from '@node-saml/node-saml';
import { makeKeyPair } from '../../crypto/certificate.js';
import { randomId } from '../../crypto/random.js';
import { BINDING } from '../../xml/names.js';
import { createNewest } from '../shared/newest.js';
import type { IdentityProvider } from './idp.js';

export const ACME_NAME = 'Acme Expenses';
/** The same whatever port is free, so that a kept data folder finds its application again. */
export const ACME_ENTITY_ID = 'https://expenses.acme.example/saml';
export const ACS_PATH = '/saml/acs';
export const SLO_PATH = '/saml/slo';
const DAY_MS = 86_400_000;
const REQUEST_LIFETIME_MS = 3_600_000;
const MOST_REQUESTS = 1000;
const SKEW_MS = 5000;

export interface AcmeIdentity {
  readonly origin: string;
  readonly acsUrl: string;
  readonly sloUrl: string;
  /** PEM. */
  readonly privateKey: string;
  /** base64 DER. */
  readonly certificate: string;
}

/** A new key pair and the addresses that follow from the origin. */
export async function makeAcmeIdentity(origin: string, now: number): Promise<AcmeIdentity> {
  const pair = await makeKeyPair({ algorithm: 'RSA-2048', commonName: 'expenses.acme.example', notBefore: now - DAY_MS, notAfter: now + 365 * DAY_MS });
  const key = createPrivateKey({ key: pair.privateKey, format: 'der', type: 'pkcs8' });
  return {
    origin,
    acsUrl: `${origin}${ACS_PATH}`,
    sloUrl: `${origin}${SLO_PATH}`,
    certificate: pair.certificate,
    privateKey: key.export({ format: 'pem', type: 'pkcs8' }).toString(),
  };
}

/** The metadata that an administrator would register: signed requests, signed assertions, sign-out by HTTP-Redirect. */
export function acmeMetadata(identity: AcmeIdentity): string {
  const metadata = generateServiceProviderMetadata({
    issuer: ACME_ENTITY_ID,
    callbackUrl: identity.acsUrl,
    logoutCallbackUrl: identity.sloUrl,
    identifierFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
    wantAssertionsSigned: true,
    privateKey: identity.privateKey,
    publicCerts: identity.certificate,
    generateUniqueId: randomId,
  });
  // node-saml writes HTTP-POST there and has no setting for it.
  return metadata.replace(/(<SingleLogoutService Binding=")[^"]*/u, `$1${BINDING.redirect}`);
}

/** Requests that wait for their answer, by id. */
export function createRequestStore(now: () => number): CacheProvider {
  const waiting = createNewest<{ readonly value: string; readonly createdAt: number }>(MOST_REQUESTS);
  return {
    saveAsync: (id, value) => {
      const item = { value, createdAt: now() };
      waiting.set(id, item);
      return Promise.resolve(item);
    },
    getAsync: (id) => {
      const item = waiting.get(id);
      return Promise.resolve(item !== undefined && item.createdAt + REQUEST_LIFETIME_MS > now() ? item.value : null);
    },
    removeAsync: (id) => Promise.resolve(id !== null && waiting.take(id) !== undefined ? id : null),
  };
}

/** The settings that Acme runs with; a broken request changes one of them. */
export function samlConfig(identity: AcmeIdentity, idp: IdentityProvider, requests: CacheProvider): SamlConfig {
  return {
    issuer: ACME_ENTITY_ID,
    audience: ACME_ENTITY_ID,
    callbackUrl: identity.acsUrl,
    entryPoint: idp.ssoUrl,
    logoutUrl: idp.sloUrl,
    idpIssuer: idp.entityId,
    idpCert: [...idp.certificates],
    privateKey: identity.privateKey,
    publicCert: identity.certificate,
    signatureAlgorithm: 'sha256',
    generateUniqueId: randomId,
    disableRequestedAuthnContext: true,
    wantAssertionsSigned: true,
    wantAuthnResponseSigned: true,
    // 'ifPresent': sign-on started from Signet's launcher answers no request.
    validateInResponseTo: ValidateInResponseTo.ifPresent,
    requestIdExpirationPeriodMs: REQUEST_LIFETIME_MS,
    cacheProvider: requests,
    acceptedClockSkewMs: SKEW_MS,
  };
}

/** The address that starts a sign-in: HTTP-Redirect with a signed query. RelayState carries the page that was wanted. */
export async function signInUrl(config: SamlConfig, relayState: string): Promise<string> {
  return new SAML(config).getAuthorizeUrlAsync(relayState, undefined, {});
}
