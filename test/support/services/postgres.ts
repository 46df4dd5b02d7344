/** A PostgreSQL 15 of our own. Not as root: it refuses that. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import pg from 'pg';
import { type Account, type Instance, runCommand, startInstance } from './instance.js';

const BINARIES = '/usr/lib/postgresql/15/bin';

export interface Postgres extends Instance {
  readonly url: string;
}

/** Starts it. Sorting is that of a language, as on most servers: what must be sorted by code point has to say so itself. */
export async function startPostgres(): Promise<Postgres> {
  const account = postgresAccount();
  const instance = await startInstance({
    name: 'postgres',
    ...(account === undefined ? {} : { account }),
    prepare: (folder) => {
      const parameters = ['-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale-provider=icu', '--icu-locale=en', '--locale=C.UTF-8', '--no-sync'];
      runCommand([join(BINARIES, 'initdb'), '-D', join(folder, 'data'), ...parameters], account);
    },
    command: (folder, port) => [
      join(BINARIES, 'postgres'),
      '-D',
      join(folder, 'data'),
      ...setting('port', String(port)),
      ...setting('listen_addresses', '127.0.0.1'),
      ...setting('unix_socket_directories', folder),
      ...setting('max_connections', '300'),
      // Its data is gone with the test; whether it keeps a commit is its own affair.
      ...setting('fsync', 'off'),
    ],
    probe: async (port) => {
      const client = new pg.Client({ connectionString: addressOf(port) });
      try {
        await client.connect();
      } finally {
        await client.end();
      }
    },
    ending: 'SIGINT',
  });
  return { ...instance, url: addressOf(instance.port) };
}

function addressOf(port: number): string {
  return `postgres://postgres@127.0.0.1:${String(port)}/postgres`;
}

function setting(name: string, value: string): readonly string[] {
  return ['-c', `${name}=${value}`];
}

function postgresAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const numberOf = (option: string): number => Number(spawnSync('id', [option, 'postgres'], { encoding: 'utf8' }).stdout);
  return { uid: numberOf('-u'), gid: numberOf('-g') };
}
