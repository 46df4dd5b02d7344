/** What every protocol asks of the issuer, once it knows who the subject is. */
import type { Trace } from '../checks/trace.js';
import type { RequestContext } from '../model/request-context.js';
import type { RelyingParty } from '../model/relying-party.js';
import type { Confirmation, ProtocolName, TokenType } from '../model/security-token.js';
import type { SsoSession } from '../model/sso-session.js';
import type { Subject } from '../model/subject.js';
import type { NameIdPolicy, SignInRequest } from './sign-in-request.js';

export interface IssuanceRequest {
  readonly trace: Trace;
  readonly protocol: ProtocolName;
  readonly relyingParty: RelyingParty;
  readonly subject: Subject;
  readonly session: SsoSession;
  readonly tokenType: TokenType;
  readonly confirmation: Confirmation;
  /** The authentication context class to name: one that was asked for and is met. */
  readonly contextClass: string;
  readonly nameIdPolicy?: NameIdPolicy;
  readonly requestedSubject?: SignInRequest['subject'];
  readonly attributeServiceIndex?: number;
  /** The name by which the application was asked for: the audience, unless an administrator set another. */
  readonly audience: string;
  readonly maxLifetimeSeconds?: number;
  /** Where the request came from: rules look at it, and it is on record. */
  readonly context: RequestContext;
}
