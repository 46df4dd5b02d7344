/** An issuer that the Wiki trusts, without a server: tokens in the answer of WS-Trust, and the metadata that goes with them. */
import { draftToken } from '../../src/core/issuance/token-draft.js';
import { asId } from '../../src/core/model/ids.js';
import type { TokenType } from '../../src/core/model/security-token.js';
import type { KeyRing } from '../../src/core/ports.js';
import { randomId } from '../../src/crypto/random.js';
import { createSigner } from '../../src/crypto/signer.js';
import type { Issuer } from '../../src/demo/wiki/issuer.js';
import { WIKI_REALM } from '../../src/demo/wiki/requests.js';
import { createSaml11Builder } from '../../src/tokens/saml11.js';
import { createSaml20Builder } from '../../src/tokens/saml20.js';
import { anIssuanceRequest, aSession, issuers, NOW } from '../support/builders.js';
import { keyPairOf } from '../support/saml-idp.js';

export const ISSUER_NAME = 'https://idp.example/adfs/services/trust';
export const PASSIVE_URL = 'https://idp.example/wsfed';

export interface TokenWish {
  readonly type?: TokenType;
  readonly issuer?: string;
  readonly audience?: string;
  /** Of the key that signs; keys are made by name. */
  readonly key?: string;
  readonly signatureAlgorithm?: string;
  readonly digestAlgorithm?: string;
  readonly name?: string;
  readonly signedInAt?: number;
}

/** A signed assertion for the Wiki, changed where a test says so; it is valid for an hour from NOW. */
export async function tokenFor(wish: TokenWish = {}): Promise<string> {
  const signer = createSigner({ keyId: asId('key'), ...(await keyPairOf(wish.key ?? 'issuer')) });
  const keyRing: KeyRing = { signerFor: () => Promise.resolve(signer), published: () => Promise.resolve([]) };
  const tokenType = wish.type ?? 'saml11';
  const session = aSession();
  const request = anIssuanceRequest({
    protocol: 'wsfed',
    tokenType,
    audience: wish.audience ?? WIKI_REALM,
    confirmation: { method: 'bearer', recipient: 'https://wiki.example/wsfed' },
    session: { ...session, authentication: { ...session.authentication, at: wish.signedInAt ?? session.authentication.at } },
  });
  const { signatureAlgorithm, digestAlgorithm } = wish;
  const relyingParty = { ...request.relyingParty, lifetimeSeconds: 3600, signatureAlgorithm, digestAlgorithm };
  const draft = draftToken(
    { issuers: issuers(wish.issuer ?? ISSUER_NAME), makeId: randomId, now: () => NOW },
    { ...request, relyingParty },
    {
      released: {
        attributes: [
          { name: 'http://schemas.microsoft.com/identity/claims/displayname', nameFormat: '', values: ['Maria <Silva>'] },
          { name: 'http://schemas.xmlsoap.org/claims/Group', nameFormat: '', values: ['Sales', 'Staff'] },
        ],
      },
      name: { value: wish.name ?? 'maria@example.com', format: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress' },
      sessionIndex: '_session',
    },
  );
  return (await (tokenType === 'saml11' ? createSaml11Builder({ keyRing }) : createSaml20Builder({ keyRing }))(draft)).serialized;
}

/** The answer of WS-Trust (February 2005) around whatever stands in for a token. */
export function resultWith(...tokens: readonly string[]): string {
  const held = tokens.map((token) => `<t:RequestedSecurityToken>${token}</t:RequestedSecurityToken>`).join('');
  return `<t:RequestSecurityTokenResponse xmlns:t="http://schemas.xmlsoap.org/ws/2005/02/trust">${held}<t:TokenType>any</t:TokenType></t:RequestSecurityTokenResponse>`;
}

export async function anIssuer(...keys: readonly string[]): Promise<Issuer> {
  const pairs = await Promise.all((keys.length === 0 ? ['issuer'] : keys).map((key) => keyPairOf(key)));
  return { name: ISSUER_NAME, passiveUrl: PASSIVE_URL, certificates: pairs.map((pair) => pair.certificate) };
}

/** Federation metadata with a token service, as other products write it: other prefixes, a second role, an encryption key. */
export function federationMetadata(certificates: readonly string[]): string {
  const key = (certificate: string, use: string): string =>
    `<KeyDescriptor use="${use}"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>\n${certificate}\n</X509Certificate></X509Data></KeyInfo></KeyDescriptor>`;
  const endpoint = (url: string): string =>
    `<f:PassiveRequestorEndpoint><EndpointReference xmlns="http://www.w3.org/2005/08/addressing"><Address>${url}</Address></EndpointReference></f:PassiveRequestorEndpoint>`;
  const xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
  return `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${ISSUER_NAME}"><RoleDescriptor xsi:type="f:ApplicationServiceType" xmlns:f="http://docs.oasis-open.org/wsfed/federation/200706" ${xsi}>${key('not-this-one', 'signing')}</RoleDescriptor><RoleDescriptor xsi:type="f:SecurityTokenServiceType" xmlns:f="http://docs.oasis-open.org/wsfed/federation/200706" ${xsi}>${certificates.map((certificate) => key(certificate, 'signing')).join('')}${key('nor-this', 'encryption')}${endpoint('https://idp.example/active')}${endpoint(PASSIVE_URL)}</RoleDescriptor></EntityDescriptor>`;
}
