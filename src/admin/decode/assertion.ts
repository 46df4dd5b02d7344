/** Assertions of SAML 2.0 and 1.1, wherever they stand: each with what covers it. */
import { factsOf } from '../../tokens/read-assertion.js';
import { NS } from '../../xml/names.js';
import type { XmlElement } from '../../xml/parse.js';
import { attribute, children, leafText } from '../../xml/read.js';
import { type Field, fieldsOf, note, personal, type Reading } from './decoded.js';
import { nameOf, verifiedElement, walk } from './signatures.js';
import { sayTimeText, shortName, timeIn } from './words.js';

/** Applications allow for clocks that differ. */
const SKEW_MS = 180_000;
const WEAK = /rsa-1_5$|tripledes-cbc$/u;

/**
 * Shows every assertion in a tree and says how many there are, encrypted ones among them.
 * @param covered whether a verified signature covers the whole tree
 */
export function readAssertions(tree: XmlElement, reading: Reading, covered: boolean): number {
  const plain = [...walk(tree)].filter(({ ns, local }) => local === 'Assertion' && (ns === NS.saml || ns === NS.saml11));
  const encrypted = [...walk(tree)].filter(({ ns, local, parent }) => ns === NS.xenc && local === 'EncryptedData' && parent?.local !== 'EncryptedID');
  for (const assertion of plain) readAssertion(assertion, reading, covered);
  for (const data of encrypted) readEncrypted(data, reading, covered);
  const count = plain.length + encrypted.length;
  if (count > 1) note(reading, 'assertion.several', `There are ${String(count)} assertions in it.`);
  return count;
}

function readAssertion(element: XmlElement, reading: Reading, covered: boolean): void {
  const signed = verifiedElement(element, reading);
  const assertion = signed ?? element;
  const facts = factsOf(assertion);
  const { now, here } = reading.context;
  const conditions = children(assertion, assertion.ns, 'Conditions')[0];
  const confirmation = [...walk(assertion)].find(({ local }) => local === 'SubjectConfirmationData');
  const statement = children(assertion, assertion.ns, assertion.ns === NS.saml ? 'AuthnStatement' : 'AuthenticationStatement')[0];
  const said = (from: XmlElement | undefined, name: string): string | undefined => (from === undefined ? undefined : attribute(from, name));
  const time = (from: XmlElement | undefined, name: string): string | undefined => sayTimeText(said(from, name), now);
  const fields = fieldsOf([
    ['issuer', facts.issuer],
    ['issued', time(assertion, 'IssueInstant')],
    ['name identifier', facts.name === undefined ? 'none' : `${personal(reading, facts.name.value)} (${facts.name.format ?? 'no format'})`],
    ['reply address', said(confirmation, 'Recipient')],
    ['in response to', said(confirmation, 'InResponseTo')],
    ['to be delivered by', time(confirmation, 'NotOnOrAfter')],
    ['valid from', time(conditions, 'NotBefore')],
    ['valid until', time(conditions, 'NotOnOrAfter')],
    ['audience', facts.audiences.length === 0 ? 'everybody' : facts.audiences.join(', ')],
    ['signed in', time(statement, assertion.ns === NS.saml ? 'AuthnInstant' : 'AuthenticationInstant')],
    ['authentication', facts.authentication],
    ['session', said(statement, 'SessionIndex')],
    ['session ends', time(statement, 'SessionNotOnOrAfter')],
  ]);
  const attributes = facts.attributes.map(({ name, values }): Field => ({ name, value: values.map((value) => personal(reading, value)).join(', ') }));
  reading.sections.push({ title: nameOf(assertion), verified: covered || signed !== undefined, fields: [...fields, ...attributes] });

  const until = timeIn(said(conditions, 'NotOnOrAfter'));
  if (until !== undefined && until + SKEW_MS <= now)
    note(reading, 'time.expired', `${nameOf(assertion)} was valid until ${time(conditions, 'NotOnOrAfter') ?? ''}.`);
  const from = timeIn(said(conditions, 'NotBefore'));
  if (from !== undefined && from - SKEW_MS > now) note(reading, 'time.future', `${nameOf(assertion)} is valid from ${time(conditions, 'NotBefore') ?? ''}.`);
  if (here?.issuers.includes(facts.issuer) !== true) return;
  for (const audience of facts.audiences.filter((name) => !here.parties.some(({ identifiers }) => identifiers.includes(name))))
    note(reading, 'audience.unknown', `The audience "${audience.slice(0, 200)}" is no application here.`);
}

function readEncrypted(data: XmlElement, reading: Reading, covered: boolean): void {
  const methods = [...walk(data)]
    .filter(({ ns, local }) => ns === NS.xenc && local === 'EncryptionMethod')
    .map((method) => attribute(method, 'Algorithm') ?? '');
  const recipient = [...walk(data)]
    .map((element) => (element.local === 'EncryptedKey' ? attribute(element, 'Recipient') : undefined))
    .find((name) => name !== undefined);
  const key = [...walk(data)].find(({ ns, local }) => ns === NS.ds && local === 'X509SubjectName');
  reading.sections.push({
    title: 'Encrypted content',
    verified: covered,
    fields: fieldsOf([
      ['content', methods[0] === undefined ? 'not said' : shortName(methods[0])],
      ['key', methods[1] === undefined ? 'not said' : shortName(methods[1])],
      ['for', recipient ?? (key === undefined ? undefined : leafText(key))],
    ]),
  });
  note(reading, 'assertion.encrypted', 'The assertion is encrypted.');
  for (const weak of methods.filter((uri) => WEAK.test(uri))) note(reading, 'signature.algorithm', `It is encrypted with ${shortName(weak)}.`);
}
