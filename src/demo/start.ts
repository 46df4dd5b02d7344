/** Starts the demo: data folder, people, a real node, and Acme Expenses beside it. */
import { createWriteStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageVersion } from '../app/package.js';
import { startNode } from '../app.js';
import { openDataFolder } from '../config/data-folder.js';
import { loadSettings } from '../config/load.js';
import { SignetError } from '../core/errors.js';
import { systemClock } from '../ops/clock.js';
import { createLog } from '../ops/log.js';
import { createAcme } from './acme/app.js';
import { createIdpReader } from './acme/idp.js';
import { acmeMetadata, makeAcmeIdentity } from './acme/service-provider.js';
import { openDemoFolder } from './folder.js';
import type { DemoOptions } from './options.js';
import { registerDemo } from './people.js';
import { freePort } from './ports.js';
import { listen } from './shared/site.js';

export interface RunningDemo {
  readonly signetUrl: string;
  readonly acmeUrl: string;
  readonly data: string;
  readonly logFile: string;
  /** Ends both servers and removes what is temporary. */
  close(): Promise<void>;
}

/** The command that shows what Signet noted under a reference. */
export function traceCommand(data: string, reference: string): string {
  return `npx signet trace ${reference} --data ${data}`;
}

/** Resolves once both can be opened. Whatever was begun is undone when it cannot start. */
export async function startDemo(options: DemoOptions): Promise<RunningDemo> {
  const undo: (() => Promise<void> | void)[] = [];
  const close = async (): Promise<void> => {
    for (const step of undo.reverse()) await step();
  };
  try {
    const folder = openDemoFolder(options.keep);
    undo.push(folder.leave);
    const data = folder.path;
    const settings = demoSettings(data, await freePort(options.port));
    const acme = await listen(await freePort(options.acmePort));
    undo.push(acme.close);
    const acmeUrl = `http://localhost:${String(acme.port)}`;

    const identity = await makeAcmeIdentity(acmeUrl, systemClock.now());
    const metadata = { xml: acmeMetadata(identity), path: join(data, 'acme-expenses.xml') };
    writeFileSync(metadata.path, metadata.xml);
    const { databaseUrl } = openDataFolder(settings);
    await registerDemo({ databaseUrl, clock: systemClock, entityId: settings.entityId, metadata });

    const logFile = join(data, 'signet.log');
    const lines = createWriteStream(logFile, { flags: 'a', mode: 0o600 });
    undo.push(
      () =>
        new Promise((resolve) => {
          lines.end(resolve);
        }),
    );
    const log = createLog({ level: settings.logLevel, node: 'demo', write: (line) => lines.write(line) });
    const node = await startNode(settings, { version: packageVersion(), log, setUpLink: neverNeeded });
    undo.push(() => node.close(0));
    acme.use(
      createAcme({
        identity,
        signetUrl: node.url,
        identityProvider: createIdpReader(`${node.url}/saml/metadata`, systemClock.now),
        traceCommand: (reference) => traceCommand(data, reference),
        now: systemClock.now,
      }),
    );
    return { signetUrl: node.url, acmeUrl, data, logFile, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The demo is the same for everybody: no environment, no configuration file. */
function demoSettings(data: string, port: number) {
  const flags = {
    SIGNET_DATA: data,
    SIGNET_PORT: String(port),
    SIGNET_ORGANIZATION: 'Example Corp',
    SIGNET_HELP_DESK: 'helpdesk@example.com',
  };
  const readFile = (path: string): string => {
    throw new SignetError('not_found', `${path} is not read by the demo`);
  };
  return loadSettings({ env: {}, flags, readFile }).settings;
}

/** dana is an administrator already. */
function neverNeeded(): void {
  // A node prints its set-up link only when nobody is.
}
