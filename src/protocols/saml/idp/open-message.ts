/**
 * What is checked about every message an application sends, in the order of trust: what it is, whose it is, and whether
 * it is really theirs. Which checks follow, and where a refusal goes, is for the kind of message to say.
 */
import type { Trace } from '../../../core/checks/trace.js';
import { SignetError } from '../../../core/errors.js';
import type { Instant } from '../../../core/model/ids.js';
import type { RelyingParty } from '../../../core/model/relying-party.js';
import type { RelyingPartyLookup } from '../../../core/ports.js';
import { NS } from '../../../xml/names.js';
import { decodeUtf8, parseXml, type XmlElement } from '../../../xml/parse.js';
import { isNcName } from '../../../xml/read.js';
import { hasSignature, refuseDuplicateIds, refuseStraySignatures, verifyDetached, verifyEnveloped } from '../../../xml/verify.js';
import { findRelyingParty as find } from '../../shared/relying-party.js';
import type { DecodedMessage } from '../bindings/redirect.js';
import { readMessageHead } from '../messages/message.js';

export interface OpenParts {
  readonly relyingParties: RelyingPartyLookup;
}

/** What is expected: the root element, the clause that describes it, and whether it must be signed whatever is registered. */
export interface MessageKind {
  readonly root: 'AuthnRequest' | 'LogoutRequest' | 'LogoutResponse';
  readonly clause: string;
  readonly signed: 'always' | 'as-registered';
}

export interface OpenedMessage {
  /** The element to read from: the one whose octets a signature covered, or the root where none was needed. */
  readonly element: XmlElement;
  readonly relyingParty: RelyingParty;
  /** The identifier of the application that the message names. */
  readonly issuer: string;
  readonly signed: boolean;
  /** An XML name of bounded length. */
  readonly id: string;
}

/** Messages are accepted for this long after they were issued, give or take the skew. */
export const AGE_SECONDS = 300;

/**
 * Throws when nothing about the message can be trusted: check request.decodable, request.schema, request.issuer-known,
 * request.enabled, request.metadata-valid, request.signature-present, request.signature-valid, request.id.
 */
export async function openMessage(parts: OpenParts, message: DecodedMessage, kind: MessageKind, now: Instant, trace: Trace): Promise<OpenedMessage> {
  const root = parse(message.xml, kind, trace);
  const claimed = readIssuer(root, kind, trace);
  const relyingParty = await findRelyingParty(parts, claimed, now, trace);
  const element = verifySignature(root, message, relyingParty, kind.signed === 'always' || relyingParty.requireSignedRequests, trace);
  const { issuer = '', id = '' } = guard(trace, kind, () => readMessageHead(element));
  trace.check('request.issuer-known', relyingParty.identifiers.includes(issuer), { observed: issuer || 'none' });
  trace.check('request.id', id.length <= 256 && isNcName(id), { observed: id });
  return { element, relyingParty, issuer, id, signed: message.signature !== undefined || hasSignature(root) };
}

/** The application by any of its identifiers. Errors: check request.issuer-known, request.enabled, request.metadata-valid. */
export async function findRelyingParty(parts: OpenParts, entityId: string, now: Instant, trace: Trace): Promise<RelyingParty> {
  return find(parts.relyingParties, entityId, { now, unknown: 'request.issuer-known' }, trace);
}

function parse(xml: Buffer, kind: MessageKind, trace: Trace): XmlElement {
  try {
    const root = parseXml(decodeUtf8(xml));
    if (root.ns === NS.samlp && root.local === kind.root) return root;
    throw trace.failure('request.schema', { observed: root.local, expected: `samlp:${kind.root}` });
  } catch (error) {
    if (error instanceof SignetError && error.check === undefined) throw trace.failure('request.decodable', { observed: error.message }, error);
    throw error;
  }
}

/** Who claims to have sent it: used for nothing but finding whose keys to try. */
function readIssuer(root: XmlElement, kind: MessageKind, trace: Trace): string {
  const { issuer } = guard(trace, kind, () => readMessageHead(root));
  if (issuer === undefined || issuer === '') throw trace.failure('request.issuer-known', { observed: 'no Issuer' });
  return issuer;
}

/** Gives the element to read from: the one whose octets a signature covered, or the root where none is needed. */
function verifySignature(root: XmlElement, message: DecodedMessage, relyingParty: RelyingParty, required: boolean, trace: Trace): XmlElement {
  const embedded = hasSignature(root);
  const { signature } = message;
  try {
    refuseDuplicateIds(root);
    refuseStraySignatures(root);
    if (!embedded && signature === undefined) {
      trace.check('request.signature-present', !required, { observed: relyingParty.name });
      return root;
    }
    if (signature === undefined) {
      const verified = verifyEnveloped(root, relyingParty.signingCertificates);
      trace.check('request.signature-valid', true);
      return verified;
    }
    if (embedded) throw new SignetError('invalid_signature', 'a signed query must not carry a signature in its XML as well');
    verifyDetached(signature.octets, signature.algorithm, signature.value, relyingParty.signingCertificates);
    trace.check('request.signature-valid', true);
    return root;
  } catch (error) {
    if (error instanceof SignetError && error.check === undefined) throw trace.failure('request.signature-valid', { observed: error.message }, error);
    throw error;
  }
}

export interface DestinationRule {
  readonly signed: boolean;
  /** The public address of the service. */
  readonly ours: string;
  /** True for its other addresses. */
  readonly alsoOurs: (destination: string) => boolean;
}

/** What is signed must say that it is for us (SAML Bindings 3.4.5.2, 3.5.5.2); what is not may leave it open. */
export function checkDestination(destination: string | undefined, about: DestinationRule, trace: Trace): void {
  const fits = destination === undefined ? !about.signed : destination === about.ours || about.alsoOurs(destination);
  trace.check('request.destination', fits, { observed: destination ?? 'nowhere, though signed', expected: about.ours });
}

export function checkVersion(version: string | undefined, trace: Trace): void {
  trace.check('request.version', version === '2.0', { observed: version ?? 'none', expected: '2.0' });
}

export function checkAge(issueInstant: Instant, relyingParty: RelyingParty, now: Instant, trace: Trace): void {
  const skew = relyingParty.skewSeconds * 1000;
  const earliest = now - AGE_SECONDS * 1000 - skew;
  const fits = issueInstant >= earliest && issueInstant <= now + skew;
  trace.check('request.age', fits, {
    observed: new Date(issueInstant).toISOString(),
    expected: `${new Date(earliest).toISOString()} to ${new Date(now + skew).toISOString()}`,
  });
}

/** A reader's complaint as a failed check of the schema. */
export function guard<T>(trace: Trace, kind: MessageKind, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof SignetError && error.check === undefined) {
      throw trace.failure('request.schema', { observed: error.message, expected: `${kind.root} of ${kind.clause}` }, error);
    }
    throw error;
  }
}
