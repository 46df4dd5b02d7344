/**
 * AuthnRequest (SAML Core 3.4.1). Read in two parts: the head says who asks and where the answer may go; the body,
 * read only after both are trusted, may be refused at that address.
 */
import type { NameIdPolicy, RequestedContext } from '../../../core/issuance/sign-in-request.js';
import type { Instant } from '../../../core/model/ids.js';
import type { AskedName } from '../../../core/sessions/same-name.js';
import { NS } from '../../../xml/names.js';
import type { XmlElement } from '../../../xml/parse.js';
import { attribute, childElements, leafText, readBoolean, readDateTime, readUnsigned } from '../../../xml/read.js';
import { childrenInOrder, type Expected, malformed, type MessageHead, readMessageHead, readNameId } from './message.js';

/** Attributes of the root, as text, and the Issuer. Nothing here is believed yet. */
export interface AuthnRequestHead extends MessageHead {
  readonly acsUrl: string | undefined;
  readonly acsIndex: string | undefined;
  readonly protocolBinding: string | undefined;
}

/** What the request asks for. */
export interface AuthnRequestBody {
  readonly issueInstant: Instant;
  readonly forceAuthn: boolean;
  readonly isPassive: boolean;
  readonly attributeServiceIndex: number | undefined;
  readonly subject: AskedName | undefined;
  readonly subjectConfirmation: boolean;
  readonly nameIdPolicy: NameIdPolicy | undefined;
  readonly context: RequestedContext | undefined;
  /** Declarations are asked for by reference; none is known here. */
  readonly contextDeclarations: boolean;
  readonly idpList: readonly string[] | undefined;
}

/** Reads who asks, without judging. Throws malformed_request when Issuer is not plain text of an entity. */
export function readHead(element: XmlElement): AuthnRequestHead {
  return {
    ...readMessageHead(element),
    acsUrl: attribute(element, 'AssertionConsumerServiceURL'),
    acsIndex: attribute(element, 'AssertionConsumerServiceIndex'),
    protocolBinding: attribute(element, 'ProtocolBinding'),
  };
}

/** The children in the order of the schema; anything else, or another order, is malformed. */
const ORDER: readonly Expected[] = [
  [NS.saml, 'Issuer'],
  [NS.ds, 'Signature'],
  [NS.samlp, 'Extensions'],
  [NS.saml, 'Subject'],
  [NS.samlp, 'NameIDPolicy'],
  [NS.saml, 'Conditions'],
  [NS.samlp, 'RequestedAuthnContext'],
  [NS.samlp, 'Scoping'],
];

/** Reads what is asked. Throws malformed_request naming the element that breaks the schema. */
export function readBody(element: XmlElement): AuthnRequestBody {
  const parts = childrenInOrder(element, ORDER);
  const issueInstant = attribute(element, 'IssueInstant');
  if (issueInstant === undefined) throw malformed('IssueInstant is missing');
  const index = attribute(element, 'AttributeConsumingServiceIndex');
  const subject = parts.get('Subject')?.[0];
  const context = parts.get('RequestedAuthnContext')?.[0];
  const scoping = parts.get('Scoping')?.[0];
  const policy = parts.get('NameIDPolicy')?.[0];
  return {
    issueInstant: readDateTime(issueInstant),
    forceAuthn: readBoolean(attribute(element, 'ForceAuthn') ?? 'false'),
    isPassive: readBoolean(attribute(element, 'IsPassive') ?? 'false'),
    attributeServiceIndex: index === undefined ? undefined : readUnsigned(index),
    subject: subject === undefined ? undefined : readSubject(subject),
    subjectConfirmation: subject !== undefined && childElements(subject).some((child) => child.ns === NS.saml && child.local === 'SubjectConfirmation'),
    nameIdPolicy: policy === undefined ? undefined : readPolicy(policy),
    context: context === undefined ? undefined : readContext(context),
    contextDeclarations: context !== undefined && childElements(context).some((child) => child.local === 'AuthnContextDeclRef'),
    idpList: scoping === undefined ? undefined : readIdpList(scoping),
  };
}

/** Core 2.4.1: at most one identifier, plain. An encrypted one names nobody that could be compared. */
function readSubject(subject: XmlElement): AskedName | undefined {
  const identifiers = childElements(subject).filter((child) => child.ns === NS.saml && child.local !== 'SubjectConfirmation');
  const [name] = identifiers;
  if (name === undefined) return undefined;
  if (identifiers.length > 1 || name.local !== 'NameID') throw malformed('Subject must hold one NameID');
  return readNameId(name);
}

function readPolicy(policy: XmlElement): NameIdPolicy {
  const format = attribute(policy, 'Format');
  const spNameQualifier = attribute(policy, 'SPNameQualifier');
  return {
    ...(format === undefined ? {} : { format }),
    ...(spNameQualifier === undefined ? {} : { spNameQualifier }),
    allowCreate: readBoolean(attribute(policy, 'AllowCreate') ?? 'false'),
  };
}

const COMPARISONS = ['exact', 'minimum', 'maximum', 'better'] as const;

function readContext(context: XmlElement): RequestedContext {
  const text = attribute(context, 'Comparison') ?? 'exact';
  const comparison = COMPARISONS.find((known) => known === text);
  if (comparison === undefined) throw malformed('Comparison is none of exact, minimum, maximum, better');
  const children = childElements(context);
  const classes = children.filter((child) => child.ns === NS.saml && child.local === 'AuthnContextClassRef').map(leafText);
  const declarations = children.filter((child) => child.ns === NS.saml && child.local === 'AuthnContextDeclRef').length;
  if (classes.length + declarations !== children.length || classes.length > 0 === declarations > 0) {
    throw malformed('RequestedAuthnContext must hold class references or declaration references');
  }
  return { classes, comparison };
}

function readIdpList(scoping: XmlElement): readonly string[] | undefined {
  const list = childElements(scoping).find((child) => child.ns === NS.samlp && child.local === 'IDPList');
  if (list === undefined) return undefined;
  return childElements(list)
    .filter((child) => child.ns === NS.samlp && child.local === 'IDPEntry')
    .map((entry) => attribute(entry, 'ProviderID') ?? '');
}
