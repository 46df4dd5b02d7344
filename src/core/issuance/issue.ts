/**
 * issue(): the one way any token leaves this server: authorise -> claims -> name -> draft -> build -> record, in this
 * order, for every protocol. A token whose record is not durable never reaches its caller.
 */
import type { NameIdentifier, SecurityToken, TokenType } from '../model/security-token.js';
import type { SessionParticipant, SsoSession } from '../model/sso-session.js';
import type { ClaimsInput } from '../claims/input.js';
import type { IssuanceRequest } from './issuance-request.js';
import type { ReleasedClaims, TokenDraft } from './token-draft.js';

export interface IssuerParts {
  /** Rejects when the configuration in memory could be out of date (a node that was frozen). */
  readonly confirm: () => Promise<void>;
  /** What rules start from. */
  readonly makeInput: (request: IssuanceRequest) => ClaimsInput;
  /** Rejects with access_denied. */
  readonly authorize: (request: IssuanceRequest, input: ClaimsInput) => Promise<void>;
  readonly collectClaims: (request: IssuanceRequest, input: ClaimsInput) => Promise<ReleasedClaims>;
  readonly chooseName: (request: IssuanceRequest, released: ReleasedClaims) => Promise<NameIdentifier>;
  /** The same value for a session and relying party each time, and unlinkable between relying parties. */
  readonly sessionIndex: (session: SsoSession, entityId: string) => string;
  readonly draft: (
    request: IssuanceRequest,
    content: { readonly released: ReleasedClaims; readonly name: NameIdentifier; readonly sessionIndex: string },
  ) => TokenDraft;
  readonly builders: Readonly<Record<TokenType, (draft: TokenDraft) => Promise<SecurityToken>>>;
  /** False when the session has ended meanwhile. */
  readonly addParticipant: (session: SsoSession, participant: SessionParticipant) => Promise<boolean>;
  /** Resolves once the audit record is durable. */
  readonly record: (draft: TokenDraft, token: SecurityToken) => Promise<void>;
}

export type Issue = (request: IssuanceRequest) => Promise<SecurityToken>;

/** Puts the issuer together from its parts. */
export function createIssuer(parts: IssuerParts): Issue {
  return async (request) => {
    await parts.confirm();
    const input = parts.makeInput(request);
    await parts.authorize(request, input);
    const released = await parts.collectClaims(request, input);
    const name = await parts.chooseName(request, released);
    const sessionIndex = parts.sessionIndex(request.session, request.relyingParty.entityId);
    const draft = parts.draft(request, { released, name, sessionIndex });
    const token = await parts.builders[request.tokenType](draft);
    if (request.protocol === 'saml' || request.protocol === 'wsfed') {
      const known = await parts.addParticipant(request.session, {
        protocol: request.protocol,
        relyingParty: request.relyingParty.entityId,
        sessionIndex,
        name,
        ...(request.protocol === 'wsfed' ? { replyTo: request.confirmation.recipient } : {}),
      });
      // Nobody would tell that party of the sign-out, which is over.
      request.trace.check('user.session', known, { observed: request.session.userName });
    }
    await parts.record(draft, token);
    return token;
  };
}
