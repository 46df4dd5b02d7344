/**
 * Protocol routes, answered on node:http in front of Express: a path, exact unless its route says otherwise, the cookie,
 * the record behind it, the handler, one write. This is the hot path of every sign-on; Express with its session would cost
 * more than the signature (docs/architecture.md has the figures).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../core/ports.js';
import type { HttpReply } from '../http/reply.js';
import type { BrowserState, HttpRequest } from '../http/request.js';
import type { Route } from '../http/route.js';
import type { Base } from './base.js';
import { type Browser, createPageContext, readVisit } from './browser.js';
import type { Cookies } from './cookies.js';
import type { Csrf } from './csrf.js';
import type { Failures } from './errors.js';
import { readForm } from './forms.js';
import { methodRefused, RequestRefused } from './refused.js';
import { type Answer, type PageContext, send } from './reply.js';

export interface DispatchParts {
  readonly base: Base;
  readonly routes: readonly Route[];
  readonly readBrowser: (cookieHeader: string | undefined) => Promise<Browser>;
  readonly cookies: Cookies;
  readonly csrf: Csrf;
  readonly makeId: () => string;
  readonly clientAddress: (request: IncomingMessage) => string;
  readonly toAnswer: (reply: HttpReply, context: PageContext) => Answer;
  readonly failures: Failures;
  readonly clock: Clock;
  readonly onError: (error: unknown, what: string) => void;
  readonly onRequest: ((route: string, status: number, seconds: number) => void) | undefined;
}

/** Answers a request when its path is a protocol's, and says whether it did. */
export type Dispatch = (request: IncomingMessage, response: ServerResponse) => boolean;

const NO_FORM: ReadonlyMap<string, string> = new Map();
/** Whoever sends what cannot be read is not looked up. */
const NOBODY: Browser = { cookie: false, session: undefined, ssoSession: undefined };

/** Puts the routes in front. */
export function createDispatch(parts: DispatchParts): Dispatch {
  const find = createFinder(parts.base, parts.routes);

  const answer = async (route: Route, rawQuery: string, request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const started = parts.clock.monotonic();
    let browser: Browser | undefined;
    const context = createPageContext(parts, () => ({ session: browser?.session, visit: readVisit(request.headers.cookie, parts.cookies) }));
    let reply: Answer;
    try {
      const form = await readBodyOf(route, request);
      browser = await parts.readBrowser(request.headers.cookie);
      reply = parts.toAnswer(await route.handle(toHttpRequest(route, rawQuery, request, form, browser, parts.clientAddress(request))), context);
    } catch (error) {
      const refused = refuseBody(route, error, () => toHttpRequest(route, rawQuery, request, NO_FORM, NOBODY, parts.clientAddress(request)));
      reply = parts.toAnswer(refused ?? parts.failures(error, { path: route.path, accept: request.headers.accept }), context);
    }
    send(response, reply, context.setCookies);
    parts.onRequest?.(route.path, reply.status, (parts.clock.monotonic() - started) / 1000);
  };

  return (request, response) => {
    const url = request.url ?? '';
    const mark = url.indexOf('?');
    const route = find(mark === -1 ? url : url.slice(0, mark));
    if (route === undefined) return false;
    void answer(route, mark === -1 ? '' : url.slice(mark + 1), request, response).catch((error: unknown) => {
      // Not even an error page could be made.
      parts.onError(error, `answering ${route.path}`);
      response.destroy();
    });
    return true;
  };
}

/** The route at a path: an exact one first, then one whose path counts in any letter case below the base's. */
function createFinder(base: Base, routes: readonly Route[]): (path: string) => Route | undefined {
  const exact = new Map(routes.map((route) => [base.link(route.path), route]));
  const anyCase = new Map(routes.filter((route) => route.anyCase).map((route) => [route.path.toLowerCase(), route]));
  return (path) => exact.get(path) ?? (path.startsWith(base.path) ? anyCase.get(path.slice(base.path.length).toLowerCase()) : undefined);
}

/** Refuses methods that the binding does not know (BND-23); reads the form of a post. */
async function readBodyOf(route: Route, request: IncomingMessage): Promise<ReadonlyMap<string, string>> {
  const method = request.method ?? '';
  if (!route.methods.some((allowed) => allowed === method)) throw methodRefused(method, route.methods);
  return method === 'POST' ? readForm(request, route.bodyLimit) : NO_FORM;
}

/** The protocol's own answer, with its record, to a message that could not even be read; undefined for any other failure. */
function refuseBody(route: Route, error: unknown, inbound: () => HttpRequest): HttpReply | undefined {
  if (!(error instanceof RequestRefused) || route.refuse === undefined) return undefined;
  const { reason, status, headers } = error;
  if (reason !== 'too-large' && reason !== 'wrong-type' && reason !== 'unreadable') return undefined;
  const reply = route.refuse(inbound(), { reason, observed: error.message });
  return reply.kind === 'page' ? { ...reply, status, headers: { ...reply.headers, ...headers } } : reply;
}

function toHttpRequest(
  route: Route,
  rawQuery: string,
  request: IncomingMessage,
  form: ReadonlyMap<string, string>,
  { cookie, ssoSession }: Browser,
  clientAddress: string,
): HttpRequest {
  const browser: BrowserState = ssoSession === undefined ? { cookie } : { cookie, sessionId: ssoSession };
  return { method: request.method ?? '', path: route.path, rawQuery, form, headers: readHeaders(request), clientAddress, browser };
}

function readHeaders({ headers }: IncomingMessage): Readonly<Record<string, string | undefined>> {
  const read: Record<string, string | undefined> = {};
  for (const name in headers) {
    const value = headers[name];
    read[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return read;
}
