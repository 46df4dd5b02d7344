/**
 * Preview: what a person would get at an application, made by the code that issues. The token is good for nothing: it is for
 * an audience that does not exist and signed with a key that is thrown away; no record, no session, no name is kept.
 */
import { Trace } from '../core/checks/trace.js';
import { recordClaims } from '../core/claims/explanation/claims-record.js';
import type { ClaimsRecord } from '../core/claims/explanation.js';
import { SignetError } from '../core/errors.js';
import { meetContext, wantedContext } from '../core/issuance/authn-policy.js';
import type { Issue } from '../core/issuance/issue.js';
import type { IssuanceRequest } from '../core/issuance/issuance-request.js';
import { asId, type Instant } from '../core/model/ids.js';
import { type RelyingParty, type RelyingPartyRecord, resolveRelyingParty } from '../core/model/relying-party.js';
import type { PassiveProtocolName, SecurityToken, TokenType } from '../core/model/security-token.js';
import type { SsoSession } from '../core/model/sso-session.js';
import type { Subject } from '../core/model/subject.js';
import type { Clock, RelyingParties, Users } from '../core/ports.js';
import { findApplication } from './relying-party-names.js';
import { show } from './setting-values.js';

/** No application has this name: a reader that checks its audience refuses the token. */
export const PREVIEW_AUDIENCE = 'urn:signet:preview:for-nobody';

/** Who, where, and how they would have signed in. */
export interface PreviewRequest {
  readonly user: string;
  readonly application: string;
  /** Unless given the one the application speaks first. */
  readonly protocol?: PassiveProtocolName;
  readonly tokenType?: TokenType;
  /** RFC 8176 values. */
  readonly methods: readonly string[];
  readonly address?: string;
  readonly userAgent?: string;
  readonly at?: Instant;
  /** As a request would ask for. */
  readonly nameIdFormat?: string;
  /** Changes to try before they are saved. */
  readonly trying?: (record: RelyingPartyRecord) => RelyingPartyRecord;
}

export interface Preview {
  readonly userName: string;
  readonly record: RelyingPartyRecord;
  readonly relyingParty: RelyingParty;
  readonly protocol: PassiveProtocolName;
  readonly tokenType: TokenType;
  readonly subject: Subject | undefined;
  readonly trace: Trace;
  /** Why there would be no token; the first of all reasons. */
  readonly refusal: SignetError | undefined;
  readonly token: SecurityToken | undefined;
  /** Values as they are. */
  readonly claims: ClaimsRecord;
}

export interface PreviewParts {
  readonly users: Pick<Users, 'findByName'>;
  readonly relyingParties: Pick<RelyingParties, 'findByEntityId' | 'list'>;
  readonly subjectOf: (session: SsoSession, trace: Trace) => Promise<Subject>;
  /** Issues without keeping anything; `refused` is told when somebody would get no token, and it goes on. */
  readonly issue: (refused: (error: unknown) => void) => Issue;
  readonly isIntranet: (address: string) => boolean;
  /** The context class of a sign-in here. */
  readonly contextClass: string;
  readonly clock: Clock;
}

export type MakePreview = (request: PreviewRequest) => Promise<Preview>;

/** Throws not_found for a person or application nobody knows, invalid_input for a protocol the application does not speak. */
export function createPreview(parts: PreviewParts): MakePreview {
  return async (request) => {
    const found = await findApplication(parts.relyingParties, request.application);
    const record = request.trying?.(found) ?? found;
    const user = await parts.users.findByName(request.user);
    if (user === undefined) throw new SignetError('not_found', `there is no user named ${show(request.user)}`);
    const relyingParty = { ...resolveRelyingParty(record), audiences: [PREVIEW_AUDIENCE] };
    const protocol = protocolOf(relyingParty, request.protocol);
    const tokenType = request.tokenType ?? (protocol === 'saml' ? 'saml20' : relyingParty.tokenType);
    const at = request.at ?? parts.clock.now();
    const trace = new Trace('preview', at);
    trace.show = (value) => value;
    const session: SsoSession = {
      id: asId('preview'),
      userId: user.id,
      userName: user.userName,
      authentication: { methods: request.methods, contextClass: parts.contextClass, at },
      startedAt: at,
      expiresAt: at + 3_600_000,
    };
    const refusals: SignetError[] = [];
    /** What breaks a rule is shown; anything else has failed, and so has the preview. */
    const refused = (error: unknown): void => {
      if (!(error instanceof SignetError) || error.check === undefined) throw error;
      refusals.push(error);
    };
    let subject: Subject | undefined;
    let token: SecurityToken | undefined;
    try {
      subject = await parts.subjectOf(session, trace);
      token = await parts.issue(refused)(toRequest(request, { relyingParty, protocol, tokenType, session, subject, trace, at }, parts));
    } catch (error) {
      refused(error);
    }
    const [first] = refusals;
    const claims = recordClaims(trace.evaluations, trace.released, { masked: false });
    return {
      userName: user.userName,
      record,
      relyingParty,
      protocol,
      tokenType,
      subject,
      trace,
      refusal: first,
      token: first === undefined ? token : undefined,
      claims,
    };
  };
}

interface Prepared extends Pick<IssuanceRequest, 'relyingParty' | 'session' | 'subject' | 'trace' | 'tokenType'> {
  readonly protocol: PassiveProtocolName;
  readonly at: Instant;
}

function toRequest({ address, userAgent, nameIdFormat }: PreviewRequest, { at, ...prepared }: Prepared, parts: PreviewParts): IssuanceRequest {
  return {
    ...prepared,
    confirmation: { method: 'bearer', recipient: PREVIEW_AUDIENCE },
    contextClass: meetContext(parts.contextClass, wantedContext(prepared.relyingParty, undefined)) ?? parts.contextClass,
    audience: PREVIEW_AUDIENCE,
    ...(nameIdFormat === undefined ? {} : { nameIdPolicy: { format: nameIdFormat, allowCreate: true } }),
    context: {
      at,
      path: prepared.protocol === 'saml' ? '/saml/sso' : '/wsfed',
      insideCorporateNetwork: address !== undefined && parts.isIntranet(address),
      ...(address === undefined ? {} : { clientAddress: address }),
      ...(userAgent === undefined ? {} : { userAgent }),
    },
  };
}

function protocolOf({ protocols, entityId }: RelyingParty, wanted: PassiveProtocolName | undefined): PassiveProtocolName {
  const [first = 'saml'] = protocols;
  if (wanted === undefined) return first;
  if (protocols.includes(wanted)) return wanted;
  throw new SignetError('invalid_input', `${entityId} does not speak ${wanted}; it speaks ${protocols.join(', ')}.`);
}
