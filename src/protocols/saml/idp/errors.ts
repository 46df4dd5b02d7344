/** SignetError -> samlp:Status, or our own page. A new code does not compile until it has an answer here. */
import type { SignetError } from '../../../core/errors.js';
import type { Status } from '../messages/status.js';

/** `page`: nothing goes to the application. `explain`: the person reads why first, and the answer waits behind a button (SAML Profiles 4.1.3.5, E85). */
export type SamlAnswer = { readonly kind: 'page' } | { readonly kind: 'status'; readonly status: Status; readonly explain: boolean };

const PAGE: SamlAnswer = { kind: 'page' };

/** What the application, or the person, is told (SAML Core 3.2.2.2). */
export function answerFor(error: SignetError, reference: string): SamlAnswer {
  const requester = (second?: string): SamlAnswer => status('Requester', second);
  const responder = (second: string, explain = false): SamlAnswer => status('Responder', second, explain);
  const status = (top: Status['top'], second?: string, explain = false): SamlAnswer => ({
    kind: 'status',
    status: { top, ...(second === undefined ? {} : { second }), message: `Reference ${reference}` },
    explain,
  });
  switch (error.code) {
    case 'malformed_request':
      return requester();
    case 'unsupported_request':
      return requester('RequestUnsupported');
    case 'unsupported_version':
      return status('VersionMismatch', versionDetail(error.check?.observed));
    case 'unsupported_binding':
      return requester('UnsupportedBinding');
    case 'expired_message':
      return requester('RequestDenied');
    case 'interaction_required':
      return responder('NoPassive');
    case 'authentication_failed':
      return responder('AuthnFailed');
    case 'authn_context_unmet':
      return responder('NoAuthnContext');
    case 'unknown_principal':
      return status('Requester', 'UnknownPrincipal', true);
    case 'access_denied':
      return responder('RequestDenied', true);
    case 'name_id_policy_unmet':
      return requester('InvalidNameIDPolicy');
    case 'no_supported_idp':
      return responder('NoSupportedIDP');
    case 'unknown_relying_party':
    case 'untrusted_reply_address':
    case 'invalid_signature':
    case 'too_many_requests':
    case 'unavailable':
    case 'internal':
    case 'invalid_input':
    case 'not_found':
    case 'conflict':
      return PAGE;
  }
}

/** Core 3.2.2.2: which way the version missed. */
function versionDetail(version: string | undefined): string {
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
  return major > 2 || (major === 2 && minor > 0) ? 'RequestVersionTooHigh' : 'RequestVersionTooLow';
}
