/**
 * Single logout at Acme by HTTP-Redirect, both ways (SAML Profiles 4.4). node-saml verifies signature, issuer, times and the
 * request answered; what it leaves to the application is checked here: that there is a signature, by which algorithm, that
 * no parameter comes twice, and for whom the message was meant.
 */
import { inflateRawSync } from 'node:zlib';
import { type Profile, SAML, type SamlConfig } from '@node-saml/node-saml';
import { NS } from '../../xml/names.js';
import { parseXml, type XmlElement } from '../../xml/parse.js';
import { attribute, child, children, leafText } from '../../xml/read.js';

/** Who is signed out, as Signet named them: name and, in each of its sessions, an index. */
export interface SignOutName {
  readonly nameId: string;
  /** Empty: every session of the name. */
  readonly sessionIndexes: readonly string[];
}

export type SignOutMessage =
  /** Signet tells that a session ended; `answer` is the address that takes the word that it did here. */
  | { readonly kind: 'asked'; readonly name: SignOutName; readonly answer: () => Promise<string> }
  /** Signet answers what Acme asked: all is ended, or an application could not be told. */
  | { readonly kind: 'answered'; readonly everywhere: boolean }
  | { readonly kind: 'invalid'; readonly reason: string };

const MESSAGES = ['SAMLRequest', 'SAMLResponse'] as const;
const PARAMETERS: ReadonlySet<string> = new Set([...MESSAGES, 'RelayState', 'SigAlg', 'Signature']);
const ALGORITHM = /^http:\/\/www\.w3\.org\/2001\/04\/xmldsig-more#rsa-sha(?:256|384|512)$/u;
const PARTIAL = 'urn:oasis:names:tc:SAML:2.0:status:PartialLogout';
const MOST_BYTES = 64 * 1024;

/** The address that signs somebody out everywhere: a signed LogoutRequest in its query. */
export function signOutUrl(config: SamlConfig, profile: Profile): Promise<string> {
  return new SAML(config).getLogoutUrlAsync(profile, '', {});
}

/** Reads and verifies what came to the SingleLogoutService. Never throws: whatever is wrong becomes `invalid` with a sentence. */
export async function readSignOut(config: SamlConfig, sloUrl: string, rawQuery: string): Promise<SignOutMessage> {
  try {
    const parameters = readParameters(rawQuery);
    const saml = new SAML(config);
    const { profile } = await saml.validateRedirectAsync(parameters, rawQuery);
    const root = parseXml(inflate(parameters['SAMLRequest'] ?? parameters['SAMLResponse'] ?? ''));
    const destination = attribute(root, 'Destination');
    if (destination !== sloUrl) throw new Error(`The message was meant for ${destination ?? 'nobody'}.`);
    if (profile === null) return await answered(config, root);
    const name = { nameId: profile.nameID, sessionIndexes: children(root, NS.samlp, 'SessionIndex').map(leafText) };
    // Nobody by that name here is fine as well: then nobody is signed in.
    return { kind: 'asked', name, answer: () => saml.getLogoutResponseUrlAsync(profile, parameters['RelayState'] ?? '', {}, true) };
  } catch (error) {
    return { kind: 'invalid', reason: error instanceof Error ? error.message : 'The message is not readable.' };
  }
}

async function answered(config: SamlConfig, root: XmlElement): Promise<SignOutMessage> {
  const asked = attribute(root, 'InResponseTo');
  if (asked === undefined || (await config.cacheProvider?.removeAsync(asked)) !== asked) throw new Error('Acme did not ask for this.');
  const status = child(root, NS.samlp, 'Status');
  const outer = status === undefined ? undefined : child(status, NS.samlp, 'StatusCode');
  const inner = outer === undefined ? undefined : child(outer, NS.samlp, 'StatusCode');
  return { kind: 'answered', everywhere: inner === undefined || attribute(inner, 'Value') !== PARTIAL };
}

/** Each parameter once, one message, and a signature: what node-saml would let pass without. */
function readParameters(rawQuery: string): Readonly<Record<string, string>> {
  const pairs = [...new URLSearchParams(rawQuery)];
  const parameters = Object.fromEntries(pairs);
  if (Object.keys(parameters).length !== pairs.length || pairs.some(([name]) => !PARAMETERS.has(name)))
    throw new Error('The parameters are not those of one message.');
  if (MESSAGES.filter((name) => name in parameters).length !== 1) throw new Error('There must be one message.');
  if (!('Signature' in parameters) || !ALGORITHM.test(parameters['SigAlg'] ?? '')) throw new Error('The message is not signed in an accepted way.');
  return parameters;
}

function inflate(message: string): string {
  return inflateRawSync(Buffer.from(message, 'base64'), { maxOutputLength: MOST_BYTES }).toString('utf8');
}
