/**
 * `npm run test:services`: the tests that need real counterparts. Finds or installs them, starts private instances on
 * free ports, runs the tests, ends the instances whatever happens. Parameters choose files by a part of their path.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Instance } from './services/instance.js';
import { ensurePackages } from './services/packages.js';
import { startPostgres } from './services/postgres.js';
import { startRedis } from './services/redis.js';

const TESTS = fileURLToPath(new URL('..', import.meta.url));
const RUNNER = fileURLToPath(new URL('services/run-mocha.js', import.meta.url));

const endings: (() => Promise<void>)[] = [];
let runner: ChildProcess | undefined;
let interrupted = false;
let passed = 0;
let failed = 0;

// Whatever is being started is first started and then ended: an instance half known would stay.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    interrupted = true;
    runner?.kill('SIGKILL');
  });
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  failed += 1;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
} finally {
  await endAll();
}
process.stdout.write(`${String(passed)} passed, ${String(failed)} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

async function main(parts: readonly string[]): Promise<void> {
  const files = findFiles(parts);
  if (files.length === 0) throw new Error(`no test file has ${parts.join(' or ')} in its path`);
  ensurePackages();
  const postgres = await started(startPostgres);
  const redis = await started(startRedis);
  await run(files, { SIGNET_TEST_POSTGRES: postgres.url, SIGNET_TEST_REDIS: redis.url });
}

async function started<T extends Instance>(start: () => Promise<T>): Promise<T> {
  const instance = await start();
  endings.push(instance.end);
  if (interrupted) throw new Error('interrupted');
  return instance;
}

/** The tests made for this, and the suites that every store must pass. */
function findFiles(parts: readonly string[]): readonly string[] {
  return readdirSync(TESTS, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.services.test.js') || (file.startsWith(join('storage', 'conformance')) && file.endsWith('.test.js')))
    .filter((file) => parts.length === 0 || parts.some((part) => file.includes(part)))
    .sort()
    .map((file) => join(TESTS, file));
}

async function run(files: readonly string[], addresses: Readonly<Record<string, string>>): Promise<void> {
  const child = fork(RUNNER, files, { env: { ...process.env, ...addresses } });
  runner = child;
  child.on('message', (result) => {
    if (result === 'passed') passed += 1;
    if (result === 'failed') failed += 1;
  });
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  if (code !== 0 && failed === 0) throw new Error(`the tests ended early, with code ${String(code)}`);
}

async function endAll(): Promise<void> {
  await Promise.allSettled(endings.splice(0).map(async (end) => end()));
}
