/** A server of somebody else's that a test starts for itself: own folder, own port, ended with certainty. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { chown, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const READY_MS = 60_000;
const END_MS = 10_000;
const given = new Set<number>();

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

export interface Instance {
  readonly folder: string;
  readonly port: number;
  /** To freeze or kill it. */
  readonly process: () => ChildProcess;
  /** Ends it, and starts it again on the same folder and port. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Ends it and removes its folder. */
  end(): Promise<void>;
}

export interface InstancePlan {
  readonly name: string;
  readonly account?: Account;
  /** Runs once, before the first start. */
  readonly prepare?: (folder: string) => void;
  readonly command: (folder: string, port: number) => readonly [string, ...string[]];
  /** Rejects as long as it is not ready. */
  readonly probe: (port: number) => Promise<void>;
  /** The signal that ends it in order. */
  readonly ending: NodeJS.Signals;
}

/** Starts an instance and waits until it answers. Throws with the end of its log when it does not. */
export async function startInstance(plan: InstancePlan): Promise<Instance> {
  const folder = await mkdtemp(join(tmpdir(), `signet-${plan.name}-`));
  if (plan.account !== undefined) await chown(folder, plan.account.uid, plan.account.gid);
  const port = await freePort();
  let running: ChildProcess;

  const start = async (): Promise<void> => {
    const log = openSync(join(folder, 'log'), 'a');
    const [command, ...parameters] = plan.command(folder, port);
    running = spawn(command, parameters, { stdio: ['ignore', log, log], cwd: folder, ...plan.account });
    closeSync(log);
    const deadline = performance.now() + READY_MS;
    for (;;) {
      try {
        await plan.probe(port);
        return;
      } catch (error) {
        if (running.exitCode !== null || performance.now() > deadline) {
          throw new Error(`${plan.name} did not start: ${(await readFile(join(folder, 'log'), 'utf8')).slice(-2000)}`, { cause: error });
        }
      }
      await sleep(50);
    }
  };

  const end = async (): Promise<void> => {
    await endProcess(running, plan.ending);
    await rm(folder, { recursive: true, force: true });
  };

  try {
    plan.prepare?.(folder);
    await start();
  } catch (error) {
    await end();
    throw error;
  }
  return {
    folder,
    port,
    process: () => running,
    stop: async () => endProcess(running, plan.ending),
    start,
    end,
  };
}

/** Runs a command to its end; throws with what it said when it fails. */
export function runCommand([command, ...parameters]: readonly [string, ...string[]], account?: Account): void {
  const { status, stdout, stderr, error } = spawnSync(command, parameters, { encoding: 'utf8', cwd: tmpdir(), ...account });
  if (status !== 0) throw new Error(`${command} failed: ${stdout}${stderr}`, { cause: error });
}

/**
 * A port that nobody listens on, another one each time. It lies below those that systems take for outgoing connections
 * (32768 and up on Linux): nobody gets it by chance while it is not yet listened on, or while a server is restarted.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    if (!given.has(port) && (await isFree(port))) {
      given.add(port);
      return port;
    }
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, '127.0.0.1', () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}

async function endProcess(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  // It may have been frozen by its test.
  child.kill('SIGCONT');
  child.kill(signal);
  const hard = setTimeout(() => child.kill('SIGKILL'), END_MS);
  await gone;
  clearTimeout(hard);
}
