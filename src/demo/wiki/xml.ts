/** Reading XML for the Wiki, on @xmldom/xmldom: nothing of Signet's own parser, so that this is a second opinion. */
import { DOMParser } from '@xmldom/xmldom';

export const NS = {
  saml11: 'urn:oasis:names:tc:SAML:1.0:assertion',
  saml20: 'urn:oasis:names:tc:SAML:2.0:assertion',
  ds: 'http://www.w3.org/2000/09/xmldsig#',
  md: 'urn:oasis:names:tc:SAML:2.0:metadata',
  fed: 'http://docs.oasis-open.org/wsfed/federation/200706',
  wsa: 'http://www.w3.org/2005/08/addressing',
  xsi: 'http://www.w3.org/2001/XMLSchema-instance',
} as const;

const ELEMENT = 1;

/** What is wrong with an answer, as a sentence. */
export class Unreadable extends Error {}

/** The root of a document without a DTD. Throws Unreadable for anything that is not well-formed, which the parser alone would mend. */
export function readXml(text: string): Element {
  if (/<!doctype/iu.test(text)) throw new Unreadable('The document has a DTD.');
  const refuse = (message: string): never => {
    throw new Unreadable(`The document is not well-formed: ${message.split('\n')[0] ?? ''}`);
  };
  const parser = new DOMParser({ errorHandler: { warning: refuse, error: refuse, fatalError: refuse } });
  try {
    // What is no document at all gives none, whatever the types say.
    const parsed = parser.parseFromString(text, 'text/xml') as Document | undefined;
    return parsed?.documentElement ?? refuse('it is empty');
  } catch (error) {
    if (error instanceof Unreadable) throw error;
    return refuse(error instanceof Error ? error.message : 'unknown');
  }
}

export function elements(parent: Element): readonly Element[] {
  return Array.from(parent.childNodes).filter((node): node is Element => node.nodeType === ELEMENT);
}

export function children(parent: Element, ns: string, local: string): readonly Element[] {
  return elements(parent).filter((element) => element.namespaceURI === ns && element.localName === local);
}

/** Follows names of one namespace downwards, by the first of each; undefined where one is missing. */
export function find(from: Element | undefined, ns: string, ...locals: readonly string[]): Element | undefined {
  return locals.reduce<Element | undefined>((at, local) => (at === undefined ? undefined : children(at, ns, local)[0]), from);
}

/** Every element of a name in the document, at any depth. */
export function everywhere(root: Element, ns: string, local: string): readonly Element[] {
  return Array.from(root.getElementsByTagNameNS(ns, local));
}

/** The text of an element, '' when there is none. */
export function textOf(element: Element | undefined): string {
  return element?.textContent.trim() ?? '';
}

/** An attribute, '' when it is missing. */
export function attributeOf(element: Element | undefined, name: string): string {
  return element?.getAttribute(name) ?? '';
}
