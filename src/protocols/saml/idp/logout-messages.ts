/** The logout messages we send: signed, by a binding the application lists (SAML Profiles 4.4.3.3, 4.4.4). */
import { SignetError } from '../../../core/errors.js';
import { DEFAULT_LIFETIME_SECONDS, type LogoutEndpoint, type RelyingParty } from '../../../core/model/relying-party.js';
import type { Clock, KeyRing, RelyingPartyLookup } from '../../../core/ports.js';
import { logoutEndpoint } from '../../../core/sessions/logout-plan.js';
import type { HttpReply } from '../../../http/reply.js';
import { encryptElement, nameKeyFor } from '../../../xml/encrypt.js';
import { BINDING } from '../../../xml/names.js';
import { signDetached, signEnveloped } from '../../../xml/sign.js';
import type { SamlLogout } from '../../shared/sign-out.js';
import { encodePost } from '../bindings/post.js';
import { encodeRedirect, type MessageParameter } from '../bindings/redirect.js';
import { writeLogoutRequest, writeLogoutResponse, type WrittenMessage } from '../messages/logout.js';
import type { Status } from '../messages/status.js';
import type { ComposeParts } from './compose-response.js';

export interface LogoutMessageParts extends Pick<ComposeParts, 'entityId' | 'keyRing' | 'makeId' | 'chooseAlgorithms'> {
  readonly clock: Clock;
  readonly keyRing: KeyRing;
  readonly relyingParties: Pick<RelyingPartyLookup, 'byEntityId'>;
}

/** Front channel only, Redirect before POST: it needs no form in the frame. */
const BINDINGS: readonly string[] = [BINDING.redirect, BINDING.post];
/** Least time a LogoutRequest of ours holds; longer where a token does, which may arrive after it (SLO-05, Core 3.7.3.1). */
const LEAST_SECONDS = 300;

export interface LogoutMessages extends SamlLogout {
  /** The LogoutResponse with a status, to the address of a binding. */
  respond(to: RelyingParty, endpoint: LogoutEndpoint, answer: LogoutAnswer): Promise<HttpReply>;
}

export interface LogoutAnswer {
  readonly inResponseTo: string;
  readonly relayState: string | undefined;
  readonly status: Status;
}

/** Where a LogoutResponse goes: by the binding that was asked with if it is listed, else by another one (SLO-10). */
export function answerEndpoint(relyingParty: RelyingParty, asked: string): LogoutEndpoint | undefined {
  return logoutEndpoint(relyingParty, [asked, ...BINDINGS]);
}

/** How the name leaves where it leaves encrypted in tokens. */
function nameEncryption(relyingParty: RelyingParty): ((xml: string) => string) | undefined {
  if (!relyingParty.encryptNameId) return undefined;
  const key = nameKeyFor(relyingParty);
  if (key === undefined) throw new SignetError('unsupported_request', 'there is no key any more to encrypt the name identifier with');
  return (xml) => encryptElement(xml, key, { recipient: relyingParty.entityId });
}

/** Errors of every method: unavailable without a key, unsupported_request without an algorithm in common. */
export function createLogoutMessages(parts: LogoutMessageParts): LogoutMessages {
  const issuerFor = (relyingParty: RelyingParty): string => relyingParty.issuer ?? parts.entityId;

  const send = async (
    relyingParty: RelyingParty,
    endpoint: { readonly binding: string; readonly url: string },
    message: { readonly parameter: MessageParameter; readonly id: string; readonly written: WrittenMessage; readonly relayState: string | undefined },
  ): Promise<HttpReply> => {
    const { parameter, relayState, written, id } = message;
    const signer = await parts.keyRing.signerFor(relyingParty.signingKey);
    const algorithms = parts.chooseAlgorithms(relyingParty, signer);
    if (endpoint.binding === BINDING.redirect) {
      const algorithm = algorithms.signatureAlgorithm;
      const location = await encodeRedirect(
        endpoint.url,
        { parameter, xml: written.before + written.after, relayState },
        { algorithm, sign: (octets) => signDetached(octets, algorithm, signer) },
      );
      return { kind: 'redirect', location, status: 303 };
    }
    const xml = await signEnveloped({ ...written, id, signer, ...algorithms, typePrefixes: [] });
    return encodePost(endpoint.url, { parameter, value: Buffer.from(xml).toString('base64'), relayState, applicationName: relyingParty.name });
  };

  const respond: LogoutMessages['respond'] = (relyingParty, endpoint, { inResponseTo, relayState, status }) => {
    const url = endpoint.responseUrl ?? endpoint.url;
    const id = parts.makeId();
    const written = writeLogoutResponse({ id, issuer: issuerFor(relyingParty), destination: url, inResponseTo, issuedAt: parts.clock.now(), status });
    return send(relyingParty, { binding: endpoint.binding, url }, { parameter: 'SAMLResponse', id, written, relayState });
  };

  return {
    bindings: BINDINGS,
    respond,
    request: async ({ relyingParty, notice, id, reason }) => {
      const now = parts.clock.now();
      const seconds = Math.max(LEAST_SECONDS, relyingParty.lifetimeSeconds ?? DEFAULT_LIFETIME_SECONDS.saml);
      const { name, sessionIndexes, url } = notice;
      const written = writeLogoutRequest({
        id,
        issuer: issuerFor(relyingParty),
        destination: url,
        issuedAt: now,
        notOnOrAfter: now + seconds * 1000,
        reason,
        name,
        encrypt: nameEncryption(relyingParty),
        sessionIndexes,
      });
      const reply = await send(relyingParty, notice, { parameter: 'SAMLRequest', id, written, relayState: undefined });
      return reply.kind === 'post-form' ? { ...reply, framed: true } : reply;
    },
    answer: async ({ relyingParty: entityId, binding, inResponseTo, relayState }, { partial }) => {
      const relyingParty = await parts.relyingParties.byEntityId(entityId);
      // It may have been removed or switched off, or its addresses changed, while the others were told.
      if (relyingParty?.enabled !== true || binding === undefined) return undefined;
      const endpoint = answerEndpoint(relyingParty, binding);
      if (endpoint === undefined) return undefined;
      const status: Status = partial ? { top: 'Success', second: 'PartialLogout' } : { top: 'Success' };
      return respond(relyingParty, endpoint, { inResponseTo, relayState, status });
    },
  };
}
