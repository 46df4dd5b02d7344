/** XML: what it is by its root, and the reader for it. */
import { SignetError } from '../../core/errors.js';
import { NS } from '../../xml/names.js';
import { parseXml, type XmlElement } from '../../xml/parse.js';
import { attribute, childElements, children, leafText } from '../../xml/read.js';
import { readAssertions } from './assertion.js';
import { fieldsOf, note, type Reading } from './decoded.js';
import { readProtocolMessage } from './protocol-message.js';
import { walk } from './signatures.js';
import { sayTimeText, shortName } from './words.js';

const LIMITS = { bytes: 4 * 1024 * 1024, elements: 200_000 };
const CLIXML = 'http://schemas.microsoft.com/powershell/2004/04';
const SOAP: readonly string[] = ['http://www.w3.org/2003/05/soap-envelope', 'http://schemas.xmlsoap.org/soap/envelope/'];
const TRUST: readonly string[] = [NS.wst13, NS.wst2005];

/** Shows a document. Gives its title; undefined where it is XML of no kind that is known. */
export function readXml(text: string, reading: Reading): string | undefined {
  reading.steps.push('XML');
  reading.xml = text;
  if (/<!DOCTYPE/iu.test(text)) {
    note(reading, 'xml.dtd', 'There is a document type declaration in it; nothing behind it is read.');
    return 'XML with a document type declaration';
  }
  const root = parse(text, reading);
  if (root === undefined) return 'XML that cannot be read';
  try {
    return readRoot(root, reading);
  } catch (error) {
    if (!(error instanceof SignetError)) throw error;
    note(reading, 'xml.shape', `It does not have the form it should have: ${error.message}.`);
    return `XML with the root ${root.local}`;
  }
}

function parse(text: string, reading: Reading): XmlElement | undefined {
  try {
    return parseXml(text, LIMITS);
  } catch (strict) {
    try {
      const root = parseXml(text, { ...LIMITS, comments: 'drop', cdata: 'text' });
      note(
        reading,
        'xml.comment',
        `${sentenceOf(strict)}${/<(?:\w+:)?Name(?:ID|Identifier)\b[^>]*>[^<]*<!/u.test(text) ? ', and one stands in the name identifier' : ''}.`,
      );
      return root;
    } catch (error) {
      note(reading, 'xml.unreadable', `${sentenceOf(error)}.`);
      return undefined;
    }
  }
}

function sentenceOf(error: unknown): string {
  if (!(error instanceof SignetError)) throw error;
  return `${error.message.charAt(0).toUpperCase()}${error.message.slice(1)}`;
}

function readRoot(root: XmlElement, reading: Reading): string | undefined {
  if (root.ns === NS.samlp) return readProtocolMessage(root, reading);
  if ((root.ns === NS.saml || root.ns === NS.saml11) && /Assertion$/u.test(root.local)) return readBareAssertion(root, reading);
  if (root.ns === NS.xenc && root.local === 'EncryptedData') return readBareAssertion(root, reading);
  if (TRUST.includes(root.ns)) return readTrust(root, reading);
  if (SOAP.includes(root.ns)) return readSoap(root, reading);
  if (root.ns === NS.md) {
    const entities = [...walk(root)].flatMap((element) => (element.local === 'EntityDescriptor' ? [attribute(element, 'entityID') ?? ''] : []));
    reading.sections.push({ title: root.local, verified: undefined, fields: entities.slice(0, 20).map((value) => ({ name: 'identifier', value })) });
    note(reading, 'hint.metadata', 'It is metadata.');
    return entities.length > 1 ? `metadata of ${String(entities.length)} entities` : 'metadata';
  }
  if (root.ns === CLIXML || root.local === 'Objs') {
    note(reading, 'hint.import', 'It is what Export-Clixml writes.');
    return 'objects of PowerShell (CLIXML)';
  }
  return undefined;
}

function readBareAssertion(root: XmlElement, reading: Reading): string {
  readAssertions(root, reading, false);
  if (root.local === 'Assertion' && reading.signatures.length === 0) note(reading, 'signature.missing', 'The assertion is not signed.');
  return `${root.ns === NS.saml11 ? 'SAML 1.1' : 'SAML 2.0'} ${root.local === 'EncryptedData' ? 'assertion, encrypted' : root.local}`;
}

/** WS-Trust: what is asked, or the answer with its token. */
function readTrust(root: XmlElement, reading: Reading): string {
  const { now } = reading.context;
  const texts = (local: string): readonly string[] =>
    [...walk(root)].filter((element) => element.local === local && element.children.every((inner) => typeof inner === 'string')).map(leafText);
  const first = (local: string): string | undefined => texts(local)[0];
  reading.sections.push({
    title: root.local,
    verified: undefined,
    fields: fieldsOf([
      ['dialect', root.ns === NS.wst13 ? 'WS-Trust 1.3' : 'WS-Trust of February 2005'],
      ['request type', first('RequestType') === undefined ? undefined : shortName(first('RequestType') ?? '')],
      ['token type', first('TokenType')],
      ['key type', first('KeyType') === undefined ? undefined : shortName(first('KeyType') ?? '')],
      ['applies to', first('Address')],
      ['created', sayTimeText(first('Created'), now)],
      ['expires', sayTimeText(first('Expires'), now)],
    ]),
  });
  const found = readAssertions(root, reading, false);
  if (found > 0 && reading.signatures.length === 0 && !reading.findings.some(({ id }) => id === 'assertion.encrypted'))
    note(reading, 'signature.missing', 'The assertion is not signed.');
  return `WS-Trust ${root.local}`;
}

function readSoap(root: XmlElement, reading: Reading): string | undefined {
  reading.steps.push('SOAP');
  const bodies = children(root, root.ns, 'Body');
  const [inner, ...more] = bodies.flatMap((body) => childElements(body));
  if (bodies.length !== 1 || more.length > 0) note(reading, 'xml.shape', 'A SOAP envelope has one Body with one element in it.');
  if (inner === undefined) return 'SOAP envelope without content';
  if (inner.ns === root.ns && inner.local === 'Fault') {
    const words = [...walk(inner)].filter(({ children: inside }) => inside.length === 1 && typeof inside[0] === 'string').map(leafText);
    reading.sections.push({ title: 'Fault', verified: undefined, fields: words.map((value) => ({ name: 'says', value })) });
    return 'SOAP fault';
  }
  return readRoot(inner, reading);
}
