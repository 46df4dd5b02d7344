/** The Express side: static files, probes, the session, the pages, and the last error handler, in this order. */
import express, { type Express, type NextFunction, type Request, type RequestHandler, type Response, Router } from 'express';
import type { IncomingMessage } from 'node:http';
import { DEVICE_LIFETIME_SECONDS } from '../authn/device.js';
import type { HttpReply } from '../http/reply.js';
import { type Assets, ASSETS_PREFIX } from './assets.js';
import type { Base } from './base.js';
import { createPageContext, readVisit } from './browser.js';
import { type Cookies, readCookieValue } from './cookies.js';
import type { Csrf } from './csrf.js';
import type { Failures } from './errors.js';
import { readForm } from './forms.js';
import type { Probe } from './pages/health.js';
import { methodRefused, RequestRefused } from './refused.js';
import { type Answer, type PageContext, send } from './reply.js';
import type { HeaderList } from './security-headers.js';
import { endSession, renewSession, ssoSessionOf } from './session.js';
import { type Handler, type Page, PAGE_FORM_LIMIT, type Visit } from './visit.js';

export interface PagesAppParts {
  readonly base: Base;
  readonly assets: Assets;
  readonly assetHeaders: HeaderList;
  readonly probes: readonly Probe[];
  readonly session: RequestHandler;
  readonly pages: readonly Page[];
  readonly cookies: Cookies;
  readonly csrf: Csrf;
  readonly makeId: () => string;
  readonly clientAddress: (request: IncomingMessage) => string;
  readonly toAnswer: (reply: HttpReply, context: PageContext) => Answer;
  readonly failures: Failures;
  readonly monotonic: () => number;
  readonly onRequest: ((route: string, status: number, seconds: number) => void) | undefined;
}

const NO_CONTEXT: PageContext = { csrf: () => '', setCookies: [] };
const ONE_YEAR = 'public, max-age=31536000, immutable';

/** Puts the pages on Express. */
export function createPagesApp(parts: PagesAppParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('case sensitive routing');
  app.enable('strict routing');
  // Queries are read by the page that wants one; Passport must find no password there.
  app.set('query parser', false);

  app.use(timed(parts));
  mountProbes(app, parts);
  const site = Router({ caseSensitive: true, strict: true });
  if (parts.base.path !== '') mountProbes(site, parts);
  site.use(staticFiles(parts));
  site.use(parts.session);
  for (const page of parts.pages) mountPage(site, page, parts);
  app.use(parts.base.path === '' ? '/' : parts.base.path, site);
  app.use(() => {
    throw new RequestRefused('absent', 'no such address');
  });
  app.use((error: unknown, request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    send(response, parts.toAnswer(parts.failures(error, { path: labelOf(response), accept: request.headers.accept }), contextOf(request, parts)), []);
  });
  return app;
}

/** The pattern that answered, for metrics and the log. */
function labelOf(response: Response): string {
  const label: unknown = response.locals['route'];
  return typeof label === 'string' ? label : 'other';
}

function timed(parts: PagesAppParts): RequestHandler {
  return (_request, response, next) => {
    const started = parts.monotonic();
    response.once('finish', () => {
      parts.onRequest?.(labelOf(response), response.statusCode, (parts.monotonic() - started) / 1000);
    });
    next();
  };
}

function mountProbes(router: Router, parts: PagesAppParts): void {
  for (const probe of parts.probes) {
    router.get(probe.path, async (_request, response) => {
      response.locals['route'] = probe.path;
      send(response, parts.toAnswer(await probe.answer(), NO_CONTEXT), []);
    });
  }
}

/** Files from memory under names that change with them: good for a year (design 11.5). */
function staticFiles(parts: PagesAppParts): RequestHandler {
  return (request, response, next) => {
    if (!request.path.startsWith(ASSETS_PREFIX)) {
      next();
      return;
    }
    response.locals['route'] = '/assets';
    if (request.method !== 'GET' && request.method !== 'HEAD') throw methodRefused(request.method, ['GET']);
    const asset = parts.assets.find(request.path);
    if (asset === undefined) throw new RequestRefused('absent', 'no such file');
    const packed = asset.gzip !== undefined && /\bgzip\b/u.test(request.headers['accept-encoding'] ?? '');
    const body = packed ? asset.gzip : asset.body;
    const headers = [
      ...parts.assetHeaders,
      'content-type',
      asset.type,
      'cache-control',
      ONE_YEAR,
      'vary',
      'accept-encoding',
      'content-length',
      String(body.length),
    ];
    response.writeHead(200, packed ? [...headers, 'content-encoding', 'gzip'] : headers);
    response.end(body);
  };
}

function mountPage(router: Router, page: Page, parts: PagesAppParts): void {
  const allowed = page.post === undefined ? ['GET'] : ['GET', 'POST'];
  const run =
    (handler: Handler): RequestHandler =>
    async (request, response) => {
      response.locals['route'] = page.path;
      const form = request.method === 'POST' ? await readForm(request, PAGE_FORM_LIMIT) : new Map<string, string>();
      const context = contextOf(request, parts);
      const visit = visitOf(request, form, context, parts);
      const reply = await handler(visit);
      send(response, parts.toAnswer(reply, visit), context.setCookies);
    };
  const route = router.route(page.path).get(run(page.get));
  if (page.post !== undefined) route.post(run(page.post));
  route.all((request, response) => {
    response.locals['route'] = page.path;
    throw methodRefused(request.method, allowed);
  });
}

function contextOf(request: Request, parts: PagesAppParts): PageContext & { readonly setCookies: string[] } {
  return createPageContext(parts, () => ({ session: liveSession(request), visit: readVisit(request.headers.cookie, parts.cookies) }));
}

/** The id of the browser's record; a session that was only just made up for this request, or has just ended, has none. */
function liveSession({ session, sessionID }: { readonly session?: { readonly sso?: string }; readonly sessionID: string }): string | undefined {
  return session?.sso === undefined ? undefined : sessionID;
}

function visitOf(request: Request, form: ReadonlyMap<string, string>, context: PageContext & { readonly setCookies: string[] }, parts: PagesAppParts): Visit {
  const { headers } = request;
  const { names, write } = parts.cookies;
  const mark = request.url.indexOf('?');
  return {
    csrf: context.csrf,
    setCookies: context.setCookies,
    method: request.method,
    parameters: readParameters(request),
    query: new URLSearchParams(mark === -1 ? '' : request.url.slice(mark + 1)),
    form,
    clientAddress: parts.clientAddress(request),
    ssoSessionId: ssoSessionOf(request),
    deviceToken: readCookieValue(headers.cookie, names.device),
    checkToken: (scope) =>
      parts.csrf.check(
        { token: form.get('csrf'), origin: headers.origin, fetchSite: readHeader(headers['sec-fetch-site']) },
        { session: liveSession(request), visit: readVisit(headers.cookie, parts.cookies) },
        scope,
      ),
    renew: (session) => renewSession(request, session),
    end: async () => {
      await endSession(request);
      context.setCookies.push(write(names.session, '', 0));
    },
    rememberDevice: (token) => {
      context.setCookies.push(write(names.device, token, DEVICE_LIFETIME_SECONDS));
    },
  };
}

function readHeader(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function readParameters(request: Request): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(request.params).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
