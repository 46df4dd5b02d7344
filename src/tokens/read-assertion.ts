/**
 * What a SAML assertion of anybody says, for comparing it with ours. Nothing of it is verified and nobody is signed on by it:
 * whoever reads a token for identity goes through a validator.
 */
import { SignetError } from '../core/errors.js';
import type { TokenFacts } from '../core/model/token-facts.js';
import { NS } from '../xml/names.js';
import { parseXml, type XmlElement } from '../xml/parse.js';
import { attribute, child, childElements, children, leafText } from '../xml/read.js';

const LIMITS = { bytes: 4 * 1024 * 1024, comments: 'drop', cdata: 'text' } as const;

/**
 * @param text XML with an assertion anywhere in it (a Response, a wresult), or the base64 of it as forms carry it. Throws
 * invalid_input when there is no assertion, or only an encrypted one.
 */
export function readAssertion(text: string): TokenFacts {
  const root = parse(text.trim());
  const assertion = find(root, (element) => element.local === 'Assertion' && (element.ns === NS.saml || element.ns === NS.saml11));
  if (assertion !== undefined) return factsOf(assertion);
  const encrypted = find(root, (element) => element.local === 'EncryptedAssertion' || element.local === 'EncryptedData');
  throw new SignetError(
    'invalid_input',
    encrypted === undefined
      ? `there is no SAML assertion in it; its root is ${root.local}`
      : 'the assertion is encrypted for the application; give one that is not',
  );
}

/** What an Assertion element of SAML 2.0 or 1.1 says. Throws malformed_request where a name in it is no plain text. */
export function factsOf(assertion: XmlElement): TokenFacts {
  return assertion.ns === NS.saml ? readSaml20(assertion) : readSaml11(assertion);
}

function parse(text: string): XmlElement {
  const xml = text.startsWith('<') ? text : Buffer.from(text.replaceAll(/\s/gu, ''), 'base64').toString('utf8');
  if (!xml.trimStart().startsWith('<')) throw new SignetError('invalid_input', 'it is neither XML nor the base64 of XML');
  try {
    return parseXml(xml, LIMITS);
  } catch (error) {
    throw error instanceof SignetError ? new SignetError('invalid_input', `the XML cannot be read: ${error.message}`, { cause: error }) : error;
  }
}

function find(element: XmlElement, wanted: (element: XmlElement) => boolean): XmlElement | undefined {
  if (wanted(element)) return element;
  for (const inner of childElements(element)) {
    const found = find(inner, wanted);
    if (found !== undefined) return found;
  }
  return undefined;
}

function readSaml20(assertion: XmlElement): TokenFacts {
  const issuer = child(assertion, NS.saml, 'Issuer');
  const subject = child(assertion, NS.saml, 'Subject');
  const name = subject === undefined ? undefined : child(subject, NS.saml, 'NameID');
  const context = find(assertion, ({ ns, local }) => ns === NS.saml && local === 'AuthnContextClassRef');
  return {
    type: 'saml20',
    issuer: issuer === undefined ? '' : leafText(issuer),
    audiences: audiencesOf(assertion, NS.saml),
    name: name === undefined ? undefined : { value: leafText(name), format: attribute(name, 'Format') },
    authentication: context === undefined ? undefined : leafText(context),
    attributes: attributesOf(assertion, NS.saml, (element) => attribute(element, 'Name') ?? ''),
  };
}

function readSaml11(assertion: XmlElement): TokenFacts {
  const name = find(assertion, ({ ns, local }) => ns === NS.saml11 && local === 'NameIdentifier');
  const statement = child(assertion, NS.saml11, 'AuthenticationStatement');
  const nameOf = (element: XmlElement): string => `${attribute(element, 'AttributeNamespace') ?? ''}/${attribute(element, 'AttributeName') ?? ''}`;
  return {
    type: 'saml11',
    issuer: attribute(assertion, 'Issuer') ?? '',
    audiences: audiencesOf(assertion, NS.saml11),
    name: name === undefined ? undefined : { value: leafText(name), format: attribute(name, 'Format') },
    authentication: statement === undefined ? undefined : attribute(statement, 'AuthenticationMethod'),
    attributes: attributesOf(assertion, NS.saml11, nameOf),
  };
}

function audiencesOf(assertion: XmlElement, ns: string): readonly string[] {
  const conditions = child(assertion, ns, 'Conditions');
  return conditions === undefined ? [] : childElements(conditions).flatMap((restriction) => children(restriction, ns, 'Audience').map(leafText));
}

/** Of all statements, values of one name together. */
function attributesOf(assertion: XmlElement, ns: string, nameOf: (element: XmlElement) => string): TokenFacts['attributes'] {
  const found = new Map<string, string[]>();
  for (const element of children(assertion, ns, 'AttributeStatement').flatMap((statement) => children(statement, ns, 'Attribute'))) {
    const name = nameOf(element);
    found.set(name, [...(found.get(name) ?? []), ...children(element, ns, 'AttributeValue').map(valueOf)]);
  }
  return [...found].map(([name, values]) => ({ name, values }));
}

/** The text of a value; of one that holds elements, all text in it. */
function valueOf(element: XmlElement): string {
  return element.children.map((inner) => (typeof inner === 'string' ? inner : valueOf(inner))).join('');
}
