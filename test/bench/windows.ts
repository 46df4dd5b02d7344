/** Measured windows: the load, the CPU time of the server meanwhile, and the raw rate of the machine before and after. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { KeyObject } from 'node:crypto';
import type { Job, Result } from './load.js';
import { cpuSeconds, rssMiB } from './process-usage.js';
import { rawSignaturesPerCpuSecond } from './raw.js';

export interface Window {
  readonly roundsPerSecond: number;
  readonly roundsPerCpuSecond: number;
  readonly cpuMsPerRound: number;
  readonly p50: number;
  readonly p99: number;
  /** Mean of before and after. */
  readonly rawPerCpuSecond: number;
  /** Rounds per CPU second over raw signatures per CPU second. */
  readonly timesRaw: number;
  readonly rssMiB: number;
}

const RAW_SECONDS = 0.8;

/** Runs one job in the load generator. Throws when a single answer is not what it should be. */
export async function runJob(load: ChildProcess, job: Job): Promise<Result> {
  load.send(job);
  const [message] = (await once(load, 'message')) as [{ readonly result?: Result; readonly error?: string }];
  if (message.result === undefined) throw new Error(message.error ?? 'the load generator ended');
  const { failures, firstFailure, rounds } = message.result;
  if (failures > 0) throw new Error(`${String(failures)} of ${String(rounds + failures)} rounds failed: ${firstFailure ?? ''}`);
  return message.result;
}

export async function measure(load: ChildProcess, key: KeyObject, pid: number, job: Job): Promise<{ readonly window: Window; readonly result: Result }> {
  const before = rawSignaturesPerCpuSecond(key, RAW_SECONDS);
  const cpuBefore = cpuSeconds(pid);
  const result = await runJob(load, job);
  const cpu = cpuSeconds(pid) - cpuBefore;
  const after = rawSignaturesPerCpuSecond(key, RAW_SECONDS);
  const raw = (before + after) / 2;
  const window = {
    roundsPerSecond: result.rounds / result.seconds,
    roundsPerCpuSecond: result.rounds / cpu,
    cpuMsPerRound: (cpu * 1000) / result.rounds,
    p50: result.p50,
    p99: result.p99,
    rawPerCpuSecond: raw,
    timesRaw: result.rounds / cpu / raw,
    rssMiB: rssMiB(pid),
  };
  return { window, result };
}

/** The middle one by its ratio: a whole window, so that its figures belong together. */
export function median(windows: readonly Window[]): Window {
  const sorted = [...windows].sort((a, b) => a.timesRaw - b.timesRaw);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  if (middle === undefined) throw new Error('nothing was measured');
  return middle;
}
