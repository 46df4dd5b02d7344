/**
 * wreq: a RequestSecurityToken inside the message (WS-Federation 13.2.2; WS-Trust 1.3, 4.1). What it says wins over the
 * parameter that says the same. Only what concerns a bearer token for the person in front of the browser can be asked for.
 */
import type { Trace } from '../../core/checks/trace.js';
import { SignetError } from '../../core/errors.js';
import type { TokenType } from '../../core/model/security-token.js';
import { NS } from '../../xml/names.js';
import { parseXml, type XmlElement } from '../../xml/parse.js';
import { child, childElements, leafText } from '../../xml/read.js';
import { BEARER_KEY, OFFERED_TOKEN_TYPES, tokenTypeOf } from '../shared/token-types.js';

/** What a wreq says, as far as it says anything. */
export interface WantedToken {
  /** AppliesTo: the same as wtrealm. */
  readonly realm?: string;
  /** With the spelling that was used. */
  readonly tokenType?: { readonly type: TokenType; readonly uri: string };
  /** AuthenticationType: the same as wauth. */
  readonly authenticationType?: string;
  /** Freshness: the same as wfresh, as text. */
  readonly freshness?: string;
}

const LIMITS = { bytes: 64 * 1024, depth: 16, elements: 256 };
const ADDRESSING: readonly string[] = [NS.wsa, 'http://schemas.xmlsoap.org/ws/2004/08/addressing'];
const KEY_TYPES: readonly string[] = Object.values(BEARER_KEY);
/** Whoever asks for these wants a token about somebody else, or bound to a key. */
const FOREIGN: readonly string[] = ['OnBehalfOf', 'ActAs', 'DelegateTo', 'UseKey'];

/** Reads the text of a wreq. Errors: check wsfed.wreq, wsfed.token-type. */
export function readWreq(text: string, trace: Trace): WantedToken {
  try {
    return read(parseXml(text, LIMITS), trace);
  } catch (error) {
    if (error instanceof SignetError && error.check === undefined) throw refuse(trace, error.message, 'a RequestSecurityToken', error);
    throw error;
  }
}

function read(root: XmlElement, trace: Trace): WantedToken {
  const { ns } = root;
  if (root.local !== 'RequestSecurityToken' || (ns !== NS.wst13 && ns !== NS.wst2005)) throw refuse(trace, root.local, 'a RequestSecurityToken');
  const foreign = childElements(root).find(({ local }) => FOREIGN.includes(local));
  if (foreign !== undefined) throw refuse(trace, foreign.local, 'a bearer token for the person who signs in');
  const text = (space: string, local: string): string | undefined => {
    const found = child(root, space, local);
    return found === undefined ? undefined : leafText(found);
  };
  const requestType = text(ns, 'RequestType');
  if (requestType !== undefined && requestType !== `${ns}/Issue`) throw refuse(trace, `RequestType ${requestType}`, `${ns}/Issue`);
  const keyType = text(ns, 'KeyType');
  if (keyType !== undefined && !KEY_TYPES.includes(keyType)) throw refuse(trace, `KeyType ${keyType}`, KEY_TYPES.join(' or '));

  const realm = readAppliesTo(root, trace);
  const tokenType = readTokenType(text(ns, 'TokenType'), trace);
  const authenticationType = text(ns, 'AuthenticationType');
  const freshness = text(NS.fed, 'Freshness');
  return {
    ...(realm === undefined ? {} : { realm }),
    ...(tokenType === undefined ? {} : { tokenType }),
    ...(authenticationType === undefined ? {} : { authenticationType }),
    ...(freshness === undefined ? {} : { freshness }),
  };
}

/** The address of the endpoint reference; like wtrealm it is compared exactly. */
function readAppliesTo(root: XmlElement, trace: Trace): string | undefined {
  const appliesTo = child(root, NS.wsp, 'AppliesTo');
  if (appliesTo === undefined) return undefined;
  const [reference] = childElements(appliesTo);
  if (reference?.local !== 'EndpointReference' || !ADDRESSING.includes(reference.ns)) throw refuse(trace, 'AppliesTo without EndpointReference', 'an address');
  const address = child(reference, reference.ns, 'Address');
  if (address === undefined) throw refuse(trace, 'AppliesTo without Address', 'an address');
  return leafText(address);
}

function readTokenType(uri: string | undefined, trace: Trace): WantedToken['tokenType'] {
  if (uri === undefined) return undefined;
  const type = tokenTypeOf(uri);
  if (type === undefined) throw trace.failure('wsfed.token-type', { observed: uri, expected: OFFERED_TOKEN_TYPES });
  return { type, uri };
}

function refuse(trace: Trace, observed: string, expected: string, cause?: unknown): SignetError {
  return trace.failure('wsfed.wreq', { observed, expected }, cause);
}
