/** Single logout from the application's side: a sign-on, the messages that follow it, and what comes back. */
import { inflateRawSync } from 'node:zlib';
import type { RelyingParty } from '../../src/core/model/relying-party.js';
import { asId } from '../../src/core/model/ids.js';
import type { HttpReply } from '../../src/http/reply.js';
import { BINDING, NS } from '../../src/xml/names.js';
import { parseXml } from '../../src/xml/parse.js';
import { attribute, exactText } from '../../src/xml/read.js';
import { verifyDetached, verifyEnveloped } from '../../src/xml/verify.js';
import { aRelyingParty, POST_BINDING } from './builders.js';
import { findAnywhere } from './decrypt.js';
import { authnRequest, isForm, redirectQuery, SLO_URL, type TestIdp } from './saml-idp.js';
import { signQuery, signXml, type SigningPair } from './signed-requests.js';

/** An application with its key, and a SingleLogoutService for the bindings named. */
export function loggingOut(host: string, pair: SigningPair, changes: Partial<RelyingParty> = {}): RelyingParty {
  const entityId = `https://${host}/metadata`;
  return aRelyingParty({
    id: asId(host),
    entityId,
    identifiers: [entityId],
    name: host,
    replyAddresses: [{ binding: POST_BINDING, url: `https://${host}/acs`, index: 0 }],
    logoutEndpoints: [
      { binding: BINDING.redirect, url: `https://${host}/slo` },
      { binding: BINDING.post, url: `https://${host}/slo-post` },
    ],
    signingCertificates: [pair.certificate],
    ...changes,
  });
}

/** What an application remembers of a sign-on. */
export interface SignedOn {
  readonly value: string;
  readonly format: string;
  readonly nameQualifier?: string;
  readonly spNameQualifier?: string;
  readonly sessionIndex: string;
}

/** Signs on, and reads the name and the index from the assertion. */
export async function signOn(idp: TestIdp, party: RelyingParty, policy = ''): Promise<SignedOn> {
  const request = authnRequest(idp.clock, { issuer: party.entityId, children: policy });
  const root = parseXml(isForm(await idp.get('/saml/sso', redirectQuery(request))).xml);
  const name = findAnywhere(root, NS.saml, 'NameID');
  const statement = findAnywhere(root, NS.saml, 'AuthnStatement');
  if (name === undefined || statement === undefined) throw new Error('no assertion');
  const nameQualifier = attribute(name, 'NameQualifier');
  const spNameQualifier = attribute(name, 'SPNameQualifier');
  return {
    value: exactText(name),
    format: attribute(name, 'Format') ?? '',
    ...(nameQualifier === undefined ? {} : { nameQualifier }),
    ...(spNameQualifier === undefined ? {} : { spNameQualifier }),
    sessionIndex: attribute(statement, 'SessionIndex') ?? '',
  };
}

let count = 0;

/** A LogoutRequest as text; `before` stands in front of the name, `after` behind the indexes. */
export function logoutRequest(
  clock: { now(): number },
  party: Pick<RelyingParty, 'entityId'>,
  name: Partial<SignedOn> | string,
  wish: {
    readonly attributes?: Readonly<Record<string, string | undefined>>;
    readonly indexes?: readonly string[];
    readonly before?: string;
    readonly after?: string;
  } = {},
): string {
  count += 1;
  const attributes: Readonly<Record<string, string | undefined>> = {
    ID: `_logout${String(count)}`,
    Version: '2.0',
    IssueInstant: new Date(clock.now()).toISOString(),
    Destination: SLO_URL,
    ...wish.attributes,
  };
  const sessionIndex = typeof name === 'string' ? undefined : name.sessionIndex;
  const indexes = wish.indexes ?? (sessionIndex === undefined ? [] : [sessionIndex]);
  const indexElements = indexes.map((index) => `<samlp:SessionIndex>${index}</samlp:SessionIndex>`).join('');
  const identifier = typeof name === 'string' ? name : `<saml:NameID${written(qualifiers(name))}>${name.value ?? ''}</saml:NameID>`;
  return `<samlp:LogoutRequest xmlns:samlp="${NS.samlp}" xmlns:saml="${NS.saml}"${written(attributes)}><saml:Issuer>${party.entityId}</saml:Issuer>${wish.before ?? ''}${identifier}${indexElements}${wish.after ?? ''}</samlp:LogoutRequest>`;
}

function qualifiers({ format, nameQualifier, spNameQualifier }: Partial<SignedOn>): Readonly<Record<string, string | undefined>> {
  return { Format: format, NameQualifier: nameQualifier, SPNameQualifier: spNameQualifier };
}

function written(attributes: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(attributes)
    .flatMap(([name, value]) => (value === undefined ? [] : [` ${name}="${value}"`]))
    .join('');
}

/** A LogoutResponse as text, to a request of ours. */
export function logoutResponse(
  clock: { now(): number },
  party: Pick<RelyingParty, 'entityId'>,
  inResponseTo: string | undefined,
  wish: { readonly attributes?: Readonly<Record<string, string | undefined>>; readonly status?: readonly string[] } = {},
): string {
  count += 1;
  const attributes: Readonly<Record<string, string | undefined>> = {
    ID: `_answer${String(count)}`,
    Version: '2.0',
    IssueInstant: new Date(clock.now()).toISOString(),
    Destination: SLO_URL,
    InResponseTo: inResponseTo,
    ...wish.attributes,
  };
  const codes = (wish.status ?? ['Success']).reduceRight(
    (inner, code) => `<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:${code}">${inner}</samlp:StatusCode>`,
    '',
  );
  return `<samlp:LogoutResponse xmlns:samlp="${NS.samlp}" xmlns:saml="${NS.saml}"${written(attributes)}><saml:Issuer>${party.entityId}</saml:Issuer><samlp:Status>${codes}</samlp:Status></samlp:LogoutResponse>`;
}

export type Send = (
  idp: TestIdp,
  xml: string,
  pair: SigningPair,
  wish?: { readonly relayState?: string; readonly parameter?: 'SAMLRequest' | 'SAMLResponse' },
) => Promise<HttpReply>;

/** Signed over the query, in a browser without our cookie. */
export const byRedirect: Send = (idp, xml, pair, wish = {}) => idp.get('/saml/slo', signQuery(xml, pair, wish).query, { browser: { cookie: false } });

/** Signed inside, in a browser without our cookie. */
export const byPost: Send = (idp, xml, pair, { relayState, parameter = 'SAMLRequest' } = {}) =>
  idp.post(
    '/saml/slo',
    { [parameter]: Buffer.from(signXml(xml, pair)).toString('base64'), ...(relayState === undefined ? {} : { RelayState: relayState }) },
    { browser: { cookie: false } },
  );

/** A message of ours on its way: where to, and what it says, with its signature verified. */
export interface Sent {
  readonly binding: 'redirect' | 'post';
  /** Without what the binding added. */
  readonly to: string;
  readonly xml: string;
  readonly relayState: string | undefined;
  readonly fields: Readonly<Record<string, string>>;
}

export function sentBy(idp: Pick<TestIdp, 'certificate'>, reply: HttpReply | string, parameter: 'SAMLRequest' | 'SAMLResponse' = 'SAMLResponse'): Sent {
  if (typeof reply === 'string' || reply.kind === 'redirect') return readRedirect(idp, typeof reply === 'string' ? reply : reply.location, parameter);
  if (reply.kind !== 'post-form') throw new Error(`expected a message, got ${JSON.stringify(reply).slice(0, 300)}`);
  const xml = Buffer.from(reply.fields[parameter] ?? '', 'base64').toString();
  verifyEnveloped(parseXml(xml), [idp.certificate]);
  return { binding: 'post', to: reply.action, xml, relayState: reply.fields['RelayState'], fields: reply.fields };
}

function readRedirect(idp: Pick<TestIdp, 'certificate'>, location: string, parameter: string): Sent {
  const at = location.search(new RegExp(`[?&]${parameter}=`, 'u'));
  const query = location.slice(at + 1);
  const fields = Object.fromEntries(new URLSearchParams(query));
  const xml = inflateRawSync(Buffer.from(fields[parameter] ?? '', 'base64')).toString();
  const octets = query.slice(0, query.indexOf('&Signature='));
  verifyDetached(octets, fields['SigAlg'] ?? '', Buffer.from(fields['Signature'] ?? '', 'base64'), [idp.certificate]);
  if (xml.includes('Signature>')) throw new Error('a signature inside as well');
  return { binding: 'redirect', to: location.slice(0, at), xml, relayState: fields['RelayState'], fields };
}
