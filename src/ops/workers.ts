/** Several processes in one node that share its port: one primary that keeps them alive and passes signals on. */
import cluster, { type Worker } from 'node:cluster';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { collectFromWorkers } from './cluster-metrics.js';

export interface WorkerSettings {
  readonly count: number | 'auto';
  readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

const LEAST_PAUSE_MS = 250;
const MOST_PAUSE_MS = 10_000;
/** A worker that lived this long was well: the next pause is short again. */
const WELL_MS = 30_000;

/** True in the process that only supervises. */
export function isSupervisor(count: WorkerSettings['count']): boolean {
  return cluster.isPrimary && workerCount(count) > 1;
}

/** True where things that happen once per node belong: a node without workers, or its first worker. */
export function isFirstWorker(): boolean {
  return cluster.isPrimary || cluster.worker?.id === 1;
}

/**
 * Starts the workers and keeps that many alive. Resolves with the exit code after SIGTERM or SIGINT, when all have
 * finished; a worker that cannot start at all ends the node with its code.
 */
export async function superviseWorkers(settings: WorkerSettings): Promise<number> {
  const count = workerCount(settings.count);
  collectFromWorkers();
  let ending = false;
  let code = 0;
  let pause = LEAST_PAUSE_MS;
  const done = new Promise<void>((resolve) => {
    const end = (signal: NodeJS.Signals): void => {
      // The second signal is for those who do not want to wait.
      const passed = ending ? 'SIGKILL' : signal;
      ending = true;
      const workers = Object.values(cluster.workers ?? {});
      for (const worker of workers) worker?.process.kill(passed);
      // All of them were about to be started again.
      if (workers.length === 0) resolve();
    };
    process.on('SIGTERM', end);
    process.on('SIGINT', end);

    const start = (): void => {
      const worker: Worker = cluster.fork();
      const startedAt = process.hrtime.bigint();
      let listened = false;
      worker.once('listening', () => {
        listened = true;
      });
      worker.once('exit', (exitCode, signal) => {
        const lived = Number(process.hrtime.bigint() - startedAt) / 1e6;
        if (!ending && !listened && exitCode !== 0) {
          // It says why itself: a wrong setting does not get better by trying again.
          code = exitCode;
          end('SIGTERM');
        }
        if (ending) {
          if (Object.keys(cluster.workers ?? {}).length === 0) resolve();
          return;
        }
        pause = lived > WELL_MS ? LEAST_PAUSE_MS : Math.min(pause * 2, MOST_PAUSE_MS);
        settings.warn('a worker ended and is started again', { exitCode, signal, pauseMs: pause });
        void sleep(pause).then(() => {
          if (!ending) start();
        });
      });
    };
    for (let made = 0; made < count; made += 1) start();
  });
  await done;
  return code;
}

function workerCount(count: WorkerSettings['count']): number {
  return count === 'auto' ? availableParallelism() : count;
}
