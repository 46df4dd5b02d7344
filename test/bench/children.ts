/** The processes of a run: each is ended when the run ends, however it ends. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../support/services/instance.js';

export interface Served {
  readonly url: string;
  readonly pid: number;
  /** Resolves once the process is gone. */
  end(): Promise<void>;
}

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const READY_MS = 30_000;
const children = new Set<ChildProcess>();

process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** `signet serve` on a data folder, its log in a file, nothing else changed from the defaults. */
export async function serveSignet(data: string, about: { readonly profileDir?: string } = {}): Promise<Served> {
  const port = await freePort();
  const log = openSync(join(data, 'signet.log'), 'a');
  const flags = about.profileDir === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', about.profileDir];
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SIGNET_')));
  const child = watch(
    spawn(process.execPath, [...flags, MAIN, 'serve'], {
      env: { ...env, SIGNET_DATA: data, SIGNET_PORT: String(port), SIGNET_DRAIN_MS: '0' },
      stdio: ['ignore', log, 'inherit'],
    }),
  );
  closeSync(log);
  const url = `http://localhost:${String(port)}`;
  await untilReady(child, `${url}/readyz`);
  return { url, pid: pidOf(child), end: () => end(child) };
}

/** One of the servers beside this file; it sends its port once it listens. */
export async function serveBeside(file: string, args: readonly string[]): Promise<Served> {
  const child = watch(fork(fileURLToPath(new URL(file, import.meta.url)), [...args]));
  const [port] = (await once(child, 'message')) as [unknown];
  return { url: `http://localhost:${String(port)}`, pid: pidOf(child), end: () => end(child) };
}

/** The load generator, which is talked to by messages. */
export function forkBeside(file: string): ChildProcess {
  return watch(fork(fileURLToPath(new URL(file, import.meta.url)), { serialization: 'advanced' }));
}

export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}

function watch(child: ChildProcess): ChildProcess {
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

function pidOf(child: ChildProcess): number {
  if (child.pid === undefined) throw new Error('the process did not start');
  return child.pid;
}

async function untilReady(child: ChildProcess, url: string): Promise<void> {
  const until = performance.now() + READY_MS;
  while (performance.now() < until) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${String(child.exitCode)}`);
    const status = await fetch(url).then(
      (response) => response.status,
      () => undefined,
    );
    if (status === 200) return;
    await sleep(50);
  }
  throw new Error(`${url} did not get ready`);
}
