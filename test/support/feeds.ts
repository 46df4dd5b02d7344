/** Metadata at an address: texts as applications publish them, signed or not, and a server that gives what a test says. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { asId } from '../../src/core/model/ids.js';
import type { Signer } from '../../src/core/ports.js';
import { makeKeyPair } from '../../src/crypto/certificate.js';
import { createSigner } from '../../src/crypto/signer.js';
import { signEnveloped } from '../../src/xml/sign.js';
import { NOW } from './builders.js';

export const FEED_ENTITY = 'https://app.example/metadata';
const MD = 'urn:oasis:names:tc:SAML:2.0:metadata';
const DS = 'http://www.w3.org/2000/09/xmldsig#';
const DAY = 86_400_000;

export interface Feed {
  readonly entityId?: string;
  readonly name?: string;
  readonly acs?: readonly string[];
  readonly signing?: readonly string[];
  readonly encryption?: readonly string[];
  readonly signsRequests?: boolean;
  readonly wantsSigned?: boolean;
  readonly validUntil?: number;
  readonly cacheDuration?: string;
}

/** The metadata of one application, in its canonical form. */
export function feedText(feed: Feed = {}): string {
  const { before, after } = entityParts(feed, ` xmlns:md="${MD}"`);
  return before + after;
}

/** The same, signed on its root. */
export function signedFeed(signer: Signer, feed: Feed = {}): Promise<string> {
  return signEnveloped({ ...entityParts(feed, ` xmlns:md="${MD}"`), id: '_feed', signer, typePrefixes: [] });
}

/** Many applications in one document. */
export function aggregateText(feeds: readonly Feed[]): string {
  const { before, after } = aggregateParts(feeds);
  return before + after;
}

export function signedAggregate(signer: Signer, feeds: readonly Feed[]): Promise<string> {
  return signEnveloped({ ...aggregateParts(feeds), id: '_feed', signer, typePrefixes: [] });
}

function aggregateParts(feeds: readonly Feed[]): { readonly before: string; readonly after: string } {
  const entities = feeds.map((feed, at) => {
    const { before, after } = entityParts(feed, '', `_${String(at)}`);
    return before + after;
  });
  return { before: `<md:EntitiesDescriptor xmlns:md="${MD}" ID="_feed">`, after: `${entities.join('')}</md:EntitiesDescriptor>` };
}

function entityParts(feed: Feed, namespace: string, id = '_feed'): { readonly before: string; readonly after: string } {
  const { entityId = FEED_ENTITY, name = 'Acme', acs = ['https://app.example/acs'], signing = [], encryption = [] } = feed;
  const cache = feed.cacheDuration === undefined ? '' : ` cacheDuration="${feed.cacheDuration}"`;
  const until = feed.validUntil === undefined ? '' : ` validUntil="${new Date(feed.validUntil).toISOString()}"`;
  const keys = [...signing.map((certificate) => keyText(certificate, 'signing')), ...encryption.map((certificate) => keyText(certificate, 'encryption'))];
  const addresses = acs.map(
    (url, index) =>
      `<md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${url}" index="${String(index)}"></md:AssertionConsumerService>`,
  );
  const service = `<md:AttributeConsumingService index="0"><md:ServiceName xml:lang="en">${name}</md:ServiceName><md:RequestedAttribute Name="urn:oid:0.9.2342.19200300.100.1.3"></md:RequestedAttribute></md:AttributeConsumingService>`;
  const flags = `${feed.signsRequests === true ? ' AuthnRequestsSigned="true"' : ''}${feed.wantsSigned === true ? ' WantAssertionsSigned="true"' : ''}`;
  return {
    before: `<md:EntityDescriptor${namespace} ID="${id}"${cache} entityID="${entityId}"${until}>`,
    after: `<md:SPSSODescriptor${flags} protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${[...keys, ...addresses].join('')}${service}</md:SPSSODescriptor></md:EntityDescriptor>`,
  };
}

function keyText(certificate: string, use: string): string {
  return `<md:KeyDescriptor use="${use}"><ds:KeyInfo xmlns:ds="${DS}"><ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`;
}

/** A key with its certificate. */
export async function aSigner(commonName: string): Promise<Signer> {
  return createSigner({ keyId: asId(commonName), ...(await aKeyPair(commonName)) });
}

export function aKeyPair(commonName: string): ReturnType<typeof makeKeyPair> {
  return makeKeyPair({ algorithm: 'RSA-2048', commonName, notBefore: NOW - DAY, notAfter: NOW + 3650 * DAY });
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export interface FeedServer {
  readonly origin: string;
  /** Paths as they were asked for, with the condition that was sent along. */
  readonly asked: string[];
  /** What a path answers from now on: a text, or anything else. */
  put(path: string, answer: string | Answer): void;
  close(): Promise<void>;
}

/** On this machine, on a port of its own; paths without an answer are 404. */
export async function startFeedServer(): Promise<FeedServer> {
  const answers = new Map<string, string | Answer>();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    const condition = request.headers['if-none-match'];
    asked.push(condition === undefined ? path : `${path} unless ${condition}`);
    const answer = answers.get(path);
    if (typeof answer === 'function') answer(request, response);
    else if (answer === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': 'application/samlmetadata+xml' }).end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    asked,
    put: (path, answer) => answers.set(path, answer),
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
