/**
 * Work in the background, on one node at a time: whoever takes the lease does it. A turn begins when the one before has
 * ended, so none overlap; nodes that started together do not work together. A node that was frozen finds its lease with
 * somebody else, and stops.
 */
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EphemeralStore } from '../core/ports.js';

export interface Job {
  /** Names the lease. */
  readonly name: string;
  /** From the end of a turn to the next, give or take a tenth. */
  readonly everyMs: number;
  run(turn: Turn): Promise<void>;
}

export interface Turn {
  /** Aborted when the node ends: what is under way ends now, and writes nothing more. */
  readonly signal: AbortSignal;
  /** Prolongs the lease, between two pieces of work; false when it is with somebody else: then the turn is over. */
  keep(): Promise<boolean>;
}

export interface SchedulerParts {
  readonly ephemeral: Pick<EphemeralStore, 'putIfAbsent' | 'get' | 'put' | 'take'>;
  /** Names this node in a lease: random. */
  readonly makeId: () => string;
  readonly onError: (error: unknown, what: string) => void;
  /** From 0 to 1; by chance unless a test says otherwise. */
  readonly random?: () => number;
  /** Resolves after a time, or rejects when aborted; timers that keep no process alive, unless a test says otherwise. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

export interface Scheduler {
  /** Ends the turns that are under way, and resolves when they have ended. */
  close(): Promise<void>;
}

/** Longer than any piece of work between two calls of `keep`. */
const LEASE_SECONDS = 60;

/** Starts the jobs; each has its first turn within its interval. */
export function startJobs(jobs: readonly Job[], parts: SchedulerParts): Scheduler {
  const { random = anyShare, wait = waitQuietly, onError } = parts;
  const stop = new AbortController();
  const { signal } = stop;

  const repeat = async (job: Job): Promise<void> => {
    let pause = job.everyMs * random();
    while (await hasPassed(wait(pause, signal))) {
      try {
        await takeTurn(job, signal, parts);
      } catch (error) {
        if (!signal.aborted) onError(error, `the job ${job.name} did not end its turn`);
      }
      pause = job.everyMs * (0.9 + 0.2 * random());
    }
  };

  const running = jobs.map(repeat);
  return {
    close: async () => {
      stop.abort();
      await Promise.all(running);
    },
  };
}

/** One turn of a job, if no other node is at it. */
export async function takeTurn(job: Job, signal: AbortSignal, { ephemeral, makeId }: SchedulerParts): Promise<void> {
  const holder = makeId();
  if (!(await ephemeral.putIfAbsent('lease', job.name, holder, LEASE_SECONDS))) return;
  const isMine = async (): Promise<boolean> => (await ephemeral.get('lease', job.name)) === holder;
  try {
    await job.run({
      signal,
      keep: async () => {
        if (signal.aborted || !(await isMine())) return false;
        await ephemeral.put('lease', job.name, holder, LEASE_SECONDS);
        return true;
      },
    });
  } finally {
    if (await isMine()) await ephemeral.take('lease', job.name);
  }
}

function anyShare(): number {
  return randomInt(1_000_000) / 1_000_000;
}

async function waitQuietly(ms: number, signal: AbortSignal): Promise<unknown> {
  return sleep(ms, undefined, { signal, ref: false });
}

/** False when the wait was ended before its time. */
async function hasPassed(waiting: Promise<unknown>): Promise<boolean> {
  return waiting.then(
    () => true,
    () => false,
  );
}
