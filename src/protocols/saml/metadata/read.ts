/**
 * SAML metadata of an application -> RelyingPartyMetadata (SAML Metadata 2.3, 2.4.4). What cannot be used is refused
 * with a sentence that names the element and the fix.
 */
import { SignetError } from '../../../core/errors.js';
import type { Instant } from '../../../core/model/ids.js';
import type { RelyingPartyMetadata } from '../../../core/model/relying-party.js';
import { BINDING, NS } from '../../../xml/names.js';
import { parseXml, type XmlElement } from '../../../xml/parse.js';
import { attribute, childElements, children, readBoolean, readDateTime } from '../../../xml/read.js';
import { hasSignature, verifyEnveloped } from '../../../xml/verify.js';
import { readAttributeServices, readLogoutEndpoints, readNameIdFormats, readReplyAddresses } from './read-endpoints.js';
import { readContacts, readDisplay, readOrganization } from './read-display.js';
import { embeddedCertificate, readAlgorithms, readKeys } from './read-keys.js';
import { refuse } from './refuse.js';

export interface ReadOptions {
  readonly now: Instant;
  /** Which entity of an aggregate. */
  readonly entityId?: string;
  /** A refresh must not turn into another entity. */
  readonly keepEntityId?: string;
  /** Reply addresses with http on hosts other than this machine. */
  readonly allowHttp?: boolean;
}

export interface ReadResult {
  readonly metadata: RelyingPartyMetadata;
  /** Things worth knowing that refuse nothing, one sentence each. */
  readonly findings: readonly string[];
}

const LIMITS = { bytes: 20 * 1024 * 1024, depth: 64, elements: 2_000_000, attributes: 64 } as const;
const SKEW_MS = 180_000;
const MAX_ENTITY_ID = 1024;

/** Reads one service provider. Throws invalid_input with a sentence for the administrator. */
export function readServiceProvider(xml: string, options: ReadOptions): ReadResult {
  try {
    return readOne(xml, options);
  } catch (error) {
    if (error instanceof SignetError && error.code === 'malformed_request') {
      throw refuse(`The metadata breaks its schema: ${error.message}. Ask the application for a corrected copy.`, error);
    }
    throw error;
  }
}

function readOne(xml: string, options: ReadOptions): ReadResult {
  const findings: string[] = [];
  const root = verified(parse(xml), findings);
  const { entity, validUntil } = chooseEntity(root, options);
  const entityId = readEntityId(entity, options);
  if (validUntil !== undefined && validUntil + SKEW_MS < options.now) {
    throw refuse(`The metadata ended on ${new Date(validUntil).toISOString()} (validUntil). Ask the application for a current copy.`);
  }
  const role = serviceProviderRole(entity, entityId);
  const keys = readKeys(role, findings);
  const authnRequestsSigned = readFlag(role, 'AuthnRequestsSigned');
  if (authnRequestsSigned && keys.signingCertificates.length === 0) {
    throw refuse('SPSSODescriptor says AuthnRequestsSigned="true", and there is no KeyDescriptor with a signing certificate. Ask the application to add one.');
  }
  const replyAddresses = readReplyAddresses(role, options, findings);
  if (!replyAddresses.some((address) => address.binding === BINDING.post)) {
    throw refuse(
      'There is no AssertionConsumerService with the HTTP-POST binding. Answers are sent by HTTP-POST: ask the application to list such an address.',
    );
  }
  const logoutEndpoints = readLogoutEndpoints(role, options, findings);
  return {
    metadata: {
      entityId,
      ...readDisplay(role),
      ...readOrganization(entity),
      contacts: readContacts(entity),
      replyAddresses,
      ...(logoutEndpoints.length === 0 ? {} : { logoutEndpoints }),
      nameIdFormats: readNameIdFormats(role),
      attributeServices: readAttributeServices(role),
      ...keys,
      authnRequestsSigned,
      wantAssertionsSigned: readFlag(role, 'WantAssertionsSigned'),
      ...readAlgorithms(entity, role),
      ...(validUntil === undefined ? {} : { validUntil }),
    },
    findings,
  };
}

function parse(xml: string): XmlElement {
  try {
    return parseXml(xml, { ...LIMITS, comments: 'drop', cdata: 'text' });
  } catch (error) {
    throw refuse(`The file is not readable as metadata: ${error instanceof Error ? error.message : 'not XML'}.`, error);
  }
}

/** A signature that is there must fit its content, by the key it names itself; trust in that key is the administrator's. */
function verified(root: XmlElement, findings: string[]): XmlElement {
  if (!hasSignature(root)) return root;
  const certificate = embeddedCertificate(root);
  if (certificate === undefined) {
    findings.push('The metadata is signed, and its signature names no certificate: it was not checked.');
    return root;
  }
  try {
    return verifyEnveloped(root, [certificate]);
  } catch (error) {
    throw refuse(
      `The signature of the metadata does not fit its content (${error instanceof Error ? error.message : 'unreadable'}). Fetch it again from its source.`,
      error,
    );
  }
}

interface Chosen {
  readonly entity: XmlElement;
  readonly validUntil: Instant | undefined;
}

/** One EntityDescriptor; of an aggregate the one named, or the only service provider (SAML Metadata 2.3.1). */
function chooseEntity(root: XmlElement, options: ReadOptions): Chosen {
  const all = [...entities(root, undefined)];
  if (all.length === 0) throw refuse(`The root is ${root.local}; expected EntityDescriptor or EntitiesDescriptor of SAML 2.0 metadata.`);
  const wanted = options.entityId ?? (all.length > 1 ? options.keepEntityId : undefined);
  if (wanted !== undefined) {
    const named = all.filter(({ entity }) => attribute(entity, 'entityID') === wanted);
    const [first] = named;
    if (first === undefined) throw refuse(`No entity of the file has the identifier ${wanted}.`);
    if (named.length > 1) throw refuse(`The identifier ${wanted} stands ${String(named.length)} times in the file.`);
    return first;
  }
  const providers = all.length === 1 ? all : all.filter(({ entity }) => samlRoles(entity, 'SPSSODescriptor').length > 0);
  const [only] = providers;
  if (only === undefined || providers.length > 1) {
    const names = providers.slice(0, 5).map(({ entity }) => attribute(entity, 'entityID') ?? '');
    throw refuse(
      `The file holds ${String(providers.length)} applications (${names.join(', ')}${providers.length > 5 ? ', …' : ''}). Name one with --entity-id.`,
    );
  }
  return only;
}

function* entities(element: XmlElement, outer: Instant | undefined): Generator<Chosen> {
  if (element.ns !== NS.md) return;
  const own = attribute(element, 'validUntil');
  const validUntil = own === undefined ? outer : Math.min(readTime(own), outer ?? Number.POSITIVE_INFINITY);
  if (element.local === 'EntityDescriptor') yield { entity: element, validUntil };
  if (element.local !== 'EntitiesDescriptor') return;
  for (const inner of childElements(element)) yield* entities(inner, validUntil);
}

function readTime(text: string): Instant {
  try {
    return readDateTime(text);
  } catch (error) {
    throw refuse(`validUntil is ${text.slice(0, 64)}; expected a date and time such as 2030-01-01T00:00:00Z.`, error);
  }
}

function readEntityId(entity: XmlElement, options: ReadOptions): string {
  const entityId = attribute(entity, 'entityID') ?? '';
  if (entityId.trim() === '') throw refuse('EntityDescriptor has no entityID.');
  if (entityId.length > MAX_ENTITY_ID) throw refuse(`The entityID has ${String(entityId.length)} characters; at most ${String(MAX_ENTITY_ID)} are allowed.`);
  if (/[\s\p{Cc}\p{Cf}]/u.test(entityId))
    throw refuse('The entityID holds white space or invisible characters. Ask the application for its identifier as a URI.');
  if (options.keepEntityId !== undefined && options.keepEntityId !== entityId) {
    throw refuse(`The file is for ${entityId}, not for ${options.keepEntityId}. To change an identifier, add the application anew.`);
  }
  return entityId;
}

function serviceProviderRole(entity: XmlElement, entityId: string): XmlElement {
  const [role] = samlRoles(entity, 'SPSSODescriptor');
  if (role !== undefined) return role;
  if (children(entity, NS.md, 'SPSSODescriptor').length > 0) {
    throw refuse(`SPSSODescriptor of ${entityId} does not support SAML 2.0 (protocolSupportEnumeration). Ask the application for SAML 2.0 metadata.`);
  }
  if (samlRoles(entity, 'IDPSSODescriptor').length > 0) {
    throw refuse(`${entityId} describes an identity provider (IDPSSODescriptor), not an application. Ask for the service provider's metadata.`);
  }
  throw refuse(`${entityId} has no SPSSODescriptor: it does not describe an application.`);
}

function samlRoles(entity: XmlElement, local: string): readonly XmlElement[] {
  return children(entity, NS.md, local).filter((role) => (attribute(role, 'protocolSupportEnumeration') ?? '').split(/\s+/u).includes(NS.samlp));
}

function readFlag(role: XmlElement, name: string): boolean {
  const text = attribute(role, name);
  if (text === undefined) return false;
  try {
    return readBoolean(text);
  } catch (error) {
    throw refuse(`${name} is ${text.slice(0, 32)}; expected true or false.`, error);
  }
}
