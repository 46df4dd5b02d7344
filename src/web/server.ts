/**
 * The web part on one screen: what is read at start, what stands in front of Express, what behind it. Express, Passport
 * and EJS are known to this folder only.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { loadAssets } from './assets.js';
import { readBase } from './base.js';
import { createBrowserReader } from './browser.js';
import { createClientAddress } from './client-address.js';
import { createCookies } from './cookies.js';
import { createCsrf } from './csrf.js';
import { createDispatch } from './dispatch.js';
import { createFailures } from './errors.js';
import { createHandOff } from './hand-off.js';
import { createPagesApp } from './pages-app.js';
import { createErrorPage, createRefusedPage } from './pages/error.js';
import { createProbes } from './pages/health.js';
import { createPages, createPresenters } from './pages/index.js';
import type { WebParts } from './parts.js';
import { createReplies } from './reply.js';
import { createSecurityHeaders } from './security-headers.js';
import { createSessionCookie } from './session-cookie.js';
import { createSessionRecords } from './session-records.js';
import { createSessionMiddleware } from './session.js';
import { readTexts } from './texts.js';
import { createViews } from './views.js';

export interface WebServer {
  readonly listener: (request: IncomingMessage, response: ServerResponse) => void;
}

const SECRET = 'web-session cookie';

/** Reads views, texts and assets, and puts routes and pages together. */
export function createWebServer(parts: WebParts): WebServer {
  const base = readBase(parts.baseUrl);
  const views = join(parts.packageFolder, 'views');
  const texts = readTexts(join(views, 'texts'), 'en');
  const assets = loadAssets(join(views, 'assets'), [
    join(parts.packageFolder, 'dist', 'fonts'),
    join(parts.packageFolder, 'node_modules', '@fontsource-variable', 'inter', 'files'),
  ]);
  const pageViews = createViews({ folder: views, base, assets, texts, organization: parts.organization, helpDesk: parts.helpDesk });
  const headers = createSecurityHeaders(base);

  const cookies = createCookies(base);
  const secret = parts.box.derive(SECRET).toString('base64url');
  const records = createSessionRecords({ ...parts, idleSeconds: parts.sessionIdleSeconds });
  const csrf = createCsrf(base, parts.box.mac);
  const clientAddress = createClientAddress(parts.trustProxy);
  const toAnswer = createReplies({
    base,
    headers,
    views: pageViews,
    handOff: createHandOff(pageViews, (app) => texts.text('handoff.heading', { app })),
    presenters: createPresenters(parts, texts, base),
  });
  const failures = createFailures({ ...parts, onRefused: parts.onRefused, errorPage: createErrorPage(parts), refusedPage: createRefusedPage(parts) });

  const dispatch = createDispatch({
    ...parts,
    base,
    readBrowser: createBrowserReader(cookies, createSessionCookie(secret), records),
    cookies,
    csrf,
    clientAddress,
    toAnswer,
    failures,
    onRequest: parts.onRequest,
  });
  const app = createPagesApp({
    base,
    assets,
    assetHeaders: headers.bare,
    probes: createProbes(parts.health, parts.metrics),
    session: createSessionMiddleware(records, cookies, secret),
    pages: createPages(parts, texts),
    cookies,
    csrf,
    makeId: parts.makeId,
    clientAddress,
    toAnswer,
    failures,
    monotonic: parts.clock.monotonic,
    onRequest: parts.onRequest,
  });

  return {
    listener: (request, response) => {
      if (!dispatch(request, response)) app(request, response);
    },
  };
}
