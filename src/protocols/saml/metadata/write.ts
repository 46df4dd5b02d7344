/** Our role as an identity provider (SAML Metadata 2.4.3), and the entity around it. */
import { OFFERED_FORMATS } from '../../../core/issuance/name-identifier.js';
import type { Signer } from '../../../core/ports.js';
import { ALG, BINDING, NS } from '../../../xml/names.js';
import { element, escapeText } from '../../../xml/write.js';
import { type EntityContent, type EntityDescription, signingKey, writeEntity } from '../../shared/metadata/write.js';

export interface IdpDescription extends EntityDescription {
  readonly ssoUrl: string;
  readonly sloUrl: string;
  /** Page for people whom an application sends back. */
  readonly supportUrl: string;
}

/** What we sign and digest with, in order of preference (algorithm support 2.4). */
export const SIGNING_METHODS: readonly string[] = [ALG.rsaSha256, ALG.rsaSha384, ALG.rsaSha512, ALG.ecdsaSha256, ALG.ecdsaSha384, ALG.ecdsaSha512];
export const DIGEST_METHODS: readonly string[] = [ALG.sha256, ALG.sha384, ALG.sha512];

/** The signed EntityDescriptor. */
export async function writeIdpMetadata(description: IdpDescription, signer: Signer): Promise<string> {
  return writeEntity(description, describeIdp(description), signer);
}

/** The role and what belongs to it in the entity. */
export function describeIdp(description: Omit<IdpDescription, 'id' | 'now'>): EntityContent {
  const { supportUrl, ssoUrl, sloUrl } = description;
  const role = element(
    'md:IDPSSODescriptor',
    { WantAuthnRequestsSigned: 'false', errorURL: errorUrl(supportUrl), protocolSupportEnumeration: NS.samlp },
    element('md:Extensions', {}, display(description.organization)),
    ...description.certificates.map(signingKey),
    ...endpoints('md:SingleLogoutService', sloUrl),
    ...OFFERED_FORMATS.map((format) => element('md:NameIDFormat', {}, escapeText(format))),
    ...endpoints('md:SingleSignOnService', ssoUrl),
  );
  return { extensions: algorithms(), roles: role };
}

function endpoints(name: string, url: string): readonly string[] {
  return [BINDING.redirect, BINDING.post].map((binding) => element(name, { Binding: binding, Location: url }));
}

function algorithms(): string {
  const digests = DIGEST_METHODS.map((uri) => element('alg:DigestMethod', { 'xmlns:alg': NS.alg, Algorithm: uri }));
  const signatures = SIGNING_METHODS.map((uri) => element('alg:SigningMethod', { 'xmlns:alg': NS.alg, Algorithm: uri }));
  return [...digests, ...signatures].join('');
}

function display(organization: string): string {
  return element(
    'mdui:UIInfo',
    { 'xmlns:mdui': NS.mdui },
    element('mdui:DisplayName', { 'xml:lang': 'en' }, escapeText(organization)),
    element('mdui:Description', { 'xml:lang': 'en' }, escapeText(`Sign-in of ${organization}`)),
  );
}

/** The placeholders that a service provider fills in (errorURL, saml2int SDP-MD10). */
function errorUrl(supportUrl: string): string {
  return `${supportUrl}?code=ERRORURL_CODE&ts=ERRORURL_TS&rp=ERRORURL_RP&tid=ERRORURL_TID&ctx=ERRORURL_CTX`;
}
