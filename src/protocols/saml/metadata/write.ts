/** Our IdP EntityDescriptor (SAML Metadata 2.3.2, 2.4.3), canonical and signed on the root. */
import { OFFERED_FORMATS } from '../../../core/issuance/name-identifier.js';
import type { Instant } from '../../../core/model/ids.js';
import type { Signer } from '../../../core/ports.js';
import { ALG, BINDING, NS } from '../../../xml/names.js';
import { signEnveloped } from '../../../xml/sign.js';
import { element, escapeText, startTag } from '../../../xml/write.js';

export interface IdpDescription {
  readonly id: string;
  readonly entityId: string;
  readonly ssoUrl: string;
  /** Page for people whom an application sends back. */
  readonly supportUrl: string;
  readonly organization: string;
  readonly baseUrl: string;
  /** base64 DER: active first, then next, then retired ones still kept. */
  readonly certificates: readonly string[];
  readonly now: Instant;
}

export const VALID_SECONDS = 14 * 24 * 3600;
/** How old a copy may be that an application still works by: the time a new key must be published before it signs (MET-15). */
export const CACHE_SECONDS = 6 * 3600;

/** What we sign and digest with, in order of preference (algorithm support 2.4). */
export const SIGNING_METHODS: readonly string[] = [ALG.rsaSha256, ALG.rsaSha384, ALG.rsaSha512, ALG.ecdsaSha256, ALG.ecdsaSha384, ALG.ecdsaSha512];
export const DIGEST_METHODS: readonly string[] = [ALG.sha256, ALG.sha384, ALG.sha512];

/** The signed text. The signature covers the root by its ID (MET-11). */
export async function writeIdpMetadata(description: IdpDescription, signer: Signer): Promise<string> {
  const before = startTag('md:EntityDescriptor', {
    'xmlns:md': NS.md,
    ID: description.id,
    cacheDuration: `PT${String(CACHE_SECONDS / 3600)}H`,
    entityID: description.entityId,
    validUntil: new Date(description.now + VALID_SECONDS * 1000).toISOString(),
  });
  const after = `${algorithms()}${role(description)}${organization(description)}</md:EntityDescriptor>`;
  return signEnveloped({ before, after, id: description.id, signer });
}

function algorithms(): string {
  const digests = DIGEST_METHODS.map((uri) => element('alg:DigestMethod', { 'xmlns:alg': NS.alg, Algorithm: uri }));
  const signatures = SIGNING_METHODS.map((uri) => element('alg:SigningMethod', { 'xmlns:alg': NS.alg, Algorithm: uri }));
  return element('md:Extensions', {}, ...digests, ...signatures);
}

function role(description: IdpDescription): string {
  return element(
    'md:IDPSSODescriptor',
    { WantAuthnRequestsSigned: 'false', errorURL: errorUrl(description.supportUrl), protocolSupportEnumeration: NS.samlp },
    element('md:Extensions', {}, display(description)),
    ...description.certificates.map(keyDescriptor),
    ...OFFERED_FORMATS.map((format) => element('md:NameIDFormat', {}, escapeText(format))),
    element('md:SingleSignOnService', { Binding: BINDING.redirect, Location: description.ssoUrl }),
    element('md:SingleSignOnService', { Binding: BINDING.post, Location: description.ssoUrl }),
  );
}

function display(description: IdpDescription): string {
  return element(
    'mdui:UIInfo',
    { 'xmlns:mdui': NS.mdui },
    element('mdui:DisplayName', { 'xml:lang': 'en' }, escapeText(description.organization)),
    element('mdui:Description', { 'xml:lang': 'en' }, escapeText(`Sign-in of ${description.organization}`)),
  );
}

function keyDescriptor(certificate: string): string {
  const data = element('ds:X509Data', {}, element('ds:X509Certificate', {}, certificate));
  return element('md:KeyDescriptor', { use: 'signing' }, element('ds:KeyInfo', { 'xmlns:ds': NS.ds }, data));
}

function organization(description: IdpDescription): string {
  const lang = { 'xml:lang': 'en' };
  const name = escapeText(description.organization);
  return element(
    'md:Organization',
    {},
    element('md:OrganizationName', lang, name),
    element('md:OrganizationDisplayName', lang, name),
    element('md:OrganizationURL', lang, escapeText(description.baseUrl)),
  );
}

/** The placeholders that a service provider fills in (errorURL, saml2int SDP-MD10). */
function errorUrl(supportUrl: string): string {
  return `${supportUrl}?code=ERRORURL_CODE&ts=ERRORURL_TS&rp=ERRORURL_RP&tid=ERRORURL_TID&ctx=ERRORURL_CTX`;
}
