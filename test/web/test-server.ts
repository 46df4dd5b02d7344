/** A web server of the real parts over plain objects for everything behind them, on a free port. */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, request as httpRequest, type Server } from 'node:http';
import { SignetError } from '../../src/core/errors.js';
import type { User } from '../../src/core/model/user.js';
import { asId } from '../../src/core/model/ids.js';
import type { SessionParticipant, SsoSession } from '../../src/core/model/sso-session.js';
import type { RelyingParty } from '../../src/core/model/relying-party.js';
import { Trace } from '../../src/core/checks/trace.js';
import type { SignInRequest } from '../../src/core/issuance/sign-in-request.js';
import type { Route } from '../../src/http/route.js';
import type { PasswordAttempt, PasswordOutcome } from '../../src/authn/password.js';
import type { SignOutParts, WebParts } from '../../src/web/parts.js';
import { createWebServer } from '../../src/web/server.js';
import { mayUse } from '../../src/core/issuance/access-policy.js';
import { anInput, aRelyingParty, aSession, aSubject, aUser, fakeClock, NOW } from '../support/builders.js';

export const PACKAGE_FOLDER = new URL('../../../', import.meta.url).pathname;

export interface TestWeb {
  readonly origin: string;
  readonly clock: ReturnType<typeof fakeClock>;
  /** What the handlers saw, in order. */
  readonly attempts: PasswordAttempt[];
  readonly signOuts: Parameters<SignOutParts['begin']>[0][];
  readonly errors: unknown[];
  readonly refusals: string[];
  readonly measured: { readonly route: string; readonly status: number }[];
  /** The ephemeral store: kind and key -> value. */
  readonly stored: Map<string, string>;
  readonly ssoSessions: Map<string, SsoSession>;
  readonly participants: Map<string, SessionParticipant[]>;
  readonly users: Map<string, { readonly user: User; readonly password: string }>;
  readonly applications: RelyingParty[];
  /** Makes the store fail. */
  broken: boolean;
  send(path: string, options?: SendOptions): Promise<Reply>;
  close(): Promise<void>;
}

export interface SendOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly form?: Readonly<Record<string, string>>;
  readonly jar?: Jar;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Cookies of one browser. */
export class Jar {
  readonly cookies = new Map<string, string>();

  header(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  keep(headers: IncomingHttpHeaders): void {
    for (const line of headers['set-cookie'] ?? []) {
      const [pair = ''] = line.split(';');
      const equals = pair.indexOf('=');
      if (/max-age=0/iu.test(line)) this.cookies.delete(pair.slice(0, equals));
      else this.cookies.set(pair.slice(0, equals), pair.slice(equals + 1));
    }
  }
}

export const MARIA = { name: 'maria', password: 'correct horse' } as const;
export const TOM = { name: 'tom', password: 'battery staple' } as const;

/** A request that waits, as flows recalls it under `pending:REFERENCE`. */
export function pendingFor(application: RelyingParty, reference = 'SGN-TEST-2345'): SignInRequest {
  return {
    reference,
    protocol: 'saml',
    relyingParty: application.id,
    relyingPartyName: application.name,
    entityId: application.entityId,
    audience: application.entityId,
    receivedAt: NOW,
    replyTo: application.replyAddresses[0]?.url ?? '',
    passive: false,
    fresh: false,
    echo: {},
  };
}

/** Starts a server. `changes` replace parts; `pending` are requests that wait, by their sealed text. */
export async function startWeb(changes: Partial<WebParts> & { readonly pending?: Readonly<Record<string, SignInRequest>> } = {}): Promise<TestWeb> {
  const clock = fakeClock();
  const users = new Map<string, { readonly user: User; readonly password: string }>([
    [MARIA.name, { user: aUser(), password: MARIA.password }],
    [TOM.name, { user: aUser({ id: asId('user-2'), userName: 'tom', displayName: 'Tom Berg', groups: ['Finance'] }), password: TOM.password }],
  ]);
  const state = {
    clock,
    users,
    attempts: new Array<PasswordAttempt>(),
    signOuts: new Array<Parameters<SignOutParts['begin']>[0]>(),
    errors: new Array<unknown>(),
    refusals: new Array<string>(),
    measured: new Array<{ readonly route: string; readonly status: number }>(),
    stored: new Map<string, string>(),
    ssoSessions: new Map<string, SsoSession>(),
    participants: new Map<string, SessionParticipant[]>(),
    applications: [aRelyingParty()],
    broken: false,
  };
  const failIfBroken = (): void => {
    if (state.broken) throw new SignetError('unavailable', 'the store is away');
  };
  let made = 0;
  const parts: WebParts = {
    baseUrl: 'http://localhost',
    organization: 'Example Corp',
    helpDesk: 'help@example.com',
    trustProxy: 0,
    packageFolder: PACKAGE_FOLDER,
    routes: [],
    box: {
      derive: (context) => createHash('sha256').update(`test ${context}`).digest(),
      mac: (context, text) => createHmac('sha256', 'test').update(`${context} ${text}`).digest('base64url'),
    },
    ephemeral: {
      put: async (kind, key, value) => {
        await Promise.resolve();
        failIfBroken();
        state.stored.set(`${kind} ${key}`, value);
      },
      get: async (kind, key) => {
        await Promise.resolve();
        failIfBroken();
        return state.stored.get(`${kind} ${key}`);
      },
      remove: async (kind, key) => {
        await Promise.resolve();
        failIfBroken();
        state.stored.delete(`${kind} ${key}`);
      },
    },
    sessionIdleSeconds: 3600,
    sessions: {
      start: async (user, authentication) => {
        made += 1;
        const session = aSession({ id: asId(`sso-${String(made)}`), userId: user.id, userName: user.userName, authentication });
        state.ssoSessions.set(session.id, session);
        return Promise.resolve(session);
      },
      find: async (id) => {
        await Promise.resolve();
        failIfBroken();
        return id === undefined ? undefined : state.ssoSessions.get(id);
      },
      end: async (id) => {
        state.ssoSessions.delete(id);
        state.participants.delete(id);
        return Promise.resolve();
      },
    },
    ssoSessions: {
      participants: async (id) => Promise.resolve(state.participants.get(id) ?? []),
      addParticipant: async (session, participant) => {
        state.participants.set(session.id, [...(state.participants.get(session.id) ?? []), participant]);
        return Promise.resolve();
      },
    },
    signOut: {
      begin: async (start) => {
        await Promise.resolve();
        failIfBroken();
        state.signOuts.push(start);
        for (const { id } of start.sessions) state.ssoSessions.delete(id);
        return { kind: 'page', status: 200, view: 'logout/progress', model: { id: 'run-1', applications: [] } };
      },
    },
    passwordSignIn: {
      authenticate: async (attempt): Promise<PasswordOutcome> => {
        state.attempts.push(attempt);
        const known = users.get(attempt.name);
        if (attempt.name === 'slow') return Promise.resolve({ kind: 'slowed', retryAt: clock.now() + 90_000 });
        if (attempt.name === 'queue') throw new SignetError('too_many_requests', 'full', { retryAfterSeconds: 2 });
        if (known?.password !== attempt.password) return Promise.resolve({ kind: 'mismatch', again: state.attempts.length > 2 });
        return Promise.resolve({ kind: 'signed-in', user: known.user, authentication: { ...aSession().authentication, at: clock.now() } });
      },
    },
    devices: { tokenFor: (user) => `device-${user.userName}`, isFamiliar: (token, name) => token === `device-${name}` },
    flows: {
      recall: async (id) => {
        const request = changes.pending?.[id];
        return Promise.resolve(request === undefined ? undefined : { request, trace: new Trace(request.reference, NOW) });
      },
    },
    applications: {
      byEntityId: async (entityId) => Promise.resolve(state.applications.find((application) => application.entityId === entityId)),
      usableBy: async (subject, _address, trace) => {
        const context = { at: NOW, insideCorporateNetwork: false };
        const usable: RelyingParty[] = [];
        for (const relyingParty of state.applications) {
          if (await mayUse(relyingParty, anInput({ subject, relyingParty, context, trace }), trace)) usable.push(relyingParty);
        }
        return usable;
      },
    },
    subjectOf: async (session) => {
      const known = [...users.values()].find(({ user }) => user.id === session.userId);
      return Promise.resolve(aSubject({ userId: session.userId, userName: known?.user.userName ?? session.userName }));
    },
    firstAdmin: {
      isOpen: async (token) => Promise.resolve(token === 'open-token'),
      accept: async (token, form) => {
        if (token !== 'open-token') throw new SignetError('not_found', 'dead');
        if (form.password.length < 12) throw new SignetError('invalid_input', 'Use 12 characters or more.');
        const user = aUser({ id: asId('user-9'), userName: form.userName, role: 'owner' });
        users.set(form.userName, { user, password: form.password });
        return Promise.resolve(user);
      },
    },
    health: { live: () => true, ready: () => ({ ready: true, reasons: [] }) },
    metrics: { contentType: 'text/plain; version=0.0.4', text: async () => Promise.resolve('signet_ready 1\n') },
    clock,
    makeReference: () => 'SGN-TEST-2345',
    makeId: () => `_${randomBytes(20).toString('hex')}`,
    onError: (error) => {
      state.errors.push(error);
    },
    onRefused: ({ reason, message }, what, reference) => {
      state.refusals.push(`${reference} ${what} ${reason}: ${message}`);
    },
    onRequest: (route, status) => {
      state.measured.push({ route, status });
    },
    ...changes,
  };
  const server = createServer(createWebServer(parts).listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = portOf(server);
  return Object.assign(state, {
    origin: `http://127.0.0.1:${String(port)}`,
    send: (path: string, options: SendOptions = {}) => send(port, path, options),
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  });
}

/** A route that answers by a function, for tests of what stands around handlers. */
export function aRoute(changes: Partial<Route> = {}): Route {
  return {
    path: '/saml/sso',
    methods: ['GET', 'POST'],
    bodyLimit: 1024,
    handle: async () => Promise.resolve({ kind: 'text', status: 200, type: 'text/plain', body: 'handled' }),
    ...changes,
  };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Sends exactly what it is told: node:http changes neither path nor headers. */
async function send(port: number, path: string, { method, headers = {}, body, form, jar }: SendOptions): Promise<Reply> {
  const text = form === undefined ? body : new URLSearchParams(form).toString();
  const all: Record<string, string> = { connection: 'close', ...headers };
  if (form !== undefined) all['content-type'] = 'application/x-www-form-urlencoded';
  if (text !== undefined) all['content-length'] = String(Buffer.byteLength(text));
  if (jar !== undefined && jar.cookies.size > 0) all['cookie'] = jar.header();
  const reply = await new Promise<Reply>((resolve, reject) => {
    const outgoing = httpRequest({ host: '127.0.0.1', port, path, method: method ?? (text === undefined ? 'GET' : 'POST'), headers: all }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks).toString('utf8') });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(text);
  });
  jar?.keep(reply.headers);
  return reply;
}

/** The value of a hidden field of a page. */
export function hidden(body: string, name: string): string | undefined {
  return new RegExp(`name="${name}" value="([^"]*)"`, 'u').exec(body)?.[1];
}

/** Goes through the sign-in form; gives the answer to the post. */
export async function signIn(
  web: TestWeb,
  jar: Jar,
  who: { readonly name: string; readonly password: string } = MARIA,
  fields: Readonly<Record<string, string>> = {},
  base = '',
): Promise<Reply> {
  const page = await web.send(`${base}/login`, { jar });
  return web.send(`${base}/login`, { jar, form: { csrf: hidden(page.body, 'csrf') ?? '', username: who.name, password: who.password, ...fields } });
}
