/** A request that is refused before it means anything: the reason decides status, text and headers of the answer. */

export const REFUSALS = {
  unreadable: 400,
  foreign: 403,
  absent: 404,
  method: 405,
  'too-large': 413,
  'wrong-type': 415,
} as const satisfies Readonly<Record<string, number>>;

export type RefusalReason = keyof typeof REFUSALS;

export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';
  readonly reason: RefusalReason;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  /** @param observed for the log only */
  constructor(reason: RefusalReason, observed: string, headers: Readonly<Record<string, string>> = {}) {
    super(observed);
    this.reason = reason;
    this.status = REFUSALS[reason];
    this.headers = headers;
  }
}

/** The answer to a method that an address does not take (RFC 9110 15.5.6). */
export function methodRefused(method: string, allowed: readonly string[]): RequestRefused {
  return new RequestRefused('method', method, { allow: allowed.join(', ') });
}
