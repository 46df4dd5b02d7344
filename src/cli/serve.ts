/** `signet serve`: one node until it is told to end. */
import { hostname } from 'node:os';
import { startNode } from '../app.js';
import type { LoadedSettings } from '../config/load.js';
import { createLog } from '../ops/log.js';
import { isFirstWorker, isSupervisor, superviseWorkers } from '../ops/workers.js';

/** Runs until SIGTERM or SIGINT and gives the exit code. A second signal ends the process at once. */
export async function serve(loaded: LoadedSettings, about: { readonly version: string }): Promise<number> {
  const { settings, warnings } = loaded;
  const log = createLog({ level: settings.logLevel, node: `${hostname()}/${String(process.pid)}` });
  if (isSupervisor(settings.workers)) return superviseWorkers({ count: settings.workers, warn: log.warn });
  for (const warning of warnings) log.warn(warning);
  if (settings.baseUrl.startsWith('http:') && settings.host !== '127.0.0.1') {
    log.warn('SIGNET_BASE_URL is http: passwords and tokens travel in the clear unless this is for trying out');
  }
  try {
    const ended = nextSignal();
    const node = await startNode(settings, {
      version: about.version,
      log,
      setUpLink: (url) => {
        if (isFirstWorker()) process.stderr.write(`No administrator exists yet. Open this link to make the first one (works once):\n\n  ${url}\n\n`);
      },
    });
    log.info('ready', { url: node.url, port: node.port, version: about.version });
    const signal = await ended;
    // Nobody balances load in front of somebody's terminal.
    const drainMs = signal === 'SIGINT' ? 0 : settings.drainMs;
    log.info('shutting down', { signal, drainMs });
    process.once(signal, () => process.exit(1));
    await node.close(drainMs);
    log.info('ended');
    return 0;
  } finally {
    log.flush();
  }
}

function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
}
