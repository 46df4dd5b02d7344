/**
 * The process of the applications: an HTTP server on 127.0.0.1, each application under its name. /NAME/login starts a
 * sign-on, /NAME/acs takes the answer and shows what it says. Its parent adds applications by message.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { makeKeyPair } from '../../../src/crypto/certificate.js';
import { pem, schemaProblems } from '../xml-oracles.js';
import { createNodeSaml } from './node-saml.js';
import { createSamlify } from './samlify.js';
import type { Party, PartyPlan, Toolkit } from './toolkit.js';

/** From the parent. */
export interface AddMessage {
  readonly add: PartyPlan;
}
/** To the parent. */
export type Told = { readonly origin: string } | { readonly added: string; readonly metadata: string } | { readonly problem: string };

const parties = new Map<string, Toolkit>();
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
    certificate: pem(certificate),
    privateKey: pem(privateKey.toString('base64'), 'PRIVATE KEY'),
  };
  const toolkit = plan.toolkit === 'samlify' ? createSamlify(party) : createNodeSaml(party);
  parties.set(plan.name, toolkit);
  tell({ added: plan.name, metadata: toolkit.metadata() });
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '', origin());
  const [, name = '', what = ''] = url.pathname.split('/');
  const toolkit = parties.get(name);
  if (toolkit === undefined) {
    show(response, 404, { error: 'no such application' });
    return;
  }
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
      show(response, 200, { profile, relayState, problems, xml });
    } catch (error) {
      show(response, 403, { error: error instanceof Error ? error.message : String(error), relayState, problems, xml });
    }
    return;
  }
  show(response, 404, { error: 'no such address' });
}

function show(response: ServerResponse, status: number, what: Readonly<Record<string, unknown>>): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(what));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
