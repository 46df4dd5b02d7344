/** SignetError -> who is told. A new code does not compile until it has an answer here. */
import type { ErrorCode } from '../../core/errors.js';
import type { RejectReply } from '../shared/passive.js';

const OWN_PAGE: RejectReply = { reply: undefined, explain: true };

/** WS-Federation has no message for a refusal (13.2.3): whatever went wrong, only the person is told, on our own page. */
export function answerFor(code: ErrorCode): RejectReply {
  switch (code) {
    case 'malformed_request':
    case 'unsupported_request':
    case 'unsupported_version':
    case 'unsupported_binding':
    case 'unknown_relying_party':
    case 'untrusted_reply_address':
    case 'invalid_signature':
    case 'expired_message':
    case 'interaction_required':
    case 'authentication_failed':
    case 'authn_context_unmet':
    case 'unknown_principal':
    case 'access_denied':
    case 'name_id_policy_unmet':
    case 'no_supported_idp':
    case 'too_many_requests':
    case 'unavailable':
    case 'internal':
    case 'invalid_input':
    case 'not_found':
    case 'conflict':
      return OWN_PAGE;
  }
}
