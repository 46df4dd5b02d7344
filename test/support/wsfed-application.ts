/** An application of WS-Federation as a server of its own: it signs people on, ends their session when it is told to, and can be made to hang. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { readAssertion, readResponse, signInQuery } from './wsfed-party.js';

export interface WsfedApplication {
  readonly realm: string;
  /** Its one address: tokens and requests to clean up arrive there. */
  readonly reply: string;
  /** Where a person starts, and signs out. */
  readonly loginUrl: string;
  readonly logoutUrl: string;
  /** The name of who is signed in. */
  signedIn(): string | undefined;
  /** Takes connections from now on, and answers none. */
  hang(): void;
  /** Refuses connections from now on. */
  end(): Promise<void>;
}

/** @param service the address of WS-Federation of the identity provider */
export async function startWsfedApplication(realm: string, service: string): Promise<WsfedApplication> {
  let who: string | undefined;
  let hangs = false;
  const server = createServer((request, response) => {
    if (hangs) return;
    answer(request, response).catch((error: unknown) => {
      page(response, 500, String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const origin = `http://127.0.0.1:${String(typeof address === 'object' && address !== null ? address.port : 0)}`;
  const reply = `${origin}/`;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', origin);
    if (url.pathname === '/login') {
      response.writeHead(302, { location: `${service}?${signInQuery({ wtrealm: realm, wctx: 'here & there' })}` }).end();
    } else if (url.pathname === '/logout') {
      who = undefined;
      response.writeHead(302, { location: `${service}?wa=wsignout1.0&wreply=${encodeURIComponent(reply)}` }).end();
    } else if (request.method === 'POST') {
      const form = new URLSearchParams(await bodyOf(request));
      who = readAssertion(readResponse(form.get('wresult') ?? '').token).name;
      page(response, 200, `Welcome ${who}, ${form.get('wctx') ?? ''}`);
    } else {
      if (url.searchParams.get('wa') === 'wsignoutcleanup1.0') who = undefined;
      page(response, 200, who === undefined ? 'Nobody is signed in' : `Welcome ${who}`);
    }
  }

  return {
    realm,
    reply,
    loginUrl: `${origin}/login`,
    logoutUrl: `${origin}/logout`,
    signedIn: () => who,
    hang: () => {
      hangs = true;
    },
    end: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function page(response: ServerResponse, status: number, text: string): void {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  response.writeHead(status, { 'content-type': 'text/html' }).end(`<!doctype html><html lang="en"><title>Application</title><p>${escaped}</p></html>`);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
