/**
 * The process of the applications: an HTTP server on 127.0.0.1, each application under its name. /NAME/login starts a
 * sign-on, /NAME/acs takes the answer and shows what it says; /NAME/logout and /NAME/slo do the same for signing out, and
 * /NAME/sessions tells who is signed in. Its parent adds applications by message.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { makeKeyPair } from '../../../src/crypto/certificate.js';
import { pem, schemaProblems } from '../xml-oracles.js';
import { createNodeSaml } from './node-saml.js';
import { createSamlify } from './samlify.js';
import type { Party, PartyPlan, Profile, SignOut, Toolkit } from './toolkit.js';

/** From the parent. */
export interface AddMessage {
  readonly add: PartyPlan;
}
/** To the parent. */
export type Told = { readonly origin: string } | { readonly added: string; readonly metadata: string } | { readonly problem: string };

interface Application {
  readonly toolkit: Toolkit;
  /** By SessionIndex: whether or not a browser sends cookies into frames, a request to sign out names it. */
  readonly sessions: Map<string, Profile>;
}

const parties = new Map<string, Application>();
const keys = makeKeyPair({ algorithm: 'RSA-2048', commonName: 'app.example', notBefore: Date.now() - 60_000, notAfter: Date.now() + 86_400_000 });
const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    show(response, 500, { error: error instanceof Error ? error.message : String(error) });
  });
});
server.listen(0, '127.0.0.1', () => {
  tell({ origin: origin() });
});

process.on('message', (message: AddMessage) => {
  add(message.add).catch((error: unknown) => {
    tell({ problem: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  });
});
// The tests are over, however they ended.
process.on('disconnect', () => {
  process.exit();
});

function tell(told: Told): void {
  process.send?.(told);
}

function origin(): string {
  const address = server.address();
  return `http://127.0.0.1:${String(typeof address === 'object' && address !== null ? address.port : 0)}`;
}

async function add(plan: PartyPlan): Promise<void> {
  const { certificate, privateKey } = await keys;
  const base = `${origin()}/${plan.name}`;
  const party: Party = {
    ...plan,
    entityId: `${base}/metadata`,
    acs: `${base}/acs`,
    slo: `${base}/slo`,
    certificate: pem(certificate),
    privateKey: pem(privateKey.toString('base64'), 'PRIVATE KEY'),
  };
  const toolkit = plan.toolkit === 'samlify' ? createSamlify(party) : createNodeSaml(party);
  parties.set(plan.name, { toolkit, sessions: new Map() });
  tell({ added: plan.name, metadata: toolkit.metadata() });
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '', origin());
  const [, name = '', what = ''] = url.pathname.split('/');
  const application = parties.get(name);
  if (application === undefined) {
    show(response, 404, { error: 'no such application' });
    return;
  }
  const { toolkit, sessions } = application;
  if (what === 'login') {
    const { searchParams: query } = url;
    const outgoing = await toolkit.ask({ relayState: query.get('relay') ?? '', forceAuthn: query.has('force'), passive: query.has('passive') });
    if (outgoing.kind === 'redirect') response.writeHead(302, { location: outgoing.location }).end();
    else response.writeHead(200, { 'content-type': 'text/html' }).end(outgoing.html);
    return;
  }
  if (what === 'acs' && request.method === 'POST') {
    const form = Object.fromEntries(new URLSearchParams(await bodyOf(request)));
    const xml = Buffer.from(form['SAMLResponse'] ?? '', 'base64').toString();
    const problems = schemaProblems(xml);
    const relayState = form['RelayState'];
    try {
      const profile = await toolkit.accept(form);
      sessions.set(profile.sessionIndex, profile);
      show(response, 200, { profile, relayState, problems, xml });
    } catch (error) {
      show(response, 403, { error: error instanceof Error ? error.message : String(error), relayState, problems, xml });
    }
    return;
  }
  if (what === 'sessions') {
    show(response, 200, { sessions: [...sessions.keys()] });
    return;
  }
  if (toolkit.signOut !== undefined && what === 'logout') {
    const [profile] = [...sessions.values()].slice(-1);
    if (profile === undefined) throw new Error('nobody is signed in');
    sessions.delete(profile.sessionIndex);
    response.writeHead(302, { location: await toolkit.signOut.ask(profile, url.searchParams.get('relay') ?? '') }).end();
    return;
  }
  if (toolkit.signOut !== undefined && what === 'slo') {
    const form = request.method === 'POST' ? new URLSearchParams(await bodyOf(request)) : url.searchParams;
    await takeSignOut(response, application, toolkit.signOut, Object.fromEntries(form), request.method === 'POST' ? undefined : url.search.slice(1));
    return;
  }
  show(response, 404, { error: 'no such address' });
}

async function takeSignOut(
  response: ServerResponse,
  { sessions }: Application,
  signOut: SignOut,
  parameters: Readonly<Record<string, string>>,
  rawQuery: string | undefined,
): Promise<void> {
  const taken = await signOut.take(parameters, rawQuery);
  if (taken.kind === 'request') {
    const ended = sessions.get(taken.sessionIndex)?.nameId === taken.nameId && sessions.delete(taken.sessionIndex);
    response.writeHead(302, { location: await taken.answer(ended) }).end();
    return;
  }
  show(response, 200, { signedOut: true, relayState: parameters['RelayState'] });
}

function show(response: ServerResponse, status: number, what: Readonly<Record<string, unknown>>): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(what));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
