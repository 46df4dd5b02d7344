/**
 * Is this node alive, and can it issue? A background look answers, not the probe: many probes must not become many
 * queries, and load must not make a node look dead. Redis does not count: nothing needs it.
 */
import { statfs } from 'node:fs/promises';
import type { Instant } from '../core/model/ids.js';
import type { Clock } from '../core/ports.js';
import { CLOCK_TOLERANCE_MS, type ClockGuard } from './clock-guard.js';

export interface HealthParts {
  readonly clock: Clock;
  readonly guard: ClockGuard;
  /** Gives the database's clock, or rejects within its bounds. */
  readonly ping: () => Promise<Instant>;
  /** Rejects when no key can sign. */
  readonly signingKey: () => Promise<unknown>;
  /** The folder whose disk must not be full; undefined when nothing is written there. */
  readonly folder: string | undefined;
  readonly changed: (ready: boolean, reasons: readonly string[]) => void;
}

export interface Health {
  live(): boolean;
  ready(): { readonly ready: boolean; readonly reasons: readonly string[] };
  /** From now on not ready: the node is going away. */
  drain(): void;
  /** Looks once, at once. */
  look(): Promise<void>;
  close(): void;
}

const LOOK_MS = 450;
const STALE_MS = 1500;
const SLOW_MS = 1000;
/** Below this a database cannot be trusted to commit; a hundredth of a small disk. */
const LEAST_DISK_BYTES = 16 * 1024 * 1024;
const LEAST_DISK_SHARE = 0.01;
const DISK_EVERY = 10;

/** Starts to look. */
export function createHealth(parts: HealthParts): Health {
  let problems: readonly string[] = ['the node has just started'];
  let lookedAt = -Infinity;
  let draining = false;
  let looking: Promise<void> | undefined;
  let told: string | undefined;
  let looks = 0;
  let diskProblem: string | undefined;

  const find = async (): Promise<readonly string[]> => {
    const found: string[] = [];
    const asked = parts.clock.monotonic();
    try {
      const databaseNow = await parts.ping();
      const took = parts.clock.monotonic() - asked;
      if (took > SLOW_MS) found.push(`the database took ${String(Math.round(took))} ms to answer`);
      parts.guard.observe(databaseNow, asked);
      const offset = parts.guard.offset();
      if (Math.abs(offset) > CLOCK_TOLERANCE_MS) found.push(`the clock is ${String(Math.round(offset / 1000))} s away from the clock of the database`);
      await parts.signingKey();
    } catch (error) {
      found.push(error instanceof Error && error.name === 'SignetError' ? error.message : 'the database does not answer');
    }
    if (looks % DISK_EVERY === 0) diskProblem = await lookAtDisk(parts.folder);
    looks += 1;
    return diskProblem === undefined ? found : [...found, diskProblem];
  };

  const state = (): { readonly ready: boolean; readonly reasons: readonly string[] } => {
    const stale = parts.clock.monotonic() - lookedAt > STALE_MS ? ['the database has not answered lately'] : [];
    const reasons = [...(draining ? ['the node is shutting down'] : []), ...(problems.length > 0 ? problems : stale)];
    return { ready: reasons.length === 0, reasons };
  };

  const tell = (): void => {
    const { ready, reasons } = state();
    const now = reasons.join('; ');
    if (now === told) return;
    told = now;
    parts.changed(ready, reasons);
  };

  const look = async (): Promise<void> => {
    looking ??= find()
      .then((found) => {
        problems = found;
        lookedAt = parts.clock.monotonic();
        tell();
      })
      .finally(() => {
        looking = undefined;
      });
    return looking;
  };

  const timer = setInterval(() => void look(), LOOK_MS);
  timer.unref();

  return {
    live: () => true,
    ready: state,
    drain: () => {
      draining = true;
      tell();
    },
    look,
    close: () => {
      clearInterval(timer);
    },
  };
}

async function lookAtDisk(folder: string | undefined): Promise<string | undefined> {
  if (folder === undefined) return undefined;
  try {
    const { bavail, blocks, bsize } = await statfs(folder);
    return bavail * bsize < Math.min(LEAST_DISK_BYTES, blocks * bsize * LEAST_DISK_SHARE) ? 'the disk of the data folder is full' : undefined;
  } catch {
    return 'the data folder cannot be read';
  }
}
