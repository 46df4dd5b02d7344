/**
 * Trace: the explanation record of one sign-on. What happened is written down as it happens, stored with the
 * record, and read by error page, log and `signet trace`.
 */
import { SignetError } from '../errors.js';
import type { Evaluation, ReleasedClaim, StoredClaims } from '../claims/explanation.js';
import { mask } from '../claims/explanation/mask.js';
import type { RuleSetName } from '../claims/rule.js';
import { storeClaims } from '../claims/explanation/stored-claims.js';
import type { Instant, UserId } from '../model/ids.js';
import { CHECKS, type CheckId, checkSentence } from './catalogue.js';
import type { CheckRecord } from './check.js';

/** A trace as it is stored: plain JSON. */
export interface TraceRecord {
  readonly startedAt: Instant;
  readonly checks: readonly CheckRecord[];
  /** What was decided, in order: which reply address and why, which key, where a claim came from. */
  readonly steps: readonly TraceStep[];
  /** Every rule that was looked at, and what left: values masked. */
  readonly claims?: StoredClaims;
}

export interface TraceStep {
  readonly name: string;
  readonly detail: string;
}

const VALUE_LIMIT = 512;

/** Collects the checks and steps of one sign-on under its reference. */
export class Trace {
  /** SGN-XXXX-XXXX, from the first byte to the last log line. */
  readonly reference: string;
  readonly startedAt: Instant;
  /** Entity id of the application the message says it is from; it need not have proved that. Not kept while a request waits. */
  application: string | undefined;
  /** Who is signed in, once that is known. Not kept while a request waits. */
  person: { readonly userId: UserId; readonly userName: string } | undefined;
  /** What claim rules did, in order; not kept while a request waits: they run again. */
  readonly evaluations: { readonly set: RuleSetName; readonly evaluation: Evaluation }[] = [];
  /** What left, and what did not although it was issued. */
  released: readonly ReleasedClaim[] = [];
  /** How a value of the person stands in a check: masked, as checks are kept and logged. Only a preview, which keeps nothing, shows it. */
  show: (value: string) => string = mask;
  readonly #checks: CheckRecord[];
  readonly #steps: TraceStep[];

  constructor(reference: string, startedAt: Instant, earlier?: TraceRecord) {
    this.reference = reference;
    this.startedAt = earlier?.startedAt ?? startedAt;
    this.#checks = earlier ? [...earlier.checks] : [];
    this.#steps = earlier ? [...earlier.steps] : [];
  }

  /** Records a check; throws the SignetError of its family when it failed. */
  check(id: CheckId, passed: boolean, values: { readonly observed?: string; readonly expected?: string } = {}): void {
    if (passed) {
      this.#checks.push({ id, result: 'passed' });
      return;
    }
    throw this.failure(id, values);
  }

  /** Records a failed check and gives the error to throw. */
  failure(id: CheckId, values: { readonly observed?: string; readonly expected?: string } = {}, cause?: unknown): SignetError {
    const record = cut({ id, result: 'failed', ...values });
    this.#checks.push(record);
    const retry = cause instanceof SignetError && cause.retryAfterSeconds !== undefined ? { retryAfterSeconds: cause.retryAfterSeconds } : {};
    return new SignetError(CHECKS[id].code, checkSentence(id, record), { check: record, cause, ...retry });
  }

  /** Records something worth knowing that refuses nothing. */
  note(id: CheckId, values: { readonly observed?: string; readonly expected?: string }): void {
    this.#checks.push(cut({ id, result: 'noted', ...values }));
  }

  /** Records a decision. */
  step(name: string, detail: string): void {
    this.#steps.push({ name, detail: detail.slice(0, VALUE_LIMIT) });
  }

  /** The trace so far, as plain JSON. */
  toRecord(): TraceRecord {
    const claims = this.evaluations.length === 0 ? {} : { claims: storeClaims(this.evaluations, this.released) };
    return { startedAt: this.startedAt, checks: this.#checks, steps: this.#steps, ...claims };
  }
}

function cut(record: CheckRecord): CheckRecord {
  return {
    id: record.id,
    result: record.result,
    ...(record.observed === undefined ? {} : { observed: record.observed.slice(0, VALUE_LIMIT) }),
    ...(record.expected === undefined ? {} : { expected: record.expected.slice(0, VALUE_LIMIT) }),
  };
}
