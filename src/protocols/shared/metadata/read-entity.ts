/**
 * SAML metadata as a text -> the one entity that is meant (SAML Metadata 2.3). What cannot be used is refused with a
 * sentence that names the element and the fix.
 */
import { SignetError } from '../../../core/errors.js';
import type { Instant } from '../../../core/model/ids.js';
import { NS } from '../../../xml/names.js';
import { parseXml, type XmlElement } from '../../../xml/parse.js';
import { attribute, childElements, readDateTime } from '../../../xml/read.js';
import { hasSignature, verifyEnveloped } from '../../../xml/verify.js';
import { embeddedCertificate } from './read-keys.js';
import { refuse } from './refuse.js';
import type { ReadOptions } from './role.js';

export interface Entity {
  readonly element: XmlElement;
  readonly entityId: string;
  readonly validUntil: Instant | undefined;
}

const LIMITS = { bytes: 20 * 1024 * 1024, depth: 64, elements: 2_000_000, attributes: 64 } as const;
const SKEW_MS = 180_000;
const MAX_ENTITY_ID = 1024;

/**
 * Parses, checks a signature that is there, and chooses.
 * @param isApplication whether an entity of an aggregate is among those to choose from
 * @param findings added to
 */
export function readEntity(xml: string, options: ReadOptions, isApplication: (entity: XmlElement) => boolean, findings: string[]): Entity {
  const root = verified(parse(xml), findings);
  const { element, validUntil } = chooseEntity(root, options, isApplication);
  const entityId = readEntityId(element, options);
  if (validUntil !== undefined && validUntil + SKEW_MS < options.now) {
    throw refuse(`The metadata ended on ${new Date(validUntil).toISOString()} (validUntil). Ask the application for a current copy.`);
  }
  return { element, entityId, validUntil };
}

/** Runs a reader; what breaks the schema in a way of its own is told as such. */
export function orBrokenSchema<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof SignetError && error.code === 'malformed_request') {
      throw refuse(`The metadata breaks its schema: ${error.message}. Ask the application for a corrected copy.`, error);
    }
    throw error;
  }
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

type Chosen = Omit<Entity, 'entityId'>;

/** One EntityDescriptor; of an aggregate the one named, or the only application (SAML Metadata 2.3.1). */
function chooseEntity(root: XmlElement, options: ReadOptions, isApplication: (entity: XmlElement) => boolean): Chosen {
  const all = [...entities(root, undefined)];
  if (all.length === 0) throw refuse(`The root is ${root.local}; expected EntityDescriptor or EntitiesDescriptor of SAML 2.0 metadata.`);
  const wanted = options.entityId ?? (all.length > 1 ? options.keepEntityId : undefined);
  if (wanted !== undefined) {
    const named = all.filter(({ element }) => attribute(element, 'entityID') === wanted);
    const [first] = named;
    if (first === undefined) throw refuse(`No entity of the file has the identifier ${wanted}.`);
    if (named.length > 1) throw refuse(`The identifier ${wanted} stands ${String(named.length)} times in the file.`);
    return first;
  }
  const applications = all.length === 1 ? all : all.filter(({ element }) => isApplication(element));
  const [only] = applications;
  if (only === undefined || applications.length > 1) {
    const names = applications.slice(0, 5).map(({ element }) => attribute(element, 'entityID') ?? '');
    throw refuse(
      `The file holds ${String(applications.length)} applications (${names.join(', ')}${applications.length > 5 ? ', …' : ''}). Name one with --entity-id.`,
    );
  }
  return only;
}

function* entities(element: XmlElement, outer: Instant | undefined): Generator<Chosen> {
  if (element.ns !== NS.md) return;
  const own = attribute(element, 'validUntil');
  const validUntil = own === undefined ? outer : Math.min(readTime(own), outer ?? Number.POSITIVE_INFINITY);
  if (element.local === 'EntityDescriptor') yield { element, validUntil };
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
