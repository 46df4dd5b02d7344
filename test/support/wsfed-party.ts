/**
 * A WS-Federation application that shares nothing with Signet but the wire: it asks, reads the form that comes back, and
 * judges the token by xmldom and xml-crypto.
 */
import { DOMParser } from '@xmldom/xmldom';
import { SignedXml } from 'xml-crypto';
import { asId } from '../../src/core/model/ids.js';
import { type RelyingPartyMetadata, type RelyingPartyOverrides, type RelyingPartyRecord, WSFED_BINDING } from '../../src/core/model/relying-party.js';
import { aMetadata, aRecord } from './builders.js';
import type { Form } from './html-forms.js';
import { type TestNode } from './node.js';
import { until } from './patience.js';
import { send } from './browser.js';
import { pem } from './xml-oracles.js';

export const TRUST = {
  '2005': 'http://schemas.xmlsoap.org/ws/2005/02/trust',
  '1.3': 'http://docs.oasis-open.org/ws-sx/ws-trust/200512',
} as const;
export const SAML11 = 'urn:oasis:names:tc:SAML:1.0:assertion';
export const SAML20 = 'urn:oasis:names:tc:SAML:2.0:assertion';
const DS = 'http://www.w3.org/2000/09/xmldsig#';
const WSU = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd';
const WSP = 'http://schemas.xmlsoap.org/ws/2004/09/policy';

export const REALM = 'urn:example:wiki';
export const REPLY = 'https://wiki.example/signin-wsfed';

/** An entry of the registry for an application of WS-Federation. */
export function aWsfedRecord(
  about: { readonly realm?: string; readonly replies?: readonly string[]; readonly metadata?: Partial<RelyingPartyMetadata> } = {},
  overrides: RelyingPartyOverrides = {},
): RelyingPartyRecord {
  const realm = about.realm ?? REALM;
  const replyAddresses = (about.replies ?? [REPLY]).map((url) => ({ binding: WSFED_BINDING, url }));
  const metadata = aMetadata({ entityId: realm, displayName: 'Northwind Wiki', replyAddresses, ...about.metadata });
  return aRecord({ id: asId(`wsfed ${realm}`), metadata, overrides, source: { kind: 'hand', location: realm, readAt: 0 } });
}

/** Registers applications by the command line, and waits until the node knows the last one. */
export async function registerWsfed(
  node: TestNode,
  ...applications: readonly { readonly realm: string; readonly reply: string; readonly options?: readonly string[]; readonly settings?: readonly string[] }[]
): Promise<void> {
  await node.all(
    applications.flatMap(({ realm, reply, options = [], settings = [] }) => [
      ['rp', 'add-wsfed', realm, '--reply', reply, ...options],
      ...(settings.length === 0 ? [] : [['rp', 'set', realm, ...settings]]),
    ]),
  );
  const realm = applications.at(-1)?.realm ?? '';
  const known = async (): Promise<boolean> => (await send(`${node.origin}/wsfed?${signInQuery({ wtrealm: realm })}`)).status === 200;
  await until(`${realm} is known`, known, 3000);
}

/** The query of a sign-in request, each parameter in the order given. */
export function signInQuery(parameters: Readonly<Record<string, string | undefined>> = {}): string {
  const all: Readonly<Record<string, string | undefined>> = { wa: 'wsignin1.0', wtrealm: REALM, ...parameters };
  return Object.entries(all)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]))
    .join('&');
}

/** A wreq with the given elements inside. */
export function wreq(content: string, version: keyof typeof TRUST = '2005'): string {
  return `<t:RequestSecurityToken xmlns:t="${TRUST[version]}">${content}</t:RequestSecurityToken>`;
}

/** What an application is sent. */
export interface Delivered {
  readonly action: string;
  readonly wa: string | undefined;
  readonly wctx: string | undefined;
  readonly wresult: string;
}

/** The one form of a page that carries a token. */
export function readDelivery(page: { readonly forms: readonly Form[]; readonly text: string }): Delivered {
  const form = page.forms.find((candidate) => candidate.fields.has('wresult'));
  if (form === undefined) throw new Error(`no form with wresult: ${page.text.slice(0, 300)}`);
  return delivered(form.action.href, Object.fromEntries(form.fields));
}

/** The same from the fields of a form. */
export function delivered(action: string, fields: Readonly<Record<string, string>>): Delivered {
  return { action, wa: fields['wa'], wctx: fields['wctx'], wresult: fields['wresult'] ?? '' };
}

export interface SeenAssertion {
  readonly xml: string;
  readonly version: '1.1' | '2.0';
  readonly id: string;
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly notBefore: number;
  readonly notOnOrAfter: number;
  readonly name: string;
  readonly nameFormat: string;
  /** AuthenticationMethod or AuthnContextClassRef. */
  readonly method: string;
  readonly authenticatedAt: number;
  readonly confirmation: string;
  /** Values by claim type URI or attribute name. */
  readonly attributes: Readonly<Record<string, readonly string[]>>;
  /** In KeyInfo. */
  readonly certificate: string;
}

export interface SeenResponse {
  readonly version: keyof typeof TRUST;
  /** Local names of the children of the response. */
  readonly children: readonly string[];
  readonly created: number;
  readonly expires: number;
  readonly appliesTo: string;
  readonly tokenType: string;
  readonly requestType: string;
  readonly keyType: string;
  /** What stands in RequestedSecurityToken, as text. */
  readonly token: string;
}

/** Reads a wresult without judging it. */
export function readResponse(wresult: string): SeenResponse {
  const root = parse(wresult);
  const version = root.namespaceURI === TRUST['1.3'] ? '1.3' : '2005';
  const response = root.localName === 'RequestSecurityTokenResponseCollection' ? elementsIn(root)[0] : root;
  if (response?.localName !== 'RequestSecurityTokenResponse' || response.namespaceURI !== TRUST[version])
    throw new Error(`not a response: ${wresult.slice(0, 200)}`);
  return {
    version,
    children: elementsIn(response).map((element) => element.localName),
    created: Date.parse(textOf(response, WSU, 'Created')),
    expires: Date.parse(textOf(response, WSU, 'Expires')),
    appliesTo: textOf(first(response, WSP, 'AppliesTo'), 'http://www.w3.org/2005/08/addressing', 'Address'),
    tokenType: textOf(response, TRUST[version], 'TokenType'),
    requestType: textOf(response, TRUST[version], 'RequestType'),
    keyType: textOf(response, TRUST[version], 'KeyType'),
    token: /:RequestedSecurityToken>(.*)<\/\w+:RequestedSecurityToken>/su.exec(wresult)?.[1] ?? '',
  };
}

/** Reads an assertion without judging it. */
export function readAssertion(xml: string): SeenAssertion {
  const root = parse(xml);
  const certificate = textOf(root, DS, 'X509Certificate');
  return root.namespaceURI === SAML11 ? { ...readSaml11(root), xml, certificate } : { ...readSaml20(root), xml, certificate };
}

type Seen = Omit<SeenAssertion, 'xml' | 'certificate'>;

function readSaml11(root: Element): Seen {
  const statement = first(root, SAML11, 'AuthenticationStatement');
  const name = first(root, SAML11, 'NameIdentifier');
  return {
    version: '1.1',
    id: root.getAttribute('AssertionID') ?? '',
    issuer: root.getAttribute('Issuer') ?? '',
    ...readConditions(root, SAML11),
    name: name.textContent,
    nameFormat: name.getAttribute('Format') ?? '',
    method: statement.getAttribute('AuthenticationMethod') ?? '',
    authenticatedAt: Date.parse(statement.getAttribute('AuthenticationInstant') ?? ''),
    confirmation: textOf(root, SAML11, 'ConfirmationMethod'),
    attributes: readAttributes(root, SAML11, (element) => `${element.getAttribute('AttributeNamespace') ?? ''}/${element.getAttribute('AttributeName') ?? ''}`),
  };
}

function readSaml20(root: Element): Seen {
  const name = first(root, SAML20, 'NameID');
  return {
    version: '2.0',
    id: root.getAttribute('ID') ?? '',
    issuer: textOf(root, SAML20, 'Issuer'),
    ...readConditions(root, SAML20),
    name: name.textContent,
    nameFormat: name.getAttribute('Format') ?? '',
    method: textOf(root, SAML20, 'AuthnContextClassRef'),
    authenticatedAt: Date.parse(first(root, SAML20, 'AuthnStatement').getAttribute('AuthnInstant') ?? ''),
    confirmation: first(root, SAML20, 'SubjectConfirmation').getAttribute('Method') ?? '',
    attributes: readAttributes(root, SAML20, (element) => element.getAttribute('Name') ?? ''),
  };
}

function readConditions(root: Element, ns: string): Pick<SeenAssertion, 'audiences' | 'notBefore' | 'notOnOrAfter'> {
  const conditions = first(root, ns, 'Conditions');
  return {
    audiences: all(conditions, ns, 'Audience').map((element) => element.textContent),
    notBefore: Date.parse(conditions.getAttribute('NotBefore') ?? ''),
    notOnOrAfter: Date.parse(conditions.getAttribute('NotOnOrAfter') ?? ''),
  };
}

function readAttributes(root: Element, ns: string, nameOf: (element: Element) => string): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    all(root, ns, 'Attribute').map((element) => [nameOf(element), all(element, ns, 'AttributeValue').map((value) => value.textContent)]),
  );
}

export interface Expected {
  /** Of the issuer, as its metadata has it: base64. */
  readonly certificate: string;
  readonly issuer: string;
  readonly realm?: string;
  readonly now: number;
  /** Makes the clear text of an encrypted token. */
  readonly decrypt?: (token: string) => string;
}

/** Everything an application has to check, or an error that says what does not hold. */
export function accept(wresult: string, expected: Expected): SeenResponse & { readonly assertion: SeenAssertion } {
  const response = readResponse(wresult);
  const assertion = readAssertion(expected.decrypt?.(response.token) ?? response.token);
  const realm = expected.realm ?? REALM;
  const problems = [
    ...problem('signature of the assertion cut out', signatureHolds(assertion.xml, assertion, expected.certificate)),
    ...problem('signature of the assertion in its place', expected.decrypt !== undefined || signatureHolds(wresult, assertion, expected.certificate)),
    ...problem(`issuer ${assertion.issuer}`, assertion.issuer === expected.issuer),
    ...problem(`audience ${assertion.audiences.join()}`, assertion.audiences.length === 1 && assertion.audiences[0] === realm),
    ...problem(`AppliesTo ${response.appliesTo}`, response.appliesTo === realm),
    ...problem('times of the assertion', assertion.notBefore <= expected.now && expected.now < assertion.notOnOrAfter),
    ...problem('times of the response', response.created <= expected.now && expected.now < response.expires),
    ...problem(`confirmation ${assertion.confirmation}`, assertion.confirmation.endsWith(':cm:bearer')),
  ];
  if (problems.length > 0) throw new Error(`not accepted: ${problems.join('; ')}`);
  return { ...response, assertion };
}

function problem(what: string, holds: boolean): readonly string[] {
  return holds ? [] : [what];
}

/** xml-crypto's word, and that the one reference is to the assertion. */
export function signatureHolds(xml: string, { id, version }: Pick<SeenAssertion, 'id' | 'version'>, certificate: string): boolean {
  const signatures = xml.match(/<ds:Signature[ >].*?<\/ds:Signature>/gsu) ?? [];
  const [signature] = signatures;
  if (signature === undefined || signatures.length > 1) return false;
  const verifier = new SignedXml({ publicCert: pem(certificate), ...(version === '1.1' ? { idAttribute: 'AssertionID' } : {}) });
  verifier.loadSignature(signature);
  try {
    return verifier.checkSignature(xml) && verifier.getReferences().length === 1 && verifier.getReferences()[0]?.uri === `#${id}`;
  } catch {
    return false;
  }
}

function parse(xml: string): Element {
  const fail = (message: string): never => {
    throw new Error(message);
  };
  return new DOMParser({ errorHandler: { warning: fail, error: fail, fatalError: fail } }).parseFromString(xml, 'text/xml').documentElement;
}

function elementsIn(element: Element): readonly Element[] {
  return Array.from(element.childNodes).filter((node): node is Element => node.nodeType === 1);
}

function all(element: Element, ns: string, local: string): readonly Element[] {
  return Array.from(element.getElementsByTagNameNS(ns, local));
}

function first(element: Element, ns: string, local: string): Element {
  const [found] = all(element, ns, local);
  if (found === undefined) throw new Error(`no ${local} in ${element.localName}`);
  return found;
}

function textOf(element: Element, ns: string, local: string): string {
  return first(element, ns, local).textContent;
}
