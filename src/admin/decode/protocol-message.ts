/** Messages of the SAML 2.0 protocol, read for showing: whatever is there is shown, whether or not we would take it. */
import { NS } from '../../xml/names.js';
import type { XmlElement } from '../../xml/parse.js';
import { attribute, childElements, children, leafText } from '../../xml/read.js';
import { readAssertions } from './assertion.js';
import { type Field, fieldsOf, note, personal, type Reading } from './decoded.js';
import { nameOf, verifiedElement, walk } from './signatures.js';
import { sayTimeText, shortName, timeIn } from './words.js';

/** Clocks of others differ. */
export const SKEW_MS = 300_000;
const REQUEST = /Request$|Query$|Resolve$/u;

/** A message of the protocol with the assertions in it. Gives its title. */
export function readProtocolMessage(root: XmlElement, reading: Reading): string {
  const signed = verifiedElement(root, reading);
  const message = signed ?? root;
  reading.sections.push({
    title: nameOf(message),
    verified: signed !== undefined,
    fields: fieldsOf([...headOf(message, reading), ...bodyOf(message, reading)]),
  });
  judgeMessage(message, reading);
  const found = readAssertions(message, reading, signed !== undefined);
  if (found > 0 && signed === undefined && !reading.signatures.some(({ verified }) => verified) && reading.signatures.length === 0)
    note(reading, 'signature.missing', `Neither ${root.local} nor an assertion in it is signed.`);
  return `SAML 2.0 ${root.local}`;
}

type Entries = readonly (readonly [name: string, value: string | undefined])[];

function headOf(message: XmlElement, { context }: Reading): Entries {
  const said = (name: string): string | undefined => attribute(message, name);
  return [
    ['issuer', textOf(message, NS.saml, 'Issuer')],
    ['issued', sayTimeText(said('IssueInstant'), context.now)],
    ['id', said('ID')],
    ['destination', said('Destination')],
    ['in response to', said('InResponseTo')],
    ['version', said('Version') === '2.0' ? undefined : (said('Version') ?? 'none')],
    ['valid until', sayTimeText(said('NotOnOrAfter'), context.now)],
  ];
}

function bodyOf(message: XmlElement, reading: Reading): Entries {
  const said = (name: string): string | undefined => attribute(message, name);
  const policy = children(message, NS.samlp, 'NameIDPolicy')[0];
  const wanted = children(message, NS.samlp, 'RequestedAuthnContext')[0];
  const names = [...walk(message)].filter(({ ns, local, parent }) => ns === NS.saml && local === 'NameID' && !isInAssertion(parent));
  const codes = [...walk(message)].filter(({ ns, local }) => ns === NS.samlp && local === 'StatusCode');
  return [
    ['calls itself', said('ProviderName')],
    ['reply address', said('AssertionConsumerServiceURL')],
    ['reply index', said('AssertionConsumerServiceIndex')],
    ['answer by', shorten(said('ProtocolBinding'))],
    ['attributes by index', said('AttributeConsumingServiceIndex')],
    ['sign in anew', said('ForceAuthn')],
    ['without a page', said('IsPassive')],
    ['reason', said('Reason')],
    ['name identifier format', policy === undefined ? undefined : (attribute(policy, 'Format') ?? 'any')],
    ['name identifier qualifier', policy === undefined ? undefined : attribute(policy, 'SPNameQualifier')],
    ['authentication', wanted === undefined ? undefined : `${attribute(wanted, 'Comparison') ?? 'exact'}: ${childElements(wanted).map(leafText).join(', ')}`],
    ...names.map((name) => ['name identifier', nameIdentifier(name, reading)] as const),
    ...children(message, NS.samlp, 'SessionIndex').map((index) => ['session', leafText(index)] as const),
    ['status', codes.length === 0 ? undefined : codes.map((code) => shortName(attribute(code, 'Value') ?? '')).join(', ')],
    ['status message', statusMessage(message)],
  ];
}

/** 'maria (…:nameid-format:persistent)' */
export function nameIdentifier(name: XmlElement, reading: Reading): string {
  const format = attribute(name, 'Format');
  return `${personal(reading, leafText(name))} (${format ?? 'no format'})`;
}

function statusMessage(message: XmlElement): string | undefined {
  const status = children(message, NS.samlp, 'Status')[0];
  return status === undefined ? undefined : textOf(status, NS.samlp, 'StatusMessage');
}

function isInAssertion(element: XmlElement | undefined): boolean {
  for (let at = element; at !== undefined; at = at.parent) if (at.local === 'Assertion') return true;
  return false;
}

function textOf(element: XmlElement, ns: string, local: string): string | undefined {
  const found = children(element, ns, local)[0];
  return found === undefined ? undefined : leafText(found);
}

function shorten(uri: string | undefined): string | undefined {
  return uri === undefined ? undefined : shortName(uri);
}

function judgeMessage(message: XmlElement, reading: Reading): void {
  const { here, now } = reading.context;
  const issuer = textOf(message, NS.saml, 'Issuer') ?? '';
  const issued = timeIn(attribute(message, 'IssueInstant'));
  if (issued !== undefined && issued > now + SKEW_MS)
    note(reading, 'time.future', `${message.local} is issued in the future: ${attribute(message, 'IssueInstant') ?? ''}.`);
  const codes: readonly Field[] = fieldsOf(bodyOf(message, reading)).filter(({ name, value }) => name === 'status' && !value.startsWith('Success'));
  for (const { value } of codes) note(reading, 'status.refused', `The answer is a refusal: ${value}.`);
  if (here === undefined) return;
  const party = here.parties.find(({ identifiers }) => identifiers.includes(issuer));
  const ours = here.issuers.includes(issuer);
  if (party === undefined && !ours) note(reading, 'issuer.unknown', `The issuer "${issuer.slice(0, 200)}" is neither an application here nor ourselves.`);
  const destination = attribute(message, 'Destination');
  if (REQUEST.test(message.local) && !ours && destination !== undefined && !isBelow(here.baseUrl, destination))
    note(reading, 'destination.foreign', `It is sent to ${destination.slice(0, 200)}; we are at ${here.baseUrl}.`);
  const reply = attribute(message, 'AssertionConsumerServiceURL');
  if (party !== undefined && reply !== undefined && !party.replyAddresses.includes(reply))
    note(reading, 'reply.unregistered', `The reply address ${reply.slice(0, 200)} is not one of ${party.name}: ${party.replyAddresses.join(', ')}.`);
  if (message.local === 'Response' && ours && destination !== undefined && !here.parties.some(({ replyAddresses }) => replyAddresses.includes(destination)))
    note(reading, 'reply.unregistered', `The answer goes to ${destination.slice(0, 200)}, which no application here has registered.`);
}

function isBelow(baseUrl: string, address: string): boolean {
  return address === baseUrl || address.startsWith(`${baseUrl}/`);
}
