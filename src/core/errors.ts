/** The one error type that crosses module borders, and its closed list of codes. */
import type { CheckRecord } from './checks/check.js';

/** Families of failure. Each protocol answers every one of them in its own words, in one file. */
export const ERROR_CODES = [
  'malformed_request',
  'unsupported_request',
  'unsupported_version',
  'unsupported_binding',
  'unknown_relying_party',
  'untrusted_reply_address',
  'invalid_signature',
  'expired_message',
  'interaction_required',
  'authentication_failed',
  'authn_context_unmet',
  'unknown_principal',
  'access_denied',
  'name_id_policy_unmet',
  'no_supported_idp',
  'too_many_requests',
  'unavailable',
  'internal',
  // What administrators cause; no protocol message leads to these.
  'invalid_input',
  'not_found',
  'conflict',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/**
 * A failure that a caller can cause or an operator must know. Programming errors stay plain errors.
 * The message is for the log and for administrators; what people read is the text of the check.
 */
export class SignetError extends Error {
  override readonly name = 'SignetError';
  /** The family: decides what each protocol answers. */
  readonly code: ErrorCode;
  /** The rule that was broken: decides what people read. */
  readonly check: CheckRecord | undefined;
  /** For too_many_requests and unavailable: when to come back. */
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, message: string, about: { readonly check?: CheckRecord; readonly cause?: unknown; readonly retryAfterSeconds?: number } = {}) {
    super(message, { cause: about.cause });
    this.code = code;
    this.check = about.check;
    this.retryAfterSeconds = about.retryAfterSeconds;
  }
}
