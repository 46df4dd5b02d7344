/**
 * The load generator, in a process of its own: sends sign-on requests of SAML or WS-Federation with fresh ids over connections that are kept, so
 * many at a time, and measures how long each takes. Talked to by messages: one job in, one result out.
 */
import { Agent, request, type RequestOptions } from 'node:http';
import { deflateRawSync } from 'node:zlib';
import { randomId, randomToken } from '../../src/crypto/random.js';
import { createSigner } from '../../src/crypto/signer.js';
import { asId } from '../../src/core/model/ids.js';
import { signEnveloped } from '../../src/xml/sign.js';

export interface Job {
  readonly protocol: 'saml' | 'wsfed';
  /** Where requests are sent, with a query where one is always there. */
  readonly url: string;
  /** The n-th round is for the application n modulo their number; where they are many, each is always visited by the same session. */
  readonly entityIds: readonly string[];
  readonly cookies: readonly string[];
  /** Where the answer is wanted. */
  readonly acs: string;
  readonly destination: string;
  readonly inflight: number;
  readonly end: { readonly seconds: number } | { readonly rounds: number };
  /** HTTP-POST with a signed request: base64 DER and PKCS#8 DER. */
  readonly signWith?: { readonly certificate: string; readonly privateKey: Uint8Array };
  /** How many answers to give back for verifying. */
  readonly samples: number;
  /** What every good answer holds. */
  readonly marker: string;
}

export interface Sample {
  readonly id: string;
  readonly entityId: string;
  readonly body: string;
}

export interface Result {
  readonly rounds: number;
  readonly failures: number;
  readonly firstFailure: string | undefined;
  readonly seconds: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly samples: readonly Sample[];
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

const agents = new Map<string, Agent>();

function agentFor(job: Job): Agent {
  const key = `${new URL(job.url).host} ${String(job.inflight)}`;
  const found = agents.get(key) ?? new Agent({ keepAlive: true, maxSockets: job.inflight, maxFreeSockets: job.inflight });
  agents.set(key, found);
  return found;
}

function authnRequest(job: Job, id: string, entityId: string): { readonly before: string; readonly after: string } {
  return {
    before: `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" AssertionConsumerServiceURL="${job.acs}" Destination="${job.destination}" ID="${id}" IssueInstant="${new Date().toISOString()}" ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Version="2.0"><saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${entityId}</saml:Issuer>`,
    after: '<samlp:NameIDPolicy AllowCreate="true"></samlp:NameIDPolicy></samlp:AuthnRequest>',
  };
}

type Round = (id: string, entityId: string, cookie: string) => Promise<Answer>;

/** Prepares what does not change from round to round; gives the function that does one round. */
function prepare(job: Job): Round {
  const { hostname, port, pathname, search } = new URL(job.url);
  const agent = agentFor(job);
  const base = { hostname: hostname === 'localhost' ? '127.0.0.1' : hostname, port, agent };
  const host = `${hostname}:${port}`;
  const prefix = `${pathname}${search}${search === '' ? '?' : '&'}RelayState=%2Fexpenses%2F1042&SAMLRequest=`;
  if (job.protocol === 'wsfed') {
    const start = `${pathname}?wa=wsignin1.0&wreply=${encodeURIComponent(job.acs)}&wtrealm=`;
    return (id, realm, cookie) => {
      const query = `${encodeURIComponent(realm)}&wctx=${id}&wct=${encodeURIComponent(new Date().toISOString())}`;
      return exchange({ ...base, method: 'GET', path: start + query, headers: { host, cookie } });
    };
  }
  const { signWith } = job;
  if (signWith === undefined) {
    return (id, entityId, cookie) => {
      const { before, after } = authnRequest(job, id, entityId);
      const message = encodeURIComponent(deflateRawSync(before + after).toString('base64'));
      return exchange({ ...base, method: 'GET', path: prefix + message, headers: { host, cookie } });
    };
  }
  const signer = createSigner({ keyId: asId('bench'), certificate: signWith.certificate, privateKey: Buffer.from(signWith.privateKey) });
  return async (id, entityId, cookie) => {
    const xml = await signEnveloped({ ...authnRequest(job, id, entityId), id, signer });
    const body = `RelayState=%2Fexpenses%2F1042&SAMLRequest=${encodeURIComponent(Buffer.from(xml).toString('base64'))}`;
    const headers = { host, cookie, 'content-type': 'application/x-www-form-urlencoded', 'content-length': body.length };
    return exchange({ ...base, method: 'POST', path: pathname, headers }, body);
  };
}

function exchange(options: RequestOptions, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(options, (response) => {
      let text = '';
      response.setEncoding('latin1');
      response.on('data', (piece: string) => {
        text += piece;
      });
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, body: text });
      });
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

async function run(job: Job): Promise<Result> {
  const round = prepare(job);
  const times: number[] = [];
  const samples: Sample[] = [];
  let failures = 0;
  let firstFailure: string | undefined;
  let next = 0;
  const started = performance.now();
  const limit = 'rounds' in job.end ? job.end.rounds : Number.POSITIVE_INFINITY;
  const deadline = 'seconds' in job.end ? started + job.end.seconds * 1000 : Number.POSITIVE_INFINITY;
  // A random part for the run and a number for the round: fresh ids without asking for randomness each time.
  const ids = `${randomId().slice(0, 25)}${randomToken(3)}-`;

  const worker = async (): Promise<void> => {
    while (next < limit && performance.now() < deadline) {
      const number = next;
      next += 1;
      const id = ids + String(number);
      const application = number % job.entityIds.length;
      const entityId = job.entityIds[application] ?? '';
      const cookie = job.cookies[(job.entityIds.length > job.cookies.length ? application : number) % job.cookies.length] ?? '';
      const before = performance.now();
      const { status, body } = await round(id, entityId, cookie);
      times.push(performance.now() - before);
      if (status !== 200 || !body.includes(job.marker)) {
        failures += 1;
        firstFailure ??= `${String(status)} ${body.slice(0, 2000)}`;
      } else if (samples.length < job.samples && (number % 97 === 0 || number >= 97 * job.samples)) {
        samples.push({ id, entityId, body });
      }
    }
  };
  await Promise.all(Array.from({ length: job.inflight }, worker));
  const seconds = (performance.now() - started) / 1000;
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
  return { rounds: times.length - failures, failures, firstFailure, seconds, p50: at(0.5), p99: at(0.99), samples };
}

process.on('message', (job: Job) => {
  run(job).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
