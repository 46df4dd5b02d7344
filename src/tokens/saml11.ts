/**
 * SAML 1.1 assertion: canonical text by construction, always signed, with the signature as its last child (SAML 1.1 Core
 * 2.3.2, 2.4, 5.4). What WIF-era applications, SharePoint and Microsoft 365 read inside WS-Federation.
 */
import { CONTEXT_PASSWORD, CONTEXT_PASSWORD_PROTECTED } from '../core/issuance/authn-policy.js';
import type { ReleasedAttribute, TokenDraft } from '../core/issuance/token-draft.js';
import type { SecurityToken } from '../core/model/security-token.js';
import type { KeyRing } from '../core/ports.js';
import { NS } from '../xml/names.js';
import { signEnveloped } from '../xml/sign.js';
import { element, escapeText, startTag } from '../xml/write.js';
import { prepareSigning, time, writeOrRefuse, type Written } from './assertion.js';

const BEARER = 'urn:oasis:names:tc:SAML:1.0:cm:bearer';
const METHOD_PREFIX = 'urn:oasis:names:tc:SAML:1.0:am:';
const CONTEXT_PREFIX = 'urn:oasis:names:tc:SAML:2.0:ac:classes:';

/** SAML 1.1 Core 7.1, by the SAML 2.0 class that a sign-in amounts to. */
const METHODS: Readonly<Record<string, string>> = {
  [CONTEXT_PASSWORD]: `${METHOD_PREFIX}password`,
  [CONTEXT_PASSWORD_PROTECTED]: `${METHOD_PREFIX}password`,
  [`${CONTEXT_PREFIX}X509`]: `${METHOD_PREFIX}X509-PKI`,
  [`${CONTEXT_PREFIX}Smartcard`]: `${METHOD_PREFIX}HardwareToken`,
  [`${CONTEXT_PREFIX}SmartcardPKI`]: `${METHOD_PREFIX}HardwareToken`,
  [`${CONTEXT_PREFIX}TLSClient`]: 'urn:ietf:rfc:2246',
  [`${CONTEXT_PREFIX}Kerberos`]: 'urn:ietf:rfc:1510',
};

/** The AuthenticationMethod of an authentication context class; a class from outside SAML 2.0 stands for itself. */
export function authenticationMethod(contextClass: string): string {
  const known = METHODS[contextClass];
  if (known !== undefined) return known;
  return contextClass.startsWith(CONTEXT_PREFIX) ? `${METHOD_PREFIX}unspecified` : contextClass;
}

/** Where an attribute has a name that cannot be split: the namespace under which the whole URI is the name, as SAML 1.1 federations have it. */
const WHOLE_URI = 'urn:mace:shibboleth:1.0:attributeNamespace:uri';

/** AttributeNamespace and AttributeName of a claim type: cut at its last slash, since readers join the two by one. */
export function splitClaimType(type: string): { readonly namespace: string; readonly name: string } {
  const cut = type.lastIndexOf('/');
  const name = type.slice(cut + 1);
  return cut <= 0 || name === '' ? { namespace: WHOLE_URI, name: type } : { namespace: type.slice(0, cut), name };
}

/** Builds and signs the assertion. Errors: check signing.possible, claims.text. */
export function createSaml11Builder(parts: { readonly keyRing: KeyRing }): (draft: TokenDraft) => Promise<SecurityToken> {
  return async (draft) => {
    const { before, after } = writeOrRefuse(draft, writeAssertion);
    const signing = await prepareSigning(parts.keyRing, draft);
    return {
      id: draft.id,
      type: 'saml11',
      issuer: draft.issuer,
      audience: draft.request.audience,
      name: draft.name,
      issuedAt: draft.issuedAt,
      expiresAt: draft.expiresAt,
      sessionIndex: draft.sessionIndex,
      serialized: await signEnveloped({ before, after, id: draft.id, typePrefixes: hasTypes(draft) ? ['xs', 'xsi'] : [], ...signing }),
    };
  };
}

function writeAssertion(draft: TokenDraft): Written {
  const start = startTag('saml:Assertion', {
    'xmlns:saml': NS.saml11,
    ...(hasTypes(draft) ? { 'xmlns:xs': NS.xs, 'xmlns:xsi': NS.xsi } : {}),
    AssertionID: draft.id,
    IssueInstant: time(draft.issuedAt),
    Issuer: draft.issuer,
    MajorVersion: '1',
    MinorVersion: '1',
  });
  const who = subject(draft);
  return {
    before: `${start}${conditions(draft)}${attributeStatement(draft.attributes, who)}${authenticationStatement(draft, who)}`,
    after: '</saml:Assertion>',
  };
}

function hasTypes({ attributes }: TokenDraft): boolean {
  return attributes.some(({ valueType }) => valueType !== undefined);
}

function conditions(draft: TokenDraft): string {
  const audiences = draft.audiences.map((audience) => element('saml:Audience', {}, escapeText(audience)));
  return element(
    'saml:Conditions',
    { NotBefore: time(draft.notBefore), NotOnOrAfter: time(draft.expiresAt) },
    element('saml:AudienceRestrictionCondition', {}, ...audiences),
  );
}

/** The same in every statement (SAML 1.1 Core 2.4.2). */
function subject({ name }: TokenDraft): string {
  return element(
    'saml:Subject',
    {},
    element('saml:NameIdentifier', { Format: name.format, NameQualifier: name.nameQualifier }, escapeText(name.value)),
    element('saml:SubjectConfirmation', {}, element('saml:ConfirmationMethod', {}, BEARER)),
  );
}

function attributeStatement(attributes: readonly ReleasedAttribute[], who: string): string {
  const filled = attributes.filter((attribute) => attribute.values.length > 0);
  return filled.length === 0 ? '' : element('saml:AttributeStatement', {}, who, ...filled.map(attribute));
}

function attribute(released: ReleasedAttribute): string {
  const { namespace, name } = splitClaimType(released.name);
  // Text goes without a type, as AD FS sends it.
  const typed = released.valueType === undefined ? {} : { 'xsi:type': `xs:${released.valueType}` };
  const values = released.values.map((value) => element('saml:AttributeValue', typed, escapeText(value)));
  return element('saml:Attribute', { AttributeName: name, AttributeNamespace: namespace }, ...values);
}

function authenticationStatement(draft: TokenDraft, who: string): string {
  const { session, contextClass } = draft.request;
  return element(
    'saml:AuthenticationStatement',
    { AuthenticationInstant: time(session.authentication.at), AuthenticationMethod: authenticationMethod(contextClass) },
    who,
  );
}
