/** The browser protocols with everything real but storage and sign-in pages: HttpRequest in, HttpReply out, no socket. */
import { deflateRawSync } from 'node:zlib';
import { createClaimsInput } from '../../src/core/claims/input.js';
import { releaseClaims } from '../../src/core/claims/release.js';
import { CONTEXT_PASSWORD_PROTECTED } from '../../src/core/issuance/authn-policy.js';
import { authorize } from '../../src/core/issuance/access-policy.js';
import { createIssuer } from '../../src/core/issuance/issue.js';
import { chooseName, identifierFor, type NameParts } from '../../src/core/issuance/name-identifier.js';
import { draftToken } from '../../src/core/issuance/token-draft.js';
import { asId } from '../../src/core/model/ids.js';
import type { Claim } from '../../src/core/model/claim.js';
import type { Person } from '../../src/core/model/person.js';
import type { RelyingParty } from '../../src/core/model/relying-party.js';
import type { KeyAlgorithm } from '../../src/core/model/signing-key.js';
import type { SsoSession } from '../../src/core/model/sso-session.js';
import type { KeyRing, Signer, SignOnRecord, SsoSessions } from '../../src/core/ports.js';
import { makeKeyPair } from '../../src/crypto/certificate.js';
import { randomId, randomReference } from '../../src/crypto/random.js';
import { createSecretBox } from '../../src/crypto/secret-box.js';
import { createSigner } from '../../src/crypto/signer.js';
import type { HttpReply, PageReply, PostFormReply } from '../../src/http/reply.js';
import type { HttpRequest } from '../../src/http/request.js';
import type { Route } from '../../src/http/route.js';
import { createLogoutMessages, createSaml } from '../../src/protocols/saml/index.js';
import type { SignInStep } from '../../src/protocols/shared/passive.js';
import { createAdfsRoutes } from '../../src/protocols/shared/adfs-paths.js';
import { createSignOut, type SignOut } from '../../src/protocols/shared/sign-out.js';
import { createSignOutRoutes } from '../../src/protocols/shared/sign-out-routes.js';
import { createSsoSessions } from '../../src/storage/sso-sessions.js';
import { createWsfed } from '../../src/protocols/wsfed/index.js';
import { chooseAlgorithms } from '../../src/tokens/assertion.js';
import { createSaml11Builder } from '../../src/tokens/saml11.js';
import { createSaml20Builder } from '../../src/tokens/saml20.js';
import { createSamlToolkit } from '../../src/xml/samlify.js';
import { aSession, aSubject, fakeClock, issuers } from './builders.js';
import { type MemoryEphemeral, memoryEphemeral } from './memory-ephemeral.js';

export const BASE = 'https://idp.example';
export const SSO_URL = `${BASE}/saml/sso`;
export const WSFED_ISSUER = `${BASE}/adfs/services/trust`;
export const SLO_URL = `${BASE}/saml/slo`;
export const IDP_ENTITY_ID = `${BASE}/saml/metadata`;

export interface TestIdp {
  readonly clock: ReturnType<typeof fakeClock>;
  readonly certificate: string;
  readonly issued: SignOnRecord[];
  readonly refused: SignOnRecord[];
  /** Records of sign-outs, refused ones too. */
  readonly signedOut: SignOnRecord[];
  readonly parties: Map<string, RelyingParty>;
  readonly routes: readonly Route[];
  readonly ssoSessions: SsoSessions;
  readonly signOut: SignOut;
  session: SsoSession | undefined;
  ready: boolean;
  get(path: string, rawQuery?: string, changes?: Partial<HttpRequest>): Promise<HttpReply>;
  post(path: string, form: Readonly<Record<string, string>>, changes?: Partial<HttpRequest>): Promise<HttpReply>;
  /** Goes on with what was kept, with the cookie of the browser. */
  resume(id: string): Promise<HttpReply>;
}

export interface TestIdpOptions {
  /** Of the signing key. */
  readonly algorithm?: KeyAlgorithm;
  /** Where the clock stands; counterparts that look at the real one need the real time. */
  readonly start?: number;
  /** What is known about maria. */
  readonly claims?: readonly Claim[];
  readonly person?: Person;
  /** Keys published beside the active one. */
  readonly otherKeys?: readonly PublishedKey[];
  /** Another node's, which this one shares. */
  readonly ephemeral?: MemoryEphemeral;
}

type KeyPair = Awaited<ReturnType<typeof makeKeyPair>>;
type PublishedKey = Awaited<ReturnType<KeyRing['published']>>[number];

/** Stateless, and slow to make. */
const toolkit = createSamlToolkit({ entityId: IDP_ENTITY_ID, ssoUrl: SSO_URL });
const signers = new Map<KeyPair, Signer>();
const keyPairs = new Map<string, Promise<KeyPair>>();

/** A key pair by name, made once: a key costs more than a whole test. */
export function keyPairOf(name: string, algorithm: KeyAlgorithm = 'RSA-2048'): Promise<KeyPair> {
  const known = keyPairs.get(`${name} ${algorithm}`);
  if (known !== undefined) return known;
  const made = makeKeyPair({ algorithm, commonName: name, notBefore: Date.UTC(2020, 0), notAfter: Date.UTC(2120, 0) });
  keyPairs.set(`${name} ${algorithm}`, made);
  return made;
}

/** An identity provider that knows the given relying parties, with maria signed in unless the session is taken away. */
export async function testIdp(...relyingParties: readonly RelyingParty[]): Promise<TestIdp> {
  return testIdpWith({}, ...relyingParties);
}

/** The same, with a key, a time and claims of one's own. */
export async function testIdpWith(options: TestIdpOptions, ...relyingParties: readonly RelyingParty[]): Promise<TestIdp> {
  const clock = fakeClock(options.start);
  const pair = await keyPairOf('idp.example', options.algorithm);
  const signer = signers.get(pair) ?? createSigner({ keyId: asId('key-1'), ...pair });
  signers.set(pair, signer);
  const keyRing: KeyRing = {
    signerFor: () => Promise.resolve(signer),
    published: () => Promise.resolve([{ keyId: signer.keyId, state: 'active', certificate: pair.certificate }, ...(options.otherKeys ?? [])]),
  };
  const parties = new Map(relyingParties.map((party) => [party.entityId, party]));
  const kept = new Map<string, Parameters<Parameters<typeof createSaml>[0]['flows']['keep']>>();
  const names = new Map<string, string>();
  const issued: SignOnRecord[] = [];
  const refused: SignOnRecord[] = [];
  const signedOut: SignOnRecord[] = [];
  const ephemeral = options.ephemeral ?? memoryEphemeral(clock);
  const ssoSessions = createSsoSessions({ ephemeral, clock });
  const session = sessionAt(clock.now());
  await ssoSessions.save(session);

  const nameParts: NameParts = {
    entityId: IDP_ENTITY_ID,
    makeId: randomId,
    pairwiseId: (userId, entityId) => Promise.resolve(`pairwise-${userId}-${entityId}`),
    persistentNames: {
      find: (user, qualifier) => Promise.resolve(names.get(`${user} ${qualifier}`)),
      findOrCreate: (user, qualifier, candidate) => {
        names.set(`${user} ${qualifier}`, candidate);
        return Promise.resolve(candidate);
      },
    },
  };
  const issue = createIssuer({
    confirm: () => Promise.resolve(),
    makeInput: createClaimsInput({ stores: { find: () => undefined }, identifier: (kind, about) => identifierFor(nameParts, kind, about) }),
    authorize,
    collectClaims: releaseClaims,
    chooseName: (request, released) => chooseName(nameParts, request, released.name),
    sessionIndex: (session, entityId) => `_${session.id}-${Buffer.from(entityId).toString('hex').slice(0, 12)}`,
    draft: (request, content) =>
      draftToken({ issuers: { ...issuers(IDP_ENTITY_ID), wsfed: WSFED_ISSUER }, makeId: randomId, now: clock.now }, request, content),
    builders: { saml20: createSaml20Builder({ keyRing }), saml11: createSaml11Builder({ keyRing }) },
    addParticipant: ssoSessions.addParticipant,
    record: (draft, token) => {
      issued.push({
        id: token.id,
        reference: draft.request.trace.reference,
        at: draft.issuedAt,
        event: 'sign-on',
        outcome: 'issued',
        trace: draft.request.trace.toRecord(),
      });
      return Promise.resolve();
    },
  });

  const idp: TestIdp = {
    clock,
    certificate: pair.certificate,
    issued,
    refused,
    signedOut,
    parties,
    ssoSessions,
    get routes() {
      return [...saml.routes, ...wsfed.routes, ...adfs, ...createSignOutRoutes(signOut)];
    },
    get signOut() {
      return signOut;
    },
    session,
    ready: true,
    get: (path, rawQuery = '', changes = {}) => send({ method: 'GET', path, rawQuery, ...changes }),
    post: (path, form, changes = {}) => send({ method: 'POST', path, form: new Map(Object.entries(form)), ...changes }),
    resume: (id) => {
      const [request, trace] = kept.get(id) ?? [];
      if (request === undefined || trace === undefined) throw new Error(`nothing is kept under ${id}`);
      return (request.protocol === 'saml' ? saml : wsfed).passive.resume(request, trace, toRequest({}));
    },
  };

  const byId = (id: string): RelyingParty | undefined => [...parties.values()].find((party) => party.id === id);
  const common: Omit<Parameters<typeof createWsfed>[0], 'sessions' | 'ssoSessions' | 'signOut' | 'note'> = {
    clock,
    makeReference: randomReference,
    makeId: randomId,
    issue,
    strongestContext: CONTEXT_PASSWORD_PROTECTED,
    ourNames: [WSFED_ISSUER, IDP_ENTITY_ID],
    relyingParties: {
      byEntityId: (entityId) => Promise.resolve(parties.get(entityId) ?? [...parties.values()].find((party) => party.identifiers.includes(entityId))),
      byId: (id) => Promise.resolve(byId(id)),
      enabled: () => Promise.resolve([...parties.values()]),
    },
    subjectOf: (session) =>
      Promise.resolve(
        aSubject({
          authentication: session.authentication,
          userId: session.userId,
          ...(options.claims === undefined ? {} : { claims: options.claims }),
          ...(options.person === undefined ? {} : { person: options.person }),
        }),
      ),
    signIn: {
      next: (request, _browser, trace): Promise<SignInStep> => {
        const { session } = idp;
        const oldest = request.fresh ? request.receivedAt : request.receivedAt - (request.maxAgeSeconds ?? Number.POSITIVE_INFINITY) * 1000;
        if (session !== undefined && session.authentication.at >= oldest) return Promise.resolve({ kind: 'signed-in', session });
        if (request.passive) return Promise.reject(trace.failure('request.passive', { observed: 'nobody is signed in' }));
        return Promise.resolve({ kind: 'show', reply: { kind: 'page', status: 200, view: 'login/login', model: {} } });
      },
    },
    flows: {
      keep: (request, trace) => {
        const id = String(kept.size + 1);
        kept.set(id, [request, trace]);
        return Promise.resolve(id);
      },
      recall: (id) => {
        const [request, trace] = kept.get(id) ?? [];
        return Promise.resolve(request === undefined || trace === undefined ? undefined : { request, trace });
      },
    },
    resumeAddress: (id) => `/login/continue?id=${id}`,
    isIntranet: (address) => address.startsWith('10.'),
    errorPage: (error, about) => ({ kind: 'page', status: 400, view: 'errors/error', model: { code: error.code, ...about } }),
    refused: (entry) => refused.push(entry),
  };
  const forLogout = {
    ...common,
    keyRing,
    entityId: IDP_ENTITY_ID,
    chooseAlgorithms,
    ephemeral,
    ssoSessions,
    note: (entry: SignOnRecord): void => void signedOut.push(entry),
  };
  const logoutMessages = createLogoutMessages(forLogout);
  const signOut = createSignOut({ ...forLogout, saml: logoutMessages, box: createSecretBox('the secret of a test') });
  const wsfed = createWsfed({ ...forLogout, signOut, sessions: { find: async (id) => (id === undefined ? undefined : ssoSessions.find(asId(id))) } });
  const saml = createSaml({
    ...forLogout,
    logoutMessages,
    signOut,
    toolkit,
    describe: {
      entityId: IDP_ENTITY_ID,
      ssoUrl: SSO_URL,
      sloUrl: `${BASE}/saml/slo`,
      supportUrl: `${BASE}/support`,
      organization: 'Example Corp',
      baseUrl: BASE,
    },
  });

  const adfs = createAdfsRoutes({
    protocols: { saml: saml.adfs, wsfed: wsfed.adfs },
    relyingParties: common.relyingParties,
    ready: () => idp.ready,
  });

  async function send(changes: Partial<HttpRequest>): Promise<HttpReply> {
    const request = toRequest(changes);
    const route: Route | undefined = idp.routes.find((candidate) => candidate.path === request.path);
    if (route === undefined) throw new Error(`no route ${request.path}`);
    return route.handle(request);
  }
  return idp;
}

export function toRequest(changes: Partial<HttpRequest>): HttpRequest {
  return {
    method: 'GET',
    path: '/saml/sso',
    rawQuery: '',
    form: new Map(),
    headers: {},
    clientAddress: '192.0.2.1',
    browser: { cookie: true, sessionId: 'session-1' },
    ...changes,
  };
}

function sessionAt(now: number): SsoSession {
  const session = aSession();
  return aSession({ authentication: { ...session.authentication, at: now - 60_000 }, startedAt: now - 60_000, expiresAt: now + 8 * 3_600_000 });
}

/** An AuthnRequest as text. */
export function authnRequest(
  clock: { now(): number },
  changes: { attributes?: Readonly<Record<string, string | undefined>>; issuer?: string; children?: string } = {},
): string {
  const attributes: Readonly<Record<string, string | undefined>> = {
    ID: '_request1',
    Version: '2.0',
    IssueInstant: new Date(clock.now()).toISOString(),
    Destination: SSO_URL,
    ...changes.attributes,
  };
  const written = Object.entries(attributes).flatMap(([name, value]) => (value === undefined ? [] : [` ${name}="${value}"`]));
  return `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"${written.join('')}><saml:Issuer>${changes.issuer ?? 'https://app.example/metadata'}</saml:Issuer>${changes.children ?? ''}</samlp:AuthnRequest>`;
}

/** The query of the redirect binding, unsigned. */
export function redirectQuery(xml: string, more = ''): string {
  return `SAMLRequest=${encodeURIComponent(deflateRawSync(xml).toString('base64'))}${more}`;
}

export function isPage(reply: HttpReply): PageReply {
  if (reply.kind !== 'page') throw new Error(`expected a page, got ${JSON.stringify(reply).slice(0, 300)}`);
  return reply;
}

/** The hand-off form and the Response inside it. */
export function isForm(reply: HttpReply): PostFormReply & { readonly xml: string } {
  if (reply.kind !== 'post-form') throw new Error(`expected a form, got ${JSON.stringify(reply).slice(0, 300)}`);
  return { ...reply, xml: Buffer.from(reply.fields['SAMLResponse'] ?? '', 'base64').toString() };
}

/** The page of a sign-out, which stands at an address of its own while applications are asked. */
export async function isSignOutPage(idp: Pick<TestIdp, 'get'>, reply: HttpReply): Promise<PageReply> {
  const run = reply.kind === 'redirect' ? /^\/logout\/run\?(id=.+)$/u.exec(reply.location)?.[1] : undefined;
  return isPage(run === undefined ? reply : await idp.get('/logout/run', run));
}
