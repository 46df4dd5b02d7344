/**
 * AuthnRequest -> SignInRequest: everything that is checked about a request, in the order of trust. First who asks and
 * whether the message is theirs, then where the answer goes; from there on a refusal is answered at that address.
 */
import type { Trace } from '../../../core/checks/trace.js';
import { SignetError } from '../../../core/errors.js';
import { describeContext, meetContext, wantedContext } from '../../../core/issuance/authn-policy.js';
import type { SignInRequest } from '../../../core/issuance/sign-in-request.js';
import type { Instant } from '../../../core/model/ids.js';
import type { RelyingParty } from '../../../core/model/relying-party.js';
import type { RelyingPartyLookup } from '../../../core/ports.js';
import type { AskedName } from '../../../core/sessions/same-name.js';
import type { XmlElement } from '../../../xml/parse.js';
import type { SeenMessages } from '../../shared/seen.js';
import type { Received } from '../../shared/passive.js';
import type { DecodedMessage } from '../bindings/redirect.js';
import { type AuthnRequestBody, type AuthnRequestHead, readBody, readHead } from '../messages/authn-request.js';
import { checkAge, checkDestination, checkVersion, guard, type MessageKind, openMessage } from './open-message.js';
import { chooseReplyAddress } from './reply-address.js';

export interface ValidationParts {
  readonly relyingParties: RelyingPartyLookup;
  readonly entityId: string;
  /** The public address of the SingleSignOnService: what Destination must say. */
  readonly ssoUrl: string;
  /** True for an address of AD FS that the same service answers at. */
  readonly alsoOurs: (destination: string) => boolean;
  /** The strongest context class a sign-in can reach here. */
  readonly strongestContext: string;
  readonly seen: SeenMessages;
}

const KIND: MessageKind = { root: 'AuthnRequest', clause: 'SAML Core 3.4.1', signed: 'as-registered' };

/** Throws when nothing about the message can be trusted; otherwise gives the request, with its refusal where there is one. */
export async function validateAuthnRequest(parts: ValidationParts, message: DecodedMessage, now: Instant, trace: Trace): Promise<Received> {
  const { element, relyingParty, issuer, signed, id } = await openMessage(parts, message, KIND, now, trace);
  const head = guard(trace, KIND, () => readHead(element));
  checkDestination(head.destination, { signed, ours: parts.ssoUrl, alsoOurs: parts.alsoOurs }, trace);
  const address = chooseReplyAddress(relyingParty, head, trace);

  const base = baseRequest(relyingParty, trace, { now, audience: issuer, replyTo: address.url, inResponseTo: id, relayState: message.relayState });
  if (address.refused !== undefined) return { request: base, refused: address.refused };
  try {
    return { request: readRequest(parts, { element, head, relyingParty, now }, base, trace), refused: undefined };
  } catch (error) {
    if (error instanceof SignetError) return { request: base, refused: error };
    throw error;
  }
}

/** The request as far as it is known once its sender and the reply address are trusted. */
export function baseRequest(
  relyingParty: RelyingParty,
  trace: Trace,
  about: {
    readonly now: Instant;
    readonly audience: string;
    readonly replyTo: string;
    readonly inResponseTo: string | undefined;
    readonly relayState: string | undefined;
  },
): SignInRequest {
  return {
    reference: trace.reference,
    protocol: 'saml',
    relyingParty: relyingParty.id,
    relyingPartyName: relyingParty.name,
    entityId: relyingParty.entityId,
    audience: about.audience,
    receivedAt: about.now,
    replyTo: about.replyTo,
    passive: false,
    fresh: relyingParty.forceAuthn,
    echo: {
      ...(about.inResponseTo === undefined ? {} : { inResponseTo: about.inResponseTo }),
      ...(about.relayState === undefined ? {} : { relayState: about.relayState }),
    },
  };
}

interface Known {
  readonly element: XmlElement;
  readonly head: AuthnRequestHead;
  readonly relyingParty: RelyingParty;
  readonly now: Instant;
}

function readRequest(parts: ValidationParts, known: Known, base: SignInRequest, trace: Trace): SignInRequest {
  const { element, head, relyingParty, now } = known;
  checkVersion(head.version, trace);
  const body = guard(trace, KIND, () => readBody(element));
  checkAge(body.issueInstant, relyingParty, now, trace);
  const before = parts.seen.mark(relyingParty.entityId, head.id ?? '', now);
  if (before !== undefined) trace.note('request.replay', { observed: new Date(before).toISOString() });
  checkBody(parts, body, relyingParty, trace);
  const context = checkContext(parts, body, relyingParty, trace);
  return {
    ...base,
    passive: body.isPassive,
    fresh: body.forceAuthn || relyingParty.forceAuthn,
    ...(context === undefined ? {} : { context }),
    ...(body.nameIdPolicy === undefined ? {} : { nameIdPolicy: body.nameIdPolicy }),
    ...(body.subject === undefined ? {} : { subject: nameOnly(body.subject) }),
    ...(body.attributeServiceIndex === undefined ? {} : { attributeServiceIndex: body.attributeServiceIndex }),
  };
}

function nameOnly({ value, format }: AskedName): NonNullable<SignInRequest['subject']> {
  return format === undefined ? { value } : { value, format };
}

function checkBody(parts: ValidationParts, body: AuthnRequestBody, relyingParty: RelyingParty, trace: Trace): void {
  trace.check('request.subject-confirmation', !body.subjectConfirmation);
  const index = body.attributeServiceIndex;
  const indexes = relyingParty.attributeServices.flatMap((service) => (service.protocol === undefined ? [service.index] : []));
  // An application whose metadata lists no service gets the default claims whatever index it sends.
  const known = index === undefined || indexes.length === 0 || indexes.includes(index);
  trace.check('request.attribute-index', known, { observed: String(index), expected: indexes.join(', ') });
  const ours = relyingParty.issuer ?? parts.entityId;
  const listed = body.idpList === undefined || body.idpList.length === 0 || body.idpList.includes(ours);
  trace.check('request.idp-list', listed, { observed: (body.idpList ?? []).join(', '), expected: ours });
  checkSubjectQualifiers(body, relyingParty.entityId, ours, trace);
}

/** A name from somebody else's name space is nobody here, whatever its value is (SAML Core 3.3.4, threats I09). */
function checkSubjectQualifiers(body: AuthnRequestBody, theirs: string, ours: string, trace: Trace): void {
  const { nameQualifier = ours, spNameQualifier = theirs } = body.subject ?? {};
  trace.check('request.subject', nameQualifier === ours && spNameQualifier === theirs, {
    observed: `a name between ${nameQualifier} and ${spNameQualifier}`,
    expected: `one between ${ours} and ${theirs}`,
  });
}

/** What the request asks for, else what the administrator set; refused at once when nothing here could ever meet it. */
function checkContext(parts: ValidationParts, body: AuthnRequestBody, relyingParty: RelyingParty, trace: Trace): SignInRequest['context'] {
  const wanted = wantedContext(relyingParty, body.context);
  if (wanted === undefined || (wanted.classes.length === 0 && !body.contextDeclarations)) return wanted;
  const possible = !body.contextDeclarations && meetContext(parts.strongestContext, wanted) !== undefined;
  trace.check('request.authn-context', possible, {
    observed: body.contextDeclarations ? 'a declaration' : describeContext(wanted),
    expected: parts.strongestContext,
  });
  return wanted;
}
