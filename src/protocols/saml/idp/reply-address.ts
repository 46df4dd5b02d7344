/**
 * Which AssertionConsumerService gets the answer (SAML Core 3.4.1, Metadata 2.2.3): always one of the issuer's own,
 * by exact match, by index, or the default; a signed request is no exception.
 */
import type { Trace } from '../../../core/checks/trace.js';
import type { SignetError } from '../../../core/errors.js';
import { chooseDefault, type RelyingParty, type ReplyAddress } from '../../../core/model/relying-party.js';
import { isWebAddress } from '../../../core/model/reply-address.js';
import { BINDING } from '../../../xml/names.js';

export interface ChosenAddress {
  readonly url: string;
  /** The request named something that cannot be: the refusal goes to the default address. */
  readonly refused: SignetError | undefined;
}

export interface AskedAddress {
  readonly acsUrl: string | undefined;
  readonly acsIndex: string | undefined;
  readonly protocolBinding: string | undefined;
}

/** Throws check request.acs-known when the request names an address that is not registered, or none can be used. */
export function chooseReplyAddress(relyingParty: RelyingParty, asked: AskedAddress, trace: Trace): ChosenAddress {
  const offered = relyingParty.replyAddresses.filter((address) => address.binding === BINDING.post && isWebAddress(address.url));
  const fallback = chooseDefault(offered);
  if (fallback === undefined) throw trace.failure('request.acs-known', { observed: 'none', expected: 'an address for HTTP-POST' });
  const atDefault = (refused: SignetError): ChosenAddress => ({ url: fallback.url, refused });

  if (asked.acsUrl !== undefined) {
    const known = relyingParty.replyAddresses.some((address) => address.url === asked.acsUrl);
    trace.check('request.acs-known', known, { observed: asked.acsUrl, expected: offered.map((address) => address.url).join(', ') });
  }
  if (asked.acsIndex !== undefined && (asked.acsUrl !== undefined || asked.protocolBinding !== undefined)) {
    return atDefault(trace.failure('request.acs-exclusive', { observed: asked.acsUrl === undefined ? 'ProtocolBinding' : 'AssertionConsumerServiceURL' }));
  }
  if (asked.protocolBinding !== undefined && asked.protocolBinding !== BINDING.post) {
    return atDefault(trace.failure('request.acs-binding', { observed: asked.protocolBinding, expected: BINDING.post }));
  }
  if (asked.acsIndex !== undefined) return byIndex(relyingParty, offered, asked.acsIndex, atDefault, trace);
  if (asked.acsUrl === undefined) return chosen(fallback.url, 'default', trace);
  const match = offered.find((address) => address.url === asked.acsUrl);
  if (match === undefined) return atDefault(trace.failure('request.acs-binding', { observed: 'an address of another binding', expected: BINDING.post }));
  return chosen(match.url, 'named by the request', trace);
}

function byIndex(
  relyingParty: RelyingParty,
  offered: readonly ReplyAddress[],
  text: string,
  atDefault: (refused: SignetError) => ChosenAddress,
  trace: Trace,
): ChosenAddress {
  const matches = (address: ReplyAddress): boolean => address.index !== undefined && String(address.index) === text;
  const match = offered.find(matches);
  if (match !== undefined) return chosen(match.url, `index ${text}`, trace);
  const other = relyingParty.replyAddresses.find(matches);
  if (other !== undefined) return atDefault(trace.failure('request.acs-binding', { observed: other.binding, expected: BINDING.post }));
  const known = offered.flatMap((address) => (address.index === undefined ? [] : [String(address.index)]));
  return atDefault(trace.failure('request.acs-index', { observed: text, expected: known.join(', ') || 'none' }));
}

function chosen(url: string, how: string, trace: Trace): ChosenAddress {
  trace.step('reply address', `${url} (${how})`);
  return { url, refused: undefined };
}

/** True while the address is still one of those registered for HTTP-POST: asked again before a token leaves. */
export function isReplyAddress(relyingParty: RelyingParty, url: string): boolean {
  return relyingParty.replyAddresses.some((address) => address.binding === BINDING.post && address.url === url) && isWebAddress(url);
}
