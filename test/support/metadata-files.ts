/** Metadata of applications, good and broken, as files: test/fixtures/metadata. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const METADATA = new URL('../../../test/fixtures/metadata/', import.meta.url);

export function metadataPath(name: string): string {
  return fileURLToPath(new URL(name, METADATA));
}

export function metadataBytes(name: string): Buffer {
  return readFileSync(new URL(name, METADATA));
}

export function metadataText(name: string): string {
  return metadataBytes(name).toString('utf8');
}

/** What an administrator reads about each broken file: it names the element or the place, and mostly the fix. */
export const BROKEN: Readonly<Record<string, RegExp>> = {
  'not-xml': /not readable as metadata.*not well-formed/u,
  empty: /not readable as metadata.*no element|not well-formed/u,
  'web-page': /not readable as metadata.*document type declaration/u,
  'cut-off': /not readable as metadata.*not well-formed/u,
  'two-roots': /not readable as metadata.*not well-formed/u,
  'document-type': /document type declaration/u,
  'external-entity': /document type declaration/u,
  'entity-expansion': /document type declaration/u,
  'processing-instruction': /processing instruction/u,
  'other-encoding': /encoding is not UTF-8/u,
  'latin-1': /not UTF-8 text; save it as UTF-8/u,
  'utf-16': /not UTF-8 text|NUL/u,
  'wrong-root': /root is AuthnRequest; expected EntityDescriptor/u,
  'wrong-namespace': /root is EntityDescriptor; expected EntityDescriptor or EntitiesDescriptor of SAML 2\.0/u,
  'no-entity-id': /EntityDescriptor has no entityID/u,
  'entity-id-too-long': /entityID has \d+ characters; at most 1024/u,
  'entity-id-invisible': /entityID holds white space or invisible characters/u,
  'identity-provider': /IDPSSODescriptor.*Ask for the service provider's metadata/u,
  'saml-1-only': /SPSSODescriptor.*protocolSupportEnumeration.*Ask the application for SAML 2\.0/u,
  'no-role': /has no SPSSODescriptor/u,
  'no-reply-address': /no AssertionConsumerService Location for HTTP-POST that can be used/u,
  'artifact-only': /no AssertionConsumerService Location for HTTP-POST that can be used/u,
  'reply-script': /AssertionConsumerService Location for HTTP-POST: javascript:.*https:\/\//u,
  'reply-data': /AssertionConsumerService Location for HTTP-POST: data:.*https:\/\//u,
  'reply-http': /AssertionConsumerService Location for HTTP-POST: .*uses http.*--allow-http/u,
  'reply-relative': /AssertionConsumerService Location for HTTP-POST: .*not an absolute web address/u,
  'reply-user-name': /AssertionConsumerService Location for HTTP-POST: .*user name or password.*remove them/u,
  'reply-fragment': /AssertionConsumerService Location for HTTP-POST: .*fragment/u,
  'reply-wildcard': /no AssertionConsumerService Location for HTTP-POST that can be used/u,
  'reply-missing': /AssertionConsumerService Location for HTTP-POST: the address is missing/u,
  'index-negative': /AssertionConsumerService index is "-1"/u,
  'default-unclear': /AssertionConsumerService isDefault is "yes"/u,
  'key-use': /KeyDescriptor use is "sign"; expected signing or encryption/u,
  'certificate-garbage': /X509Certificate in a KeyDescriptor cannot be used: the certificate is not readable/u,
  'certificate-not-base64': /X509Certificate in a KeyDescriptor cannot be used: the certificate is not base64/u,
  'certificate-weak': /RSA key of CN=weak\.app\.example has 1024 bits; at least 2048/u,
  'private-key': /X509Certificate in a KeyDescriptor holds a private key\. Tell the application/u,
  'signed-requests-without-key': /AuthnRequestsSigned="true".*no KeyDescriptor with a signing certificate/u,
  'flag-unclear': /WantAssertionsSigned is "maybe"; expected true or false/u,
  ended: /ended on 2026-11-01.*validUntil.*current copy/u,
  'ended-with-parent': /ended on 2026-11-01.*validUntil/u,
  'valid-until-unclear': /validUntil is "next year"; expected a date and time such as/u,
  'several-applications': /holds 2 applications.*Name one with --entity-id/u,
  'attribute-without-name': /RequestedAttribute has no Name/u,
  'signature-broken': /signature of the metadata does not fit its content.*Fetch it again/u,
  'federation-issuer-only': /describes a token issuer \(SecurityTokenServiceType\), not an application\. Ask for the service provider's metadata/u,
  'federation-no-passive': /has no PassiveRequestorEndpoint.*signet rp add-wsfed https:\/\/portal\.acme\.example\/ --reply URL$/u,
  'federation-reply-http': /PassiveRequestorEndpoint: .*uses http.*--allow-http/u,
  'federation-reply-script': /PassiveRequestorEndpoint: javascript:.*https:\/\//u,
  'federation-claim-without-uri': /ClaimType in ClaimTypesRequested has no Uri/u,
  'federation-claim-unclear': /ClaimType Optional is "maybe"/u,
  'federation-other-namespace': /has no SPSSODescriptor and no role of type ApplicationServiceType/u,
  'federation-signature-broken': /signature of the metadata does not fit its content.*Fetch it again/u,
};

/** Every broken file there is: one that stands in no table would not be tested. */
export function brokenFiles(): readonly string[] {
  return readdirSync(new URL('broken/', METADATA)).map((name) => name.replace(/\.xml$/u, ''));
}
