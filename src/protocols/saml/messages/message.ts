/** What every protocol message begins with (SAML Core 3.2.1, 3.2.2), and how children are read in the order of the schema. */
import { SignetError } from '../../../core/errors.js';
import type { AskedName } from '../../../core/sessions/same-name.js';
import { NS } from '../../../xml/names.js';
import type { XmlElement } from '../../../xml/parse.js';
import { attribute, childElements, exactText } from '../../../xml/read.js';

/** Attributes of the root, as text, and the Issuer. Nothing here is believed yet. */
export interface MessageHead {
  readonly id: string | undefined;
  readonly version: string | undefined;
  readonly destination: string | undefined;
  readonly issuer: string | undefined;
}

/** Reads who sends, without judging. Throws malformed_request when Issuer is not plain text of an entity. */
export function readMessageHead(element: XmlElement): MessageHead {
  const issuer = childElements(element).find((candidate) => candidate.ns === NS.saml && candidate.local === 'Issuer');
  return {
    id: attribute(element, 'ID'),
    version: attribute(element, 'Version'),
    destination: attribute(element, 'Destination'),
    issuer: issuer === undefined ? undefined : exactText(issuer),
  };
}

/** A child by its name; `many` where the schema lets it stand several times. */
export type Expected = readonly [ns: string, local: string, count?: 'many'];

/** The children by local name; anything that is not listed, stands twice, or stands out of order is malformed. */
export function childrenInOrder(element: XmlElement, order: readonly Expected[]): ReadonlyMap<string, readonly XmlElement[]> {
  const found = new Map<string, XmlElement[]>();
  let at = 0;
  if (element.children.some((child) => typeof child === 'string' && child.trim() !== '')) throw malformed('there is text between the elements');
  for (const child of childElements(element)) {
    const place = order.findIndex(([ns, local]) => child.ns === ns && child.local === local);
    if (place < 0) throw malformed(`${child.local} is not an element of ${element.local}`);
    const before = found.get(child.local);
    if (before !== undefined && order[place]?.[2] !== 'many') throw malformed(`${child.local} stands twice`);
    if (place < at) throw malformed(`${child.local} stands out of order`);
    at = place;
    found.set(child.local, [...(before ?? []), child]);
  }
  return found;
}

/** A saml:NameID (SAML Core 2.2.3); its value is compared exactly, so it stays as it stands. */
export function readNameId(name: XmlElement): AskedName {
  const format = attribute(name, 'Format');
  const nameQualifier = attribute(name, 'NameQualifier');
  const spNameQualifier = attribute(name, 'SPNameQualifier');
  return {
    value: exactText(name),
    ...(format === undefined ? {} : { format }),
    ...(nameQualifier === undefined ? {} : { nameQualifier }),
    ...(spNameQualifier === undefined ? {} : { spNameQualifier }),
  };
}

/** For readers of messages: the schema is broken, and how. */
export function malformed(message: string): SignetError {
  return new SignetError('malformed_request', message);
}
