/** LogoutRequest and LogoutResponse (SAML Core 3.7.1, 3.7.2): read strictly, written in exclusive canonical form. */
import type { LogoutReason } from '../../../core/sessions/logout-plan.js';
import type { AskedName } from '../../../core/sessions/same-name.js';
import type { Instant } from '../../../core/model/ids.js';
import type { NameIdentifier } from '../../../core/model/security-token.js';
import { NS } from '../../../xml/names.js';
import type { XmlElement } from '../../../xml/parse.js';
import { attribute, child, childElements, exactText, readDateTime } from '../../../xml/read.js';
import { element, escapeText, startTag } from '../../../xml/write.js';
import { childrenInOrder, type Expected, malformed, readNameId } from './message.js';
import { writeResponse } from './response.js';
import { type Status, STATUS_PREFIX } from './status.js';

const REASON_PREFIX = 'urn:oasis:names:tc:SAML:2.0:logout:';
const REASONS: readonly LogoutReason[] = ['user', 'admin', 'global-timeout', 'sp-timeout'];

/** What a LogoutRequest asks. */
export interface LogoutRequestBody {
  readonly issueInstant: Instant;
  readonly notOnOrAfter: Instant | undefined;
  /** One that is known here; other reasons are the application's own affair. */
  readonly reason: LogoutReason | undefined;
  /** undefined when the name is encrypted. */
  readonly name: AskedName | undefined;
  /** None means every session. */
  readonly sessionIndexes: readonly string[];
  /** No answer is wanted (Asynchronous Single Logout Profile Extension 2.1). */
  readonly asynchronous: boolean;
}

const REQUEST_ORDER: readonly Expected[] = [
  [NS.saml, 'Issuer'],
  [NS.ds, 'Signature'],
  [NS.samlp, 'Extensions'],
  [NS.saml, 'NameID'],
  [NS.saml, 'EncryptedID'],
  [NS.samlp, 'SessionIndex', 'many'],
];

/** Throws malformed_request naming what breaks the schema. */
export function readLogoutRequest(element: XmlElement): LogoutRequestBody {
  const parts = childrenInOrder(element, REQUEST_ORDER);
  const name = parts.get('NameID')?.[0];
  if ((name === undefined) === (parts.get('EncryptedID') === undefined)) throw malformed('LogoutRequest must hold one NameID or one EncryptedID');
  const notOnOrAfter = attribute(element, 'NotOnOrAfter');
  const reason = attribute(element, 'Reason');
  const extensions = parts.get('Extensions')?.[0];
  return {
    issueInstant: readIssueInstant(element),
    notOnOrAfter: notOnOrAfter === undefined ? undefined : readDateTime(notOnOrAfter),
    reason: REASONS.find((known) => reason === REASON_PREFIX + known),
    name: name === undefined ? undefined : readNameId(name),
    sessionIndexes: (parts.get('SessionIndex') ?? []).map(exactText),
    asynchronous: extensions !== undefined && childElements(extensions).some((entry) => entry.ns === NS.aslo && entry.local === 'Asynchronous'),
  };
}

function readIssueInstant(element: XmlElement): Instant {
  const text = attribute(element, 'IssueInstant');
  if (text === undefined) throw malformed('IssueInstant is missing');
  return readDateTime(text);
}

/** What a LogoutResponse says. */
export interface LogoutResponseBody {
  readonly issueInstant: Instant;
  readonly inResponseTo: string | undefined;
  /** Codes from the outermost in, whole. */
  readonly status: readonly string[];
}

const RESPONSE_ORDER: readonly Expected[] = [
  [NS.saml, 'Issuer'],
  [NS.ds, 'Signature'],
  [NS.samlp, 'Extensions'],
  [NS.samlp, 'Status'],
];

/** Throws malformed_request naming what breaks the schema. */
export function readLogoutResponse(element: XmlElement): LogoutResponseBody {
  const status = childrenInOrder(element, RESPONSE_ORDER).get('Status')?.[0];
  if (status === undefined) throw malformed('Status is missing');
  return { issueInstant: readIssueInstant(element), inResponseTo: attribute(element, 'InResponseTo'), status: readStatus(status) };
}

function readStatus(status: XmlElement): readonly string[] {
  const codes: string[] = [];
  for (let code = child(status, NS.samlp, 'StatusCode'); code !== undefined; code = child(code, NS.samlp, 'StatusCode')) {
    codes.push(attribute(code, 'Value') ?? '');
  }
  if (codes.length === 0) throw malformed('StatusCode is missing');
  return codes;
}

/** True only where the whole of it ended: success, and nothing more specific that takes it back (SAML Core 3.7.3.2). */
export function isWhollySuccessful(status: readonly string[]): boolean {
  return status[0] === `${STATUS_PREFIX}Success` && status[1] !== `${STATUS_PREFIX}PartialLogout`;
}

/** Canonical text in two parts: a signature goes between them. */
export interface WrittenMessage {
  readonly before: string;
  readonly after: string;
}

export interface LogoutRequestContent {
  readonly id: string;
  readonly issuer: string;
  readonly destination: string;
  readonly issuedAt: Instant;
  readonly notOnOrAfter: Instant;
  readonly reason: LogoutReason;
  readonly name: NameIdentifier;
  /** Makes EncryptedData of the name (Core 3.7.1); undefined leaves it in the clear. */
  readonly encrypt: ((xml: string) => string) | undefined;
  readonly sessionIndexes: readonly string[];
}

export function writeLogoutRequest(content: LogoutRequestContent): WrittenMessage {
  const { name, encrypt } = content;
  const start = startTag('samlp:LogoutRequest', {
    'xmlns:samlp': NS.samlp,
    Destination: content.destination,
    ID: content.id,
    IssueInstant: new Date(content.issuedAt).toISOString(),
    NotOnOrAfter: new Date(content.notOnOrAfter).toISOString(),
    Reason: REASON_PREFIX + content.reason,
    Version: '2.0',
  });
  const issuer = element('saml:Issuer', { 'xmlns:saml': NS.saml }, escapeText(content.issuer));
  const nameId = element(
    'saml:NameID',
    { 'xmlns:saml': NS.saml, Format: name.format, NameQualifier: name.nameQualifier, SPNameQualifier: name.spNameQualifier },
    escapeText(name.value),
  );
  const indexes = content.sessionIndexes.map((index) => element('samlp:SessionIndex', {}, escapeText(index)));
  const who = encrypt === undefined ? nameId : element('saml:EncryptedID', { 'xmlns:saml': NS.saml }, encrypt(nameId));
  return { before: start + issuer, after: `${who}${indexes.join('')}</samlp:LogoutRequest>` };
}

/** A StatusResponseType with nothing added (Core 3.7.2). */
export function writeLogoutResponse(content: {
  readonly id: string;
  readonly issuer: string;
  readonly destination: string;
  readonly inResponseTo: string;
  readonly issuedAt: Instant;
  readonly status: Status;
}): WrittenMessage {
  return writeResponse({ ...content, assertion: '' }, 'samlp:LogoutResponse');
}
