/** SAML 2.0 assertion: canonical text by construction, signed by default (SAML Core 2.3.3, 2.4, 2.5, 2.7; Profiles 4.1.4.2). */
import { NAME_ID } from '../core/issuance/name-identifier.js';
import type { ReleasedAttribute, TokenDraft } from '../core/issuance/token-draft.js';
import type { NameIdentifier, SecurityToken } from '../core/model/security-token.js';
import type { KeyRing } from '../core/ports.js';
import { encryptElement, encryptionKeyFor, nameKeyFor } from '../xml/encrypt.js';
import { NS } from '../xml/names.js';
import { signEnveloped } from '../xml/sign.js';
import { element, escapeText, startTag } from '../xml/write.js';
import { prepareSigning, time, writeOrRefuse, type Written } from './assertion.js';

const BEARER = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';

/** Builds and, unless only the Response is to be signed, signs the assertion. Errors: check signing.possible, claims.text. */
export function createSaml20Builder(parts: { readonly keyRing: KeyRing }): (draft: TokenDraft) => Promise<SecurityToken> {
  return async (draft) => {
    const { before, after } = writeOrRefuse(draft, writeAssertion);
    const signing = await prepareSigning(parts.keyRing, draft);
    const serialized = signedOutside(draft) ? before + after : await signEnveloped({ before, after, id: draft.id, ...signing });
    return {
      id: draft.id,
      type: 'saml20',
      issuer: draft.issuer,
      audience: draft.request.audience,
      name: draft.name,
      issuedAt: draft.issuedAt,
      expiresAt: draft.expiresAt,
      sessionIndex: draft.sessionIndex,
      serialized,
    };
  };
}

/** Only SAML 2.0 has a Response around the assertion that could carry the signature instead. */
function signedOutside({ request }: TokenDraft): boolean {
  return request.protocol === 'saml' && request.relyingParty.sign === 'response';
}

/** In two parts: the signature stands after Issuer (Core 2.3.3). Every prefix that is used is declared inside, so that the assertion can be lifted out. */
function writeAssertion(draft: TokenDraft): Written {
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

function subject(draft: TokenDraft): string {
  const { confirmation } = draft.request;
  const data = element('saml:SubjectConfirmationData', {
    InResponseTo: confirmation.inResponseTo,
    NotOnOrAfter: time(draft.confirmBefore),
    Recipient: confirmation.recipient,
  });
  const encrypted = draft.request.relyingParty.encryptNameId || draft.request.nameIdPolicy?.format === NAME_ID.encrypted;
  const name = encrypted ? encryptedId(draft) : nameId(draft.name);
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
  const { relyingParty, trace } = draft.request;
  const key = relyingParty.encryptNameId ? nameKeyFor(relyingParty) : encryptionKeyFor(relyingParty);
  if (key === undefined) throw trace.failure('request.nameid-format', { observed: NAME_ID.encrypted, expected: 'there is no encryption key for it' });
  return element('saml:EncryptedID', {}, encryptElement(nameId(draft.name, { 'xmlns:saml': NS.saml }), key, { recipient: relyingParty.entityId }));
}

function conditions(draft: TokenDraft): string {
  const audiences = draft.audiences.map((audience) => element('saml:Audience', {}, escapeText(audience)));
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

const TEXT_START = valueStart('string');

/** Every value as a string unless the rules gave all of them another type that they fit. */
function attribute(released: ReleasedAttribute): string {
  const start = released.valueType === undefined ? TEXT_START : valueStart(released.valueType);
  const values = released.values.map((value) => `${start}${escapeText(value)}</saml:AttributeValue>`);
  return element('saml:Attribute', { FriendlyName: released.friendlyName, Name: released.name, NameFormat: released.nameFormat }, ...values);
}

function valueStart(type: string): string {
  return startTag('saml:AttributeValue', { 'xsi:type': `xs:${type}` });
}
