/** `signet serve` as a process of its own over a temporary data folder, with the command line beside it; ended whatever happens. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { send } from './browser.js';
import type { Batch, BatchResult } from './commands-process.js';
import { promised } from './patience.js';
import { freePort } from './services/instance.js';

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const COMMANDS = fileURLToPath(new URL('commands-process.js', import.meta.url));
const READY_MS = 60_000;
const END_MS = 20_000;

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface NodePlan {
  /** A data folder that is there already; it then stays. */
  readonly data?: string;
  /** Settings beside the ones that are set here. */
  readonly env?: Readonly<Record<string, string>>;
  readonly port?: number;
}

export interface TestNode {
  readonly data: string;
  readonly port: number;
  /** Where it listens, whatever its base URL says. */
  readonly origin: string;
  /** The public address. */
  readonly baseUrl: string;
  url(path: string): string;
  /** Runs one command beside it. */
  cli(...parameters: readonly string[]): Promise<CommandResult>;
  /** Runs one command that must succeed, and gives its JSON. */
  json(...parameters: readonly string[]): Promise<unknown>;
  /** Runs many commands, quicker than one by one; all must succeed, or succeed when tried again, as is promised within a time. Gives what each printed. */
  all(commands: readonly (readonly string[])[], options?: { readonly retryMs: number }): Promise<readonly string[]>;
  /** What it printed: the log, and what stood on stderr. */
  log(): string;
  stderr(): string;
  pid(): number;
  kill(signal: NodeJS.Signals): void;
  /** Resolves when the process has ended. */
  ended(): Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** Starts it again on the same folder and port, after it ended. */
  start(): Promise<void>;
  ready(): Promise<void>;
  /** Ends the process and removes the folder it made. */
  end(): Promise<void>;
}

/** Children that must not outlive the tests. */
const living = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

/** Starts a process whose output is kept. It is killed when the tests end. */
export function startChild(
  command: string,
  parameters: readonly string[],
  env: Readonly<Record<string, string>>,
): { readonly child: ChildProcess; readonly output: { stdout: string; stderr: string } } {
  const child = spawn(command, parameters, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  living.add(child);
  child.once('exit', () => living.delete(child));
  return { child, output };
}

/** Starts a node and waits until it can issue. Throws with what it said when it cannot. */
export async function startNode(plan: NodePlan = {}): Promise<TestNode> {
  const data = plan.data ?? mkdtempSync(join(tmpdir(), 'signet-e2e-'));
  const port = plan.port ?? (await freePort());
  const baseUrl = plan.env?.['SIGNET_BASE_URL'] ?? `http://localhost:${String(port)}`;
  const env = { PATH: process.env['PATH'] ?? '', SIGNET_DATA: data, SIGNET_PORT: String(port), SIGNET_DRAIN_MS: '0', ...plan.env };
  const origin = `${plan.env?.['SIGNET_TLS_CERT'] === undefined ? 'http' : 'https'}://127.0.0.1:${String(port)}`;
  let running = launch();

  function launch(): {
    readonly child: ChildProcess;
    readonly output: { stdout: string; stderr: string };
    readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  } {
    const { child, output } = startChild(process.execPath, [MAIN, 'serve'], env);
    const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
      child.once('close', (code, signal) => {
        resolve({ code, signal });
      });
    });
    return { child, output, ended };
  }

  const ready = async (): Promise<void> => {
    const deadline = performance.now() + READY_MS;
    for (;;) {
      const status = await send(`${origin}/readyz`).then(
        (answer) => answer.status,
        () => 0,
      );
      if (status === 200) return;
      if (running.child.exitCode !== null || performance.now() > deadline)
        throw new Error(`the node did not get ready: ${running.output.stderr} ${running.output.stdout.slice(-2000)}`);
      await sleep(25);
    }
  };

  let commandRunner: CommandRunner | undefined;

  const end = async (): Promise<void> => {
    commandRunner?.end();
    if (running.child.exitCode === null && running.child.signalCode === null) {
      running.child.kill('SIGCONT');
      running.child.kill('SIGTERM');
      const hard = setTimeout(() => running.child.kill('SIGKILL'), END_MS);
      await running.ended;
      clearTimeout(hard);
    }
    if (plan.data === undefined) rmSync(data, { recursive: true, force: true });
  };

  const node: TestNode = {
    data,
    port,
    origin,
    baseUrl,
    url: (path) => `${baseUrl}${path}`,
    cli: (...parameters) => runCommand(parameters, env),
    json: async (...parameters) => {
      const { code, stdout, stderr } = await runCommand([...parameters, '--json'], env);
      if (code !== 0) throw new Error(`signet ${parameters.join(' ')}: ${String(code)} ${stderr}`);
      const value: unknown = JSON.parse(stdout);
      return value;
    },
    all: async (commands, { retryMs } = { retryMs: 0 }) => {
      commandRunner ??= startCommands(env);
      const deadline = performance.now() + promised(retryMs);
      for (;;) {
        const results = await commandRunner.run(commands);
        const failed = results.findIndex(({ code }) => code !== 0);
        if (failed === -1) return results.map(({ stdout }) => stdout);
        if (performance.now() > deadline) throw new Error(`signet ${commands[failed]?.join(' ') ?? ''}: ${results[failed]?.stderr ?? ''}`);
        await sleep(100);
      }
    },
    log: () => running.output.stdout,
    stderr: () => running.output.stderr,
    pid: () => running.child.pid ?? 0,
    kill: (signal) => running.child.kill(signal),
    ended: () => running.ended,
    start: async () => {
      running = launch();
      await ready();
    },
    ready,
    end,
  };
  try {
    await ready();
  } catch (error) {
    await end();
    throw error;
  }
  return node;
}

/** Runs `signet` with parameters to its end. */
export function runCommand(parameters: readonly string[], env: Readonly<Record<string, string>>): Promise<CommandResult> {
  const { child, output } = startChild(process.execPath, [MAIN, ...parameters], env);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code: code ?? -1, ...output });
    });
  });
}

interface CommandRunner {
  /** One batch at a time. */
  run(commands: Batch['commands']): Promise<readonly BatchResult[]>;
  end(): void;
}

function startCommands(env: Readonly<Record<string, string>>): CommandRunner {
  const child = fork(COMMANDS, { env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [] });
  living.add(child);
  child.once('exit', () => living.delete(child));
  return {
    run: async (commands) => {
      const ended = new AbortController();
      child.send({ commands } satisfies Batch);
      try {
        const [results] = (await Promise.race([
          once(child, 'message', { signal: ended.signal }),
          once(child, 'exit', { signal: ended.signal }).then(() => Promise.reject(new Error('the commands ended early'))),
        ])) as [readonly BatchResult[]];
        return results;
      } finally {
        ended.abort();
      }
    },
    end: () => {
      child.kill();
    },
  };
}
