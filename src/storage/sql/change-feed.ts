/**
 * The change feed: one counter, raised with each change of configuration, looked at each second. What was last confirmed
 * more than three seconds ago on the monotonic clock is confirmed again before it is used: that makes a frozen and
 * thawed node, or one cut off from its database, unable to act on old trust.
 */
import type { ChangeFeed, Clock } from '../../core/ports.js';
import type { Database } from './database.js';
import { unavailable } from './failures.js';

const POLL_MS = 1000;
const CONFIRMED_FOR_MS = 3000;

export interface WatchingFeed extends ChangeFeed {
  /** This node committed a change that made this version. */
  committed(version: number): void;
  close(): void;
}

export interface ChangeFeedParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly onError: (error: unknown, what: string) => void;
}

/** Makes the feed and starts to watch. */
export function createChangeFeed({ database, clock, onError }: ChangeFeedParts): WatchingFeed {
  const listeners: (() => void)[] = [];
  let known: number | undefined;
  let confirmedAt = -Infinity;
  let asking: Promise<void> | undefined;
  let heardMeanwhile = false;
  let closed = false;
  /** An outage is told about once, not each second. */
  let failing = false;

  const tell = (): void => {
    for (const listener of listeners) listener();
  };

  const ask = async (): Promise<void> => {
    // The answer is true of a moment not before this one.
    const started = clock.monotonic();
    const version = await database.version();
    if (known !== undefined && version !== known) tell();
    known = version;
    confirmedAt = started;
  };

  const askOnce = async (): Promise<void> => {
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  };

  const look = (): void => {
    askOnce().then(
      () => {
        failing = false;
        if (!heardMeanwhile || closed) return;
        heardMeanwhile = false;
        look();
      },
      (error: unknown) => {
        heardMeanwhile = false;
        if (!closed && !failing) onError(error, 'looking for changes of the configuration');
        failing = true;
      },
    );
  };

  const isConfirmed = (): boolean => clock.monotonic() - confirmedAt <= CONFIRMED_FOR_MS;

  const timer = setInterval(look, POLL_MS);
  timer.unref();
  look();
  if (database.kind === 'postgres') {
    database.listen(() => {
      // An answer that is under way may be from before the change.
      if (asking !== undefined) heardMeanwhile = true;
      look();
    });
  }

  return {
    onChange: (listener) => {
      listeners.push(listener);
    },
    confirm: async () => {
      if (isConfirmed()) return;
      await askOnce();
      if (isConfirmed()) return;
      // That answer was to a question from before this node was frozen.
      await askOnce();
      if (!isConfirmed()) throw unavailable('the database is too slow to confirm the configuration', undefined, 1);
    },
    committed: (version) => {
      // When another node was in between, the next look finds more and tells again.
      if (known === version - 1) known = version;
      tell();
    },
    close: () => {
      closed = true;
      clearInterval(timer);
    },
  };
}
