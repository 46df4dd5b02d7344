/** Names and addresses of a trust: Identifier, WSFedEndpoint, SamlEndpoints. */
import type { LogoutEndpoint, ReplyAddress } from '../../core/model/relying-party.js';
import { WSFED_BINDING } from '../../core/model/relying-party.js';
import { checkReplyAddress } from '../../core/model/reply-address.js';
import { show } from '../setting-values.js';
import type { AdfsObject } from './export.js';
import type { Report } from './report.js';
import { countOf, flagOf, textOf, type TrustReader, valueIn } from './trust-reader.js';

const BINDINGS: ReadonlyMap<string, string> = new Map([
  ['post', 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST'],
  ['redirect', 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect'],
  ['artifact', 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact'],
  ['soap', 'urn:oasis:names:tc:SAML:2.0:bindings:SOAP'],
  ['paos', 'urn:oasis:names:tc:SAML:2.0:bindings:PAOS'],
]);

export interface Addresses {
  readonly replyAddresses: readonly ReplyAddress[];
  readonly logoutEndpoints: readonly LogoutEndpoint[];
  /** Some are plain http. */
  readonly http: boolean;
}

/**
 * The identifiers, each once, the one first that metadata would have to name: the one its address starts with, else the
 * first. Products that leave the scheme out in their requests are known by both spellings.
 */
export function readIdentifiers(trust: TrustReader): readonly string[] {
  const given = [...new Set(trust.texts('Identifier').map((text) => text.trim()))].filter((text) => text !== '' && !/[\s\p{Cc}\p{Cf}]/u.test(text));
  const metadata = trust.text('MetadataUrl') ?? '';
  const [named] = given.filter((identifier) => metadata.startsWith(identifier)).sort((one, other) => other.length - one.length);
  const ordered = named === undefined ? given : [named, ...given.filter((identifier) => identifier !== named)];
  const [first, ...others] = [...new Set([...ordered, ...ordered.flatMap(withoutScheme)])];
  if (first === undefined) return [];
  trust.carry('Identifier', others.length === 0 ? `identifier ${first}` : `identifier ${first}, also known as ${others.join(', ')}`);
  return [first, ...others];
}

/** Google writes google.com/a/DOMAIN, which AD FS keeps with https://. */
function withoutScheme(identifier: string): readonly string[] {
  const [, bare] = /^https:\/\/(google\.com(?:\/a\/[^/]+)?)$/u.exec(identifier) ?? [];
  return bare === undefined ? [] : [bare];
}

/** Reply and sign-out addresses of the protocols that the profile allows. */
export function readAddresses(trust: TrustReader, report: Report): Addresses {
  const profile = trust.text('ProtocolProfile')?.toLowerCase() ?? '';
  const [saml, wsfed] = [profile !== 'wsfederation', profile !== 'saml'];
  trust.carry('ProtocolProfile', 'the protocols of its addresses');
  const http: string[] = [];
  const usable = (property: string, url: string): boolean => isUsable(property, url, report, http);

  const passive = [...new Set([...trust.texts('WSFedEndpoint'), ...trust.texts('AdditionalWSFedEndpoint')])];
  for (const name of ['WSFedEndpoint', 'AdditionalWSFedEndpoint']) {
    if (wsfed) trust.carry(name, trust.texts(name).length === 0 ? 'no address' : 'reply addresses of WS-Federation');
    else trust.leave(name, 'the profile of the trust is SAML only');
  }
  const tokens = wsfed ? passive.filter((url) => usable('WSFedEndpoint', url)) : [];

  const endpoints = trust.objects('SamlEndpoints').map(readEndpoint);
  if (saml) trust.carry('SamlEndpoints', endpoints.length === 0 ? 'no address' : 'reply and sign-out addresses of SAML');
  else trust.leave('SamlEndpoints', 'the profile of the trust is WS-Federation only');
  const spoken = saml ? endpoints : [];
  const replies = spoken.filter(({ protocol, url }) => isConsumer(protocol) && usable('SamlEndpoints', url));
  const logouts = spoken.filter(
    ({ protocol, url, responseUrl }) =>
      isLogout(protocol) && usable('SamlEndpoints', url) && (responseUrl === undefined || usable('SamlEndpoints', responseUrl)),
  );
  for (const { protocol, url } of spoken) if (!isConsumer(protocol) && !isLogout(protocol)) unknownEndpoint(protocol, url, report);
  refuseHttp(http, report);
  return {
    replyAddresses: [...replies.map(asReply), ...tokens.map((url) => ({ binding: WSFED_BINDING, url }))],
    logoutEndpoints: logouts.map(({ binding, url, responseUrl }) => ({ binding, url, ...(responseUrl === undefined ? {} : { responseUrl }) })),
    http: http.length > 0,
  };
}

export interface SamlEndpoint {
  readonly protocol: string;
  readonly binding: string;
  readonly url: string;
  readonly responseUrl: string | undefined;
  readonly index: number | undefined;
  readonly isDefault: boolean | undefined;
}

/** One of SamlEndpoints. The binding by its URI, else by AD FS's word for it. */
export function readEndpoint(endpoint: AdfsObject): SamlEndpoint {
  const word = textOf(valueIn(endpoint, 'Binding')) ?? '';
  return {
    protocol: textOf(valueIn(endpoint, 'Protocol')) ?? '',
    binding: textOf(valueIn(endpoint, 'BindingUri')) ?? BINDINGS.get(word.toLowerCase()) ?? word,
    url: textOf(valueIn(endpoint, 'Location')) ?? '',
    responseUrl: textOf(valueIn(endpoint, 'ResponseLocation')),
    index: countOf(valueIn(endpoint, 'Index')),
    isDefault: flagOf(valueIn(endpoint, 'IsDefault')),
  };
}

/** AD FS says false of every address that is not the default: metadata then says nothing (SAML Metadata 2.2.3). */
function asReply({ binding, url, index, isDefault }: SamlEndpoint): ReplyAddress {
  return { binding, url, ...(index === undefined ? {} : { index }), ...(isDefault === true ? { isDefault } : {}) };
}

const isConsumer = (protocol: string): boolean => /^samlassertionconsumer$/iu.test(protocol);
const isLogout = (protocol: string): boolean => /^samllogout$/iu.test(protocol);

function isUsable(property: string, url: string, report: Report, http: string[]): boolean {
  const problem = checkReplyAddress(url, { allowHttp: true });
  if (problem === undefined) {
    if (checkReplyAddress(url) !== undefined) http.push(url);
    return true;
  }
  report.add(property, {
    id: 'adfs.address-unusable',
    level: 'warn',
    sentence: `An address was left out: ${problem}`,
    why: 'Answers to that address would not arrive.',
    fix: 'If the application needs it, correct it in AD FS and export again, or add it afterwards with: signet rp set APP reply=URL',
  });
  return false;
}

function unknownEndpoint(protocol: string, url: string, report: Report): void {
  report.add('SamlEndpoints', {
    id: 'adfs.endpoint-unknown',
    level: 'warn',
    sentence: `The address ${show(url)} is for "${show(protocol)}", which Signet does not know for an application; it was left out.`,
    why: 'Nothing is sent to that address.',
    fix: 'Look whether the application uses it.',
  });
}

function refuseHttp(urls: readonly string[], report: Report): void {
  const [first] = urls;
  if (first === undefined) return;
  const more = urls.length === 1 ? '' : ` and ${String(urls.length - 1)} more`;
  report.add('SamlEndpoints', {
    id: 'adfs.reply-http',
    level: 'warn',
    sentence: `The address ${show(first)}${more} is plain http.`,
    why: 'Tokens travel there in the clear: whoever listens can sign in with them.',
    fix: 'Ask the application for an https address; until then take it as it is with --include look.',
    textForThem: `Your sign-in address ${first} uses http, so sign-in tokens travel unencrypted. Please give us an https address.`,
  });
}
