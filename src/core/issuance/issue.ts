/**
 * issue(): the one way any token leaves this server: authorise -> claims -> name -> draft -> build -> record, in this
 * order, for every protocol. A token whose record is not durable never reaches its caller.
 */
import type { NameIdentifier, SecurityToken, TokenType } from '../model/security-token.js';
import type { SessionParticipant, SsoSession } from '../model/sso-session.js';
import type { IssuanceRequest } from './issuance-request.js';
import type { ReleasedAttribute, TokenDraft } from './token-draft.js';

export interface IssuerParts {
  /** Rejects when the configuration in memory could be out of date (a node that was frozen). */
  readonly confirm: () => Promise<void>;
  /** Throws access_denied. */
  readonly authorize: (request: IssuanceRequest) => void;
  readonly collectAttributes: (request: IssuanceRequest) => readonly ReleasedAttribute[];
  readonly chooseName: (request: IssuanceRequest) => Promise<NameIdentifier>;
  /** The same value for a session and relying party each time, and unlinkable between relying parties. */
  readonly sessionIndex: (session: SsoSession, entityId: string) => string;
  readonly draft: (
    request: IssuanceRequest,
    content: { readonly attributes: readonly ReleasedAttribute[]; readonly name: NameIdentifier; readonly sessionIndex: string },
  ) => TokenDraft;
  readonly builders: Readonly<Record<TokenType, (draft: TokenDraft) => Promise<SecurityToken>>>;
  readonly addParticipant: (session: SsoSession, participant: SessionParticipant) => Promise<void>;
  /** Resolves once the audit record is durable. */
  readonly record: (draft: TokenDraft, token: SecurityToken) => Promise<void>;
}

export type Issue = (request: IssuanceRequest) => Promise<SecurityToken>;

/** Puts the issuer together from its parts. */
export function createIssuer(parts: IssuerParts): Issue {
  return async (request) => {
    await parts.confirm();
    parts.authorize(request);
    const attributes = parts.collectAttributes(request);
    const name = await parts.chooseName(request);
    const sessionIndex = parts.sessionIndex(request.session, request.relyingParty.entityId);
    const draft = parts.draft(request, { attributes, name, sessionIndex });
    const token = await parts.builders[request.tokenType](draft);
    if (request.protocol === 'saml' || request.protocol === 'wsfed') {
      await parts.addParticipant(request.session, { protocol: request.protocol, relyingParty: request.relyingParty.entityId, sessionIndex, name });
    }
    await parts.record(draft, token);
    return token;
  };
}
