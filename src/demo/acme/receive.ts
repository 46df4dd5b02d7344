/**
 * What comes back to Acme's AssertionConsumerService. node-saml verifies signatures, times, audience and the request
 * answered; what it leaves to the application (issuer, addresses, reuse) is checked here. The result lists each of them.
 */
import { type Profile, SAML, type SamlConfig } from '@node-saml/node-saml';
import { NS } from '../../xml/names.js';
import { parseXml, type XmlElement } from '../../xml/parse.js';
import { attribute, child, children, leafText } from '../../xml/read.js';
import type { Verified } from '../shared/sections.js';
import type { IdentityProvider } from './idp.js';

export interface AttributeRow {
  readonly name: string;
  readonly friendlyName: string | undefined;
  readonly values: readonly string[];
}

/** A person as the assertion describes them. */
export interface SignedIn {
  readonly displayName: string;
  readonly nameId: string;
  readonly nameIdFormat: string;
  readonly sessionIndex: string;
  readonly authnContext: string;
  readonly attributes: readonly AttributeRow[];
  readonly verified: readonly Verified[];
  readonly assertionXml: string;
  /** The name with everything that belongs to it, for signing out. */
  readonly profile: Profile;
}

/** An error status of Signet, from a response whose signature is good. */
export interface Refused {
  /** Top level first; without the common prefix. */
  readonly codes: readonly string[];
  readonly message: string;
  readonly reference: string | undefined;
}

export type Received =
  | { readonly kind: 'signed-in'; readonly who: SignedIn }
  | { readonly kind: 'refused'; readonly refused: Refused }
  | { readonly kind: 'invalid'; readonly reason: string };

const STATUS = 'urn:oasis:names:tc:SAML:2.0:status:';
const DISPLAY_NAME = 'urn:oid:2.16.840.1.113730.3.1.241';
const REFERENCE = /SGN-[0-9A-Z]{4}-[0-9A-Z]{4}/u;

export interface ReceiveParts {
  readonly idp: IdentityProvider;
  readonly config: SamlConfig;
  readonly firstUse: (assertionId: string) => boolean;
}

/** Reads and verifies the base64 text of SAMLResponse. Never throws: whatever is wrong becomes `invalid` with a sentence. */
export async function receiveResponse(parts: ReceiveParts, encoded: string): Promise<Received> {
  try {
    const saml = new SAML(parts.config);
    const status = readStatus(encoded);
    if (status !== undefined) return await refusedBy(saml, encoded, status);
    const { profile } = await saml.validatePostResponseAsync({ SAMLResponse: encoded });
    if (profile === null) return { kind: 'invalid', reason: 'The response holds no assertion.' };
    return accept(parts, encoded, profile);
  } catch (error) {
    return { kind: 'invalid', reason: error instanceof Error ? error.message : 'The response is not readable.' };
  }
}

/** node-saml answers an error status by throwing, after it has verified the signature of the response; that is what counts here. */
async function refusedBy(saml: SAML, encoded: string, refused: Refused): Promise<Received> {
  try {
    const { profile } = await saml.validatePostResponseAsync({ SAMLResponse: encoded });
    // NoPassive comes back without a profile instead.
    if (profile === null) return { kind: 'refused', refused };
    return { kind: 'invalid', reason: 'The response holds an error and an assertion.' };
  } catch (error) {
    if (error instanceof Error && 'xmlStatus' in error) return { kind: 'refused', refused };
    throw error;
  }
}

function readStatus(encoded: string): Refused | undefined {
  const root = parseXml(Buffer.from(encoded, 'base64').toString('utf8'));
  const status = child(root, NS.samlp, 'Status');
  if (status === undefined) return undefined;
  const codes: string[] = [];
  for (let code = child(status, NS.samlp, 'StatusCode'); code !== undefined; code = child(code, NS.samlp, 'StatusCode')) {
    codes.push((attribute(code, 'Value') ?? '').replace(STATUS, ''));
  }
  if (codes[0] === 'Success') return undefined;
  const element = child(status, NS.samlp, 'StatusMessage');
  const message = element === undefined ? '' : leafText(element);
  return { codes, message, reference: REFERENCE.exec(message)?.[0] };
}

function accept(parts: ReceiveParts, encoded: string, profile: Profile): Received {
  const { idp, config } = parts;
  const response = parseXml(Buffer.from(encoded, 'base64').toString('utf8'));
  const assertionXml = profile.getAssertionXml?.() ?? '';
  const assertion = parseXml(assertionXml);
  const data = path(assertion, 'Subject', 'SubjectConfirmation', 'SubjectConfirmationData');
  const conditions = path(assertion, 'Conditions');
  const id = attribute(assertion, 'ID') ?? '';
  const destination = attribute(response, 'Destination');
  const recipient = data === undefined ? undefined : attribute(data, 'Recipient');
  if (profile.issuer !== idp.entityId) return { kind: 'invalid', reason: `The issuer is ${profile.issuer}, not ${idp.entityId}.` };
  if (destination !== config.callbackUrl) return { kind: 'invalid', reason: `The response was meant for ${destination ?? 'nobody'}.` };
  if (recipient !== config.callbackUrl) return { kind: 'invalid', reason: `The assertion was meant for ${recipient ?? 'nobody'}.` };
  if (!parts.firstUse(id)) return { kind: 'invalid', reason: 'This assertion was used before.' };

  const inResponseTo = attribute(response, 'InResponseTo');
  const time = (name: string): string => (conditions === undefined ? undefined : attribute(conditions, name)) ?? 'open';
  const verified: readonly Verified[] = [
    { what: 'The response is signed with a key of Signet', seen: signatureMethod(response) },
    { what: 'The assertion is signed as well', seen: signatureMethod(child(response, NS.saml, 'Assertion')) },
    { what: 'It was issued by Signet', seen: profile.issuer },
    { what: 'It was sent to this address', seen: `${destination} (Destination, Recipient)` },
    { what: 'It is for Acme', seen: `Audience ${String(config.audience)}` },
    inResponseTo === undefined
      ? { what: 'Nobody asked for it', seen: 'sign-on started at Signet' }
      : { what: 'Acme asked for it, and it was answered once', seen: inResponseTo },
    { what: 'The time is right', seen: `${time('NotBefore')} to ${time('NotOnOrAfter')}` },
    { what: 'It was not used before', seen: id },
  ];
  const attributes = readAttributes(assertion);
  return {
    kind: 'signed-in',
    who: {
      displayName: attributes.find((row) => row.name === DISPLAY_NAME)?.values[0] ?? profile.nameID,
      nameId: profile.nameID,
      nameIdFormat: profile.nameIDFormat,
      sessionIndex: profile.sessionIndex ?? 'none',
      authnContext: textAt(assertion, 'AuthnStatement', 'AuthnContext', 'AuthnContextClassRef'),
      attributes,
      verified,
      assertionXml,
      profile,
    },
  };
}

/** For display; node-saml has verified both signatures. */
function signatureMethod(signed: XmlElement | undefined): string {
  const signature = signed === undefined ? undefined : child(signed, NS.ds, 'Signature');
  const info = signature === undefined ? undefined : child(signature, NS.ds, 'SignedInfo');
  const method = info === undefined ? undefined : child(info, NS.ds, 'SignatureMethod');
  return (method === undefined ? undefined : attribute(method, 'Algorithm')) ?? 'not shown';
}

function readAttributes(assertion: XmlElement): readonly AttributeRow[] {
  return children(assertion, NS.saml, 'AttributeStatement').flatMap((statement) =>
    children(statement, NS.saml, 'Attribute').map((entry) => ({
      name: attribute(entry, 'Name') ?? '',
      friendlyName: attribute(entry, 'FriendlyName'),
      values: children(entry, NS.saml, 'AttributeValue').map(leafText),
    })),
  );
}

function path(from: XmlElement, ...names: readonly string[]): XmlElement | undefined {
  return names.reduce<XmlElement | undefined>((at, name) => (at === undefined ? undefined : child(at, NS.saml, name)), from);
}

function textAt(from: XmlElement, ...names: readonly string[]): string {
  const found = path(from, ...names);
  return found === undefined ? '' : leafText(found);
}
