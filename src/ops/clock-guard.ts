/**
 * A clock that refuses to tell a wrong time: the value that goes into a token is compared with the database's clock,
 * carried forward on the monotonic clock. A check at the start of a request would let through a jump in its middle.
 */
import { SignetError } from '../core/errors.js';
import type { Instant } from '../core/model/ids.js';
import type { Clock } from '../core/ports.js';

/** How far this node's clock may be off. */
export const CLOCK_TOLERANCE_MS = 30_000;

export interface ClockGuard {
  /** The time, or `unavailable` when it is off by more than the tolerance. */
  now(): Instant;
  /** The database's clock as just read; `askedAt` is the monotonic clock before the question. */
  observe(databaseNow: Instant, askedAt: number): void;
  /** Milliseconds this node is ahead of the database; 0 before the first look. */
  offset(): number;
}

/** Guards a clock. Before the first observation every time is believed. */
export function createClockGuard(clock: Clock): ClockGuard {
  let seen: { readonly databaseNow: Instant; readonly at: number } | undefined;

  const offsetOf = (now: Instant): number => (seen === undefined ? 0 : now - (seen.databaseNow + (clock.monotonic() - seen.at)));

  return {
    now: () => {
      const now = clock.now();
      const offset = offsetOf(now);
      if (Math.abs(offset) > CLOCK_TOLERANCE_MS) {
        throw new SignetError('unavailable', `the clock of this node is ${String(Math.round(offset / 1000))} s away from the clock of the database`, {
          retryAfterSeconds: 5,
        });
      }
      return now;
    },
    observe: (databaseNow, askedAt) => {
      seen = { databaseNow, at: (askedAt + clock.monotonic()) / 2 };
    },
    offset: () => offsetOf(clock.now()),
  };
}
