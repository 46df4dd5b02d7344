/** Where the conformance suites run: on SQLite, or on PostgreSQL, and both with Redis, when their addresses are given. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { SignetError } from '../../src/core/errors.js';
import type { Clock } from '../../src/core/ports.js';
import { openStorage, type Storage, type StorageParts, type StorageSettings } from '../../src/storage/open.js';

const OPEN_TRIES = 4;

/** The stores go by clocks of their own, so their tests do, too. */
export const realClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };

/** One empty database, gone with its test. */
export interface Home {
  readonly databaseUrl: string;
  /** Opens it, once more each time, as another node would. Closed by `remove`. */
  open(parts?: Partial<StorageParts>, settings?: Pick<StorageSettings, 'redisUrl'>): Promise<Storage>;
  remove(): Promise<void>;
}

export interface Target {
  readonly name: string;
  makeHome(): Promise<Home>;
}

const postgresUrl = process.env['SIGNET_TEST_POSTGRES'];
export const redisUrl = process.env['SIGNET_TEST_REDIS'];

export const sqliteTarget: Target = {
  name: 'SQLite',
  makeHome: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'signet-test-'));
    return makeHome(`sqlite:${join(folder, 'signet.db')}`, async () => rm(folder, { recursive: true }));
  },
};

/** PostgreSQL when it can be had, else SQLite: `npm test` has shown that, so that nothing is shown twice. */
export const targets: readonly Target[] = [postgresUrl === undefined ? sqliteTarget : postgresTarget(postgresUrl)];

/** Both with Redis beside them, when it can be had. */
export const targetsWithRedis: readonly Target[] =
  redisUrl === undefined ? [] : [...new Set([sqliteTarget, ...targets])].map((target) => besideRedis(target, redisUrl));

/** The target with Redis at an address beside it. */
function besideRedis(target: Target, url: string): Target {
  return {
    name: `${target.name} with Redis beside it`,
    makeHome: async () => {
      const home = await target.makeHome();
      return { ...home, open: async (parts, settings) => home.open(parts, { redisUrl: url, ...settings }) };
    },
  };
}

/** PostgreSQL, for the tests of `npm run test:services` that are about nothing else. */
export function needPostgres(): Target {
  if (postgresUrl === undefined) throw new Error('this test needs PostgreSQL: run it by npm run test:services');
  return postgresTarget(postgresUrl);
}

/** The address of Redis, for tests that are about nothing else. */
export function needRedis(): string {
  if (redisUrl === undefined) throw new Error('this test needs Redis: run it by npm run test:services');
  return redisUrl;
}

function postgresTarget(address: string): Target {
  return {
    name: 'PostgreSQL',
    makeHome: async () => {
      const name = `signet_${randomBytes(6).toString('hex')}`;
      await administer(address, `create database ${name}`);
      const url = new URL(address);
      url.pathname = name;
      return makeHome(url.href, async () => administer(address, `drop database ${name} with (force)`));
    },
  };
}

async function administer(address: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: address });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** As a node does: a machine with many tests on it may be slower than the bounds on a first connection. */
async function openPatiently(...parameters: Parameters<typeof openStorage>): Promise<Storage> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await openStorage(...parameters);
    } catch (error) {
      if (!(error instanceof SignetError) || error.code !== 'unavailable' || tries === OPEN_TRIES) throw error;
    }
  }
}

function makeHome(databaseUrl: string, destroy: () => Promise<void>): Home {
  const opened: Storage[] = [];
  const failures: string[] = [];
  return {
    databaseUrl,
    open: async (parts = {}, settings = {}) => {
      const storage = await openPatiently(
        { databaseUrl, ...settings },
        {
          clock: realClock,
          onError: (error, what) => {
            failures.push(`${what}: ${String(error)}`);
          },
          ...parts,
        },
      );
      opened.push(storage);
      return storage;
    },
    remove: async () => {
      await Promise.all(opened.map(async (storage) => storage.close()));
      await destroy();
      if (failures.length > 0) throw new Error(`failures in the background: ${failures.join('; ')}`);
    },
  };
}
