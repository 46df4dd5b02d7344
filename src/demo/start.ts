/** Starts the demo: data folder, people, a real node, Acme Expenses beside it, and Northwind Wiki in a process of its own. */
import { createWriteStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageVersion } from '../app/package.js';
import { startNode } from '../app.js';
import { loadSettings } from '../config/load.js';
import type { Settings } from '../config/settings.js';
import { SignetError } from '../core/errors.js';
import { systemClock } from '../ops/clock.js';
import { createLog } from '../ops/log.js';
import type { Storage } from '../storage/open.js';
import { createAcme } from './acme/app.js';
import { createIdpReader } from './acme/idp.js';
import { acmeMetadata, makeAcmeIdentity } from './acme/service-provider.js';
import { registerApplications } from './applications.js';
import { openDemoFolder } from './folder.js';
import type { DemoOptions } from './options.js';
import { registerPeople } from './people.js';
import { onWishedPort } from './shared/ports.js';
import { listen } from './shared/site.js';
import { startWiki } from './wiki-process.js';

export interface RunningDemo {
  readonly signetUrl: string;
  readonly acmeUrl: string;
  readonly wikiUrl: string;
  readonly data: string;
  readonly logFile: string;
  /** Ends all of them and removes what is temporary. */
  close(): Promise<void>;
}

/** The command that shows what Signet noted under a reference. */
export function traceCommand(data: string, reference: string): string {
  return `npx signet trace ${reference} --data ${data}`;
}

/** Resolves once all can be opened. Whatever was begun is undone when it cannot start. */
export async function startDemo(options: DemoOptions): Promise<RunningDemo> {
  const undo: (() => Promise<void> | void)[] = [];
  const close = async (): Promise<void> => {
    for (const step of undo.reverse()) await step();
  };
  try {
    const folder = openDemoFolder(options.keep);
    undo.push(folder.leave);
    const data = folder.path;
    const acme = await onWishedPort(options.acmePort, listen);
    undo.push(acme.close);
    const acmeUrl = `http://localhost:${String(acme.port)}`;
    const identity = await makeAcmeIdentity(acmeUrl, systemClock.now());
    const metadata = { xml: acmeMetadata(identity), path: join(data, 'acme-expenses.xml') };
    writeFileSync(metadata.path, metadata.xml);

    const logFile = join(data, 'signet.log');
    const lines = createWriteStream(logFile, { flags: 'a', mode: 0o600 });
    undo.push(
      () =>
        new Promise((resolve) => {
          lines.end(resolve);
        }),
    );
    const log = createLog({ level: 'info', node: 'demo', write: (line) => lines.write(line) });
    let wikiUrl = '';
    const prepare = async (settings: Settings, storage: Storage): Promise<void> => {
      const wiki = await startWiki(options.wikiPort, settings.baseUrl, sayThatItEnded);
      undo.push(wiki.close);
      wikiUrl = wiki.url;
      await registerPeople(storage, systemClock);
      await registerApplications(storage, { clock: systemClock, ownNames: [settings.entityId, settings.wsfedIssuer], metadata, wikiUrl });
    };
    const node = await onWishedPort(options.port, (port) =>
      startNode(demoSettings(data, port), { version: packageVersion(), log, setUpLink: neverNeeded, prepare }),
    );
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
    return { signetUrl: node.url, acmeUrl, wikiUrl, data, logFile, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function sayThatItEnded(): void {
  process.stderr.write('Northwind Wiki has ended by itself. To have it back, end the demo and start it again.\n');
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
