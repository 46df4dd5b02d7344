/** The issuer put together from its parts: what stands behind every protocol. */
import type { MakeInput } from '../core/claims/input.js';
import { releaseClaims } from '../core/claims/release.js';
import { authorize } from '../core/issuance/access-policy.js';
import { createIssuer, type Issue } from '../core/issuance/issue.js';
import { chooseName, type NameParts } from '../core/issuance/name-identifier.js';
import { draftToken, type TokenDraft } from '../core/issuance/token-draft.js';
import type { Instant } from '../core/model/ids.js';
import type { SecurityToken } from '../core/model/security-token.js';
import type { SsoSession } from '../core/model/sso-session.js';
import type { ChangeFeed, Journal, KeyRing, SignOnRecord, SsoSessions } from '../core/ports.js';
import { randomId } from '../crypto/random.js';
import { createSaml11Builder } from '../tokens/saml11.js';
import { createSaml20Builder } from '../tokens/saml20.js';

export interface IssuanceParts {
  readonly entityId: string;
  /** Our name in tokens of WS-Federation and WS-Trust. */
  readonly wsfedIssuer: string;
  readonly changes: ChangeFeed;
  readonly journal: Journal;
  readonly keyRing: KeyRing;
  readonly names: NameParts;
  readonly makeInput: MakeInput;
  readonly ssoSessions: SsoSessions;
  readonly sessionIndex: (session: SsoSession, entityId: string) => string;
  /** The guarded clock: its value goes into the token. */
  readonly now: () => Instant;
  /** Called once the record is durable. */
  readonly issued: (entry: SignOnRecord) => void;
}

/** Makes issue() over the real storage, keys and clock. */
export function assembleIssuer(parts: IssuanceParts): Issue {
  const { entityId, wsfedIssuer } = parts;
  const issuers = { saml: entityId, wsfed: wsfedIssuer, wstrust: wsfedIssuer, oauth: entityId };
  const drafts = { issuers, makeId: randomId, now: parts.now };
  return createIssuer({
    confirm: () => parts.changes.confirm(),
    makeInput: parts.makeInput,
    authorize,
    collectClaims: releaseClaims,
    chooseName: (request, released) => chooseName(parts.names, request, released.name),
    sessionIndex: parts.sessionIndex,
    draft: (request, content) => draftToken(drafts, request, content),
    builders: { saml20: createSaml20Builder(parts), saml11: createSaml11Builder(parts) },
    addParticipant: (session, participant) => parts.ssoSessions.addParticipant(session, participant),
    record: async (draft, token) => {
      const entry = issuedRecord(draft, token);
      await parts.journal.record(entry);
      parts.issued(entry);
    },
  });
}

function issuedRecord(draft: TokenDraft, token: SecurityToken): SignOnRecord {
  const { request } = draft;
  const { inResponseTo } = request.confirmation;
  return {
    id: token.id,
    reference: request.trace.reference,
    at: draft.issuedAt,
    event: 'sign-on',
    outcome: 'issued',
    protocol: request.protocol,
    relyingParty: request.relyingParty.entityId,
    user: request.subject.userName,
    userId: request.subject.userId,
    tokenId: token.id,
    ...(inResponseTo === undefined ? {} : { inResponseTo }),
    ...(request.context.clientAddress === undefined ? {} : { clientAddress: request.context.clientAddress }),
    trace: request.trace.toRecord(),
  };
}
