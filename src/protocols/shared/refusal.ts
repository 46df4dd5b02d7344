/** The record of what was refused, or failed on our side: the same for sign-on and sign-out of every browser protocol. */
import type { Trace } from '../../core/checks/trace.js';
import type { SignetError } from '../../core/errors.js';
import type { PassiveProtocolName } from '../../core/model/security-token.js';
import type { Clock, SignOnRecord } from '../../core/ports.js';
import type { HttpRequest } from '../../http/request.js';

export interface Refusal {
  readonly event: Extract<SignOnRecord['event'], 'sign-on' | 'sign-out'>;
  readonly protocol: PassiveProtocolName;
  readonly error: SignetError;
  readonly trace: Trace;
  readonly inbound: Pick<HttpRequest, 'clientAddress'>;
  /** Entity id; without it the application that was found for this trace, if any was. */
  readonly relyingParty?: string | undefined;
  readonly inResponseTo?: string | undefined;
}

/** For journal, log and metrics. */
export function refusalRecord(parts: { readonly clock: Clock; readonly makeId: () => string }, refusal: Refusal): SignOnRecord {
  const { event, protocol, error, trace, inbound, relyingParty = trace.application, inResponseTo } = refusal;
  return {
    id: parts.makeId(),
    reference: trace.reference,
    at: parts.clock.now(),
    event,
    outcome: error.code === 'internal' || error.code === 'unavailable' ? 'failed' : 'refused',
    protocol,
    ...(relyingParty === undefined ? {} : { relyingParty }),
    ...(trace.person === undefined ? {} : { user: trace.person.userName, userId: trace.person.userId }),
    ...(inResponseTo === undefined ? {} : { inResponseTo }),
    ...(error.check === undefined ? {} : { check: error.check.id }),
    code: error.code,
    clientAddress: inbound.clientAddress,
    trace: trace.toRecord(),
  };
}
