/** SAML 2.0 assertion: canonical text by construction, signed by default (SAML Core 2.3.3, 2.4, 2.5, 2.7; Profiles 4.1.4.2). */
import { SignetError } from '../core/errors.js';
import { NAME_ID } from '../core/issuance/name-identifier.js';
import type { ReleasedAttribute, TokenDraft } from '../core/issuance/token-draft.js';
import type { RelyingParty } from '../core/model/relying-party.js';
import type { NameIdentifier, SecurityToken } from '../core/model/security-token.js';
import type { KeyRing, Signer } from '../core/ports.js';
import { encryptElement, encryptionKeyFor } from '../xml/encrypt.js';
import { NS } from '../xml/names.js';
import { type Algorithms, defaultAlgorithms, isDigestAlgorithm, isSignatureAlgorithm, signEnveloped } from '../xml/sign.js';
import { element, escapeText, startTag } from '../xml/write.js';

const BEARER = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';

/** Builds and, unless only the Response is to be signed, signs the assertion. Errors: check signing.possible, claims.text. */
export function createSaml20Builder(parts: { readonly keyRing: KeyRing }): (draft: TokenDraft) => Promise<SecurityToken> {
  return async (draft) => {
    const { relyingParty } = draft.request;
    const { before, after } = writeOrRefuse(draft);
    const signer = await parts.keyRing.signerFor(relyingParty.signingKey);
    const algorithms = algorithmsOrRefuse(draft, signer);
    const serialized = relyingParty.sign === 'response' ? before + after : await signEnveloped({ before, after, id: draft.id, signer, ...algorithms });
    return {
      id: draft.id,
      type: 'saml20',
      audience: relyingParty.entityId,
      name: draft.name,
      issuedAt: draft.issuedAt,
      expiresAt: draft.expiresAt,
      sessionIndex: draft.sessionIndex,
      serialized,
    };
  };
}

function writeOrRefuse(draft: TokenDraft): ReturnType<typeof writeAssertion> {
  try {
    return writeAssertion(draft);
  } catch (error) {
    if (error instanceof SignetError && error.code === 'invalid_input') {
      throw draft.request.trace.failure('claims.text', { observed: draft.request.subject.userName }, error);
    }
    throw error;
  }
}

/** Asked even when only the Response is signed, so that a token that cannot be sent is not on record as sent. */
function algorithmsOrRefuse(draft: TokenDraft, signer: Signer): Algorithms {
  const { relyingParty, trace } = draft.request;
  try {
    return chooseAlgorithms(relyingParty, signer);
  } catch (error) {
    const listed = [...relyingParty.signingMethods, ...relyingParty.digestMethods].join(', ');
    throw trace.failure('signing.possible', { observed: relyingParty.name, expected: listed }, error);
  }
}

/**
 * What an administrator set, where the key can do it; else the first the metadata lists that the key can do; else
 * SHA-256. A list without anything possible is refused rather than ignored (IIP-MD10, MDX-05).
 */
export function chooseAlgorithms(relyingParty: RelyingParty, signer: { readonly type: 'rsa' | 'ec' }): Algorithms {
  const defaults = defaultAlgorithms(signer.type);
  const fits = (uri: string): boolean => isSignatureAlgorithm(uri, signer.type);
  const configured = relyingParty.signatureAlgorithm;
  return {
    signatureAlgorithm: configured !== undefined && fits(configured) ? configured : firstOf(relyingParty.signingMethods, fits, defaults.signatureAlgorithm),
    digestAlgorithm: relyingParty.digestAlgorithm ?? firstOf(relyingParty.digestMethods, isDigestAlgorithm, defaults.digestAlgorithm),
  };
}

function firstOf(listed: readonly string[], fits: (uri: string) => boolean, otherwise: string): string {
  if (listed.length === 0) return otherwise;
  const found = listed.find(fits);
  if (found === undefined)
    throw new SignetError('unsupported_request', `the metadata of the relying party lists only algorithms that are not written here: ${listed.join(', ')}`);
  return found;
}

/** In two parts: the signature stands after Issuer (Core 2.3.3). Every prefix that is used is declared inside, so that the assertion can be lifted out. */
function writeAssertion(draft: TokenDraft): { readonly before: string; readonly after: string } {
  const start = startTag('saml:Assertion', {
    'xmlns:saml': NS.saml,
    'xmlns:xs': NS.xs,
    'xmlns:xsi': NS.xsi,
    ID: draft.id,
    IssueInstant: time(draft.issuedAt),
    Version: '2.0',
  });
  const issuer = element('saml:Issuer', {}, escapeText(draft.issuer));
  return {
    before: start + issuer,
    after: `${subject(draft)}${conditions(draft)}${authnStatement(draft)}${attributeStatement(draft.attributes)}</saml:Assertion>`,
  };
}

function time(instant: number): string {
  return new Date(instant).toISOString();
}

function subject(draft: TokenDraft): string {
  const { confirmation } = draft.request;
  const data = element('saml:SubjectConfirmationData', {
    InResponseTo: confirmation.inResponseTo,
    NotOnOrAfter: time(draft.expiresAt),
    Recipient: confirmation.recipient,
  });
  const name = draft.request.nameIdPolicy?.format === NAME_ID.encrypted ? encryptedId(draft) : nameId(draft.name);
  return element('saml:Subject', {}, name, element('saml:SubjectConfirmation', { Method: BEARER }, data));
}

function nameId(name: NameIdentifier, declarations: Readonly<Record<string, string>> = {}): string {
  return element(
    'saml:NameID',
    { ...declarations, Format: name.format, NameQualifier: name.nameQualifier, SPNameQualifier: name.spNameQualifier },
    escapeText(name.value),
  );
}

/** Encrypted before the assertion is signed (Core 6.2), its prefix declared inside, so that it stands alone once decrypted (E43). */
function encryptedId(draft: TokenDraft): string {
  const { relyingParty } = draft.request;
  const key = encryptionKeyFor(relyingParty);
  if (key === undefined) throw new SignetError('name_id_policy_unmet', 'there is no key to encrypt the name identifier with');
  return element('saml:EncryptedID', {}, encryptElement(nameId(draft.name, { 'xmlns:saml': NS.saml }), key, { recipient: relyingParty.entityId }));
}

function conditions(draft: TokenDraft): string {
  const audiences = draft.request.relyingParty.audiences.map((audience) => element('saml:Audience', {}, escapeText(audience)));
  return element(
    'saml:Conditions',
    { NotBefore: time(draft.notBefore), NotOnOrAfter: time(draft.expiresAt) },
    element('saml:AudienceRestriction', {}, ...audiences),
  );
}

function authnStatement(draft: TokenDraft): string {
  const { session, contextClass } = draft.request;
  return element(
    'saml:AuthnStatement',
    { AuthnInstant: time(session.authentication.at), SessionIndex: draft.sessionIndex, SessionNotOnOrAfter: time(draft.sessionExpiresAt) },
    element('saml:AuthnContext', {}, element('saml:AuthnContextClassRef', {}, escapeText(contextClass))),
  );
}

function attributeStatement(attributes: readonly ReleasedAttribute[]): string {
  return attributes.length === 0 ? '' : element('saml:AttributeStatement', {}, ...attributes.map(attribute));
}

const VALUE_START = startTag('saml:AttributeValue', { 'xsi:type': 'xs:string' });

function attribute(released: ReleasedAttribute): string {
  const values = released.values.map((value) => `${VALUE_START}${escapeText(value)}</saml:AttributeValue>`);
  return element('saml:Attribute', { FriendlyName: released.friendlyName, Name: released.name, NameFormat: released.nameFormat }, ...values);
}
