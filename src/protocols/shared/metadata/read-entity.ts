/** SAML metadata as a text -> the one entity that is meant (SAML Metadata 2.3). What stands in the way is reported. */
import { SignetError } from '../../../core/errors.js';
import type { Instant } from '../../../core/model/ids.js';
import { NS } from '../../../xml/names.js';
import { parseXml, type XmlElement } from '../../../xml/parse.js';
import { attribute, childElements } from '../../../xml/read.js';
import { readSigned } from './read-signature.js';
import { readValidUntil } from './read-valid-until.js';
import { quote, type Report } from './report.js';
import type { ReadOptions } from './role.js';

export interface Entity {
  readonly element: XmlElement;
  /** '' where it was reported as missing. */
  readonly entityId: string;
  readonly validUntil: Instant | undefined;
}

const MB = 1024 * 1024;
/** A file of many applications. */
const MOST_BYTES = 10 * MB;
/** The metadata of one application. */
const MOST_BYTES_OF_ONE = MB;
const LIMITS = { bytes: MOST_BYTES, depth: 64, elements: 2_000_000, attributes: 64 } as const;
const MAX_ENTITY_ID = 1024;

/**
 * Parses, checks the signature, and chooses; undefined when there is no entity to read.
 * @param isApplication whether an entity of an aggregate is among those to choose from
 */
export function readEntity(xml: string, options: ReadOptions, isApplication: (entity: XmlElement) => boolean, report: Report): Entity | undefined {
  const bytes = Buffer.byteLength(xml);
  if (bytes > MOST_BYTES) {
    report('metadata.too-large', 'the file', `The file has ${String(bytes)} bytes; at most 10 MB are read.`);
    return undefined;
  }
  const parsed = parse(xml, report);
  if (parsed === undefined) return undefined;
  const root = readSigned(parsed, options, report);
  const element = chooseEntity(root, options, isApplication, report);
  if (element === undefined) return undefined;
  if (element === root && bytes > MOST_BYTES_OF_ONE) {
    report('metadata.too-large', element, `The metadata of one application has ${String(bytes)} bytes; at most 1 MB is read.`);
  }
  return { element, entityId: readEntityId(element, options, report), validUntil: readValidUntil(element, options, report) };
}

function parse(xml: string, report: Report): XmlElement | undefined {
  try {
    return parseXml(xml, { ...LIMITS, comments: 'drop', cdata: 'text', lines: true });
  } catch (error) {
    if (!(error instanceof SignetError)) throw error;
    const { message } = error;
    const [place] = /line \d+, column \d+/u.exec(message) ?? ['the file'];
    const id = message.includes('document type declaration') ? 'metadata.dtd' : 'metadata.not-xml';
    report(id, place, `The file is not readable as metadata: ${message}.`);
    return undefined;
  }
}

/** One EntityDescriptor; of an aggregate the one named, or the only application (SAML Metadata 2.3.1). */
function chooseEntity(root: XmlElement, options: ReadOptions, isApplication: (entity: XmlElement) => boolean, report: Report): XmlElement | undefined {
  const all = [...entities(root)];
  if (all.length === 0) {
    const sentence = `The root is ${root.local}; expected EntityDescriptor or EntitiesDescriptor of SAML 2.0 metadata.`;
    report(
      'metadata.not-metadata',
      root,
      root.ns === NS.md && root.local === 'EntitiesDescriptor' ? 'There is no EntityDescriptor in EntitiesDescriptor.' : sentence,
    );
    return undefined;
  }
  const wanted = options.entityId ?? (all.length > 1 ? options.keepEntityId : undefined);
  const found = wanted === undefined ? all.filter((entity) => all.length === 1 || isApplication(entity)) : all.filter((entity) => idOf(entity) === wanted);
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  if (wanted !== undefined) {
    const name = quote(wanted);
    if (first === undefined) report('metadata.entity-missing', root, `No entity of the file has the identifier ${name}.`);
    else report('metadata.entity-twice', first, `The identifier ${name} stands ${String(found.length)} times in the file.`);
  } else if (first === undefined) {
    report('metadata.role-missing', root, `None of the ${String(all.length)} entities of the file is an application.`);
  } else {
    const names = found.slice(0, 5).map((entity) => quote(idOf(entity)));
    report('metadata.several-applications', root, `The file holds ${String(found.length)} applications (${names.join(', ')}${found.length > 5 ? ', …' : ''}).`);
  }
  return undefined;
}

function idOf(entity: XmlElement): string {
  return attribute(entity, 'entityID') ?? '';
}

function* entities(element: XmlElement): Generator<XmlElement> {
  if (element.ns !== NS.md) return;
  if (element.local === 'EntityDescriptor') yield element;
  if (element.local !== 'EntitiesDescriptor') return;
  for (const inner of childElements(element)) yield* entities(inner);
}

function readEntityId(entity: XmlElement, { keepEntityId }: ReadOptions, report: Report): string {
  const entityId = idOf(entity);
  if (entityId.trim() === '') {
    report('metadata.identifier-missing', entity, 'EntityDescriptor has no entityID.');
    return '';
  }
  if (entityId.length > MAX_ENTITY_ID) {
    report('metadata.identifier-too-long', entity, `The entityID has ${String(entityId.length)} characters; at most ${String(MAX_ENTITY_ID)} are allowed.`);
  } else if (/[\s\p{Cc}\p{Cf}]/u.test(entityId)) {
    report('metadata.identifier-unusable', entity, 'The entityID holds white space or invisible characters.');
  } else if (keepEntityId !== undefined && keepEntityId !== entityId) {
    report('metadata.identifier-other', entity, `The file is for ${entityId}, not for ${keepEntityId}.`);
  }
  return entityId;
}
