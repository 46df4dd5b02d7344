/**
 * Error pages: what happened, whose turn it is, what to do, and the reference (design 6.8). The family decides the words;
 * values of a message are never shown.
 */
import type { ErrorCode, SignetError } from '../../core/errors.js';
import type { Instant } from '../../core/model/ids.js';
import type { Clock } from '../../core/ports.js';
import type { HttpReply, PageReply } from '../../http/reply.js';
import type { RequestRefused } from '../refused.js';

export interface ErrorAbout {
  readonly reference: string;
  readonly applicationName?: string;
  /** The answer that waits for the application, behind a button. */
  readonly backTo?: HttpReply;
}

export type ErrorPage = (error: SignetError, about: ErrorAbout) => HttpReply;

/** The plain values of the page; the presenter finds the words. */
export interface ErrorModel {
  /** The check, else the code, else a refusal: what the texts are looked up by, most exact first. */
  readonly keys: readonly string[];
  readonly check: string | undefined;
  readonly reference: string;
  readonly at: Instant;
  readonly applicationName: string | undefined;
  readonly backTo: HttpReply | undefined;
}

const STATUS: Readonly<Record<ErrorCode, number>> = {
  malformed_request: 400,
  unsupported_request: 400,
  unsupported_version: 400,
  unsupported_binding: 400,
  unknown_relying_party: 400,
  untrusted_reply_address: 400,
  invalid_signature: 400,
  expired_message: 400,
  interaction_required: 403,
  authentication_failed: 403,
  authn_context_unmet: 403,
  unknown_principal: 403,
  access_denied: 403,
  name_id_policy_unmet: 403,
  no_supported_idp: 403,
  too_many_requests: 429,
  unavailable: 503,
  internal: 500,
  invalid_input: 400,
  not_found: 404,
  conflict: 409,
};

/** A broken store answers again within seconds or not for minutes; a browser that waits this long does not pile on. */
const RETRY_SECONDS = 5;

/** The page of a failure, for protocols and for pages. */
export function createErrorPage(parts: { readonly clock: Clock }): ErrorPage {
  return (error, about) => {
    const { code, check } = error;
    const model: ErrorModel = {
      keys: [...(check === undefined ? [] : [check.id]), code],
      check: check?.id,
      reference: about.reference,
      at: parts.clock.now(),
      applicationName: about.applicationName,
      backTo: about.backTo,
    };
    const retry = code === 'too_many_requests' || code === 'unavailable' ? String(Math.ceil(error.retryAfterSeconds ?? RETRY_SECONDS)) : undefined;
    return page(STATUS[code], model, retry === undefined ? {} : { 'retry-after': retry });
  };
}

/** The page of a request that was refused before it meant anything. */
export function createRefusedPage(parts: { readonly clock: Clock }): (refused: RequestRefused, reference: string) => HttpReply {
  return (refused, reference) =>
    page(
      refused.status,
      { keys: [`refused-${refused.reason}`], check: undefined, reference, at: parts.clock.now(), applicationName: undefined, backTo: undefined },
      refused.headers,
    );
}

function page(status: number, model: ErrorModel, headers: Readonly<Record<string, string>>): PageReply {
  return { kind: 'page', status, view: 'errors/error', model: { ...model }, headers };
}
