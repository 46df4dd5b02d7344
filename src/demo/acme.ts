/** Acme Expenses: a small web application that signs people in with Signet. Its own server, port, pages and sessions. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CacheProvider } from '@node-saml/node-saml';
import { BREAKAGES, findBreakage } from './acme-broken.js';
import type { IdentityProvider } from './acme-idp.js';
import { EXPENSES, type Frame, expensePage, homePage, messagePage, refusedPage, signedOutPage, welcomePage } from './acme-pages.js';
import { createFirstUse, receiveResponse } from './acme-receive.js';
import { type AcmeIdentity, acmeMetadata, createRequestStore, samlConfig, signInUrl } from './acme-sp.js';
import { createAcmeSessions } from './acme-sessions.js';
import { ACME_CSS } from './acme-style.js';

export interface AcmeParts {
  readonly identity: AcmeIdentity;
  readonly signetUrl: string;
  readonly identityProvider: () => Promise<IdentityProvider>;
  readonly traceCommand: (reference: string) => string;
  readonly now: () => number;
}

interface Answer {
  readonly status: number;
  readonly type?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Question {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly form: URLSearchParams;
}

const MOST_BYTES = 512 * 1024;
const HTML = 'text/html; charset=utf-8';
/** RelayState comes back from the outside: only pages of Acme are followed. */
const PAGES: ReadonlySet<string> = new Set(['/', ...EXPENSES.map((entry) => `/expenses/${entry.id}`)]);

/** Acme's answers to HTTP requests. */
export function createAcme(parts: AcmeParts): (request: IncomingMessage, response: ServerResponse) => void {
  const sessions = createAcmeSessions(parts.now);
  const requests: CacheProvider = createRequestStore(parts.now);
  const firstUse = createFirstUse();
  const headers = securityHeaders(parts);

  const frame = (question: Question): Frame => ({
    signetUrl: parts.signetUrl,
    who: sessions.find(question.headers.cookie),
    traceCommand: parts.traceCommand,
  });
  const startSignIn = async (wanted: string): Promise<Answer> => {
    const idp = await parts.identityProvider();
    return redirect(await signInUrl(samlConfig(parts.identity, idp, requests), wanted));
  };

  const receive = async (question: Question): Promise<Answer> => {
    const idp = await parts.identityProvider();
    const config = samlConfig(parts.identity, idp, requests);
    const received = await receiveResponse({ idp, config, firstUse }, question.form.get('SAMLResponse') ?? '');
    const relayState = question.form.get('RelayState') ?? '';
    switch (received.kind) {
      case 'signed-in':
        sessions.end(question.headers.cookie);
        return redirect(PAGES.has(relayState) ? relayState : '/', { 'set-cookie': sessions.start(received.who) });
      case 'refused':
        return pageAnswer(403, refusedPage(frame(question), received.refused, findBreakage(relayState.replace(/^\/break\//u, ''))));
      case 'invalid':
        return pageAnswer(400, messagePage(frame(question), 'Acme did not accept the answer', received.reason));
    }
  };

  const breakSomething = async (name: string): Promise<Answer | undefined> => {
    const breakage = findBreakage(name);
    if (breakage === undefined) return undefined;
    const idp = await parts.identityProvider();
    return redirect(await breakage.url(samlConfig(parts.identity, idp, requests), `/break/${name}`));
  };

  const get = async (question: Question): Promise<Answer | undefined> => {
    const { path } = question;
    const about = frame(question);
    if (path === '/') return pageAnswer(200, about.who === undefined ? welcomePage(about) : homePage(about, about.who));
    if (path === '/sign-in') return startSignIn('/');
    if (path === '/signed-out') return pageAnswer(200, signedOutPage(about));
    if (path === '/acme.css') return { status: 200, type: 'text/css; charset=utf-8', body: ACME_CSS };
    if (path === '/saml/metadata') return { status: 200, type: 'application/samlmetadata+xml', body: acmeMetadata(parts.identity) };
    const expense = EXPENSES.find((entry) => path === `/expenses/${entry.id}`);
    if (expense === undefined) return undefined;
    return about.who === undefined ? startSignIn(path) : pageAnswer(200, expensePage(about, expense));
  };

  const post = async (question: Question): Promise<Answer | undefined> => {
    const { path } = question;
    // The one address that other sites post to; what it takes is signed.
    if (path === '/saml/acs') return receive(question);
    if (!isOwnForm(question, parts.identity.origin)) {
      return pageAnswer(403, messagePage(frame(question), 'Not from this page', 'The form was sent by another site.'));
    }
    if (path === '/sign-out') return redirect('/signed-out', { 'set-cookie': sessions.end(question.headers.cookie) });
    return BREAKAGES.some((entry) => path === `/break/${entry.name}`) ? breakSomething(path.slice('/break/'.length)) : undefined;
  };

  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const path = new URL(request.url ?? '/', parts.identity.origin).pathname;
    const method = request.method ?? 'GET';
    const isGet = method === 'GET' || method === 'HEAD';
    if (!isGet && method !== 'POST') return { status: 405, headers: { allow: 'GET, HEAD, POST' } };
    const text = isGet ? '' : await readBody(request);
    if (text === undefined) return { status: 413 };
    const question: Question = { method, path, headers: request.headers, form: new URLSearchParams(text) };
    const found = isGet ? await get(question) : await post(question);
    return found ?? pageAnswer(404, messagePage(frame(question), 'There is no such page', 'Acme has nothing at this address.'));
  };

  return (request, response) => {
    answer(request)
      .catch((): Answer => ({ status: 503, type: 'text/plain; charset=utf-8', body: 'Acme cannot reach Signet at the moment.\n' }))
      .then(({ status, type, body = '', headers: more = {} }) => {
        response.writeHead(status, { ...headers, ...(type === undefined ? {} : { 'content-type': type }), ...more, 'content-length': Buffer.byteLength(body) });
        response.end(request.method === 'HEAD' ? '' : body);
      })
      .catch(() => {
        response.destroy();
      });
  };
}

export interface RunningAcme {
  readonly port: number;
  /** Puts the application behind the socket. */
  use(listener: ReturnType<typeof createAcme>): void;
  close(): Promise<void>;
}

/** Opens Acme's socket; the application follows once its own address is known. Rejects when the port is taken. */
export async function listenForAcme(port: number): Promise<RunningAcme> {
  let current: ReturnType<typeof createAcme> = (_request, response) => {
    response.writeHead(503, { 'content-type': 'text/plain; charset=utf-8' }).end('Acme is starting.\n');
  };
  const server = createServer((request, response) => {
    current(request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    use: (listener) => {
      current = listener;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

/** No script, nothing from elsewhere; forms go to Acme, and from there on to Signet. */
function securityHeaders(parts: AcmeParts): Readonly<Record<string, string>> {
  const signet = new URL(parts.signetUrl).origin;
  return {
    'content-security-policy': `default-src 'none'; style-src 'self'; form-action 'self' ${signet}; base-uri 'none'; frame-ancestors 'none'`,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'cache-control': 'no-store',
  };
}

/** Browsers say where a form comes from; a form of another site is refused (cross-site request forgery). */
function isOwnForm(question: Question, origin: string): boolean {
  const site = question.headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const from = question.headers.origin;
  return from === undefined || from === origin;
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request) {
    if (!Buffer.isBuffer(piece)) continue;
    size += piece.length;
    if (size > MOST_BYTES) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function redirect(location: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status: 303, headers: { location, ...headers } };
}

function pageAnswer(status: number, body: string): Answer {
  return { status, type: HTML, body };
}
