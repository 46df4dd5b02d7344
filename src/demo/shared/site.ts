/** What every sample application needs of HTTP: its own server, questions and answers as values, forms from its own pages only. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Question {
  readonly path: string;
  readonly query: URLSearchParams;
  /** As it came, without the question mark: signatures are over these octets. */
  readonly rawQuery: string;
  readonly cookies: string | undefined;
  readonly form: URLSearchParams;
}

export interface Answer {
  readonly status: number;
  readonly type?: string;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface SiteParts {
  readonly origin: string;
  /** Where its forms lead on to, beside itself. */
  readonly signetUrl: string;
  readonly get: (question: Question) => Promise<Answer | undefined>;
  readonly post: (question: Question) => Promise<Answer | undefined>;
  /** Paths that other sites post to; what they take is signed. */
  readonly openTo: ReadonlySet<string>;
  /** A page that says something went wrong. */
  readonly message: (question: Question, title: string, sentence: string) => string;
  /** What is answered when Signet cannot be reached, in one sentence. */
  readonly unreachable: string;
}

export type Listener = (request: IncomingMessage, response: ServerResponse) => void;

const MOST_BYTES = 512 * 1024;

/** The site as a listener of node:http. */
export function createSite(parts: SiteParts): Listener {
  const headers = securityHeaders(parts.signetUrl);
  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const method = request.method ?? 'GET';
    const isGet = method === 'GET' || method === 'HEAD';
    if (!isGet && method !== 'POST') return { status: 405, headers: { allow: 'GET, HEAD, POST' } };
    const text = isGet ? '' : await readBody(request);
    if (text === undefined) return { status: 413 };
    const url = new URL(request.url ?? '/', parts.origin);
    const question: Question = {
      path: url.pathname,
      query: url.searchParams,
      rawQuery: url.search.slice(1),
      cookies: request.headers.cookie,
      form: new URLSearchParams(text),
    };
    if (!isGet && !parts.openTo.has(question.path) && !isOwnForm(request, parts.origin)) {
      return pageAnswer(403, parts.message(question, 'Not from this page', 'The form was sent by another site.'));
    }
    const found = isGet ? await parts.get(question) : await parts.post(question);
    return found ?? pageAnswer(404, parts.message(question, 'There is no such page', 'Nothing is at this address.'));
  };

  return (request, response) => {
    answer(request)
      .catch((): Answer => ({ status: 503, type: 'text/plain; charset=utf-8', body: `${parts.unreachable}\n` }))
      .then(({ status, type, body = '', headers: more = {} }) => {
        response.writeHead(status, { ...headers, ...(type === undefined ? {} : { 'content-type': type }), ...more, 'content-length': Buffer.byteLength(body) });
        response.end(request.method === 'HEAD' ? '' : body);
      })
      .catch(() => {
        response.destroy();
      });
  };
}

export function redirect(location: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status: 303, headers: { location, ...headers } };
}

export function pageAnswer(status: number, body: string): Answer {
  return { status, type: 'text/html; charset=utf-8', body };
}

/** No script, nothing from elsewhere; forms go to the application, and from there on to Signet. */
function securityHeaders(signetUrl: string): Readonly<Record<string, string>> {
  const signet = new URL(signetUrl).origin;
  return {
    'content-security-policy': `default-src 'none'; style-src 'self'; form-action 'self' ${signet}; base-uri 'none'; frame-ancestors 'none'`,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'cache-control': 'no-store',
  };
}

/** Browsers say where a form comes from; a form of another site is refused (cross-site request forgery). */
function isOwnForm(request: IncomingMessage, origin: string): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const from = request.headers.origin;
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

export interface RunningSite {
  readonly port: number;
  /** Puts the application behind the socket. */
  use(listener: Listener): void;
  close(): Promise<void>;
}

/** Opens a socket on this machine only; the application follows once its own address is known. Rejects when the port is taken. */
export async function listen(port: number): Promise<RunningSite> {
  let current: Listener = (_request, response) => {
    response.writeHead(503, { 'content-type': 'text/plain; charset=utf-8' }).end('The application is starting.\n');
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
