/**
 * The addresses of AD FS, for applications that go on sending people there: one address for both protocols, the page
 * that starts a sign-on here, and the probe of its load balancers. Nothing is answered in a way of its own: each request
 * is handed on as the protocol's own route would have got it.
 */
import { SignetError } from '../../core/errors.js';
import type { PassiveProtocolName } from '../../core/model/security-token.js';
import type { RelyingPartyLookup } from '../../core/ports.js';
import type { HttpReply } from '../../http/reply.js';
import type { HttpRequest } from '../../http/request.js';
import type { Route } from '../../http/route.js';
import { readQuery, writeQuery } from './query.js';

/** Everything the parameters name: a protocol refuses what it finds twice. */
export interface Start {
  readonly names: readonly string[];
  readonly states: readonly string[];
}

/** What a protocol does for these addresses. */
export interface AdfsProtocol extends Required<Pick<Route, 'handle' | 'refuse'>> {
  /** Sign-on at an application without a request of its own. */
  readonly start: (inbound: HttpRequest, wish: Start) => Promise<HttpReply>;
}

export interface AdfsParts {
  readonly protocols: Readonly<Record<PassiveProtocolName, AdfsProtocol>>;
  readonly relyingParties: Pick<RelyingPartyLookup, 'byEntityId'>;
  /** True while this node can issue. */
  readonly ready: () => boolean;
}

const SIGN_ON = ['/adfs/ls', '/adfs/ls/'] as const;
const INITIATED = ['/adfs/ls/idpinitiatedsignon', '/adfs/ls/idpinitiatedsignon.aspx'] as const;
const PROBE = '/adfs/probe';
/** The larger one of what the protocols take. */
const FORM_LIMIT = 512 * 1024;

const LAUNCHER: HttpReply = { kind: 'redirect', location: '/', status: 303 };
const NO_FORM: ReadonlyMap<string, string> = new Map();

/** True for our base URL with the sign-on path of AD FS behind it, in any letter case of the path, with or without the slash at its end. */
export function isAdfsSignOn(baseUrl: string, address: string): boolean {
  if (!address.startsWith(baseUrl)) return false;
  const path = address.slice(baseUrl.length).toLowerCase();
  return SIGN_ON.some((known) => known === path);
}

/** The routes at AD FS's addresses. */
export function createAdfsRoutes(parts: AdfsParts): readonly Route[] {
  const { saml, wsfed } = parts.protocols;
  const signOn = { anyCase: true, methods: ['GET', 'POST'], bodyLimit: FORM_LIMIT } as const;

  const handle = (inbound: HttpRequest): Promise<HttpReply> => {
    if (carries(inbound, ['wa'])) return wsfed.handle(inbound);
    return carries(inbound, ['SAMLRequest', 'SAMLResponse']) ? saml.handle(inbound) : Promise.resolve(LAUNCHER);
  };
  const refuse: AdfsProtocol['refuse'] = (inbound, refused) => (carries(inbound, ['wa']) ? wsfed : saml).refuse(inbound, refused);

  const initiated = async (inbound: HttpRequest): Promise<HttpReply> => {
    const wish = readStart(inbound);
    if (wish === undefined) return LAUNCHER;
    const [name] = wish.names;
    const relyingParty = name === undefined ? undefined : await parts.relyingParties.byEntityId(name);
    return parts.protocols[relyingParty?.protocols[0] ?? 'saml'].start({ ...inbound, form: NO_FORM }, wish);
  };

  return [
    ...SIGN_ON.map((path): Route => ({ ...signOn, path, handle, refuse })),
    ...INITIATED.map((path): Route => ({ ...signOn, path, handle: initiated, refuse: saml.refuse })),
    {
      path: PROBE,
      anyCase: true,
      methods: ['GET'],
      bodyLimit: 0,
      handle: () => Promise.resolve({ kind: 'text', status: parts.ready() ? 200 : 503, type: 'text/plain; charset=utf-8', body: '' }),
    },
  ];
}

/** Whether a parameter is there, in whatever state: its protocol says what is wrong with it. */
function carries({ form, rawQuery }: HttpRequest, names: readonly string[]): boolean {
  if (names.some((name) => form.has(name))) return true;
  try {
    return readQuery(rawQuery, names).size > 0;
  } catch {
    return true;
  }
}

const NOBODY: Start = { names: [], states: [] };

/**
 * `loginToRp=ID`, or `RelayState=` around an encoded `RPID=ID&RelayState=STATE`, as AD FS has it; names count in any letter
 * case, and form fields win over the query. Undefined when no application is named; one that is not readable is nobody, which its protocol refuses.
 */
function readStart({ form, rawQuery }: HttpRequest): Start | undefined {
  try {
    const outer = new Map([rawQuery, writeQuery([...form])].flatMap((query) => [...readQuery(query, ['loginToRp', 'RelayState'], { anyCase: true })]));
    const states = outer.get('RelayState') ?? [];
    const inner = states.map((state) => readQuery(state, ['RPID', 'RelayState'], { anyCase: true }));
    const named = inner.flatMap((wish) => wish.get('RPID') ?? []);
    const names = [...new Set([...(outer.get('loginToRp') ?? []), ...named])].filter((name) => name !== '');
    if (names.length === 0) return undefined;
    return { names, states: named.length === 0 ? states : inner.flatMap((wish) => wish.get('RelayState') ?? []) };
  } catch (error) {
    if (error instanceof SignetError) return NOBODY;
    throw error;
  }
}
