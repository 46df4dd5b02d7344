/**
 * Who is told that sessions ended, and how: pure, from who took part and what is registered (SAML Profiles 4.4.3.3,
 * WS-Federation 13.2.4). Nobody is left out silently: whom nobody can tell is in the plan as such.
 */
import type { LogoutEndpoint, RelyingParty } from '../model/relying-party.js';
import { WSFED_BINDING } from '../model/relying-party.js';
import { isWebAddress, withQuery } from '../model/reply-address.js';
import type { NameIdentifier, PassiveProtocolName } from '../model/security-token.js';
import type { SessionParticipant } from '../model/sso-session.js';
import { parseUrl } from '../model/uri.js';

/** Why sessions end: the last part of the URIs of SAML Core 3.7.3, E10. */
export type LogoutReason = 'user' | 'admin' | 'global-timeout' | 'sp-timeout';

/** A signed LogoutRequest with the name and the indexes this very party was given (SLO-08). */
export interface SamlNotice {
  readonly kind: 'saml';
  readonly binding: string;
  readonly url: string;
  readonly name: NameIdentifier;
  readonly sessionIndexes: readonly string[];
}

export type Notice =
  | SamlNotice
  /** A clean-up address to open (WS-Federation 13.2.4): that protocol has no answer. */
  | { readonly kind: 'wsfed'; readonly url: string }
  /** There is no address. */
  | { readonly kind: 'cannot' };

export interface PlannedLogout {
  readonly relyingParty: string;
  /** What people know it by. */
  readonly name: string;
  readonly notice: Notice;
  /** Where a person may sign out by hand. */
  readonly openUrl?: string;
}

export interface LogoutPlanWish {
  /** Of every session that ended. */
  readonly participants: readonly SessionParticipant[];
  /** By entity id; one that was removed since is missing. */
  readonly relyingParties: ReadonlyMap<string, RelyingParty>;
  /** The party of SAML that asked: it knows already (SAML Core 3.7.3.2). */
  readonly initiator?: string;
  /** Bindings that LogoutRequests can go by, the preferred one first. */
  readonly bindings: readonly string[];
}

const CLEAN_UP = 'wa=wsignoutcleanup1.0';

/** One entry for each SAML party and name, and for each clean-up address of a WS-Federation party, by the names people know. */
export function planLogout(wish: LogoutPlanWish): readonly PlannedLogout[] {
  const told = wish.participants.filter(({ protocol, relyingParty }) => protocol !== 'saml' || relyingParty !== wish.initiator);
  const groups = new Map<string, SessionParticipant[]>();
  for (const participant of told) {
    const key = groupKey(participant);
    groups.set(key, [...(groups.get(key) ?? []), participant]);
  }
  const planned = [...groups.values()].flatMap(([first, ...others]) => (first === undefined ? [] : [plan(wish, first, others)]));
  return planned.filter(isFirstOfItsAddress).sort((left, right) => left.name.localeCompare(right.name, 'en'));
}

/** The same application in several browsers is told once, with every index. */
function groupKey({ protocol, relyingParty, name, replyTo }: SessionParticipant): string {
  const { value, format, nameQualifier, spNameQualifier } = name;
  return JSON.stringify(protocol === 'saml' ? [protocol, relyingParty, value, format, nameQualifier, spNameQualifier] : [protocol, relyingParty, replyTo]);
}

/** Several reply addresses may have one clean-up address in common. */
function isFirstOfItsAddress({ relyingParty, notice }: PlannedLogout, index: number, all: readonly PlannedLogout[]): boolean {
  if (notice.kind !== 'wsfed') return true;
  return all.findIndex((other) => other.relyingParty === relyingParty && other.notice.kind === 'wsfed' && other.notice.url === notice.url) === index;
}

function plan(wish: LogoutPlanWish, first: SessionParticipant, others: readonly SessionParticipant[]): PlannedLogout {
  const relyingParty = wish.relyingParties.get(first.relyingParty);
  if (relyingParty === undefined) return { relyingParty: first.relyingParty, name: first.relyingParty, notice: { kind: 'cannot' } };
  const home = first.replyTo ?? relyingParty.replyAddresses.find(({ binding }) => (binding === WSFED_BINDING) === (first.protocol === 'wsfed'))?.url;
  return {
    relyingParty: relyingParty.entityId,
    name: relyingParty.name,
    notice: NOTICES[first.protocol](relyingParty, wish, [first, ...others]),
    ...(home === undefined || !isWebAddress(home) || parseUrl(home) === undefined ? {} : { openUrl: new URL('/', home).href }),
  };
}

type Plan = (relyingParty: RelyingParty, wish: LogoutPlanWish, participants: readonly [SessionParticipant, ...SessionParticipant[]]) => Notice;

const NOTICES: Readonly<Record<PassiveProtocolName, Plan>> = {
  saml: (relyingParty, { bindings }, [first, ...others]) => {
    const endpoint = logoutEndpoint(relyingParty, bindings);
    if (endpoint === undefined) return { kind: 'cannot' };
    const sessionIndexes = [...new Set([first, ...others].map(({ sessionIndex }) => sessionIndex))];
    return { kind: 'saml', binding: endpoint.binding, url: endpoint.url, name: first.name, sessionIndexes };
  },
  wsfed: (relyingParty, _wish, [{ replyTo }]) => {
    const url = logoutEndpoint(relyingParty, [WSFED_BINDING])?.url ?? replyTo;
    return url === undefined || !isWebAddress(url) ? { kind: 'cannot' } : { kind: 'wsfed', url: withQuery(url, CLEAN_UP) };
  },
};

/** The party's address for the first of the bindings it lists one for. */
export function logoutEndpoint(relyingParty: Pick<RelyingParty, 'logoutEndpoints'>, bindings: readonly string[]): LogoutEndpoint | undefined {
  const usable = relyingParty.logoutEndpoints.filter(({ url, responseUrl }) => isWebAddress(url) && isWebAddress(responseUrl ?? url));
  return bindings.map((wanted) => usable.find(({ binding }) => binding === wanted)).find((found) => found !== undefined);
}
