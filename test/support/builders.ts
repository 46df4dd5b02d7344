/** Values for tests: complete, valid, and changed where a test says so. */
import { SignetError } from '../../src/core/errors.js';
import { Trace } from '../../src/core/checks/trace.js';
import { type ClaimsInput, createClaimsInput, type InputAbout } from '../../src/core/claims/input.js';
import type { DraftSettings } from '../../src/core/issuance/token-draft.js';
import type { IssuanceRequest } from '../../src/core/issuance/issuance-request.js';
import { CONTEXT_PASSWORD_PROTECTED } from '../../src/core/issuance/authn-policy.js';
import { AD_AUTHORITY, CLAIM, makeClaim } from '../../src/core/model/claim.js';
import { type LocalDirectorySettings, resolveDirectory } from '../../src/core/model/directory.js';
import { asId } from '../../src/core/model/ids.js';
import type { Person } from '../../src/core/model/person.js';
import { type RelyingParty, type RelyingPartyMetadata, type RelyingPartyRecord, resolveRelyingParty } from '../../src/core/model/relying-party.js';
import type { SsoSession } from '../../src/core/model/sso-session.js';
import type { Subject } from '../../src/core/model/subject.js';
import type { User } from '../../src/core/model/user.js';
import type { Clock } from '../../src/core/ports.js';

export const NOW = Date.UTC(2026, 10, 24, 9, 0, 0);
export const POST_BINDING = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';

/** A clock that stands still until it is moved. */
export function fakeClock(start: number = NOW): Clock & { advance(ms: number): void } {
  let now = start;
  return {
    now: () => now,
    monotonic: () => now - start,
    advance: (ms) => {
      now += ms;
    },
  };
}

export function aTrace(reference = 'SGN-TEST-2345'): Trace {
  return new Trace(reference, NOW);
}

export function aMetadata(changes: Partial<RelyingPartyMetadata> = {}): RelyingPartyMetadata {
  return {
    entityId: 'https://app.example/metadata',
    displayName: 'Acme Expenses',
    contacts: [],
    replyAddresses: [{ binding: POST_BINDING, url: 'https://app.example/acs', index: 0 }],
    nameIdFormats: [],
    attributeServices: [],
    signingCertificates: [],
    encryptionKeys: [],
    authnRequestsSigned: false,
    wantAssertionsSigned: false,
    signingMethods: [],
    digestMethods: [],
    ...changes,
  };
}

export function aRecord(changes: Partial<RelyingPartyRecord> = {}): RelyingPartyRecord {
  return {
    id: asId('rp-1'),
    version: 1,
    enabled: true,
    metadata: aMetadata(),
    overrides: {},
    source: { kind: 'file', location: 'app.xml', readAt: NOW },
    createdAt: NOW,
    updatedAt: NOW,
    ...changes,
  };
}

export function aRelyingParty(changes: Partial<RelyingParty> = {}): RelyingParty {
  const usual = resolveRelyingParty(aRecord());
  return { ...usual, identifiers: [changes.entityId ?? usual.entityId], ...changes };
}

export function aUser(changes: Partial<User> = {}): User {
  return {
    id: asId('user-1'),
    version: 1,
    userName: 'maria',
    email: 'maria@example.com',
    givenName: 'Maria',
    surname: 'Silva',
    displayName: 'Maria Silva',
    groups: ['Sales', 'Everyone'],
    attributes: {},
    enabled: true,
    role: 'none',
    createdAt: NOW,
    ...changes,
  };
}

/** The built-in directory as it is before anybody sets anything. */
export function aDirectory(changes: Partial<LocalDirectorySettings> = {}): LocalDirectorySettings {
  return { ...resolveDirectory({}, { baseUrl: 'https://login.example.com', installation: '"0123456789abcdef"' }), ...changes };
}

export function aSession(changes: Partial<SsoSession> = {}): SsoSession {
  return {
    id: asId('session-1'),
    userId: asId('user-1'),
    userName: 'maria',
    authentication: { methods: ['pwd'], contextClass: CONTEXT_PASSWORD_PROTECTED, at: NOW - 60_000 },
    startedAt: NOW - 60_000,
    expiresAt: NOW + 8 * 3_600_000,
    ...changes,
  };
}

/** @param attributes as an administrator types them: by name, each with its values */
export function aPerson(attributes: Readonly<Record<string, readonly string[]>> = {}, changes: Partial<Person> = {}): Person {
  return {
    userId: asId('user-1'),
    userName: 'maria',
    directory: 'local',
    authority: AD_AUTHORITY,
    accountName: 'CORP\\maria',
    sid: 'S-1-5-21-1-2-3-1105',
    primaryGroupSid: 'S-1-5-21-1-2-3-513',
    groups: [
      { name: 'Sales', sid: 'S-1-5-21-1-2-3-1001' },
      { name: 'Everyone', sid: 'S-1-5-21-1-2-3-1002' },
    ],
    attributes: new Map(Object.entries(attributes).map(([name, values]) => [name.toLowerCase(), values])),
    ...changes,
  };
}

export function aSubject(changes: Partial<Subject> = {}): Subject {
  return {
    userId: asId('user-1'),
    userName: 'maria',
    authentication: aSession().authentication,
    person: aPerson(),
    claims: [
      makeClaim(CLAIM.name, 'maria', AD_AUTHORITY),
      makeClaim(CLAIM.email, 'maria@example.com', AD_AUTHORITY),
      makeClaim(CLAIM.givenName, 'Maria', AD_AUTHORITY),
      makeClaim(CLAIM.surname, 'Silva', AD_AUTHORITY),
      makeClaim(CLAIM.displayName, 'Maria Silva', AD_AUTHORITY),
      makeClaim(CLAIM.group, 'Sales', AD_AUTHORITY),
      makeClaim(CLAIM.group, 'Everyone', AD_AUTHORITY),
    ],
    ...changes,
  };
}

export function anIssuanceRequest(changes: Partial<IssuanceRequest> = {}): IssuanceRequest {
  return {
    trace: aTrace(),
    protocol: 'saml',
    relyingParty: aRelyingParty(),
    subject: aSubject(),
    session: aSession(),
    tokenType: 'saml20',
    confirmation: { method: 'bearer', recipient: 'https://app.example/acs', inResponseTo: '_request' },
    contextClass: CONTEXT_PASSWORD_PROTECTED,
    context: { at: NOW, clientAddress: '192.0.2.1', path: '/saml/sso', insideCorporateNetwork: false },
    audience: (changes.relyingParty ?? aRelyingParty()).entityId,
    ...changes,
  };
}

/** What rules start from, with no store to ask. */
export function anInput(request: InputAbout = anIssuanceRequest()): ClaimsInput {
  const input = createClaimsInput({ stores: { find: () => undefined }, identifier: (kind) => Promise.resolve(`${kind}-of-${request.subject.userName}`) });
  return input(request);
}

/** Our name in the tokens of every protocol. */
export function issuers(name: string): DraftSettings['issuers'] {
  return { saml: name, wsfed: name, wstrust: name, oauth: name };
}

/** The failed check of what a function throws. */
export async function checkThrownBy(run: () => unknown): Promise<string | undefined> {
  const error = await thrownBy(run);
  return error instanceof SignetError ? error.check?.id : `no check: ${error.message}`;
}

/** Runs a function that must throw, and gives what it threw. */
export async function thrownBy(run: () => unknown): Promise<Error> {
  try {
    await run();
  } catch (error) {
    if (error instanceof Error) return error;
    throw new Error(`something other than an Error was thrown: ${String(error)}`);
  }
  throw new Error('nothing was thrown');
}
