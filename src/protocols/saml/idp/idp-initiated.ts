/** IdP-initiated sign-on (SAML Profiles 4.1.5): `/saml/sso/init?sp=ENTITYID[&RelayState=…]` makes a SignInRequest like any other. */
import type { Trace } from '../../../core/checks/trace.js';
import type { Instant } from '../../../core/model/ids.js';
import type { Received } from '../../shared/passive.js';
import { wantedContext } from '../../../core/issuance/authn-policy.js';
import { checkRelayState } from '../bindings/redirect.js';
import { chooseReplyAddress } from './reply-address.js';
import { findRelyingParty } from './open-message.js';
import { baseRequest, type ValidationParts } from './validate-authn-request.js';

/** Errors: check request.binding, request.issuer-known, request.enabled, request.acs-known, request.relaystate. */
export async function receiveIdpInitiated(parts: ValidationParts, rawQuery: string, now: Instant, trace: Trace): Promise<Received> {
  const query = new URLSearchParams(rawQuery);
  const names = query.getAll('sp');
  const [entityId] = names;
  if (entityId === undefined || names.length > 1 || query.getAll('RelayState').length > 1) {
    throw trace.failure('request.binding', { observed: `${String(names.length)} parameters named sp`, expected: 'sp once, RelayState at most once' });
  }
  trace.step('binding', 'started here, without a request');
  const relyingParty = await findRelyingParty(parts, entityId, now, trace);
  const relayState = query.get('RelayState');
  const address = chooseReplyAddress(relyingParty, { acsUrl: undefined, acsIndex: undefined, protocolBinding: undefined }, trace);
  const request = baseRequest(relyingParty, trace, {
    now,
    audience: entityId,
    replyTo: address.url,
    inResponseTo: undefined,
    relayState: relayState === null || relayState === '' ? undefined : checkRelayState(relayState, trace),
  });
  const context = wantedContext(relyingParty, undefined);
  return { request: context === undefined ? request : { ...request, context }, refused: undefined };
}
