/** Our EntityDescriptor around the roles that each protocol writes (SAML Metadata 2.3.2), canonical and signed on the root. */
import type { Instant } from '../../../core/model/ids.js';
import type { Signer } from '../../../core/ports.js';
import { NS } from '../../../xml/names.js';
import { signEnveloped } from '../../../xml/sign.js';
import { element, escapeText, startTag } from '../../../xml/write.js';

/** What every document of ours says. */
export interface EntityDescription {
  readonly id: string;
  readonly entityId: string;
  readonly organization: string;
  readonly baseUrl: string;
  /** base64 DER: active first, then next, then retired ones still kept. */
  readonly certificates: readonly string[];
  readonly now: Instant;
}

/** What a protocol adds to an entity, as canonical text that declares its own prefixes but md. */
export interface EntityContent {
  /** Children of md:Extensions of the entity. */
  readonly extensions: string;
  readonly roles: string;
  /** Prefixes in values of xsi:type, which exclusive canonical form does not see. */
  readonly typePrefixes?: readonly string[];
}

export const VALID_SECONDS = 14 * 24 * 3600;
/** How old a copy may be that an application still works by: the time a new key must be published before it signs (MET-15). */
export const CACHE_SECONDS = 6 * 3600;

/** The signed text. The signature covers the root by its ID (MET-11, FMD-02). */
export async function writeEntity(description: EntityDescription, content: EntityContent, signer: Signer): Promise<string> {
  const before = startTag('md:EntityDescriptor', {
    'xmlns:md': NS.md,
    ID: description.id,
    cacheDuration: `PT${String(CACHE_SECONDS / 3600)}H`,
    entityID: description.entityId,
    validUntil: new Date(description.now + VALID_SECONDS * 1000).toISOString(),
  });
  const extensions = content.extensions === '' ? '' : element('md:Extensions', {}, content.extensions);
  const after = `${extensions}${content.roles}${organization(description)}</md:EntityDescriptor>`;
  return signEnveloped({ before, after, id: description.id, signer, typePrefixes: content.typePrefixes ?? [] });
}

/** A key that signs, and nothing else of it than one certificate (MDX-01, FMD-05). */
export function signingKey(certificate: string): string {
  const data = element('ds:X509Data', {}, element('ds:X509Certificate', {}, certificate));
  return element('md:KeyDescriptor', { use: 'signing' }, element('ds:KeyInfo', { 'xmlns:ds': NS.ds }, data));
}

function organization(description: EntityDescription): string {
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
