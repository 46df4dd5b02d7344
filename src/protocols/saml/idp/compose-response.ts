/** The signed, where asked for encrypted, Response around an assertion or a status, as base64 for the POST binding. */
import type { SignInRequest } from '../../../core/issuance/sign-in-request.js';
import type { RelyingParty } from '../../../core/model/relying-party.js';
import type { SecurityToken } from '../../../core/model/security-token.js';
import type { Clock, KeyRing } from '../../../core/ports.js';
import { signEnveloped } from '../../../xml/sign.js';
import { isUnauthenticated, protectAssertion } from '../../shared/encryption.js';
import { writeResponse } from '../messages/response.js';
import type { Status } from '../messages/status.js';

export interface ComposeParts {
  readonly entityId: string;
  readonly clock: Clock;
  readonly keyRing: KeyRing;
  readonly makeId: () => string;
  /** The signature and digest algorithms for a relying party and a key (SAML algorithm support profile, MDX-05). */
  readonly chooseAlgorithms: (
    relyingParty: RelyingParty,
    signer: { readonly type: 'rsa' | 'ec' },
  ) => { readonly signatureAlgorithm: string; readonly digestAlgorithm: string };
  /** The SAML toolkit composes what leaves from the finished text. */
  readonly toolkit: { compose(relyingParty: RelyingParty, acsUrl: string, responseXml: string): Promise<string> };
}

export interface ResponseParts {
  readonly request: SignInRequest;
  readonly relyingParty: RelyingParty;
  readonly status: Status;
  /** undefined for an error. */
  readonly token: SecurityToken | undefined;
}

/** Signs the Response where the relying party's setting says so, or encryption by CBC needs it (errata E93); an error is always signed. */
export async function composeResponse(parts: ComposeParts, content: ResponseParts): Promise<string> {
  const { relyingParty, request, token } = content;
  const { id, before, after } = writeParts(parts, content);
  if (token !== undefined && relyingParty.sign === 'assertion' && !isUnauthenticated(relyingParty)) {
    return parts.toolkit.compose(relyingParty, request.replyTo, before + after);
  }
  const signer = await parts.keyRing.signerFor(relyingParty.signingKey);
  const xml = await signEnveloped({ before, after, id, signer, ...parts.chooseAlgorithms(relyingParty, signer) });
  return parts.toolkit.compose(relyingParty, request.replyTo, xml);
}

function writeParts(parts: ComposeParts, content: ResponseParts): { readonly id: string; readonly before: string; readonly after: string } {
  const id = parts.makeId();
  const { relyingParty, request, token } = content;
  const written = writeResponse({
    id,
    // The same as in the assertion, also where a mapping of claims decided it (SAML Profiles 4.1.4.2).
    issuer: token?.issuer ?? relyingParty.issuer ?? parts.entityId,
    destination: request.replyTo,
    inResponseTo: request.echo['inResponseTo'],
    issuedAt: parts.clock.now(),
    status: content.status,
    assertion: token === undefined ? '' : protectAssertion(token.serialized, 'saml20', relyingParty),
  });
  return { id, ...written };
}
